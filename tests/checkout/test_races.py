"""Two lanes on one SKU. Each race is first shown with the guard off, then the same with it on."""

import asyncio

import psycopg
import pytest
from tests.checkout.database import connected, run, running_lane
from tests.checkout.worlds import HOLD_FOR, NO_RULES, check_stock, make_place

from yellowcart.checkout import store
from yellowcart.checkout.statements import STATEMENTS
from yellowcart.checkout.values import Placed, Refusal, Refused, Request, Same
from yellowcart.inventory.models import Stock
from yellowcart.orders.models import Order, PurchaseCount

pytestmark = pytest.mark.django_db(transaction=True)


def take_the_guard_off(monkeypatch) -> None:
    """The same statements, without their locks."""
    for name in (b"lock_listings", b"lock_stock"):
        unlocked = STATEMENTS[name].replace(b"FOR NO KEY UPDATE", b"")
        assert unlocked != STATEMENTS[name]
        monkeypatch.setitem(STATEMENTS, name, unlocked)


def race(monkeypatch, mine: Request, rivals: Request):
    """Between my reading and my writing, a rival begins to sell, and ends if nothing stops it.

    Mine and the rival's answers, each a decision or the exception it ended with.
    """
    real_read = store._lock_and_read

    async def scenario():
        async with connected() as one, connected() as two:
            rival: list[asyncio.Task] = []

            async def read_then_rival(conn, *args):
                snapshot = await real_read(conn, *args)
                if not rival:
                    rival.append(
                        asyncio.create_task(store.sell(two, [rivals], NO_RULES.verdict, HOLD_FOR))
                    )
                    await asyncio.wait(rival, timeout=0.3)
                return snapshot

            monkeypatch.setattr(store, "_lock_and_read", read_then_rival)
            answers = await asyncio.gather(
                store.sell(one, [mine], NO_RULES.verdict, HOLD_FOR), return_exceptions=True
            )
            return answers + await asyncio.gather(*rival, return_exceptions=True)

    answers = run(scenario)
    return [one if isinstance(one, BaseException) else one[0] for one in answers]


def test_without_the_lock_only_the_database_prevents_overselling(monkeypatch) -> None:
    place = make_place(stock=1)
    take_the_guard_off(monkeypatch)
    mine, rivals = race(monkeypatch, place.request(), place.request())
    assert isinstance(rivals, Placed)
    assert isinstance(mine, psycopg.errors.CheckViolation)
    assert Stock.objects.get(sku_id=place.sku.id).reserved == 1
    assert Order.objects.count() == 1


def test_with_the_lock_the_second_is_told_politely(monkeypatch) -> None:
    place = make_place(stock=1)
    mine, rivals = race(monkeypatch, place.request(), place.request())
    assert isinstance(mine, Placed)
    assert rivals == Refused(Refusal.SOLD_OUT, left=0)
    check_stock()


def test_without_the_lock_a_limit_is_broken(monkeypatch) -> None:
    place = make_place(purchase_limit=1)
    mine = place.request()
    take_the_guard_off(monkeypatch)
    both = race(monkeypatch, mine, place.request(buyer=mine.buyer_id))
    assert all(isinstance(one, Placed) for one in both)
    assert PurchaseCount.objects.get().quantity == 2


def test_with_the_lock_a_limit_holds(monkeypatch) -> None:
    place = make_place(purchase_limit=1)
    mine = place.request()
    first, second = race(monkeypatch, mine, place.request(buyer=mine.buyer_id))
    assert isinstance(first, Placed)
    assert second == Refused(Refusal.LIMIT_REACHED, limit=1, already=1)
    assert PurchaseCount.objects.get().quantity == 1


def test_a_key_raced_through_two_stock_rows_is_one_order(monkeypatch) -> None:
    """The locks don't meet here: the unique key does, and the batch is done again, looking back."""
    place = make_place()
    other = make_place(sku=None)
    other.listing.shop_id = place.listing.shop_id
    other.listing.save()
    mine = place.request(key="k")
    rivals = other.request(key="k", buyer=mine.buyer_id)
    first, second = race(monkeypatch, mine, rivals)
    assert first == Refused(Refusal.KEY_REUSED)
    assert isinstance(second, Placed)
    assert Order.objects.count() == 1
    check_stock()


def test_the_same_key_at_once_through_two_lanes_is_one_order() -> None:
    place = make_place(stock=50)
    first = place.request(key="k")
    requests = [first, *(place.request(key="k", buyer=first.buyer_id) for _ in range(19))]

    async def scenario():
        async with running_lane() as one, running_lane() as two:
            return await asyncio.gather(
                *((one, two)[n % 2].submit(request) for n, request in enumerate(requests))
            )

    answers = run(scenario)
    assert len({answer.receipt.order_id for answer in answers}) == 1
    assert sum(isinstance(one, Placed) for one in answers) == 1
    assert sum(isinstance(one, Same) for one in answers) == 19
    assert Order.objects.count() == 1
    check_stock()


def test_two_lanes_share_one_hot_sku() -> None:
    place = make_place(stock=150, purchase_limit=1)
    requests = [place.request() for _ in range(400)]

    async def scenario():
        async with running_lane(most_in_batch=16) as one, running_lane(most_in_batch=16) as two:
            return await asyncio.gather(
                *((one, two)[n % 2].submit(request) for n, request in enumerate(requests))
            )

    answers = run(scenario)
    assert sum(isinstance(one, Placed) for one in answers) == 150
    assert sum(one == Refused(Refusal.SOLD_OUT, left=0) for one in answers) == 250
    stock = Stock.objects.get(sku_id=place.sku.id)
    assert (stock.on_hand, stock.reserved) == (150, 150)
    check_stock()


def test_overlapping_baskets_reversed_do_not_block_each_other() -> None:
    """Two lanes that want the same rows in opposite order take them in the same one."""
    places = [make_place(stock=500) for _ in range(6)]

    async def scenario():
        async with running_lane(most_in_batch=6) as one, running_lane(most_in_batch=6) as two:
            return await asyncio.gather(
                *(one.submit(place.request()) for _ in range(20) for place in places),
                *(two.submit(place.request()) for _ in range(20) for place in reversed(places)),
                return_exceptions=True,
            )

    assert all(isinstance(one, Placed) for one in run(scenario))
    check_stock()
