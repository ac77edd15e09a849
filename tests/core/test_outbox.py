from uuid import uuid4

import pytest
from django.db import transaction

from yellowcart.core import outbox


@pytest.mark.django_db(transaction=True)
def test_every_event_is_relayed_once_and_in_order() -> None:
    seen: list[int] = []
    outbox.subscribe("relaytest.", lambda events: seen.extend(e.payload["n"] for e in events))
    with transaction.atomic():
        for n in range(5):
            outbox.append("relaytest.step", {"n": n}, shop_id=uuid4())
    assert outbox.relay_all() == 5
    assert outbox.relay_all() == 0
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_no_event_without_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.append("t.happened", {})
