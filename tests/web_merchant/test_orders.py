"""The shop's orders: seen by its people, shipped once, with the address only they may read."""

from datetime import timedelta

import pytest
from tests.web_merchant.conftest import World

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.inventory.models import Hold, Stock
from yellowcart.orders.models import Order, OrderLine, Shipment

SHIP = {"carrier": "EMS", "tracking_no": "EE123456789CN"}


def make_order(world: World, state: str = "paid") -> Order:
    at = now() - timedelta(minutes=5)
    sku = world.product.skus.get()
    order = Order.objects.create(
        shop_id=world.shop.id,
        buyer_id=world.buyer.id,
        checkout_id=new_id(),
        surface="live_room",
        container_id=new_id(),
        source="native",
        integration="native",
        state=state,
        goods_minor=19_800,
        amount_minor=19_800,
        currency="CNY",
        idempotency_key=str(new_id()),
        request_hash="x",
        placed_at=at,
        expires_at=at + timedelta(minutes=15),
        paid_at=at if state == "paid" else None,
        ship_to={"name": "Ming", "phone": "13800001234", "address": "1 Lake Road"},
    )
    OrderLine.objects.create(
        shop_id=world.shop.id,
        order_id=order.id,
        line_no=1,
        listing_id=new_id(),
        product_id=world.product.id,
        sku_id=sku.id,
        title="Green tea",
        quantity=2,
        unit_price_minor=9_900,
    )
    Stock.objects.filter(sku_id=sku.stock_sku_id).update(sold=2)
    Hold.objects.create(
        shop_id=world.shop.id,
        order_id=order.id,
        line_no=1,
        stock_shop_id=sku.stock_shop_id,
        stock_sku_id=sku.stock_sku_id,
        quantity=2,
        state="captured",
        expires_at=order.expires_at,
    )
    return order


def test_orders_are_listed_by_state(world: World, sign_in):
    paid, waiting = make_order(world), make_order(world, "awaiting_payment")
    client = sign_in(world.staff)
    rows = client.get(world.url("orders/")).context["rows"]
    assert {row["order"].id for row in rows} == {paid.id, waiting.id}
    rows = client.get(world.url("orders/"), {"state": "paid"}).context["rows"]
    assert [row["order"].id for row in rows] == [paid.id]


@pytest.mark.parametrize("who", ["owner", "staff"])
def test_a_paid_order_is_shipped_once(world: World, sign_in, who: str):
    order = make_order(world)
    client = sign_in(getattr(world, who))
    url = world.url(f"orders/{order.id}/")
    page = client.get(url).content.decode()
    assert "1 Lake Road" in page
    reply = client.post(url, SHIP, follow=True)
    assert "EE123456789CN" in reply.content.decode()
    assert Shipment.objects.get(order_id=order.id).carrier == "EMS"
    assert Stock.objects.get(shop_id=world.shop.id).on_hand == 8
    assert client.post(url, SHIP).status_code == 422
    assert Shipment.objects.filter(order_id=order.id).count() == 1


def test_a_bad_tracking_number_is_said_beside_it(world: World, sign_in):
    order = make_order(world)
    reply = sign_in(world.owner).post(
        world.url(f"orders/{order.id}/"), {"carrier": "EMS", "tracking_no": "?"}
    )
    assert reply.status_code == 422
    assert "Use 6 to 60 letters" in reply.context["form"].errors["tracking_no"][0]
    assert 'value="EMS"' in reply.content.decode()


def test_an_unpaid_order_has_a_masked_address_and_no_shipping(world: World, sign_in):
    order = make_order(world, "awaiting_payment")
    client = sign_in(world.owner)
    page = client.get(world.url(f"orders/{order.id}/")).content.decode()
    assert "13800001234" not in page
    assert "1 Lake Road" not in page
    assert 'name="tracking_no"' not in page
    assert client.post(world.url(f"orders/{order.id}/"), SHIP).status_code == 422


def test_an_operator_sees_no_address_and_ships_nothing(world: World, sign_in):
    order = make_order(world)
    client = sign_in(world.operator)
    assert "13800001234" not in client.get(world.url(f"orders/{order.id}/")).content.decode()
    assert client.post(world.url(f"orders/{order.id}/"), SHIP).status_code == 403
    assert not Shipment.objects.exists()


def test_another_shop_sees_nothing_of_it(world: World, sign_in):
    order = make_order(world)
    client = sign_in(world.other_owner)
    other = world.other_owner.shop_memberships.get().shop
    assert client.get(f"/merchant/shop/{other.handle}/orders/{order.id}/").status_code == 404
    assert client.get(world.url(f"orders/{order.id}/")).status_code == 403
