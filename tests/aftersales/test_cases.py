"""Cases from their beginning to each of their ends."""

import pytest
from tests.aftersales.worlds import (
    DEAR,
    RETURN_TO,
    again,
    ask,
    books_balance,
    deliver,
    fresh,
    held,
    later,
    make_world,
    paid,
    refused,
    sent,
    to_seller_receipt,
)
from tests.factories import make_account, make_operator, make_product, make_sku

from yellowcart.aftersales import actions, deciding, goods, jobs, protecting
from yellowcart.aftersales.models import Case, CaseEvent, CaseLine
from yellowcart.aftersales.queries import disputes_of
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.catalog.models import Product, Sku
from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.orders import receiving, shipping
from yellowcart.orders.models import OrderEvent, OrderLine, PurchaseCount
from yellowcart.payments.models import PaymentPart, Refund

pytestmark = pytest.mark.django_db


def verbs(case: Case) -> list[str]:
    events = CaseEvent.objects.filter(case_id=case.id).order_by("at", "id")
    return list(events.values_list("verb", flat=True))


# Before anything was sent


def test_a_cheap_unsent_order_is_refunded_at_once() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=3, counted=True))  # ¥297
    case = ask(world, order, reason="not_wanted", quantity=3)
    assert (case.state, case.special, case.refunded_minor) == ("succeeded", "instant", 29_700)
    order = fresh(order)
    assert (order.state, order.close_reason, order.refunded_minor) == ("closed", "refunded", 29_700)
    assert (order.open_cases, order.case_opened_at) == (0, None)
    assert world.stock() == (10, 0, 0)
    assert PurchaseCount.objects.get().quantity == 0
    assert held(world) == 0
    assert books_balance()
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reference) == (29_700, f"case:{case.id}")
    assert verbs(case) == ["open", "grant"]


def test_a_dear_one_waits_for_the_shop_which_can_not_ship_meanwhile() -> None:
    world = make_world()
    order = paid(world, world.order(**DEAR))
    case = ask(world, order, reason="not_wanted", quantity=1)
    assert (case.state, case.special, case.deadline_verb) == ("awaiting_seller", "", "agree")
    assert fresh(order).open_cases == 1
    parcel = {"shop_id": world.shop.id, "order_id": order.id, "carrier": "SF", "tracking_no": "1"}
    with refused("case_open"):
        shipping.do_ship(actor=world.owner, **parcel)
    actions.do_agree(actor=world.owner, case_id=case.id)
    order = fresh(order)
    assert (order.state, order.refunded_minor, order.open_cases) == ("paid", 9_900, 0)
    assert world.stock() == (10, 0, 3)
    shipping.do_ship(actor=world.owner, **parcel)
    assert world.stock() == (7, 0, 0)
    assert fresh(order).state == "shipped"
    assert held(world) == 3 * 9_900
    assert "refund" in OrderEvent.objects.values_list("verb", flat=True)


def test_what_was_not_sent_of_a_partly_sent_order_goes_back() -> None:
    world = make_world()
    order = paid(world, world.order(**DEAR))
    shipping.do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no="1",
        pieces={1: 3},
    )
    case = ask(world, order, reason="not_shipped", quantity=1)
    with refused("case_open"):
        ask(world, order, reason="quality", quantity=1)
    actions.do_agree(actor=world.owner, case_id=case.id)
    assert fresh(order).state == "shipped"
    assert world.stock() == (7, 0, 0)


# Refund only


def test_a_part_of_the_price_for_goods_that_are_kept() -> None:
    world = make_world()
    order = sent(world, quantity=2, received=True)
    case = ask(world, order, quantity=2, amount=1_500, words="One is scratched")
    actions.do_agree(actor=world.owner, case_id=case.id, words="Sorry")
    line = OrderLine.objects.get()
    assert (line.refunded_minor, line.refunded_quantity) == (1_500, 0)
    assert (fresh(order).state, held(world)) == ("completed", 18_300)
    rest = ask(world, order, quantity=2)
    assert rest.amount_minor == 18_300
    assert disputes_of([(order.shop_id, order.id)])[order.shop_id, order.id].is_open
    actions.do_withdraw(actor=world.buyer, case_id=rest.id)
    dispute = disputes_of([(order.shop_id, order.id)])[order.shop_id, order.id]
    assert not dispute.is_open
    assert dispute.closed_at is not None


def test_all_of_it_before_the_receipt_closes_the_order_and_counts_stay() -> None:
    world = make_world()
    order = sent(world, counted=True)
    case = ask(world, order, reason="not_received")
    actions.do_agree(actor=world.owner, case_id=case.id)
    assert fresh(order).state == "closed"
    assert PurchaseCount.objects.get().quantity == 1
    with refused("nothing_to_ask"):
        ask(world, order)


def test_a_refusal_needs_words_and_may_be_answered() -> None:
    world = make_world()
    order = sent(world)
    case = ask(world, order)
    with refused("words_missing", 422):
        actions.do_refuse(actor=world.owner, case_id=case.id, words=" ")
    actions.do_refuse(actor=world.owner, case_id=case.id, words="It is as described.")
    case = again(case)
    assert (case.state, case.deadline_verb) == ("refused", "lapse")
    actions.do_change(
        actor=world.buyer,
        case_id=case.id,
        kind=Kind.RETURN_REFUND,
        reason="quality",
        lines={1: Asked(1, 5_000)},
        words="Then I send it back.",
    )
    case = again(case)
    assert (case.state, case.kind, case.amount_minor) == ("awaiting_seller", "return_refund", 5_000)
    assert CaseLine.objects.get().amount_minor == 5_000
    assert verbs(case) == ["open", "refuse", "change"]


# Return and refund


def test_goods_come_back_then_the_money_goes_and_the_shop_restocks() -> None:
    world = make_world()
    order = sent(world, quantity=2, received=True)
    case = ask(world, order, Kind.RETURN_REFUND, "no_reason", quantity=2)
    with refused("return_to_required", 422):
        actions.do_agree(actor=world.owner, case_id=case.id)
    actions.do_agree(actor=world.owner, case_id=case.id, return_to=RETURN_TO)
    assert again(case).return_to == RETURN_TO
    with refused("nothing_came_back"):
        goods.do_restock(actor=world.owner, case_id=case.id)
    with refused("shipment_incomplete", 422):
        actions.do_send_back(actor=world.buyer, case_id=case.id, carrier="SF", tracking_no=" ")
    actions.do_send_back(actor=world.buyer, case_id=case.id, carrier="SF", tracking_no="R1")
    assert held(world) == 19_800
    actions.do_take_back(actor=world.owner, case_id=case.id)
    assert (again(case).state, held(world)) == ("succeeded", 0)
    assert fresh(order).state == "completed"
    assert world.stock() == (8, 0, 0)
    for pieces in ({1: 3}, {1: -1}, {2: 1}):
        with refused("pieces_unavailable", 422):
            goods.do_restock(actor=world.owner, case_id=case.id, pieces=pieces)
    goods.do_restock(actor=world.owner, case_id=case.id, pieces={1: 1})
    assert world.stock() == (9, 0, 0)
    with refused("nothing_came_back"):
        goods.do_restock(actor=world.owner, case_id=case.id)
    second = ask(world, sent(world), Kind.RETURN_REFUND)
    actions.do_agree(actor=world.owner, case_id=second.id)
    assert again(second).return_to == RETURN_TO


@pytest.mark.parametrize("rule", ["not_supported", "not_after_unsealing"])
def test_the_products_rule_says_whether_it_comes_back_without_a_reason(rule: str) -> None:
    world = make_world()
    Product.objects.update(return_rule=rule)
    order = sent(world)
    with refused("return_not_supported"):
        ask(world, order, Kind.RETURN_REFUND, "no_reason")
    if rule == "not_after_unsealing":
        assert ask(world, order, Kind.RETURN_REFUND, "no_reason", is_intact=True).is_intact
    else:
        assert ask(world, order, Kind.RETURN_REFUND, "damaged").state == "awaiting_seller"


def test_seven_days_from_delivery() -> None:
    world = make_world()
    order = sent(world)
    deliver(world, order)
    later(7)
    with refused("too_late"):
        ask(world, order, Kind.RETURN_REFUND, "no_reason")
    ask(world, order, Kind.RETURN_REFUND, "quality")


def test_the_shop_disputes_what_came_back() -> None:
    world = make_world()
    case = to_seller_receipt(world, sent(world), Kind.RETURN_REFUND)
    actions.do_dispute_return(actor=world.owner, case_id=case.id, words="A brick.")
    assert (again(case).state, again(case).deadline_at) == ("intervening", None)
    deciding.do_decide(
        actor=make_operator(), case_id=case.id, decision="refusal", words="It is a brick."
    )
    assert (again(case).state, held(world)) == ("closed", 9_900)


# Exchange


def test_an_exchange_sends_other_pieces() -> None:
    world = make_world()
    order = sent(world, quantity=2)
    case = to_seller_receipt(world, order, Kind.EXCHANGE, quantity=2)
    actions.do_take_back(actor=world.owner, case_id=case.id)
    assert again(case).state == "awaiting_replacement"
    goods.do_restock(actor=world.owner, case_id=case.id, pieces={1: 0})
    goods.do_replace(actor=world.owner, case_id=case.id, carrier="SF", tracking_no="N1")
    assert world.stock() == (6, 0, 0)
    actions.do_receive_replacement(actor=world.buyer, case_id=case.id)
    case = again(case)
    assert (case.state, case.refunded_minor) == ("succeeded", 0)
    assert (fresh(order).refunded_minor, held(world)) == (0, 19_800)


def test_nothing_to_exchange_it_for_gives_the_money_back() -> None:
    world = make_world(stock=1)
    order = sent(world)
    case = to_seller_receipt(world, order, Kind.EXCHANGE)
    actions.do_take_back(actor=world.owner, case_id=case.id)
    with refused("stock_promised"):
        goods.do_replace(actor=world.owner, case_id=case.id, carrier="SF", tracking_no="N1")
    assert again(case).state == "awaiting_replacement"
    actions.do_refund_instead(actor=world.owner, case_id=case.id)
    assert (again(case).state, held(world)) == ("succeeded", 0)
    assert fresh(order).state == "closed"


# The platform


def test_the_platform_decides_with_words_and_may_part_the_amount() -> None:
    world = make_world()
    other = make_sku(make_product(world.shop), stock=5, price=1_000)
    order = sent(world, more=[(other, 1)])
    case = actions.do_open(
        actor=world.buyer,
        order_id=order.id,
        kind=Kind.REFUND_ONLY,
        reason="quality",
        lines={1: Asked(1), 2: Asked(1)},
    )
    actions.do_refuse(actor=world.owner, case_id=case.id, words="No.")
    with refused("words_missing", 422):
        actions.do_ask_platform(actor=world.buyer, case_id=case.id, words="")
    actions.do_ask_platform(actor=world.buyer, case_id=case.id, words="See the pictures.")
    operator = make_operator()
    decide = {"actor": operator, "case_id": case.id, "decision": "refund", "words": "Half."}
    with refused("amount_unavailable", 422):
        deciding.do_decide(**decide, amount_minor=10_901)
    deciding.do_decide(**decide, amount_minor=5_450)
    assert again(case).refunded_minor == 5_450
    amounts = CaseLine.objects.order_by("line_no").values_list("amount_minor", flat=True)
    assert list(amounts) == [4_950, 500]
    assert held(world) == 5_450
    assert AuditEntry.objects.filter(verb="case.decide", actor_id=operator.id).exists()
    with refused("case_state"):
        deciding.do_decide(**decide)


def test_the_platform_sends_goods_back_first() -> None:
    world = make_world()
    case = ask(world, sent(world), Kind.RETURN_REFUND)
    operator = make_operator()
    with refused("words_missing", 422):
        deciding.do_step_in(actor=operator, case_id=case.id, words="")
    deciding.do_step_in(actor=operator, case_id=case.id, words="Many complaints.")
    decide = {"actor": operator, "case_id": case.id, "decision": "return", "words": "Back."}
    with refused("return_to_required", 422):
        deciding.do_decide(**decide)
    deciding.do_decide(**decide, return_to=RETURN_TO)
    assert again(case).state == "awaiting_return"


# Deadlines


def due(case: Case) -> Case:
    """The case after its deadline passed and the duty looked."""
    at = again(case).deadline_at
    assert at is not None
    clock.set_timeline(clock.starting_at(at))
    assert deciding.do_step_due(at) == 1
    assert deciding.do_step_due(at) == 0
    return again(case)


def test_a_silent_shop_has_agreed() -> None:
    world = make_world()
    case = due(ask(world, sent(world)))
    assert (case.state, case.refunded_minor, held(world)) == ("succeeded", 9_900, 0)
    event = CaseEvent.objects.latest("at")
    assert (event.verb, event.party, event.actor_id) == ("agree", "platform", None)


def test_a_silent_shop_has_agreed_to_a_return_where_it_had_goods_sent_last() -> None:
    world = make_world(stock=50)
    first = ask(world, sent(world), Kind.RETURN_REFUND)
    case = due(first)
    assert (case.state, case.deadline_at) == ("intervening", None)
    assert CaseEvent.objects.latest("at").detail["why"] == "return_to_required"
    to_seller_receipt(world, sent(world), Kind.RETURN_REFUND)
    Case.objects.filter(kind="return_refund").update(deadline_at=None)
    case = due(ask(world, sent(world), Kind.RETURN_REFUND))
    assert (case.state, case.return_to) == ("awaiting_return", RETURN_TO)


def test_a_buyer_who_sends_nothing_back_keeps_the_goods() -> None:
    world = make_world()
    order = sent(world)
    case = ask(world, order, Kind.RETURN_REFUND)
    actions.do_agree(actor=world.owner, case_id=case.id, return_to=RETURN_TO)
    assert due(case).state == "closed"
    assert (fresh(order).open_cases, held(world)) == (0, 9_900)
    assert ask(world, order).state == "awaiting_seller"


def test_a_buyer_who_lets_a_refusal_stand_has_accepted_it() -> None:
    world = make_world()
    case = ask(world, sent(world))
    actions.do_refuse(actor=world.owner, case_id=case.id, words="No.")
    assert due(case).state == "closed"


def test_a_shop_that_does_not_answer_a_parcel_has_received_it() -> None:
    world = make_world()
    case = due(to_seller_receipt(world, sent(world), Kind.RETURN_REFUND))
    assert (case.state, case.refunded_minor) == ("succeeded", 9_900)


def test_an_exchange_runs_to_its_end_by_itself() -> None:
    world = make_world()
    case = due(to_seller_receipt(world, sent(world), Kind.EXCHANGE))
    assert case.state == "awaiting_replacement"
    assert due(case).state == "succeeded"
    assert held(world) == 0
    other = to_seller_receipt(world, sent(world), Kind.EXCHANGE)
    actions.do_take_back(actor=world.owner, case_id=other.id)
    goods.do_replace(actor=world.owner, case_id=other.id, carrier="SF", tracking_no="N1")
    assert due(other).state == "succeeded"
    assert held(world) == 9_900


def test_a_step_that_can_not_be_taken_is_the_platforms() -> None:
    world = make_world()
    order = sent(world)
    case = ask(world, order)
    # Somebody meddled with the books of payments: the money is not there any more.
    PaymentPart.objects.filter(order_id=order.id).update(refunded_minor=9_900)
    case = due(case)
    assert case.state == "intervening"
    assert CaseEvent.objects.latest("at").detail["why"] == "refund_exceeds_paid"
    assert held(world) == 9_900


def test_the_worker_sleeps_until_the_next_deadline_and_makes_up_for_its_sleep() -> None:
    world = make_world()
    assert jobs.step_due() is None
    case = ask(world, sent(world))
    assert jobs.step_due() == case.deadline_at
    later(30)
    assert jobs.step_due() is None
    assert again(case).state == "succeeded"


def test_the_receipt_waits_for_the_case() -> None:
    world = make_world()
    order = sent(world)
    deliver(world, order)
    case = ask(world, order)
    at = fresh(order).receipt_at
    assert receiving.do_receive_due(at) == 0
    actions.do_withdraw(actor=world.buyer, case_id=case.id)
    assert receiving.do_receive_due(at) == 1


# Price protection


def test_a_fallen_price_comes_back_once() -> None:
    world = make_world()
    order = sent(world, quantity=2)
    with refused("price_not_fallen"):
        protecting.do_protect_price(actor=world.buyer, order_id=order.id)
    Product.objects.update(price_protect_days=7)
    Sku.objects.update(price_minor=9_000)
    case = protecting.do_protect_price(actor=world.buyer, order_id=order.id)
    assert (case.state, case.special, case.refunded_minor) == (
        "succeeded",
        "price_protection",
        1_800,
    )
    with refused("price_not_fallen"):
        protecting.do_protect_price(actor=world.buyer, order_id=order.id)
    Sku.objects.update(price_minor=8_900)
    assert protecting.do_protect_price(actor=world.buyer, order_id=order.id).refunded_minor == 200
    assert (fresh(order).state, held(world)) == ("shipped", 17_800)
    rest = ask(world, order, Kind.RETURN_REFUND, quantity=2)
    assert rest.amount_minor == 17_800


def test_protection_ends_and_coupons_count_as_paid_less() -> None:
    world = make_world()
    Product.objects.update(price_protect_days=7)
    order = sent(world, discount_minor=1_000)
    Sku.objects.update(price_minor=9_500)
    with refused("price_not_fallen"):
        protecting.do_protect_price(actor=world.buyer, order_id=order.id)
    Sku.objects.update(price_minor=1)
    later(7)
    with refused("price_not_fallen"):
        protecting.do_protect_price(actor=world.buyer, order_id=order.id)


# What is announced


def test_every_step_is_announced() -> None:
    world = make_world()
    case = ask(world, sent(world))
    actions.do_withdraw(actor=world.buyer, case_id=case.id)
    told = [
        (event.payload["verb"], event.payload["state"])
        for event in OutboxEvent.objects.filter(topic="aftersales.stepped").order_by("id")
    ]
    assert told == [("open", "awaiting_seller"), ("withdraw", "closed")]
    assert again(case).closed_at <= now()


def test_only_the_buyer_asks() -> None:
    world = make_world()
    order = sent(world)
    for actor, code, status in (
        (world.owner, "forbidden", 403),
        (make_operator(), "forbidden", 403),
        (make_account(), "order_not_found", 404),
    ):
        with refused(code, status):
            actions.do_open(
                actor=actor,
                order_id=order.id,
                kind=Kind.REFUND_ONLY,
                reason="quality",
                lines={1: Asked(1)},
            )
