"""A buyer's orders: what waits for whom, what is paid together, and the steps on the page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_account, make_product, make_shop, make_sku
from tests.orders.test_actions import paid as pay
from tests.orders.worlds import ADDRESS, World, fresh, make_world

from yellowcart.core.clock import now
from yellowcart.orders import lists
from yellowcart.orders.models import Order
from yellowcart.orders.shipping import do_ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def page_of(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(
        reverse(f"viewer:{name}", args=args), query, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 200
    return answer.content.decode()


def bought_together(world: World, shops: int) -> list[Order]:
    """One checkout of several shops, unpaid."""
    checkout = uuid4()
    orders = [world.order(checkout_id=checkout, ship_to=ADDRESS)]
    for _ in range(shops - 1):
        other = make_shop(make_account())
        sku = make_sku(make_product(other), price=5_000)
        foreign = World(world.owner, other, sku, world.listing, world.buyer)
        orders.append(foreign.order(checkout_id=checkout, ship_to=ADDRESS))
    return orders


def in_state(world: World, **fields: object) -> Order:
    values = {"state": "paid", "paid_at": now(), "ship_to": ADDRESS, **fields}
    return world.order(**values)


def test_a_checkout_of_two_shops_stands_together_and_is_paid_at_once(
    client: Client, world: World
) -> None:
    orders = bought_together(world, 2)
    whole = sum(order.amount_minor for order in orders)
    client.force_login(world.buyer)
    answer = client.get(reverse("viewer:orders"))
    (entry,) = answer.context["entries"]
    assert (len(entry.cards), entry.due_minor) == (2, whole)
    answer = client.get(reverse("viewer:order", args=[orders[0].id]))
    assert answer.context["due_minor"] == whole
    assert [card.order.id for card in answer.context["others"]] == [orders[1].id]
    client.post(reverse("viewer:pay", args=[orders[1].id]))
    assert Order.objects.filter(ship_to=ADDRESS, state="awaiting_payment").count() == 2


def test_a_checkout_that_is_cut_by_a_page_is_still_shown_whole_and_once(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists.buyers_orders, "__defaults__", ("", "", 1))
    bought_together(world, 2)
    client.force_login(world.buyer)
    first = client.get(reverse("viewer:orders"))
    assert [len(entry.cards) for entry in first.context["entries"]] == [2]
    after = first.context["next_cursor"]
    following = client.get(
        reverse("viewer:orders"), {"after": after}, headers={"HX-Request": "true"}
    )
    assert following.context["entries"] == []
    assert b"<html" not in following.content


def test_orders_stand_on_the_shelf_of_what_comes_next(client: Client, world: World) -> None:
    at = now()
    wanted = {
        "to_pay": world.order(),
        "to_ship": in_state(world),
        "to_receive": in_state(world, state="shipped", shipped_at=at),
        "done": in_state(world, state="completed", completed_at=at),
    }
    client.force_login(world.buyer)
    for shelf, order in wanted.items():
        page = page_of(client, "orders", state=shelf)
        shown = {key for key, one in wanted.items() if f"/orders/{one.id}/" in page}
        assert shown == {shelf}, order.state


def test_a_pre_sale_says_when_its_balance_is_due(client: Client, world: World) -> None:
    at = now()
    presale = {
        "deposit_minor": 1_000,
        "balance_from": at + timedelta(days=2),
        "balance_until": at + timedelta(days=3),
    }
    unpaid = world.order(**presale)
    kept = world.order(
        **presale,
        state="deposit_paid",
        paid_minor=1_000,
        expires_at=at + timedelta(days=3),
    )
    client.force_login(world.buyer)
    assert "Pay the deposit CN¥10.00" in page_of(client, "order", unpaid.id)
    page = page_of(client, "order", kept.id)
    assert "Pay the balance of CN¥89.00 from" in page
    assert reverse("viewer:pay", args=[kept.id]) not in page
    Order.objects.filter(id=kept.id).update(balance_from=at - timedelta(hours=1))
    assert "Pay the balance CN¥89.00" in page_of(client, "order", kept.id)


def test_a_parcel_is_followed_waited_for_once_and_received(client: Client, world: World) -> None:
    order = pay(world, world.order(quantity=2, ship_to=ADDRESS))
    send = {"actor": world.owner, "shop_id": world.shop.id, "order_id": order.id, "carrier": "SF"}
    do_ship(**send, tracking_no="SF1000001", pieces={1: 1})
    client.force_login(world.buyer)
    page = page_of(client, "order", order.id)
    assert "1 of 2 sent" in page
    assert "SF1000001" in page
    assert reverse("viewer:confirm", args=[order.id]) not in page
    do_ship(**send, tracking_no="SF1000002")
    extend = reverse("viewer:extend", args=[order.id])
    assert extend in page_of(client, "order", order.id)
    before = fresh(order).receipt_at
    client.post(extend)
    assert fresh(order).receipt_at == before + timedelta(days=3)
    assert extend not in page_of(client, "order", order.id)
    client.post(reverse("viewer:confirm", args=[order.id]))
    assert fresh(order).state == "completed"
    assert "The buyer confirmed the receipt" in page_of(client, "order", order.id)


def test_nothing_is_shown_of_a_shop_that_is_not_the_buyers(client: Client, world: World) -> None:
    order = in_state(world)
    client.force_login(make_account())
    assert client.post(reverse("viewer:extend", args=[order.id])).status_code == 404
    client.force_login(world.owner)
    assert client.get(reverse("viewer:order", args=[order.id])).status_code == 200
    assert client.post(reverse("viewer:confirm", args=[order.id])).status_code == 403
