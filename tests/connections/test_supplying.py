"""Orders that a connected supplier sends: handed over once, followed, called off, given back."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.connections.fakes import unreachable
from tests.orders.test_actions import paid
from tests.orders.worlds import fresh
from yellowcart.aftersales import actions as aftersales
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.catalog.models import Sku
from yellowcart.connections import actions, lost, supplying
from yellowcart.connections.levels import apply_levels
from yellowcart.connections.models import Connection, Supply
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.inventory.models import Stock
from yellowcart.inventory.queries import levels_of
from yellowcart.orders.models import OrderLine, Shipment, ShipmentLine
from yellowcart.sources.connector import Level, Parcel, Progress, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError

pytestmark = pytest.mark.django_db


def sold(world, quantity=2, **fields):
    order = paid(world, world.order(quantity=quantity, **fields))
    outbox.relay_all()
    return order


def only():
    return Supply.objects.get()


def test_a_paid_order_is_handed_over_with_the_suppliers_words(world, connection, store, work):
    order = sold(world)
    assert only().state == "unassigned"
    work(connection)
    row = only()
    assert (row.state, row.attempts) == ("assigned", 0)
    placed = store.shelf.placed[0]
    line = placed.lines[0]
    assert (line.product_key, line.sku_key, line.quantity) == ("tea", "tea-a", 2)
    assert (placed.reference, placed.ship_to) == (row.reference, order.ship_to)


def test_the_orders_page_says_who_sends_it(world, connection, store, work):
    order = sold(world)
    work(connection)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/merchant/shop/{world.shop.handle}/orders/{order.id}/"
    page = client.get(url).content.decode()
    assert "Taken by the supplier" in page
    assert "Tea Hall" in page


def test_goods_of_the_shops_own_are_not(world, connection, store, work):
    own = Sku.objects.get(id=world.sku.id)
    Sku.objects.filter(id=own.id).update(stock_shop_id=world.shop.id)
    supplying.do_open_supplies(world.shop.id, world.order(reserves=False).id)
    assert not Supply.objects.exists()


def test_hearing_of_a_payment_twice_hands_over_once(world, connection, store, work):
    order = sold(world)
    supplying.do_open_supplies(world.shop.id, order.id)
    work(connection)
    work(connection, orders_due=True)
    assert len(store.shelf.placed) == 1


def test_an_answer_that_was_lost_makes_no_second_order(world, connection, store, work):
    sold(world)
    real = store.place

    def unanswered(told_store, order):
        real(told_store, order)
        unreachable("place")

    store.place = unanswered
    work(connection)
    row = only()
    assert (row.state, row.attempts) == ("unassigned", 1)
    assert row.last_error["en"]
    assert row.due_at > wall()
    store.place = real
    work(connection, orders_due=True)
    assert only().state == "assigned"
    assert len(store.shelf.placed) == 1


def lose_the_answer(store):
    real = store.place

    def unanswered(told_store, order):
        real(told_store, order)
        unreachable("place")

    store.place = unanswered


def test_after_a_lost_answer_the_supplier_is_given_time(
    world, connection, store, work, monkeypatch
):
    """It may still be at the order, and looking for it would find nothing yet."""
    monkeypatch.setattr(type(store), "settles_seconds", 3_600)
    sold(world)
    lose_the_answer(store)
    work(connection)
    asked = store.shelf.calls.count("place")
    work(connection, orders_due=True)
    row = only()
    assert store.shelf.calls.count("place") == asked
    assert row.due_at == row.placing_until > wall() + timedelta(seconds=60)
    Supply.objects.update(placing_until=wall())
    del store.place
    work(connection, orders_due=True)
    assert (only().state, only().placing_until, len(store.shelf.placed)) == ("assigned", None, 1)


def test_two_workers_never_hand_one_order_over_at_once(world, connection, store, work):
    """One that was slow, or died, holds the order until it can't be at it any more."""
    sold(world)
    assert lost.do_begin_placing(only().id)
    work(connection, orders_due=True)
    assert "place" not in store.shelf.calls
    assert not lost.do_begin_placing(only().id)
    Supply.objects.update(placing_until=wall())
    work(connection, orders_due=True)
    assert only().state == "assigned"


def test_an_order_that_was_refused_is_not_waited_for(world, connection, store, work, monkeypatch):
    monkeypatch.setattr(type(store), "settles_seconds", 3_600)

    def refused(_store, _order):
        raise AskedToWaitError(1)

    store.place = refused
    sold(world)
    work(connection)
    assert only().placing_until is None


def test_parcels_come_back_and_ship_the_order(world, connection, store, work):
    order = sold(world, quantity=3)
    work(connection)
    store.sends(1, {"tea-a": 1, "unknown": 9})
    work(connection, orders_due=True)
    assert fresh(order).state == "partly_shipped"
    assert only().state == "part_sent"
    store.sends(2)
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert fresh(order).state == "shipped"
    assert only().state == "sent"
    assert sorted(Shipment.objects.values_list("tracking_no", flat=True)) == ["SF1", "SF2"]
    assert world.stock() == (2, 0, 0)


def tells(store, state, *parcels):
    key = f"ext-{only().reference}"
    store.shelf.orders[key] = Progress(key, state, list(parcels))


def parcels_of(order):
    rows = Shipment.objects.filter(order_id=order.id).order_by("id")
    lines = ShipmentLine.objects.filter(order_id=order.id)
    pieces = dict(lines.values_list("shipment_id", "quantity"))
    return [(row.carrier, row.tracking_no, pieces[row.id]) for row in rows]


def test_an_order_sent_without_a_word_about_how_is_on_its_way(world, connection, store, work):
    order = sold(world)
    work(connection)
    tells(store, "sent")
    for _again in range(2):
        work(connection, orders_due=True)
    assert fresh(order).state == "shipped"
    assert parcels_of(order) == [("", "", 2)]
    assert world.stock() == (3, 0, 0)


def test_parcels_without_numbers_are_told_apart(world, connection, store, work):
    order = sold(world, quantity=4)
    work(connection)
    first, second = Parcel("SF", "", {"tea-a": 1}), Parcel("SF", "", {"tea-a": 2})
    tells(store, "part_sent", first)
    for _again in range(2):
        work(connection, orders_due=True)
    assert parcels_of(order) == [("SF", "", 1)]
    tells(store, "part_sent", first, second)
    for _again in range(2):
        work(connection, orders_due=True)
    assert parcels_of(order) == [("SF", "", 1), ("SF", "", 2)]
    assert fresh(order).state == "partly_shipped"


def test_what_is_left_of_an_order_sent_whole_is_a_parcel_too(world, connection, store, work):
    order = sold(world, quantity=3)
    work(connection)
    tells(store, "sent", Parcel("SF", "SF1", {"tea-a": 1}))
    for _again in range(2):
        work(connection, orders_due=True)
    assert fresh(order).state == "shipped"
    assert parcels_of(order) == [("SF", "SF1", 1), ("", "", 2)]


def test_a_number_that_comes_later_is_put_on_its_parcel(world, connection, store, work):
    order = sold(world)
    work(connection)
    tells(store, "part_sent", Parcel("", "", {"tea-a": 1}, key="7"))
    work(connection, orders_due=True)
    tells(store, "part_sent", Parcel("SF", "SF7", {"tea-a": 1}, key="7"))
    for _again in range(2):
        work(connection, orders_due=True)
    assert parcels_of(order) == [("SF", "SF7", 1)]
    tells(store, "sent", Parcel("SF", "SF7", {"tea-a": 1}, key="7"), Parcel("SF", "", key="8"))
    work(connection, orders_due=True)
    assert parcels_of(order) == [("SF", "SF7", 1), ("SF", "", 1)]


def test_the_buyer_and_the_shop_see_a_parcel_without_a_number(world, connection, store, work):
    order = sold(world)
    work(connection)
    tells(store, "sent")
    work(connection, orders_due=True)
    for who, url in (
        (world.buyer, f"/orders/{order.id}/"),
        (world.owner, f"/merchant/shop/{world.shop.handle}/orders/{order.id}/"),
    ):
        client = Client(headers={"accept-language": "en"})
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(url)
        assert page.status_code == 200
        assert "Sent without a tracking number" in page.content.decode()


def test_what_was_received_there_is_delivered_here(world, connection, store, work):
    order = sold(world)
    work(connection)
    key = f"ext-{only().reference}"
    store.shelf.orders[key] = Progress(key, "received", [Parcel("SF", "SF9")])
    work(connection, orders_due=True)
    assert fresh(order).state == "signed"
    assert only().due_at is None


def test_what_the_supplier_took_is_not_subtracted_twice(world, connection, store, work):
    """Five lie there; two are sold here and taken over there, which leaves three on both sides."""
    sold(world, quantity=2)
    before = wall()
    work(connection)

    def free(available, at):
        apply_levels(connection, [Level("tea", "tea-a", available, at=at)], at)
        return levels_of([world.sku])[world.sku.id].free

    connection.refresh_from_db()
    # Counted before the supplier knew of the order: all five, of which two are promised.
    assert free(5, before) == 3
    assert free(3, wall()) == 3
    # Somebody bought one more over there.
    assert free(2, wall()) == 2
    store.sends(1)
    work(connection, orders_due=True)
    assert world.stock() == (2, 0, 0)
    assert free(2, wall()) == 2


def test_a_count_below_what_was_promised_is_kept_at_that(world, connection, work):
    sold(world, quantity=4)
    told = apply_levels(connection, [Level("tea", "tea-a", 1)], wall())
    assert told.raised == 1
    row = Stock.objects.get(sku_id=world.sku.stock_sku_id)
    assert (row.on_hand, row.sold) == (4, 4)


def test_money_back_before_it_is_handed_over_hands_nothing_over(world, connection, store, work):
    order = sold(world)
    refund(world, order)
    work(connection, orders_due=True)
    assert only().state == "cancelled"
    assert not store.shelf.placed


def refund(world, order, quantity=2):
    aftersales.do_give(
        actor=world.owner,
        order_id=order.id,
        reason="cannot_send",
        lines={1: Asked(quantity)},
        words="sorry",
    )
    outbox.relay_all()


def test_money_back_afterwards_calls_it_off(world, connection, store, work):
    order = sold(world)
    work(connection)
    refund(world, order)
    work(connection)
    assert only().state == "cancelled"
    assert store.shelf.orders[f"ext-{only().reference}"].state == "cancelled"
    assert world.stock() == (5, 0, 0)


def test_what_was_sent_before_it_could_be_called_off_ends_so(world, connection, store, work):
    order = sold(world)
    work(connection)
    store.sends(1)
    refund(world, order)
    work(connection)
    row = only()
    assert (row.state, row.calls_off, row.due_at) == ("sent", True, None)


def test_a_part_given_back_before_is_not_handed_over(world, connection, store, work):
    order = sold(world, quantity=3)
    refund(world, order, quantity=1)
    work(connection, orders_due=True)
    assert store.shelf.placed[0].lines[0].quantity == 2


def test_nothing_is_handed_over_while_the_buyer_asks_for_money_back(world, connection, store, work):
    order = sold(world)
    case = aftersales.do_open(
        actor=world.buyer,
        order_id=order.id,
        kind=aftersales.Kind.REFUND_ONLY,
        reason="not_wanted",
        lines={1: Asked(2)},
    )
    outbox.relay_all()
    work(connection)
    if case.state == "succeeded":
        assert only().state == "cancelled"
    else:
        assert only().state == "unassigned"
    assert not store.shelf.placed


def test_a_supplier_that_refuses_gives_the_order_back(world, connection, store, work):
    order = sold(world)

    def no(name):
        if name == "place":
            raise SourceError("faked", "no such variant")

    store.shelf.before = no
    work(connection)
    assert only().state == "returned"
    assert Case.objects.filter(order_id=order.id).count() == 1
    store.shelf.before = lambda _name: None
    supplying.do_hand_over_again(supply=only())
    assert only().state == "unassigned"


def test_the_ladder_ends_with_the_order_given_back(world, connection, store, work):
    sold(world)
    store.shelf.before = lambda name: unreachable(name) if name == "place" else None
    for _try in range(20):
        Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
        work(connection, orders_due=True)
    assert only().state == "returned"


def test_a_disconnected_store_gives_back_what_it_never_had(world, connection, owner):
    sold(world)
    actions.do_disconnect(actor=owner, connection_id=connection.id)
    assert only().state == "returned"


def test_young_orders_are_asked_about_more_often(world, connection, work):
    sold(world)
    row = only()
    at = row.created_at
    assert supplying.ask_again_at(row, at) == at + timedelta(minutes=1)
    assert supplying.ask_again_at(row, at + timedelta(days=9)) == at + timedelta(days=9, hours=1)


def test_a_lying_supplier_sends_no_more_than_was_sold(world, connection, store, work):
    order = sold(world, quantity=1)
    work(connection)
    store.sends(1, {"tea-a": 99, "tea-b": 99})
    work(connection, orders_due=True)
    assert fresh(order).state == "shipped"
    assert OrderLine.objects.get(order_id=order.id).shipped_quantity == 1
    assert world.stock() == (4, 0, 0)
