"""What coupons announce: rooms show what can be claimed in them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from yellowcart.core import outbox
from yellowcart.core.models import OutboxEvent
from yellowcart.listings.models import Listing
from yellowcart.live import events as live
from yellowcart.live.models import Room
from yellowcart.promotions.models import Coupon


def offered(coupon: Coupon) -> None:
    """A coupon came or went: every open room in which it is good says what it offers now."""
    ids = rooms_of(coupon).values_list("id", flat=True)
    topic = live.PREFIX + live.COUPONS
    outbox.append_all([OutboxEvent(topic=topic, room_id=room_id, payload={}) for room_id in ids])


def on_spent(events: Sequence[outbox.Event]) -> None:
    """Coupons were used up: the lane says so, once, when the last of it went."""
    ids = {UUID(event.payload["coupon_id"]) for event in events}
    for coupon in Coupon.objects.filter(id__in=ids).order_by("id"):
        offered(coupon)


def rooms_of(coupon: Coupon) -> QuerySet[Room]:
    """The rooms, live or to come, in which a coupon may be good."""
    rooms = Room.objects.filter(state__in=["scheduled", "live"])
    if coupon.room_id is not None:
        rooms = rooms.filter(id=coupon.room_id)
    if coupon.creator_id is not None:
        rooms = rooms.filter(creator_id=coupon.creator_id)
    if coupon.shop_id is not None:
        sold = Listing.objects.filter(
            shop_id=coupon.shop_id, surface="live_room", state__in=["mounted", "barred"]
        )
        rooms = rooms.filter(id__in=sold.values("container_id"))
    return rooms
