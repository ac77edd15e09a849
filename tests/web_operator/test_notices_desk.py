"""The operators' inbox: each their own, read once opened, and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_account, make_operator
from tests.orders.test_conversions import NOON, click, sale, tell

from yellowcart.core import outbox
from yellowcart.listings.models import Click
from yellowcart.notices.models import Notice
from yellowcart.orders import disputes
from yellowcart.orders.jumpout_models import ConversionDispute
from yellowcart.people.models import Account
from yellowcart.sources.models import Source

ANSWER, MORE = "Which link was it?", "The one of Monday evening"


@pytest.fixture
def talk(operator: Account) -> ConversionDispute:
    """A dispute that this operator answered, and to which its asker added."""
    names = {"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
    Source.objects.update_or_create(code="youzan", defaults=names)
    asker, had = make_account(), click()
    Click.objects.filter(id=had.id).update(creator_id=make_account().id)
    tell(sale(click_id=str(had.id), ordered_at=(NOON + timedelta(days=2)).isoformat()))
    dispute = disputes.do_raise_dispute(
        asker, source="youzan", external_order_id="E1", words="The buyer came from my link"
    )
    disputes.do_answer(operator, dispute.id, ANSWER)
    disputes.do_say(asker, dispute.id, MORE)
    outbox.relay_all()
    return dispute


def test_more_that_was_said_is_read_at_the_desk(
    desk: Client, operator: Account, talk: ConversionDispute
) -> None:
    notice = Notice.objects.get(account=operator, party="operator")
    listed = desk.get(reverse("operator:notices")).content.decode()
    assert "More was said about sale E1 on Youzan" in listed
    assert "notice--unread" in listed
    page = desk.get(reverse("operator:notice", args=[notice.id])).content.decode()
    assert MORE in page
    assert reverse("operator:dispute", args=[talk.id]) in page
    assert "notice--unread" not in desk.get(reverse("operator:notices")).content.decode()
    assert f'href="{reverse("operator:disputes")}"' in page


def test_another_operators_notices_are_not_shown(
    operator: Account, talk: ConversionDispute
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_operator())
    notice = Notice.objects.get(account=operator)
    assert client.get(reverse("operator:notice", args=[notice.id])).status_code == 404
    assert "E1" not in client.get(reverse("operator:notices")).content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_they_are_not_among_what_one_is_told_as_a_creator(
    desk: Client, talk: ConversionDispute
) -> None:
    assert "E1" not in desk.get(reverse("creator:notices")).content.decode()


def test_what_the_platform_did_not_answer_comes_first(
    operator: Account, talk: ConversionDispute
) -> None:
    asker = make_account()
    ended, answered, new = (
        disputes.do_raise_dispute(asker, source="youzan", external_order_id=number, words=MORE)
        for number in ("E2", "E3", "E4")
    )
    disputes.do_withdraw(asker, ended.id)
    disputes.do_answer(operator, answered.id, ANSWER)
    found = disputes.disputes(creator_id=asker.id)
    assert [one.id for one in found] == [new.id, answered.id, ended.id]
