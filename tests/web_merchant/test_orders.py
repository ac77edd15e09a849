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


def listed(client, world: World, state: str = "") -> list[Order]:
    cards = client.get(world.url("orders/"), {"state": state}).context["cards"]
    return [card.order for card in cards]


def test_orders_are_listed_by_what_is_to_be_done(world: World, sign_in):
    paid, waiting = make_order(world), make_order(world, "awaiting_payment")
    asked_back = make_order(world)
    Order.objects.filter(id=asked_back.id).update(open_cases=1)
    late = make_order(world)
    Order.objects.filter(id=late.id).update(ship_by=now() - timedelta(hours=30))
    client = sign_in(world.staff)
    assert {order.id for order in listed(client, world)} == {
        paid.id,
        waiting.id,
        asked_back.id,
        late.id,
    }
    assert [order.id for order in listed(client, world, "to_ship")] == [paid.id, late.id]
    assert [order.id for order in listed(client, world, "overdue")] == [late.id]
    assert [order.id for order in listed(client, world, "to_pay")] == [waiting.id]
    page = client.get(world.url("to-do/")).content.decode()
    assert "30 hours late" in page
    assert page.count(f"orders/{late.id}/") == 2
    assert f"orders/{asked_back.id}/" not in page


def test_a_long_list_goes_on_where_it_stopped(world: World, sign_in, monkeypatch):
    monkeypatch.setattr("yellowcart.web.merchant.orders.PAGE", 2)
    made = {make_order(world).id for _ in range(5)}
    client, found, after = sign_in(world.owner), [], ""
    while True:
        page = client.get(world.url("orders/"), {"state": "to_ship", "after": after})
        found += [card.order.id for card in page.context["cards"]]
        after = page.context["next_cursor"]
        if not after:
            break
    assert len(found) == 5
    assert set(found) == made


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


def test_a_part_is_sent_then_the_rest(world: World, sign_in):
    order = make_order(world)
    client = sign_in(world.staff)
    url = world.url(f"orders/{order.id}/")
    assert client.post(url, SHIP | {"pieces-1": "3"}).status_code == 422
    client.post(url, SHIP | {"pieces-1": "1"})
    page = client.get(url)
    assert page.context["order"].state == "partly_shipped"
    assert "1 piece is still to be sent" in page.content.decode()
    client.post(url, {"carrier": "EMS", "tracking_no": "EE000000002CN"})
    assert client.get(url).context["order"].state == "shipped"


def test_what_the_carrier_says_is_entered_beside_the_parcel(world: World, sign_in):
    order = make_order(world)
    client = sign_in(world.staff)
    url = world.url(f"orders/{order.id}/")
    client.post(url, SHIP)
    parcel = Shipment.objects.get(order_id=order.id)
    client.post(f"{url}parcels/{parcel.id}/trouble/", {"words": "lost in the rain"})
    assert "lost in the rain" in client.get(url).content.decode()
    before = Order.objects.get(id=order.id).receipt_at
    client.post(f"{url}extend/", {"days": "4"})
    assert Order.objects.get(id=order.id).receipt_at == before + timedelta(days=4)
    client.post(f"{url}parcels/{parcel.id}/delivered/")
    assert Order.objects.get(id=order.id).state == "signed"


@pytest.mark.parametrize("who", ["other_owner", "buyer", "operator"])
def test_who_does_not_ship_here_touches_no_parcel(world: World, sign_in, who: str):
    order = make_order(world)
    sign_in(world.owner).post(world.url(f"orders/{order.id}/"), SHIP)
    parcel = Shipment.objects.get(order_id=order.id)
    client = sign_in(getattr(world, who))
    for path in ("extend/", f"parcels/{parcel.id}/delivered/", f"parcels/{parcel.id}/trouble/"):
        assert client.post(world.url(f"orders/{order.id}/{path}")).status_code == 403
    assert client.post(world.url("orders/ship-many/"), {"lines": "x"}).status_code == 403
    assert Order.objects.get(id=order.id).state == "shipped"


def test_many_are_sent_from_pasted_lines_and_what_failed_stays(world: World, sign_in):
    good, paid_not = make_order(world), make_order(world, "awaiting_payment")
    pasted = f"{good.id}，顺丰速运，SF1234567890\n{paid_not.id}\tEMS\tEE123456789CN\nnonsense"
    page = sign_in(world.staff).post(world.url("orders/ship-many/"), {"lines": pasted})
    assert [one.order_id for one in page.context["sent"]] == [good.id]
    assert len(page.context["refused"]) == 2
    assert str(paid_not.id) in page.context["form"]["lines"].value()
    assert str(good.id) not in page.context["form"]["lines"].value()
    assert Order.objects.get(id=good.id).state == "shipped"
