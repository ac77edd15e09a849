"""Who came to the past rooms, what they looked at, what was explained when, and what was asked: so
that the reports of the demo's last week have something to say about what sold.

Counts follow from invented visits, and what is explained follows the orders of those minutes.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yellowcart.core.ids import new_id
from yellowcart.insights.models import ListingMinute, RoomMinute, RoomViewer
from yellowcart.insights.room_facts import minute_of
from yellowcart.listings.models import Listing
from yellowcart.live import events as types
from yellowcart.live.models import ChatMessage, Room, RoomEvent, RoomSequence
from yellowcart.orders.models import Order, OrderLine
from yellowcart.people.models import Account

#: Rooms of so many days have an audience.
DAYS: Final = 7
VIEWERS_A_ROOM: Final = 160
#: How long one thing is explained.
SLOT: Final = timedelta(minutes=8)
#: Listings that somebody has before their eyes at a time.
IN_SIGHT: Final = 3
_MINUTE: Final = timedelta(minutes=1)

_SAID: Final = (
    "这件多少钱？",
    "有大码吗？",
    "什么时候发货？",
    "洗了会缩水吗？",
    "还有货吗？",
    "买了，期待",
    "主播讲得真清楚",
    "上次买的很好",
    "有别的颜色吗？",
)
_WEIGHTS: Final = (9, 8, 7, 3, 5, 4, 3, 3, 6)


@dataclass(frozen=True, slots=True)
class Visit:
    """One viewer's stay in a room."""

    viewer_id: UUID
    guest: bool
    came: datetime
    left: datetime
    entries: int


class Audience:
    """Invents the audience of past rooms, the same one every time."""

    def __init__(self, buyers: Sequence[Account]) -> None:
        self._random = random.Random(811)  # noqa: S311  the same audience every time
        self._buyers = buyers
        self._minutes: list[RoomMinute] = []
        self._looks: list[ListingMinute] = []
        self._viewers: list[RoomViewer] = []
        self._events: list[RoomEvent] = []
        self._messages: list[ChatMessage] = []

    def write(
        self,
        rooms: Iterable[Room],
        listings: Iterable[Listing],
        orders: Sequence[Order],
        lines: Iterable[OrderLine],
    ) -> None:
        """Invent and store what happened in each of the rooms beside the orders."""
        sold: defaultdict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
        listing_of = {line.order_id: line.listing_id for line in lines}
        bought: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for order in orders:
            if order.surface == "live_room":
                sold[order.container_id].append((order.placed_at, listing_of[order.id]))
                bought[order.container_id].add(order.buyer_id)
        cart: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for listing in listings:
            if listing.surface == "live_room":
                cart[listing.container_id].append(listing.id)
        for room in rooms:
            self._room(room, cart[room.id], sold[room.id], bought[room.id])
        RoomMinute.objects.bulk_create(self._minutes, batch_size=2_000)
        ListingMinute.objects.bulk_create(self._looks, batch_size=2_000)
        RoomViewer.objects.bulk_create(self._viewers, batch_size=2_000)
        ChatMessage.objects.bulk_create(self._messages, batch_size=2_000)
        RoomEvent.objects.bulk_create(self._events, batch_size=2_000)
        last = Counter(event.room_id for event in self._events)
        RoomSequence.objects.bulk_create(
            RoomSequence(room_id=room_id, seq=count) for room_id, count in last.items()
        )

    def _room(
        self,
        room: Room,
        cart: Sequence[UUID],
        sold: Sequence[tuple[datetime, UUID]],
        bought: Iterable[UUID],
    ) -> None:
        if room.started_at is None or room.ended_at is None:
            return
        visits = self._visits(room.started_at, room.ended_at, bought)
        said = self._chat(room, room.started_at, room.ended_at)
        self._viewers += [
            RoomViewer(
                room_id=room.id,
                viewer_id=one.viewer_id,
                guest=one.guest,
                first_at=one.came,
                last_at=one.left,
                entries=one.entries,
                seconds=int((one.left - one.came).total_seconds()),
            )
            for one in visits
        ]
        pinned = self._pins(room, room.started_at, room.ended_at, cart, sold)
        at = minute_of(room.started_at)
        while at < room.ended_at:
            inside = [one for one in visits if one.came < at + _MINUTE and one.left >= at]
            came = [one for one in inside if minute_of(one.came) == at]
            self._minutes.append(
                RoomMinute(
                    room_id=room.id,
                    minute=at,
                    viewers=len(came),
                    entries=sum(one.entries for one in came),
                    online=len(inside),
                    messages=said[at],
                )
            )
            self._look(room.id, at, len(inside), cart, pinned, sold)
            at += _MINUTE

    def _visits(self, start: datetime, end: datetime, bought: Iterable[UUID]) -> list[Visit]:
        """Buyers were there, and many more who only watched; most came early."""
        watched = [new_id() for _ in range(round(VIEWERS_A_ROOM * self._random.uniform(0.7, 1.4)))]
        people = [(one, False) for one in sorted(bought)] + [(one, True) for one in watched]
        length = (end - start).total_seconds()
        visits = []
        for viewer_id, guest in people:
            came = start + timedelta(seconds=length * self._random.betavariate(1.2, 2.2))
            stay = timedelta(seconds=min(length, self._random.expovariate(1 / 900) + 20))
            # Who bought stayed for it: from the beginning nearly to the end.
            if not guest:
                came, stay = start + timedelta(seconds=self._random.randrange(300)), end - start
            left = min(came + stay, end)
            entries = self._random.choices([1, 2, 3], [80, 15, 5])[0]
            visits.append(Visit(viewer_id, guest, came, left, entries))
        return visits

    def _chat(self, room: Room, start: datetime, end: datetime) -> Counter[datetime]:
        said: Counter[datetime] = Counter()
        for _ in range(self._random.randint(35, 70)):
            at = start + (end - start) * self._random.random()
            who = self._random.choice(self._buyers)
            self._messages.append(
                ChatMessage(
                    room_id=room.id,
                    account_id=who.id,
                    name=who.display_name,
                    role="viewer",
                    text=self._random.choices(_SAID, _WEIGHTS)[0],
                    at=at,
                )
            )
            said[minute_of(at)] += 1
        return said

    def _pins(
        self,
        room: Room,
        start: datetime,
        end: datetime,
        cart: Sequence[UUID],
        sold: Sequence[tuple[datetime, UUID]],
    ) -> list[tuple[datetime, UUID]]:
        """What was explained from when on: in each slot whatever sold best in it."""
        pins: list[tuple[datetime, UUID]] = []
        at = start + timedelta(minutes=5)
        while at < end and cart:
            best = Counter(one for when, one in sold if at <= when < at + SLOT).most_common(1)
            listing_id = best[0][0] if best else self._random.choice(cart)
            if not pins or pins[-1][1] != listing_id:
                pins.append((at, listing_id))
            at += SLOT
        self._events += [
            RoomEvent(
                room_id=room.id,
                seq=place,
                type=types.PINNED,
                payload={"listing_id": str(listing_id)},
                at=when,
            )
            for place, (when, listing_id) in enumerate(pins, start=1)
        ]
        return pins

    def _look(
        self,
        room_id: UUID,
        at: datetime,
        watching: int,
        cart: Sequence[UUID],
        pinned: Sequence[tuple[datetime, UUID]],
        sold: Sequence[tuple[datetime, UUID]],
    ) -> None:
        now = next((one for when, one in reversed(pinned) if when <= at), None)
        buying = Counter(one for when, one in sold if minute_of(when) == at)
        sight = {now, *buying, *self._random.sample(list(cart), min(IN_SIGHT, len(cart)))}
        for listing_id in sorted(one for one in sight if one is not None):
            most = watching if listing_id == now else watching // 3
            seen = max(buying[listing_id], round(most * self._random.uniform(0.2, 0.6)))
            opened = buying[listing_id] + round(seen * self._random.uniform(0, 0.12))
            if seen:
                self._looks.append(
                    ListingMinute(
                        room_id=room_id,
                        listing_id=listing_id,
                        minute=at,
                        seen=max(seen, opened),
                        opened=opened,
                    )
                )
