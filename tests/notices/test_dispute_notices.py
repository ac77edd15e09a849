"""Both sides hear what became of a dispute about a sale elsewhere, and nobody else does."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.factories import make_account, make_operator
from tests.orders.test_conversions import NOON, click, sale, tell

from yellowcart.core import outbox
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Click
from yellowcart.notices.actions import do_appeal
from yellowcart.notices.models import Notice
from yellowcart.orders import disputes
from yellowcart.shops.models import ShopMember
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db
WORDS = "The buyer came from my link"


@pytest.fixture(autouse=True)
def youzan() -> None:
    names = {"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
    Source.objects.update_or_create(code="youzan", defaults={**names, "track_window_days": 15})


def led(creator) -> Click:
    found = click()
    Click.objects.filter(id=found.id).update(creator_id=creator.id)
    return found


def told():
    outbox.relay_all()
    rows = Notice.objects.filter(stage="dispute").order_by("sent_at", "id")
    return [(one.account_id, one.party, one.title_en) for one in rows]


def raised(asker, holder):
    """A sale credited to one, which another says is theirs."""
    had, own = led(holder), led(asker)
    at = (NOON + timedelta(days=2)).isoformat()
    tell(sale(click_id=str(had.id), ordered_at=at))
    dispute = disputes.do_raise_dispute(asker, source="youzan", external_order_id="E1", words=WORDS)
    return dispute, own


def test_an_answer_is_told_to_who_asked_and_what_they_say_to_who_answered():
    asker, holder, operator = make_account(), make_account(), make_operator()
    dispute, _own = raised(asker, holder)
    assert told() == []
    disputes.do_answer(operator, dispute.id, "Which link was it?")
    answered = (asker.id, "creator", "The platform answered about sale E1 on Youzan")
    assert told() == [answered]
    disputes.do_say(asker, dispute.id, "The one of Monday evening")
    assert told() == [answered, (operator.id, "operator", "More was said about sale E1 on Youzan")]
    notice = Notice.objects.get(party="creator")
    assert notice.body_en.startswith("Which link was it?")
    assert notice.title_zh == "平台已回复：有赞订单 E1"


def test_a_credit_is_told_to_who_gets_it_and_to_who_had_it():
    asker, holder, operator = make_account(), make_account(), make_operator()
    dispute, own = raised(asker, holder)
    disputes.do_match(operator, dispute.id, own.id, "It was their click")
    expected = {
        (asker.id, "creator", "It is yours: sale E1 on Youzan"),
        (holder.id, "creator", "Credited to somebody else: sale E1 on Youzan"),
    }
    assert set(told()) == expected
    assert "their click" not in Notice.objects.get(account=holder).body_en
    # Heard twice, told once.
    with transaction.atomic():
        OutboxEvent.objects.update(relayed_at=None)
    assert set(told()) == expected
    assert Notice.objects.filter(stage="dispute").count() == 2


def test_a_refusal_is_told_to_both():
    asker, holder, operator = make_account(), make_account(), make_operator()
    dispute, _own = raised(asker, holder)
    disputes.do_refuse(operator, dispute.id, "There was no such click")
    assert set(told()) == {
        (asker.id, "creator", "Refused: your dispute about sale E1 on Youzan"),
        (holder.id, "creator", "It stays yours: sale E1 on Youzan"),
    }


def test_a_shops_people_hear_of_its_dispute_and_nobody_else():
    operator, manager = make_operator(), make_account()
    found = click()
    ShopMember.objects.create(shop_id=found.shop_id, account=manager, role="manager")
    dispute = disputes.do_raise_dispute(
        manager, source="youzan", external_order_id="E9", words=WORDS, shop_id=found.shop_id
    )
    disputes.do_refuse(operator, dispute.id, "The source knows no such sale")
    told()
    members = {one.account_id for one in ShopMember.objects.filter(shop_id=found.shop_id)}
    rows = Notice.objects.filter(stage="dispute")
    assert {one.account_id for one in rows} == members
    assert {one.shop_id for one in rows} == {found.shop_id}
    client = Client(headers={"accept-language": "en"})
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    notice = rows.get(account=manager)
    here = f"/merchant/shop/{found.listing.shop.handle}/notices/{notice.id}/"
    assert "See sales elsewhere" in client.get(here).content.decode()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(here).status_code == 404


def test_there_is_nothing_to_appeal_in_it():
    asker, operator = make_account(), make_operator()
    dispute, _own = raised(asker, make_account())
    disputes.do_refuse(operator, dispute.id, "There was no such click")
    told()
    with pytest.raises(Problem) as refused:
        do_appeal(asker, Notice.objects.get(account=asker).id, "But it was")
    assert refused.value.code == "appeal_elsewhere"
