"""Stores that sell the same pieces are told what was sold here: once, together, whatever fails."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from tests.connections.fakes import draft, unreachable
from tests.factories import make_account, make_product, make_sku
from tests.orders.test_actions import paid
from tests.orders.worlds import World
from yellowcart.catalog import supply
from yellowcart.catalog.models import Sku
from yellowcart.connections import sold_here
from yellowcart.connections.levels import apply_levels
from yellowcart.connections.models import Connection
from yellowcart.connections.rules import LADDER
from yellowcart.connections.sold_models import StockTelling, StockTellingLine
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.inventory.models import Stock
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.models import Listing
from yellowcart.orders import actions as orders
from yellowcart.orders.shipping import do_ship
from yellowcart.sources.connector import Can, Level, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(told) -> Connection:
    return told


@pytest.fixture
def world(connection, tells, work, owner, shop) -> World:
    """The owner's shop sells a copy of the store's tea: five of it lie there."""
    tells.fills("tea")
    connection = work(connection)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    sku = Sku.objects.get(product__shop=shop, options=["a"])
    listing = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    tells.shelf.calls.clear()
    return World(owner, shop, sku, listing, make_account())


def placed(world, quantity=2, **fields):
    """An order as the lane announces it."""
    order = world.order(quantity=quantity, **fields)
    with_others = {"sku_id": str(world.sku.id), "orders": [str(order.id)]}
    with transaction.atomic():
        outbox.append("orders.placed", with_others, shop_id=order.shop_id)
    outbox.relay_all()
    return order


def ship(world, order) -> None:
    do_ship(
        actor=world.owner, shop_id=order.shop_id, order_id=order.id, carrier="SF", tracking_no="1"
    )


def stock(world) -> Stock:
    return Stock.objects.get(shop_id=world.sku.stock_shop_id, sku_id=world.sku.stock_sku_id)


def free(world) -> int:
    return levels_of([world.sku])[world.sku.id].free


def says(connection, tells, key="tea-a"):
    """The store says what it has."""
    connection = Connection.objects.select_related("supplier").get(id=connection.id)
    with transaction.atomic():
        return apply_levels(connection, [Level("tea", key, tells.stock[key])], wall())


def only() -> StockTelling:
    return StockTelling.objects.get()


def test_sales_of_a_moment_are_told_in_one_call(world, connection, tells, work, monkeypatch):
    monkeypatch.setattr(sold_here, "MERGED", timedelta(hours=1))
    before = wall()
    placed(world, 2)
    placed(world, 1)
    assert before + sold_here.MERGED <= only().due_at <= wall() + sold_here.MERGED
    work(connection)
    assert not tells.moved
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -3)]
    assert tells.shelf.calls.count("change_stock") == 1
    row = only()
    assert (row.told, row.last_change, row.due_at, row.change) == (-3, -3, None, None)


def test_nothing_is_told_where_the_order_waits_to_be_written(world, connection, tells):
    world.order()
    outbox.relay_all()
    assert not StockTelling.objects.exists()


def test_hearing_of_a_sale_twice_tells_it_once(world, connection, tells, work):
    order = placed(world)
    sold_here.do_note([(order.shop_id, order.id)])
    work(connection, orders_due=True)
    sold_here.do_note([(order.shop_id, order.id)])
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2)]
    assert only().due_at is None


def test_what_the_store_counted_off_is_not_subtracted_again(world, connection, tells, work):
    placed(world)
    work(connection, orders_due=True)
    assert free(world) == 3
    says(connection, tells)
    assert (stock(world).on_hand, free(world)) == (5, 3)
    tells.stock["tea-a"] -= 1  # sold there
    says(connection, tells)
    assert (stock(world).on_hand, free(world)) == (4, 2)


def test_an_order_that_is_closed_gives_its_pieces_back_there(world, connection, tells, work):
    order = placed(world)
    work(connection, orders_due=True)
    orders.do_cancel_unpaid(actor=world.buyer, order_id=order.id)
    outbox.relay_all()
    says(connection, tells)  # 3, and the two are free again here
    assert free(world) == 5
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2), ("tea-a", 2)]
    says(connection, tells)
    assert (stock(world).on_hand, free(world)) == (5, 5)
    assert not StockTellingLine.objects.filter(is_open=True).exists()


def test_an_order_placed_and_closed_before_it_was_told_costs_no_call(
    world, connection, tells, work
):
    order = placed(world)
    orders.do_cancel_unpaid(actor=world.buyer, order_id=order.id)
    outbox.relay_all()
    work(connection, orders_due=True)
    assert not {"stock_of", "change_stock"} & set(tells.shelf.calls)
    assert only().due_at is None


def test_pieces_that_left_stay_gone(world, connection, tells, work):
    order = paid(world, placed(world))
    work(connection, orders_due=True)
    ship(world, order)
    outbox.relay_all()
    says(connection, tells)
    assert (stock(world).on_hand, free(world)) == (3, 3)
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2)]
    assert not StockTellingLine.objects.filter(is_open=True).exists()


def test_pieces_that_left_before_the_store_knew_are_not_sold_twice(world, connection, tells, work):
    order = paid(world, placed(world))
    ship(world, order)
    says(connection, tells)  # it still says 5
    assert free(world) == 3
    work(connection, orders_due=True)
    says(connection, tells)
    assert (tells.stock["tea-a"], free(world)) == (3, 3)


def lose_the_answer(tells, *, arrives: bool):
    """The next changes are done or not, and their answers do not come."""
    real = type(tells).change_stock

    def lost(*arguments):
        if arrives:
            real(tells, *arguments)
        unreachable("change_stock")

    tells.change_stock = lost


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("knows", [True, False])
def test_an_answer_that_was_lost_counts_once(world, connection, tells, work, arrives, knows):
    tells.knows_references = knows
    lose_the_answer(tells, arrives=arrives)
    placed(world)
    before = wall()
    work(connection, orders_due=True)
    row = only()
    assert (row.change, row.before, row.attempts) == (-2, 5, 1)
    assert row.due_at >= before + timedelta(seconds=LADDER[0])
    assert row.last_error["en"]
    # Until it is known, what the store says counts for nothing.
    assert says(connection, tells).stock == 0
    assert free(world) == 3
    del tells.change_stock
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2)]
    assert (only().change, only().due_at, only().told) == (None, None, -2)
    says(connection, tells)
    assert (stock(world).on_hand, free(world)) == (5, 3)


def test_a_store_that_knows_references_is_asked_by_its_count_in_the_end(
    world, connection, tells, work
):
    tells.knows_references = True
    lose_the_answer(tells, arrives=True)
    placed(world)
    for _try in range(sold_here.SAME_AGAIN + 2):
        work(connection, orders_due=True)
    assert (only().change, only().told, tells.stock["tea-a"]) == (None, -2, 3)


def test_a_call_that_never_left_is_made_again(world, connection, tells, work):
    def refused(*_arguments):
        raise FetchError("unreachable", "store.example", unsent=True)

    tells.change_stock = refused
    placed(world)
    work(connection, orders_due=True)
    assert (only().change, only().attempts) == (None, 1)
    tells.stock["tea-a"] = 1  # four were sold there meanwhile: not ours
    del tells.change_stock
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -1)]
    assert "fewer left" in _words_after(connection, work)


def _words_after(connection, work) -> str:
    work(connection, orders_due=True)
    return str(only().last_error["en"])


def test_the_rest_is_told_when_the_store_has_more(world, connection, tells, work):
    tells.stock["tea-a"] = 1
    placed(world)
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -1)]
    says(connection, tells)
    assert free(world) == 0
    tells.stock["tea-a"] = 4
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -1), ("tea-a", -1)]
    says(connection, tells)
    assert free(world) == 3


@pytest.mark.parametrize(
    ("error", "attempts"),
    [(AskedToWaitError(90), 0), (SourceError("told", "not yours", code="403"), 1)],
)
def test_a_refusal_is_kept_and_tried_again(world, connection, tells, work, error, attempts):
    def refuses(*_arguments):
        raise error

    tells.change_stock = refuses
    placed(world)
    before = wall()
    work(connection, orders_due=True)
    row = only()
    assert (row.change, row.attempts) == (None, attempts)
    wait = LADDER[0] if attempts else 90
    assert row.due_at >= before + timedelta(seconds=wait)
    del tells.change_stock
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2)]


def test_a_sale_while_the_store_is_told_is_not_forgotten(world, connection, tells, work):
    def sells(name):
        if name == "change_stock" and not tells.moved:
            placed(world, 1)

    tells.shelf.before = sells
    placed(world, 2)
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2), ("tea-a", -1)]


def test_a_store_that_is_down_is_left_alone_and_told_later(world, connection, tells, work):
    tells.shelf.before = unreachable
    placed(world)
    for _try in range(8):
        work(connection, orders_due=True)
    assert work(connection).breaker == "open"
    calls = len(tells.shelf.calls)
    work(connection, orders_due=True)
    assert len(tells.shelf.calls) == calls
    Connection.objects.filter(id=connection.id).update(breaker_until=wall())
    tells.shelf.before = lambda _name: None
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -2)]


def test_a_store_that_takes_orders_is_told_nothing(world, connection, tells, work):
    tells.can |= {Can.TAKE_ORDER}
    placed(world)
    assert not StockTelling.objects.exists()


def test_goods_of_ones_own_concern_no_store(world, connection, tells):
    sku = make_sku(make_product(world.shop))
    own = World(world.owner, world.shop, sku, world.listing, world.buyer)
    placed(own)
    assert not StockTelling.objects.exists()


def test_copies_in_two_shops_are_one_stock_and_one_call(world, connection, tells, work):
    """What is sold of the supplier's own product moves the same row as what is sold of a copy."""
    original = Sku.objects.get(id=world.sku.stock_sku_id)
    supplier = connection.__class__.objects.get(id=connection.id).supplier
    there = World(world.owner, supplier, original, world.listing, world.buyer)
    placed(world, 2)
    placed(there, 1)
    work(connection, orders_due=True)
    assert tells.moved == [("tea-a", -3)]
    assert StockTellingLine.objects.count() == 2


def test_the_health_page_says_what_was_told_and_what_waits(world, connection, tells, work):
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/merchant/shop/{world.shop.handle}/stores/{connection.id}/health/"
    placed(world)
    page = client.get(url).content.decode()
    assert "Still to be told" in page
    assert "Told last" not in page
    work(connection, orders_due=True)
    page = client.get(url).content.decode()
    assert "Still to be told" not in page
    assert "Told last" in page
    assert "Tea tea" in page
    told = client.get(f"/api/v1/connections/{connection.id}/health").json()
    assert (told["learns"], told["stock_told"], told["stock_waiting"]) == ("by_change", 2, 0)


def test_a_variant_that_the_store_no_longer_has_waits_with_words(world, connection, tells, work):
    placed(world)
    del tells.stock["tea-a"]
    work(connection, orders_due=True)
    assert only().attempts == 1
    assert "no such variant" in only().last_error["en"]
    tells.shelf.drafts = {"tea": draft("tea")}
