"""What the front pages list: rooms, videos and shops with the few figures their cards show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from yellowcart.core import clock
from yellowcart.listings.cart import cart_item
from yellowcart.listings.models import Listing
from yellowcart.listings.queries import rows_by_id
from yellowcart.live.models import Room
from yellowcart.live.queries import live_rooms, upcoming_rooms, viewers_in
from yellowcart.policy import queries as policy
from yellowcart.shops.models import Shop
from yellowcart.videos.models import Video
from yellowcart.web.viewer.goods import language

MOST_CARDS = 24


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room as a card shows it; ``viewers`` are those counted in the last seconds.

    ``explained`` is the cart item being explained, where it may be sold there now.
    """

    room: Room
    viewers: int
    goods: int
    explained: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class VideoCard:
    """A short video and how many goods are under it."""

    video: Video
    goods: int


@dataclass(frozen=True, slots=True)
class ShopCard:
    """A shop and how many goods its page offers."""

    shop: Shop
    goods: int


def mounted_counts(surface: str, containers: Iterable[UUID]) -> dict[UUID, int]:
    """How many listings are mounted in each container of a surface; none is missing."""
    rows = (
        Listing.objects.filter(surface=surface, container_id__in=list(containers), state="mounted")
        .values_list("container_id")
        .annotate(count=Count("id"))
    )
    return dict(rows)


def room_cards(rooms: QuerySet[Room]) -> list[RoomCard]:
    """The cards of some rooms, in their order."""
    found = list(rooms[:MOST_CARDS])
    goods = mounted_counts("live_room", [room.id for room in found])
    viewers = viewers_in(room.id for room in found)
    explained = explained_in(found)
    return [
        RoomCard(room, viewers.get(room.id, 0), goods.get(room.id, 0), explained.get(room.id))
        for room in found
    ]


def explained_in(rooms: Iterable[Room]) -> dict[UUID, dict[str, Any]]:
    """What each live room explains now; rooms that explain nothing are missing."""
    pins = {
        room.pinned_listing_id: room.id
        for room in rooms
        if room.state == "live" and room.pinned_listing_id
    }
    at, ask = clock.now(), policy.table().verdict
    items = [cart_item(row, ask, at, language()) for row in rows_by_id(pins)] if pins else []
    return {pins[item["listing_id"]]: item for item in items if item["state"] == "mounted"}


def live_now() -> list[RoomCard]:
    """Rooms that are live, fullest first."""
    cards = room_cards(live_rooms())
    return sorted(cards, key=lambda card: -card.viewers)


def coming_up() -> list[RoomCard]:
    """Scheduled rooms, next first."""
    return room_cards(upcoming_rooms())


def video_cards(videos: QuerySet[Video]) -> list[VideoCard]:
    """The cards of some videos, in their order."""
    found = list(videos.select_related("creator")[:MOST_CARDS])
    goods = mounted_counts("short_video", [video.id for video in found])
    return [VideoCard(video, goods.get(video.id, 0)) for video in found]


def newest_videos() -> list[VideoCard]:
    """Published videos, newest first."""
    published = Video.objects.filter(published_at__lte=clock.now())
    return video_cards(published.order_by("-published_at"))


def open_shops() -> list[ShopCard]:
    """Shops that sell to buyers, those with most goods first."""
    found = list(Shop.objects.filter(state="open").exclude(type="supplier").order_by("name"))
    goods = mounted_counts("shop_page", [shop.id for shop in found])
    cards = [ShopCard(shop, goods.get(shop.id, 0)) for shop in found]
    return sorted(cards, key=lambda card: -card.goods)[:MOST_CARDS]
