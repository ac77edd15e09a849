from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checkout.worlds import HOLD_FOR, NOON, offer, snapshot, wish_for

from yellowcart.checkout.rules import admit
from yellowcart.checkout.values import (
    OrderKey,
    OrderReceipt,
    Placed,
    Receipt,
    Refusal,
    Refused,
    Same,
    StockKey,
    Why,
)
from yellowcart.core.texts import Text
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.policy.table import compile_rules

BUYERS = [UUID(int=n) for n in range(1, 4)]
HOUR = timedelta(hours=1)


def one(request, picture):
    [decision] = admit([request], picture)
    return decision


# What any mixture of wishes must leave true


@st.composite
def batches(draw):
    """Two or three offers, two of which share a stock row, and wishes of three buyers."""
    shared = StockKey(uuid4(), uuid4())
    offers = [
        offer(stock=shared, price_minor=draw(st.integers(0, 5_000))),
        offer(stock=shared, purchase_limit=draw(st.integers(1, 5))),
        offer(purchase_limit=draw(st.none() | st.integers(1, 3))),
    ]
    free = {each.stock: draw(st.integers(0, 12)) for each in offers}
    counts = {
        (each.listing_id, buyer): draw(st.integers(0, 4))
        for each in offers
        if each.purchase_limit is not None
        for buyer in BUYERS
    }
    requests = [
        wish_for(
            draw(st.sampled_from(offers)),
            buyer=draw(st.sampled_from(BUYERS)),
            key=draw(st.sampled_from("abcdef")),
            quantity=draw(st.integers(-1, 4)),
        )
        for _ in range(draw(st.integers(1, 30)))
    ]
    return requests, snapshot(*offers, free=free, counts=counts)


@given(batches())
def test_a_batch_promises_no_more_than_there_is(batch) -> None:
    requests, picture = batch
    taken: Counter[StockKey] = Counter()
    bought: Counter[tuple[UUID, UUID]] = Counter(picture.counts)
    for decision in admit(requests, picture):
        if isinstance(decision, Placed):
            [order] = decision.orders
            [line] = order.lines
            taken[line.offer.stock] += line.quantity
            place = (line.offer.listing_id, decision.request.buyer_id)
            bought[place] += line.quantity
            limit = line.offer.purchase_limit
            assert limit is None or bought[place] <= limit
            assert decision.receipt.amount_minor == (line.quantity * line.offer.price_minor)
    assert all(count <= picture.free[key] for key, count in taken.items())


@given(batches())
def test_a_batch_decides_like_its_requests_one_by_one(batch) -> None:
    """Arrival order: what came before, and nothing after, changes a decision."""
    requests, picture = batch
    whole = admit(requests, picture)
    for length in range(len(requests)):
        assert admit(requests[:length], picture) == whole[:length]


@given(batches())
def test_one_key_is_one_order(batch) -> None:
    requests, picture = batch
    decisions = admit(requests, picture)
    first: dict[OrderKey, Placed] = {}
    for request, decision in zip(requests, decisions, strict=True):
        shop = picture.offers[request.lines[0].listing_id, request.lines[0].sku_id].shop_id
        key = OrderKey(shop, request.buyer_id, request.idempotency_key)
        if isinstance(decision, Placed):
            assert key not in first
            first[key] = decision
        elif key in first and first[key].request.request_hash == request.request_hash:
            assert decision == Same(first[key].receipt)
        elif key in first:
            assert decision == Refused(Refusal.KEY_REUSED)


@given(batches())
def test_nobody_is_turned_away_while_there_is_enough(batch) -> None:
    requests, picture = batch
    free = dict(picture.free)
    for decision, request in zip(admit(requests, picture), requests, strict=True):
        stock = picture.offers[request.lines[0].listing_id, request.lines[0].sku_id].stock
        if isinstance(decision, Placed):
            free[stock] -= request.lines[0].quantity
        elif isinstance(decision, Refused) and decision.code is Refusal.SOLD_OUT:
            assert decision.left == free[stock] < request.lines[0].quantity


# One by one


def test_a_plain_wish_is_placed() -> None:
    tea = offer(price_minor=9_900)
    decision = one(wish_for(tea, quantity=3), snapshot(tea))
    assert isinstance(decision, Placed)
    assert decision.receipt.state == "awaiting_payment"
    assert decision.receipt.amount_minor == 29_700
    assert decision.receipt.expires_at == NOON + HOLD_FOR


def test_a_key_used_before_answers_the_same_order_whatever_became_of_the_offer() -> None:
    tea = offer(listing_state="unmounted")
    request = wish_for(tea)
    order = OrderReceipt(uuid4(), tea.shop_id, "closed", 100)
    receipt = Receipt(order.order_id, request.request_hash, "CNY", NOON, (order,))
    key = OrderKey(tea.shop_id, request.buyer_id, request.idempotency_key)
    assert one(request, snapshot(tea, free=0, earlier={key: receipt})) == Same(receipt)


def test_a_key_used_for_something_else_is_refused() -> None:
    tea = offer()
    first = wish_for(tea, key="k", buyer=BUYERS[0])
    second = wish_for(tea, key="k", buyer=BUYERS[0], quantity=2)
    placed, refused = admit([first, second], snapshot(tea))
    assert isinstance(placed, Placed)
    assert refused == Refused(Refusal.KEY_REUSED)


def test_a_refused_key_may_be_used_again() -> None:
    tea = offer()
    late = wish_for(tea, key="k", buyer=BUYERS[0], unit_price_minor=1)
    right = wish_for(tea, key="k", buyer=BUYERS[0])
    refused, placed = admit([late, right], snapshot(tea))
    assert refused == Refused(Refusal.PRICE_CHANGED, unit_price_minor=100, currency="CNY")
    assert isinstance(placed, Placed)


@pytest.mark.parametrize("quantity", [-1, 0, 1_000])
def test_a_quantity_makes_sense(quantity: int) -> None:
    tea = offer()
    assert one(wish_for(tea, quantity=quantity), snapshot(tea)) == Refused(Refusal.BAD_QUANTITY)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"listing_state": "unmounted"}, Why.NOT_MOUNTED),
        ({"integration": "link", "source": "youzan"}, Why.JUMP_OUT),
        ({"room_live": False}, Why.ROOM_NOT_LIVE),
        ({"review_state": "in_review"}, Why.NOT_OFFERED),
        ({"on_shelf": False}, Why.NOT_OFFERED),
        ({"sku_active": False}, Why.NOT_OFFERED),
        ({"shop_state": "paused"}, Why.NOT_OFFERED),
        ({"offered_from": NOON + HOUR}, Why.NOT_YET),
        ({"offered_until": NOON}, Why.OVER),
    ],
)
def test_what_is_not_on_sale(changes, why: Why) -> None:
    tea = offer(**changes)
    decision = one(wish_for(tea), snapshot(tea))
    assert isinstance(decision, Refused)
    assert (decision.code, decision.why) == (Refusal.NOT_ON_SALE, why)


@pytest.mark.parametrize(
    "changes",
    [
        {"offered_from": NOON, "offered_until": NOON + HOUR},
        {"surface": "shop_page", "room_live": False},
        {"integration": "supply", "source": "mokuai"},
        {"listing_state": "barred"},
    ],
)
def test_what_is_on_sale(changes) -> None:
    tea = offer(**changes)
    assert isinstance(one(wish_for(tea), snapshot(tea)), Placed)


def test_nothing_is_bought_through_another_container() -> None:
    tea = offer()
    decision = one(wish_for(tea, container=uuid4()), snapshot(tea))
    assert decision == Refused(Refusal.NOT_ON_SALE, Why.UNKNOWN)


@pytest.mark.parametrize(
    ("sale_from", "sale_until", "price"),
    [
        (None, None, 80),
        (NOON, NOON + HOUR, 80),
        (NOON - HOUR, NOON, 100),
        (NOON + HOUR, None, 100),
    ],
)
def test_the_price_is_the_one_in_force(sale_from, sale_until, price: int) -> None:
    tea = offer(sale_price_minor=80, sale_from=sale_from, sale_until=sale_until)
    right = one(wish_for(tea, unit_price_minor=price), snapshot(tea))
    wrong = one(wish_for(tea, unit_price_minor=180 - price), snapshot(tea))
    assert isinstance(right, Placed)
    assert wrong == Refused(Refusal.PRICE_CHANGED, unit_price_minor=price, currency="CNY")


def cut_at(instant, outcome: Outcome = Outcome.DENY):
    return compile_rules(
        [
            Rule(
                key="cut",
                outcome=outcome,
                announced_at=instant - HOUR,
                effective_from=instant,
                reason=Text("closed", "关闭"),
                sources=frozenset({"mokuai"}),
                surfaces=frozenset({"live_room"}),
            )
        ]
    ).verdict


def test_the_verdict_flips_at_the_instant_itself() -> None:
    tea = offer(source="mokuai", integration="supply")
    cut = cut_at(NOON)
    before = snapshot(tea, at=NOON - timedelta(microseconds=1), verdict=cut)
    assert isinstance(one(wish_for(tea), before), Placed)
    decision = one(wish_for(tea), snapshot(tea, at=NOON, verdict=cut))
    assert isinstance(decision, Refused)
    assert decision.code is Refusal.BARRED
    assert decision.verdict is not None
    assert decision.verdict.rule == "cut"


def test_a_task_order_is_asked_for_and_enough() -> None:
    cut = cut_at(NOON, Outcome.REQUIRE_TASK)
    without = offer(source="mokuai", integration="supply")
    having = offer(source="mokuai", integration="supply", has_task=True)
    decision = one(wish_for(without), snapshot(without, verdict=cut))
    assert isinstance(decision, Refused)
    assert decision.code is Refusal.BARRED
    assert isinstance(one(wish_for(having), snapshot(having, verdict=cut)), Placed)


def test_a_barred_link_says_that_it_is_barred_rather_than_where_it_is_sold() -> None:
    tea = offer(source="mokuai", integration="link", listing_state="barred")
    decision = one(wish_for(tea), snapshot(tea, verdict=cut_at(NOON)))
    assert isinstance(decision, Refused)
    assert decision.code is Refusal.BARRED
