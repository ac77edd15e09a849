"""Windows of plans, lists of sales elsewhere, and disputes about whose they were."""

from datetime import timedelta

import pytest
from tests.factories import make_account, make_operator
from tests.orders.test_conversions import NOON, click, sale, tell

from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Click, Listing
from yellowcart.orders import disputes, jumpouts, plans
from yellowcart.orders.jumpout_models import ConversionDispute
from yellowcart.orders.jumpouts import Scope
from yellowcart.orders.models import Conversion
from yellowcart.shops.models import ShopMember
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db
WORDS = "The buyer came from my link"


@pytest.fixture(autouse=True)
def youzan() -> None:
    names = {"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
    Source.objects.update_or_create(code="youzan", defaults={**names, "track_window_days": 15})


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


def led(creator=None) -> Click:
    found = click()
    Click.objects.filter(id=found.id).update(creator_id=creator.id if creator else None)
    found.refresh_from_db()
    return found


@pytest.mark.parametrize(
    ("told", "offered", "days", "counts"),
    [
        ("", "", 14, True),
        ("", "", 20, False),
        ("P30", "", 20, True),
        ("P30", "", 30, False),
        ("P3", "P30", 5, False),
        ("", "P30", 20, True),
        ("unheard-of", "", 14, True),
        ("unheard-of", "", 20, False),
    ],
)
def test_a_plan_has_a_window_of_its_own(told, offered, days, counts):
    operator = make_operator()
    plans.do_set_window(operator, "youzan", "P30", 30)
    plans.do_set_window(operator, "youzan", "P3", 3)
    left = click()
    Listing.objects.filter(id=left.listing_id).update(task_order=offered)
    at = (NOON + timedelta(days=days)).isoformat()
    tell(sale(click_id=str(left.id), ordered_at=at, plan=told))
    row = Conversion.objects.get()
    assert (row.in_window, row.plan) == (counts, told or offered)


def test_a_changed_window_leaves_matched_sales_as_they_are():
    operator, left = make_operator(), click()
    at = (NOON + timedelta(days=10)).isoformat()
    tell(sale(click_id=str(left.id), ordered_at=at))
    plans.do_set_window(operator, "youzan", "", 5)
    tell(sale(click_id=str(left.id), ordered_at=at, status=14, minutes=9))
    row = Conversion.objects.get()
    assert (row.status, row.in_window, row.window_days) == ("received", True, 15)
    tell(sale("E2", click_id=str(left.id), ordered_at=at))
    assert not Conversion.objects.get(external_order_id="E2").in_window


def test_windows_are_the_operators_to_set():
    assert code_of(plans.do_set_window, make_account(), "youzan", "", 5) == "forbidden"
    operator = make_operator()
    assert code_of(plans.do_set_window, operator, "nowhere", "", 5) == "source_unknown"
    for days in (0, 366):
        assert code_of(plans.do_set_window, operator, "youzan", "", days) == "window_unfit"


def listed(which: str, **scope) -> list[str]:
    rows = jumpouts.conversions(Scope(**scope), which)
    return sorted(rows.values_list("external_order_id", flat=True))


def test_each_list_has_its_sales_and_each_reader_their_own():
    creator = make_account()
    mine, other = led(creator), click()
    late = (NOON + timedelta(days=40)).isoformat()
    tell(
        sale("M", click_id=str(mine.id)),
        sale("O", click_id=str(other.id)),
        sale("L", click_id=str(mine.id), ordered_at=late),
        sale("R", click_id=str(mine.id), status=13),
        sale("U"),
        sale("U13", status=13),
    )
    disputes.do_raise_dispute(creator, source="youzan", external_order_id="U", words=WORDS)
    assert listed("matched") == ["M", "O"]
    assert (listed("late"), listed("unmatched")) == (["L"], ["U"])
    assert (listed("revoked"), listed("disputed")) == (["R", "U13"], ["U"])
    assert listed("matched", creator_id=creator.id) == ["M"]
    assert listed("matched", shop_id=other.shop_id) == ["O"]
    assert listed("unmatched", creator_id=creator.id) == []
    sheet = jumpouts.conversions_sheet(jumpouts.conversions(Scope(), "matched"))
    rows = list(sheet.rows)
    assert {row[1] for row in rows} == {"M", "O"}
    assert {len(row) for row in rows} == {len(sheet.heading)}


def test_a_dispute_is_raised_answered_added_to_and_matched_by_hand():
    creator, operator = make_account(), make_operator()
    mine = led(creator)
    tell(sale("U", ordered_at=(NOON + timedelta(days=20)).isoformat()))
    raised = disputes.do_raise_dispute(
        creator, source="youzan", external_order_id=" U ", words=WORDS
    )
    disputes.do_answer(operator, raised.id, "Which room was it?")
    disputes.do_say(creator, raised.id, "The one of the evening")
    OutboxEvent.objects.all().delete()
    row = disputes.do_match(operator, raised.id, mine.id, "The click is there")
    # Out of the source's 15 days: by hand it counts all the same.
    assert (row.click_id, row.creator_id, row.credited) == (mine.id, creator.id, "hand")
    assert row.in_window
    assert OutboxEvent.objects.get(topic="orders.converted").payload["click_id"] == str(mine.id)
    raised.refresh_from_db()
    assert (raised.state, raised.click_id) == ("matched", mine.id)
    verbs = ["raise", "answer", "say", "match"]
    assert [step.verb for step in raised.steps.order_by("at", "id")] == verbs
    audited = AuditEntry.objects.filter(target=f"dispute:{raised.id}").order_by("at", "id")
    assert [one.verb for one in audited] == [f"dispute.{verb}" for verb in verbs]
    assert AuditEntry.objects.get(verb="conversion.credited").actor_id == operator.id
    assert code_of(disputes.do_say, creator, raised.id, WORDS) == "dispute_ended"
    # What the source says later changes the sale, not whose it is.
    tell(sale("U", status=3, minutes=50_000))
    row.refresh_from_db()
    assert (row.status, row.click_id) == ("settled", mine.id)


def test_only_ones_own_click_from_before_the_sale_can_be_named():
    creator, operator = make_account(), make_operator()
    led(creator)
    others = click()
    after = click(NOON + timedelta(days=2))
    Click.objects.filter(id=after.id).update(creator_id=creator.id)
    tell(sale("U"))
    raised = disputes.do_raise_dispute(creator, source="youzan", external_order_id="U", words=WORDS)
    for one in (others, after):
        assert code_of(disputes.do_match, operator, raised.id, one.id, WORDS) == "click_unfit"
    tell(sale("U", status=13, minutes=5))
    refused = code_of(disputes.do_match, operator, raised.id, others.id, WORDS)
    assert refused == "sale_revoked"


def test_a_sale_that_was_not_told_yet_can_be_asked_about_and_nothing_is_given_away():
    creator, operator = make_account(), make_operator()
    mine = led(creator)
    raised = disputes.do_raise_dispute(creator, source="youzan", external_order_id="N", words=WORDS)
    assert code_of(disputes.do_match, operator, raised.id, mine.id, WORDS) == "sale_not_told"
    tell(sale("N"))
    disputes.do_match(operator, raised.id, mine.id, WORDS)
    assert Conversion.objects.get().click_id == mine.id


def test_disputes_are_between_those_who_ask_and_the_platform():
    left, operator, stranger = click(), make_operator(), make_account()
    manager, staff = make_account(), make_account()
    shop = left.listing.shop
    ShopMember.objects.create(shop=shop, account=manager, role="manager")
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    ask = {"source": "youzan", "external_order_id": "U", "words": WORDS, "shop_id": shop.id}
    for who in (stranger, staff, operator):
        assert code_of(disputes.do_raise_dispute, who, **ask) == "shop_forbidden"
    raised = disputes.do_raise_dispute(manager, **ask)
    assert code_of(disputes.do_raise_dispute, manager, **ask) == "dispute_open"
    for who in (stranger, staff):
        assert code_of(disputes.do_say, who, raised.id, WORDS) == "shop_forbidden"
        assert code_of(disputes.do_withdraw, who, raised.id) == "shop_forbidden"
    for verb in (disputes.do_answer, disputes.do_refuse):
        assert code_of(verb, manager, raised.id, WORDS) == "forbidden"
    assert code_of(disputes.do_match, manager, raised.id, left.id, WORDS) == "forbidden"
    own = disputes.do_raise_dispute(stranger, source="youzan", external_order_id="U", words=WORDS)
    assert code_of(disputes.do_say, manager, own.id, WORDS) == "dispute_not_found"
    disputes.do_refuse(operator, raised.id, "No click of theirs")
    disputes.do_withdraw(stranger, own.id)
    states = ConversionDispute.objects.order_by("opened_at", "id").values_list("state", flat=True)
    assert list(states) == ["refused", "withdrawn"]
    disputes.do_raise_dispute(manager, **ask)


def test_a_reason_is_needed():
    creator = make_account()
    for words in ("", "  no ", "x" * 501):
        ask = {"source": "youzan", "external_order_id": "U", "words": words}
        assert code_of(disputes.do_raise_dispute, creator, **ask) == "dispute_words"
    ask = {"source": "youzan", "external_order_id": " ", "words": WORDS}
    assert code_of(disputes.do_raise_dispute, creator, **ask) == "dispute_order"
