"""A real Vendure shop from one end to the other: listed in one click, sold in a live room, handed
over, shipped back, followed, and without power for a while."""

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.checkout.database import run, running_lane
from tests.checkout.worlds import wish
from tests.factories import make_account, make_shop
from tests.orders.worlds import ADDRESS
from tests.rooms import make_room, mount
from tests.sources.contract.loopback import Contract, Reply, running
from tests.sources.vendureshop import WHY_NOT, Shop, there
from yellowcart.aftersales import actions as aftersales
from yellowcart.aftersales.rules import Asked
from yellowcart.catalog.models import Product, Sku
from yellowcart.checkout.values import Placed
from yellowcart.connections import actions, listing, lost, messages
from yellowcart.connections.models import Change, Connection, Supply
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.inventory.models import Stock
from yellowcart.orders import paying
from yellowcart.orders.models import Order, Shipment
from yellowcart.payments.providers.base import Told
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop as ShopRow
from yellowcart.sources.connectors.vendure import Vendure

pytestmark = [
    pytest.mark.skipif(not there(), reason=WHY_NOT),
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def callbacks() -> Iterator[Contract]:
    with running(lambda _asked: Reply(), lambda _host: None) as contract:
        yield contract


@pytest.fixture
def vendure(callbacks: Contract, settings: Any) -> Iterator[Shop]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    news = {
        "WEBHOOK_URL": callbacks.url,
        "WEBHOOK_SECRET": SECRET,
        "YELLOWCART_PLUGIN": "./yellowcart-vendure-plugin.js",
    }
    settings.FETCH_ALLOW = [f"127.0.0.1:{port}"]
    made = Shop(port, news, f"vendure_sold_{os.getpid()}")
    made.start()
    yield made
    made.kill()


def sold(room: Any, copy: Product, quantity: int) -> Order:
    """Bought through the lane by somebody in the room, and paid."""
    buyer = make_account()
    sku = Sku.objects.get(product=copy)
    listed = mount(room, copy)
    request = wish(listed.id, sku.id, room.id, sku.price_minor, buyer=buyer.id, quantity=quantity)

    async def scenario() -> Any:
        async with running_lane() as lane:
            return await lane.submit(request)

    decision = run(scenario)
    assert isinstance(decision, Placed), decision
    order = Order.objects.get(buyer_id=buyer.id)
    where = {**ADDRESS, "region": "浙江省 杭州市"}
    payment, _url = paying.do_start_payment(actor=buyer, order_id=order.id, ship_to=where)
    told = Told(
        f"m:{payment.id}", payment.provider_ref, True, payment.amount_minor, payment.currency, "x"
    )
    paying.do_record_payment("sandbox", told)
    outbox.relay_all()
    return order


def take_in(callbacks: Contract, connection: Connection, wait: int = 300) -> None:
    """Hand what the shop's plugin sent to the connection, as its address would."""
    for _tries in range(wait):
        if callbacks.asked:
            break
        time.sleep(0.1)
    while callbacks.asked:
        asked = callbacks.asked.pop(0)
        messages.take_in(connection.id, asked.headers, asked.body)


def for_sale(copy: Product) -> int:
    sku = Sku.objects.get(product=copy)
    row = Stock.objects.get(shop_id=sku.stock_shop_id, sku_id=sku.stock_sku_id)
    return row.on_hand - row.reserved


def connected(vendure: Shop, owner: Account, work: Any) -> tuple[Connection, ShopRow]:
    """The real shop, connected to one of ours and listed in it."""
    shop = make_shop(owner, currency="USD")
    typed = {"url": vendure.url, "api_key": vendure.key, "email": "shop@yellowcart.example"}
    connection = actions.do_connect(
        actor=owner, shop=shop, source="vendure", typed={**typed, "secret": SECRET}, currency="USD"
    )
    Connection.objects.filter(id=connection.id).update(approves=True)
    connection = work(connection, all_due=True)
    one_click = listing.do_begin_run(actor=owner, shop=shop, supplier=connection.supplier)
    listing.do_run(str(one_click.id))
    return connection, shop


def test_goods_of_a_real_shop_are_sold_live_and_shipped_from_there(
    vendure: Shop, callbacks: Contract, work: Any
):
    connection, shop = connected(vendure, make_account(), work)
    counted = vendure.admin("{ products { totalItems } }")["products"]["totalItems"]
    assert Product.objects.filter(shop=connection.supplier).count() == counted
    assert Product.objects.filter(shop=shop).count() == counted
    football = Product.objects.get(shop=shop, title="Football")
    assert for_sale(football) == 100

    # Sold in a live room, handed over, packed there, shipped here
    room = make_room()
    order = sold(room, football, 3)
    connection = work(connection, orders_due=True)
    supply = Supply.objects.get(order_id=order.id)
    assert supply.state == "assigned", supply.last_error
    vendure.fulfil(supply.external_id, "SF100")
    take_in(callbacks, connection)
    connection = work(connection, orders_due=True)
    order = Order.objects.get(id=order.id)
    assert order.state == "shipped"
    assert list(Shipment.objects.values_list("carrier", "tracking_no")) == [("SF Express", "SF100")]

    # Changes there are followed here
    theirs = Product.objects.get(shop=connection.supplier, title="Football").external_id
    found = vendure.admin(
        "query ($id: ID!) { product(id: $id) { variants { id stockOnHand } } }", id=theirs
    )["product"]["variants"][0]
    assert (for_sale(football), found["stockOnHand"]) == (97, 97)
    callbacks.asked.clear()
    vendure.change(found["id"], stock=7, price=5000)
    for _tries in range(30):
        take_in(callbacks, connection, wait=10)
        connection = work(connection, orders_due=True)
        price = Sku.objects.get(product=football).price_minor
        if (for_sale(football), price) == (7, 6000):
            break
    assert (for_sale(football), price) == (7, 6000)

    # No power there: orders wait here, and are handed over once
    vendure.kill()
    tent = Product.objects.get(shop=shop, title="Tent")
    waiting = sold(room, tent, 1)
    connection = work(connection, orders_due=True)
    row = Supply.objects.get(order_id=waiting.id)
    assert row.state == "unassigned"
    assert row.last_error["zh-hans"]
    vendure.start()
    for _tries in range(5):
        Connection.objects.filter(id=connection.id).update(breaker="closed", breaker_until=None)
        connection = work(connection, orders_due=True)
    row.refresh_from_db()
    assert row.state == "assigned"
    orders = vendure.admin(
        """query ($reference: String!) { orders(options: { filter: {
          transactionId: { eq: $reference } } }) { totalItems } }""",
        reference=row.reference,
    )["orders"]
    assert orders["totalItems"] == 1


def give_back(owner: Account, order: Order, quantity: int) -> None:
    """The shop gives the money of so many pieces back."""
    aftersales.do_give(
        actor=owner,
        order_id=order.id,
        reason="cannot_send",
        lines={1: Asked(quantity)},
        words="sorry",
    )
    outbox.relay_all()


def theirs(vendure: Shop, reference: str) -> list[tuple[str, int]]:
    """The real shop's orders of a reference: state, and pieces that are left."""
    found = vendure.admin(
        """query ($reference: String!) { orders(options: { filter: {
          transactionId: { eq: $reference } } }) { items { state totalQuantity } } }""",
        reference=reference,
    )["orders"]["items"]
    return [(one["state"], one["totalQuantity"]) for one in found]


def test_what_is_refunded_here_is_not_sent_there(vendure: Shop, work: Any, monkeypatch: Any):
    owner = make_account()
    connection, shop = connected(vendure, owner, work)
    room = make_room()

    # Some pieces, before they were sent
    order = sold(room, Product.objects.get(shop=shop, title="Football"), 3)
    connection = work(connection, orders_due=True)
    row = Supply.objects.get(order_id=order.id)
    assert row.state == "assigned", row.last_error
    give_back(owner, order, 1)
    connection = work(connection, orders_due=True)
    change = Change.objects.get(supply=row)
    assert (change.kind, change.state) == ("reduce", "told"), change.last_error
    assert theirs(vendure, row.reference) == [("PaymentSettled", 2)]

    # All of one whose answer was lost
    real = Vendure.place

    def unanswered(self: Vendure, *arguments: Any) -> Any:
        real(self, *arguments)
        raise FetchError("too_slow", "vendure.example")

    monkeypatch.setattr(Vendure, "place", unanswered)
    order = sold(room, Product.objects.get(shop=shop, title="Tent"), 1)
    connection = work(connection, orders_due=True)
    row = Supply.objects.get(order_id=order.id)
    assert (row.state, theirs(vendure, row.reference)) == ("unassigned", [("PaymentSettled", 1)])
    give_back(owner, order, 1)
    Supply.objects.filter(id=row.id).update(placing_until=wall() - lost.FOUND_AFTER)
    for _look in range(2):
        connection = work(connection, orders_due=True)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert theirs(vendure, row.reference) == [("Cancelled", 0)]
