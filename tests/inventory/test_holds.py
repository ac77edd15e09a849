"""Stock and holds: the invariant, the verbs, and rivals on two connections."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.factories import make_product, make_shop, make_sku
from tests.rivals import Together

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions, queries
from yellowcart.inventory.models import Hold, Stock, StockMove


def make_stock(on_hand=10):
    sku = make_sku(make_product(make_shop()), stock=on_hand)
    return sku.shop_id, sku.id


def level(key):
    return queries.levels([key])[key]


def reserve(key, quantity, order_id=None, line_no=1):
    order_id = order_id or new_id()
    wanted = actions.Wanted(key[0], order_id, line_no, key[0], key[1], quantity)
    actions.do_reserve([wanted], now() + timedelta(minutes=15))
    return key[0], order_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad", [{"reserved": -1}, {"sold": -1}, {"reserved": 6, "sold": 5}, {"on_hand": -1}]
)
def test_the_database_itself_refuses_to_oversell(bad):
    key = make_stock(10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(shop_id=key[0], sku_id=key[1]).update(**bad)


@pytest.mark.django_db
def test_a_hold_is_paid_and_shipped():
    key = make_stock(10)
    order = reserve(key, 3)
    assert level(key) == (10, 3, 0)
    assert actions.do_capture([order]) == 1
    assert level(key) == (10, 0, 3)
    assert actions.do_ship([order]) == 1
    assert level(key) == (7, 0, 0)
    assert Hold.objects.get(order_id=order[1]).state == "shipped"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [actions.do_void, actions.do_expire])
def test_an_unpaid_hold_gives_its_pieces_back_once(verb):
    key = make_stock(10)
    order = reserve(key, 4)
    assert verb([order]) == 1
    assert verb([order]) == 0
    assert level(key) == (10, 0, 0)


@pytest.mark.django_db
def test_a_paid_order_cancelled_before_shipping_frees_its_pieces():
    key = make_stock(10)
    order = reserve(key, 4)
    actions.do_capture([order])
    assert actions.do_void([order]) == 1
    assert level(key) == (10, 0, 0)
    assert actions.do_ship([order]) == 0


@pytest.mark.django_db
def test_nothing_expired_can_be_captured():
    key = make_stock(10)
    order = reserve(key, 4)
    actions.do_expire([order])
    assert actions.do_capture([order]) == 0
    assert level(key) == (10, 0, 0)


@pytest.mark.django_db
def test_too_much_is_refused_whole_with_what_is_left():
    key, other = make_stock(5), make_stock(5)
    order = new_id()
    wanted = [
        actions.Wanted(other[0], order, 1, *other, 2),
        actions.Wanted(key[0], order, 2, *key, 6),
    ]
    with pytest.raises(Problem) as caught:
        actions.do_reserve(wanted, now())
    assert caught.value.code == "sold_out"
    assert caught.value.extra["left"] == 5
    assert level(other) == (5, 0, 0)


@pytest.mark.django_db
def test_two_lines_of_one_order_on_the_same_stock_count_together():
    key = make_stock(5)
    order = new_id()
    wanted = [actions.Wanted(key[0], order, n, *key, 3) for n in (1, 2)]
    with pytest.raises(Problem):
        actions.do_reserve(wanted, now())
    assert level(key) == (5, 0, 0)


@pytest.mark.django_db
def test_setting_stock_says_so_and_stops_at_what_is_promised():
    key = make_stock(10)
    reserve(key, 4)
    actions.do_set_stock(*key, 20, actor_id=None)
    assert level(key).free == 16
    move = StockMove.objects.get(sku_id=key[1])
    assert (move.delta, move.on_hand_after) == (10, 20)
    assert OutboxEvent.objects.get(topic="inventory.stock_changed").payload["free"] == 16
    with pytest.raises(Problem) as caught:
        actions.do_set_stock(*key, 3, actor_id=None)
    assert caught.value.code == "stock_promised"
    with pytest.raises(Problem):
        actions.do_set_stock(*key, -1, actor_id=None)


@pytest.mark.django_db
def test_setting_stock_makes_the_row_and_repeating_it_changes_nothing():
    sku = make_sku(make_product(make_shop()), stock=None)
    key = (sku.shop_id, sku.id)
    actions.do_set_stock(*key, 7, actor_id=None)
    actions.do_set_stock(*key, 7, actor_id=None)
    assert level(key) == (7, 0, 0)
    assert StockMove.objects.filter(sku_id=sku.id).count() == 1


@pytest.mark.django_db
def test_a_delta_with_the_same_key_counts_once():
    key = make_stock(10)
    for _repeat in range(2):
        actions.do_adjust_stock(*key, -3, actor_id=None, idempotency_key="delivery-1")
    assert level(key).on_hand == 7
    actions.do_adjust_stock(*key, -3, actor_id=None, idempotency_key="delivery-2")
    assert level(key).on_hand == 4
    with pytest.raises(Problem) as caught:
        actions.do_adjust_stock(key[0], new_id(), 1, actor_id=None, idempotency_key="x")
    assert caught.value.code == "stock_unknown"


@pytest.mark.django_db(transaction=True)
def test_one_sku_many_buyers_never_oversells():
    key = make_stock(5)
    results = Together([lambda: reserve(key, 1) for _buyer in range(12)]).go()
    assert results.count("sold_out") == 7
    assert level(key) == (5, 5, 0)
    assert Hold.objects.filter(stock_sku_id=key[1], state="pending").count() == 5


@pytest.mark.django_db(transaction=True)
def test_overlapping_baskets_reversed_do_not_deadlock():
    one, two = make_stock(50), make_stock(50)

    def basket(first, second):
        def call():
            order = new_id()
            wanted = [
                actions.Wanted(first[0], order, 1, *first, 1),
                actions.Wanted(second[0], order, 2, *second, 1),
            ]
            actions.do_reserve(wanted, now())
            return "held"

        return call

    calls = [basket(one, two) if n % 2 else basket(two, one) for n in range(12)]
    assert Together(calls).go() == ["held"] * 12
    assert level(one) == level(two) == (50, 12, 0)


@pytest.mark.django_db(transaction=True)
def test_cancel_during_capture_lets_one_of_them_win():
    key = make_stock(10)
    order = reserve(key, 2)
    counts = Together(
        [lambda: actions.do_capture([order]), lambda: actions.do_expire([order])]
    ).go()
    assert sorted(counts) == [0, 1]
    state = Hold.objects.get(order_id=order[1]).state
    assert level(key) == ((10, 0, 2) if state == "captured" else (10, 0, 0))


@pytest.mark.django_db(transaction=True)
def test_hold_expiry_storm_frees_every_piece_once():
    key = make_stock(40)
    orders = [reserve(key, 1) for _n in range(40)]
    counts = Together(
        [lambda: actions.do_expire(orders[::-1]), lambda: actions.do_expire(orders)]
    ).go()
    assert sum(counts) == 40
    assert level(key) == (40, 0, 0)


class Life(RuleBasedStateMachine):
    """Any sequence of verbs keeps the sums: what left, what is promised and what is free."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.key = make_stock(20)
        self.on_hand = 20
        self.orders = {}

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(quantity=st.integers(1, 9))
    def buy(self, quantity):
        free = self.on_hand - sum(self.orders.values())
        try:
            order = reserve(self.key, quantity)
        except Problem:
            assert quantity > free
        else:
            assert quantity <= free
            self.orders[order] = quantity

    @rule(data=st.data(), verb=st.sampled_from(["capture", "void", "expire", "ship"]))
    def pass_on(self, data, verb):
        if not self.orders:
            return
        order = data.draw(st.sampled_from(sorted(self.orders)))
        before = Hold.objects.get(order_id=order[1]).state
        moved = getattr(actions, f"do_{verb}")([order])
        if moved and verb == "ship":
            assert before == "captured"
            self.on_hand -= self.orders.pop(order)
        elif moved and verb in {"void", "expire"}:
            del self.orders[order]

    @rule(data=st.data(), count=st.integers(1, 4), verb=st.sampled_from(["ship", "release"]))
    def pass_a_part_on(self, data, count, verb):
        if not self.orders:
            return
        order = data.draw(st.sampled_from(sorted(self.orders)))
        is_captured = Hold.objects.get(order_id=order[1]).state == "captured"
        try:
            getattr(actions, f"do_{verb}_part")(*order, {1: count})
        except Problem:
            assert not is_captured or count > self.orders[order]
            return
        assert is_captured
        self.orders[order] -= count
        if verb == "ship":
            self.on_hand -= count
        if not self.orders[order]:
            del self.orders[order]
            hold = Hold.objects.get(order_id=order[1])
            assert hold.shipped + hold.released == hold.quantity
            assert hold.state == ("shipped" if hold.shipped else "voided")

    @rule(amount=st.integers(0, 30))
    def count_again(self, amount):
        try:
            actions.do_set_stock(*self.key, amount, actor_id=None)
        except Problem:
            assert amount < sum(self.orders.values())
        else:
            self.on_hand = amount

    @invariant()
    def sums_hold(self):
        if hasattr(self, "key"):
            now_level = level(self.key)
            assert now_level.on_hand == self.on_hand
            assert now_level.reserved + now_level.sold == sum(self.orders.values())


@pytest.mark.django_db
def test_any_life_of_a_stock_row_keeps_its_sums():
    run_state_machine_as_test(
        Life, settings=hypothesis_settings(max_examples=15, stateful_step_count=20, deadline=None)
    )
