import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

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


@pytest.mark.django_db
def test_a_full_batchs_payload_is_not_packed() -> None:
    outbox.append("t.happened", {"orders": [str(uuid4()) for _ in range(200)]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_compression(payload), payload FROM core_outbox")
        row = cursor.fetchone()
    assert row is not None
    assert row[0] is None
    assert len(row[1]) > 8_000


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_not_skipped() -> None:
    """An id is given before its transaction commits; a relay that kept a position would miss it."""
    seen: list[str] = []
    outbox.subscribe("late.", lambda events: seen.extend(e.payload["who"] for e in events))
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            outbox.append("late.step", {"who": "slow"})
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(10)
    with transaction.atomic():
        outbox.append("late.step", {"who": "quick"})
    assert outbox.relay_all() == 1
    may_commit.set()
    thread.join()
    assert outbox.relay_all() == 1
    assert seen == ["quick", "slow"]
