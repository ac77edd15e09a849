"""The relay gives numbers without gaps, in bulk, and keeps stock figures true."""

from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import make_account, make_product, make_shop, make_sku
from tests.rooms import make_goods, make_link, make_room, mount

from yellowcart.catalog.actions import do_take_off_shelf
from yellowcart.core import bus, outbox
from yellowcart.core.ids import new_id
from yellowcart.core.models import OutboxEvent
from yellowcart.inventory.actions import do_set_stock
from yellowcart.listings.models import ListingSold
from yellowcart.live import numbering
from yellowcart.live.models import Room, RoomEvent
from yellowcart.live.queries import snapshot

pytestmark = pytest.mark.django_db


def announce(*rooms, type_="room.chat.removed", **payload) -> None:
    with transaction.atomic():
        outbox.append_all(
            [
                OutboxEvent(topic=type_, room_id=room, payload=payload or {"id": "1"})
                for room in rooms
            ]
        )


def told(room: Room) -> list[tuple[str, dict]]:
    rows = RoomEvent.objects.filter(room_id=room.id).order_by("seq")
    return [(row.type, row.payload) for row in rows]


def test_every_room_counts_for_itself_without_gaps() -> None:
    one, two = new_id(), new_id()
    announce(one, two, one)
    outbox.relay_all()
    announce(two, one)
    outbox.relay_all()
    numbers = RoomEvent.objects.values_list("room_id", "seq")
    assert sorted(numbers) == sorted([(one, 1), (one, 2), (one, 3), (two, 1), (two, 2)])


def test_two_thousand_rooms_take_a_handful_of_statements(monkeypatch) -> None:
    rooms = [new_id() for _ in range(2_000)]
    told_of: Counter[str] = Counter()
    publish = bus.publish

    def spy(channel: str, payload: str = "") -> None:
        publish(channel, payload)
        if channel == numbering.CHANNEL:
            told_of.update(payload.split(","))

    monkeypatch.setattr(numbering.bus, "publish", spy)
    announce(
        *rooms,
        type_="room.cart.barred",
        listings=[str(new_id()) for _ in range(10)],
        restored=[],
        rule="r",
        revision=1,
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert outbox.relay_all() == 2_000
    assert RoomEvent.objects.filter(seq=1).count() == 2_000
    assert told_of == Counter(room.hex for room in rooms)
    assert len(queries) < 40


def test_many_orders_are_one_figure() -> None:
    room = make_room()
    sku = make_sku(make_product(make_shop()), stock=7)
    listing = mount(room, sku.product)
    order = {"room_id": str(room.id), "listing_id": str(listing.id), "sku_id": str(sku.id)}
    with transaction.atomic():
        for quantity in (1, 2):
            outbox.append("orders.placed", {**order, "quantity": quantity}, shop_id=sku.shop_id)
    outbox.relay_all()
    assert told(room) == [
        ("stock", {"listing_id": str(listing.id), "sku_id": str(sku.id), "available": 7}),
        ("sold", {"listing_id": str(listing.id), "quantity": 3, "total": 3}),
    ]
    with transaction.atomic():
        outbox.append("orders.placed", {**order, "quantity": 4}, shop_id=sku.shop_id)
    outbox.relay_all()
    assert told(room)[-1][1] == {"listing_id": str(listing.id), "quantity": 4, "total": 7}
    assert ListingSold.objects.get().quantity == 7
    assert snapshot(room.id, "en")["cart"][0]["sold"] == 7


def test_an_order_elsewhere_changes_stock_but_sells_in_no_room() -> None:
    room = make_room()
    sku = make_sku(make_product(make_shop()), stock=7)
    mount(room, sku.product)
    profile = mount(room, sku.product, surface="profile", container_id=room.creator_id)
    with transaction.atomic():
        outbox.append(
            "orders.placed",
            {"room_id": None, "listing_id": str(profile.id), "sku_id": str(sku.id), "quantity": 1},
        )
    outbox.relay_all()
    assert [type_ for type_, _payload in told(room)] == ["stock"]


def test_shared_stock_moves_in_every_open_room() -> None:
    """A copy draws on the supplier's row: whoever sells it, every room sees what is left."""
    original = make_sku(make_product(make_shop()), stock=9)
    copy = make_sku(
        make_product(make_shop()),
        stock_shop_id=original.shop_id,
        stock_sku_id=original.id,
    )
    here, there, over = make_room(), make_room(), make_room(state="ended")
    mount(here, original.product)
    mount(there, copy.product)
    mount(over, copy.product)
    do_set_stock(original.shop_id, original.id, 4, actor_id=None)
    outbox.relay_all()
    assert [payload["available"] for _type, payload in told(here)] == [4]
    assert [payload["sku_id"] for _type, payload in told(there)] == [str(copy.id)]
    assert told(over) == []


def test_goods_that_change_are_shown_anew() -> None:
    owner = make_account()
    shop = make_shop(owner)
    room, product = make_room(), make_goods(shop)
    listing = mount(room, product)
    do_take_off_shelf(actor=owner, product=product)
    outbox.relay_all()
    ((type_, payload),) = told(room)
    assert type_ == "listing.mounted"
    assert payload["row"]["listing_id"] == str(listing.id)
    assert payload["row"]["on_shelf"] is False
    assert snapshot(room.id, "en")["cart"][0]["on_sale"] is False


def test_links_have_no_stock_to_tell_of() -> None:
    room = make_room()
    product = make_link()
    sku = make_sku(product, stock=5)
    mount(room, product)
    do_set_stock(sku.shop_id, sku.id, 4, actor_id=None)
    outbox.relay_all()
    assert told(room) == []
    assert snapshot(room.id, "en")["cart"][0]["available"] is None
