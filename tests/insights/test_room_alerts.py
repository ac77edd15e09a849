"""What a host is warned of, and when."""

from datetime import timedelta
from typing import Any

import pytest
from tests.factories import make_rule
from tests.insights.sales import order
from tests.rooms import make_goods, make_link, make_room, mount

from yellowcart.core import clock
from yellowcart.core.texts import Text
from yellowcart.insights import room_figures
from yellowcart.insights.room_rules import AHEAD, Payments
from yellowcart.insights.room_view import Show, figures_body
from yellowcart.live import queries
from yellowcart.live.models import Room
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.orders.models import OrderLine
from yellowcart.policy import queries as policy
from yellowcart.policy.actions import do_write_rule

pytestmark = pytest.mark.django_db


def shown(room: Room, language: str = "en") -> dict[str, Any]:
    row = queries.room_row(room.id)
    show = Show(room.id, room.title, room.state, room.started_at, None, None, row.cart)
    counts = room_figures.counts_of(room)
    return figures_body(show, counts, policy.table().verdict, clock.now(), language)


def alerts(room: Room, language: str = "en") -> dict[str, str]:
    return {one["code"]: one["text"] for one in shown(room, language)["alerts"]}


def bar_youzan(minutes: int) -> None:
    do_write_rule(
        make_rule(
            "no-youzan",
            sources=["youzan"],
            effective_from=clock.now() + timedelta(minutes=minutes),
            reason=Text(en="Links close.", zh="外链关闭。"),
        ),
        by=None,
    )


def test_a_calm_room_says_nothing() -> None:
    room = make_room()
    mount(room, make_goods())
    assert alerts(room) == {}


def test_a_rule_ten_minutes_ahead_names_what_it_will_take() -> None:
    room = make_room()
    link, kept = mount(room, make_link()), mount(room, make_goods())
    bar_youzan(9)
    (alert,) = shown(room)["alerts"]
    assert (alert["code"], alert["level"]) == ("rule_ahead", "warn")
    assert alert["listings"] == [str(link.id)]
    assert str(kept.id) not in alert["listings"]
    assert "1 listing " in alert["text"]
    assert "Links close." in alert["text"]
    assert "外链关闭。" in alerts(room, "zh-hans")["rule_ahead"]
    assert alert["until"] is not None


def test_a_rule_farther_ahead_waits() -> None:
    room = make_room()
    mount(room, make_link())
    bar_youzan(12)
    assert alerts(room) == {}


def test_stock_that_ends_soon_is_named_with_the_time_left() -> None:
    now = clock.now()
    room = make_room()
    Room.objects.filter(id=room.id).update(started_at=now - timedelta(minutes=30))
    room.refresh_from_db()
    goods = make_goods(stock=12)
    listing = mount(room, goods)
    for _ in range(10):
        made = order(100, now - timedelta(minutes=1), container_id=room.id, state="paid")
        OrderLine.objects.create(
            shop_id=made.shop_id,
            order_id=made.id,
            line_no=1,
            listing_id=listing.id,
            product_id=goods.id,
            sku_id=goods.skus.get().id,
            title="Tea",
            quantity=1,
            unit_price_minor=100,
        )
    body = shown(room)
    (line,) = body["listings"]
    assert (line["pieces_a_minute"], line["available"], line["minutes_left"]) == (2.0, 12, 6.0)
    (alert,) = body["alerts"]
    assert (alert["code"], alert["listings"]) == ("stock_low", [str(listing.id)])
    assert "about 6 minutes" in alert["text"]
    assert timedelta(minutes=6) < AHEAD


@pytest.mark.parametrize(("state", "said"), [("live", False), ("lost", True), ("ended", True)])
def test_pictures_that_are_gone(state: str, said: bool) -> None:
    room = make_room()
    key = StreamKey.objects.create(room=room, account=room.creator, prefix="p", digest="d")
    Broadcast.objects.create(
        room=room,
        stream_key=key,
        protocol="whip",
        server="embedded",
        state=state,
        started_at=clock.now(),
    )
    assert ("video_lost" in alerts(room)) is said


def test_payments_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    room = make_room()
    counts = room_figures.counts_of(room)
    troubled = Payments(20, 5, 100, 90, 10, 5)
    monkeypatch.setattr(
        room_figures,
        "counts_of",
        lambda _room: room_figures.RoomCounts(
            counts.sold, counts.minutes, counts.listings, troubled
        ),
    )
    found = alerts(room)
    assert set(found) == {"payments_drop", "provider_fails"}
    assert "25%" in found["payments_drop"]
    assert "90%" in found["payments_drop"]
