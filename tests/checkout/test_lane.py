import asyncio
import itertools
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from tests.checkout.database import database_url, run, running_lane
from tests.checkout.worlds import NO_RULES, check_stock, make_place, mount, wish
from tests.factories import make_product, make_shop, make_sku

from yellowcart.checkout import lane as lane_module
from yellowcart.checkout.values import Placed, Refusal, Refused, Same
from yellowcart.core import clock
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.core.texts import Text
from yellowcart.inventory.models import Hold, Stock
from yellowcart.orders.models import Order, OrderLine, PurchaseCount
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.policy.table import compile_rules

pytestmark = pytest.mark.django_db(transaction=True)


def sell(*requests, **options):
    """Submit all at once to one lane; the answers in order, refusals of the lane as problems."""

    async def scenario():
        async with running_lane(**options) as lane:
            return await asyncio.gather(
                *(lane.submit(request) for request in requests), return_exceptions=True
            )

    return run(scenario)


def test_an_order_is_written_whole() -> None:
    place = make_place(stock=5, purchase_limit=3)
    request = place.request(quantity=2)
    [decision] = sell(request)
    assert isinstance(decision, Placed)
    order = Order.objects.get(buyer_id=request.buyer_id)
    assert (order.shop_id, order.id) == (place.sku.shop_id, request.checkout_id)
    assert (order.state, order.amount_minor, order.currency) == ("awaiting_payment", 19_800, "CNY")
    assert (order.surface, order.container_id) == ("live_room", place.room.id)
    assert order.expires_at - order.placed_at == timedelta(minutes=15)
    assert order.checkout_id == order.id
    line = OrderLine.objects.get(order_id=order.id)
    assert line.counted
    assert line.listing_id == place.listing.id
    assert (line.sku_id, line.quantity, line.unit_price_minor) == (place.sku.id, 2, 9_900)
    hold = Hold.objects.get(order_id=order.id)
    assert (hold.stock_sku_id, hold.quantity, hold.state) == (place.sku.id, 2, "pending")
    assert hold.expires_at == order.expires_at
    stock = Stock.objects.get(sku_id=place.sku.id)
    assert (stock.on_hand, stock.reserved, stock.sold) == (5, 2, 0)
    count = PurchaseCount.objects.get(buyer_id=request.buyer_id)
    assert (count.listing_id, count.quantity) == (place.listing.id, 2)
    event = OutboxEvent.objects.get(topic="orders.placed")
    assert event.room_id == place.room.id
    assert event.payload == {
        "room_id": str(place.room.id),
        "surface": "live_room",
        "container_id": str(place.room.id),
        "listing_id": str(place.listing.id),
        "sku_id": str(place.sku.id),
        "orders": [str(order.id)],
        "quantity": 2,
        "available": 3,
    }


def test_a_crowd_gets_what_there_is_first_come_first_served() -> None:
    place = make_place(stock=30)
    requests = [place.request() for _ in range(100)]
    decisions = sell(*requests)
    assert [type(one) for one in decisions] == [Placed] * 30 + [Refused] * 70
    assert decisions[-1] == Refused(Refusal.SOLD_OUT, left=0)
    assert Order.objects.count() == 30
    assert Stock.objects.get(sku_id=place.sku.id).reserved == 30
    events = OutboxEvent.objects.filter(topic="orders.placed").order_by("id")
    assert sum(event.payload["quantity"] for event in events) == 30
    assert events[len(events) - 1].payload["available"] == 0
    check_stock()


def test_one_transaction_sells_many_skus_of_many_shops() -> None:
    places = [make_place(stock=3) for _ in range(5)]
    decisions = sell(*(place.request() for _ in range(4) for place in places))
    assert sum(isinstance(one, Placed) for one in decisions) == 15
    check_stock()


def test_copies_share_the_suppliers_stock() -> None:
    supplier = make_sku(make_product(make_shop()), stock=3)
    places = []
    for _ in range(2):
        copy = make_sku(
            make_product(make_shop()),
            stock_shop_id=supplier.stock_shop_id,
            stock_sku_id=supplier.stock_sku_id,
        )
        places.append(make_place(sku=copy))
    decisions = sell(*(place.request() for _ in range(3) for place in places))
    placed = [one for one in decisions if isinstance(one, Placed)]
    assert len(placed) == 3
    sellers = {one.orders[0].lines[0].offer.shop_id for one in placed}
    assert sellers == {place.sku.shop_id for place in places}
    assert Stock.objects.get(sku_id=supplier.id).reserved == 3
    check_stock()


def test_a_retry_gets_the_same_order() -> None:
    place = make_place(stock=1)
    request = place.request(key="once", buyer=uuid4())
    again = place.request(key="once", buyer=request.buyer_id)
    [first] = sell(request)
    [second] = sell(again)
    assert isinstance(first, Placed)
    assert second == Same(first.receipt)
    assert Order.objects.count() == 1


def test_another_order_under_the_same_key_is_refused() -> None:
    place = make_place()
    buyer = uuid4()
    sell(place.request(key="once", buyer=buyer))
    [second] = sell(place.request(key="once", buyer=buyer, quantity=2))
    assert second == Refused(Refusal.KEY_REUSED)


def test_the_limit_counts_what_was_bought_before() -> None:
    place = make_place(purchase_limit=2)
    buyer = uuid4()
    sell(place.request(buyer=buyer))
    one, two = sell(place.request(buyer=buyer), place.request(buyer=buyer))
    assert isinstance(one, Placed)
    assert two == Refused(Refusal.LIMIT_REACHED, limit=2, already=2)
    assert PurchaseCount.objects.get(buyer_id=buyer).quantity == 2


def test_goods_are_sold_outside_rooms_too() -> None:
    sku = make_sku(make_product(make_shop()))
    shelf = mount(sku, surface="shop_page", container_id=sku.shop_id)
    request = wish(shelf.id, sku.id, sku.shop_id, sku.price_minor)
    [decision] = sell(request)
    assert isinstance(decision, Placed)
    assert Order.objects.get().surface == "shop_page"
    assert OutboxEvent.objects.get().room_id is None


def test_a_replay_sells_though_its_room_is_over() -> None:
    place = make_place()
    place.room.state = "ended"
    place.room.save()
    shelf = mount(place.sku, surface="replay", container_id=place.room.id)
    [decision] = sell(wish(shelf.id, place.sku.id, place.room.id, place.sku.price_minor))
    assert isinstance(decision, Placed)
    order = Order.objects.get()
    assert (order.surface, order.container_id) == ("replay", place.room.id)


def test_the_cut_holds_from_the_very_instant() -> None:
    """The clock crosses the instant between two orders; nobody tells the lane."""
    place = make_place(source="mokuai", integration="supply")
    instant = clock.now() + timedelta(days=1)
    table = compile_rules(
        [
            Rule(
                key="cut",
                outcome=Outcome.DENY,
                announced_at=instant - timedelta(days=2),
                effective_from=instant,
                reason=Text("closed", "关闭"),
                sources=frozenset({"mokuai"}),
                surfaces=frozenset({"live_room"}),
            )
        ]
    )

    async def scenario():
        async with running_lane(table.verdict) as lane:
            clock.set_timeline(clock.starting_at(instant - timedelta(seconds=1), speed=0.0001))
            before = await lane.submit(place.request())
            clock.set_timeline(clock.starting_at(instant, speed=0.0001))
            return before, await lane.submit(place.request())

    before, after = run(scenario)
    assert isinstance(before, Placed)
    assert isinstance(after, Refused)
    assert after.code is Refusal.BARRED
    assert after.verdict is not None
    assert after.verdict.rule == "cut"
    assert Order.objects.filter(placed_at__gte=instant).count() == 0


def test_a_bad_request_does_not_fail_its_neighbours() -> None:
    """The database refuses one order of a batch, by a trigger that stands for any surprise."""
    place = make_place()
    poison = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.buyer_id = '{poison}' THEN RAISE check_violation; END IF; RETURN NEW;"
            " END $$; CREATE TRIGGER poison BEFORE INSERT ON orders_order"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp_poison()"
        )
    try:
        decisions = sell(
            place.request(), place.request(buyer=poison), *(place.request() for _ in range(6))
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER poison ON orders_order; DROP FUNCTION pg_temp_poison()")
    assert [isinstance(one, Placed) for one in decisions] == [True, False, *[True] * 6]
    assert isinstance(decisions[1], Problem)
    assert (decisions[1].code, decisions[1].status) == ("try_again", 503)
    assert Order.objects.count() == 7
    check_stock()


def test_a_failure_of_our_own_is_not_silence() -> None:
    place, other = make_place(), make_place(source="strange")

    def verdict(facts, at):
        if facts.source == "strange":
            raise ValueError("no such source")
        return NO_RULES.verdict(facts, at)

    decisions = sell(place.request(), other.request(), place.request(), verdict=verdict)
    assert [type(one) for one in decisions] == [Placed, Problem, Placed]


def test_a_lane_that_lost_its_connection_makes_another() -> None:
    place = make_place()

    async def scenario():
        async with running_lane() as lane:
            first = await lane.submit(place.request())
            async with await psycopg.AsyncConnection.connect(
                database_url(), autocommit=True
            ) as executioner:
                await executioner.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = 'yellowcart lane'"
                )
            return first, await lane.submit(place.request())

    first, second = run(scenario)
    assert isinstance(first, Placed)
    assert isinstance(second, Placed)
    check_stock()


def test_an_answer_lost_with_its_connection_is_found_again(monkeypatch) -> None:
    """The commit went through, its answer did not: the second try answers the same order."""
    place = make_place()
    request = place.request()
    real, calls = lane_module.sell, []

    async def lossy(*args):
        decisions = await real(*args)
        calls.append(decisions)
        if len(calls) == 1:
            raise psycopg.OperationalError("connection lost during the commit")
        return decisions

    monkeypatch.setattr(lane_module, "sell", lossy)
    [decision] = sell(request)
    assert isinstance(decision, Same)
    assert decision.receipt.order_id == request.checkout_id == Order.objects.get().id
    check_stock()


def test_a_batch_that_never_ends_is_given_up(monkeypatch) -> None:
    """The connection is silent, as one is whose other end was unplugged."""
    place = make_place()
    real, calls = lane_module.sell, []

    async def silent(wire, *args):
        calls.append(wire)
        if len(calls) == 1:
            await wire.close()
            await asyncio.sleep(60)
        return await real(wire, *args)

    monkeypatch.setattr(lane_module, "sell", silent)
    monkeypatch.setattr(lane_module, "BATCH_TIMEOUT_S", 1.0)

    async def scenario():
        async with running_lane() as lane:
            given_up = await asyncio.gather(lane.submit(place.request()), return_exceptions=True)
            monkeypatch.setattr(lane_module, "BATCH_TIMEOUT_S", 60.0)
            return given_up[0], await lane.submit(place.request())

    given_up, answered = run(scenario)
    assert isinstance(given_up, Problem)
    assert given_up.code == "try_again"
    assert isinstance(answered, Placed)
    check_stock()


def test_a_full_queue_says_so_at_once() -> None:
    place = make_place()

    async def scenario():
        async with running_lane(most_waiting=2) as lane:
            accepted = [lane.submit(place.request()) for _ in range(2)]
            with pytest.raises(Problem) as caught:
                lane.submit(place.request())
            return caught.value, await asyncio.gather(*accepted)

    problem, answers = run(scenario)
    assert (problem.code, problem.status) == ("too_many_requests", 429)
    assert all(isinstance(one, Placed) for one in answers)


def test_a_hot_sku_leaves_room_in_the_queue() -> None:
    hot, quiet = make_place(), make_place()

    async def scenario():
        async with running_lane(most_waiting=4, most_of_one=2) as lane:
            accepted = [lane.submit(hot.request()) for _ in range(2)]
            with pytest.raises(Problem) as caught:
                lane.submit(hot.request())
            accepted.append(lane.submit(quiet.request()))
            return caught.value, await asyncio.gather(*accepted)

    problem, answers = run(scenario)
    assert (problem.code, problem.extra) == ("too_many_requests", {"retry_after": 1})
    assert all(isinstance(one, Placed) for one in answers)


def test_a_hot_sku_does_not_starve_the_rest_of_the_room() -> None:
    """200 stand in line for one SKU when somebody comes for another: one of the next batch."""
    hot, quiet = make_place(stock=500), make_place()
    answered: list[str] = []

    async def scenario():
        async with running_lane(most_in_batch=10) as lane:
            for _ in range(200):
                lane.ask(hot.request(), lambda _outcome: answered.append("hot"))
            lane.ask(quiet.request(), lambda _outcome: answered.append("quiet"))

    run(scenario)
    assert len(answered) == 201
    assert answered.index("quiet") < 10


def test_others_have_their_turn_between_the_answers_of_a_batch() -> None:
    place = make_place(stock=100)
    turns: list[int] = []
    answered: list[object] = []

    async def scenario():
        loop = asyncio.get_running_loop()

        def take_a_turn() -> None:
            turns.append(len(answered))
            if len(answered) < 100:
                loop.call_soon(take_a_turn)

        async with running_lane() as lane:
            for _ in range(100):
                lane.ask(place.request(), answered.append)
            take_a_turn()

    run(scenario)
    assert len(answered) == 100
    told = [later - before for before, later in itertools.pairwise(turns)]
    assert 0 < max(told) <= lane_module.TOLD_AT_ONCE


def test_closing_answers_everybody_first() -> None:
    place = make_place(stock=100)
    answered: list[object] = []

    async def scenario():
        async with running_lane() as lane:
            for _ in range(100):
                lane.ask(place.request(), answered.append)
        return len(answered)

    assert run(scenario) == 100


def test_closing_serves_what_waits() -> None:
    place = make_place()

    async def scenario():
        async with running_lane() as lane:
            waiting = [lane.submit(place.request()) for _ in range(3)]
        with pytest.raises(Problem):
            lane.submit(place.request())
        return [future.result() for future in waiting]

    assert all(isinstance(one, Placed) for one in run(scenario))
