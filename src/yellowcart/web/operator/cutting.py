"""What a cut-over is about to do and what it did, as the operator watches it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from yellowcart.core.clock import now
from yellowcart.insights import queries as insights
from yellowcart.insights.rules import Comparison, Definition, Dimension
from yellowcart.listings import cutover
from yellowcart.listings.models import Listing
from yellowcart.live import queries as live
from yellowcart.live.models import Room
from yellowcart.policy import queries as policy
from yellowcart.policy.models import Boundary
from yellowcart.policy.rules import Rule
from yellowcart.web.operator.telling import Told, told

#: Live rooms shown one by one; the rest are only counted.
ROOMS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A live room and what the cut does to its cart."""

    room: Room
    viewers: int
    to_flip: int
    barred: int
    mounted: int


@dataclass(frozen=True, slots=True)
class Surface:
    """Listings on one surface."""

    surface: str
    count: int


@dataclass(frozen=True, slots=True)
class Cut:
    """One instant: its rules, and the numbers as they are now."""

    instant: datetime
    rules: Sequence[Rule]
    boundary: Boundary | None
    passed: bool
    to_bar: int
    to_restore: int
    to_flip: Sequence[Surface]
    rooms_to_tell: int
    barred: Sequence[Surface]
    rooms: Sequence[RoomRow]
    live_rooms: int
    viewers: int
    told: Told
    comparison: Comparison | None

    @property
    def swept(self) -> bool:
        """Whether the sweep has done its work."""
        return self.boundary is not None and self.boundary.swept_at is not None

    @property
    def barred_now(self) -> int:
        """Listings that these rules bar now."""
        return sum(one.count for one in self.barred)


def cut(instant: datetime) -> Cut:
    """Everything worth watching about an instant; reads only."""
    at = now()
    passed = instant <= at
    table = policy.table()
    rules = table.touching(instant)
    keys = [rule.key for rule in rules]
    flips = cutover.plan(table, max(instant, at)).flips
    by_room = Counter(flip.container_id for flip in flips if flip.surface == "live_room")
    barred = (
        Listing.objects.filter(state="barred", barred_rule__in=keys)
        .values("surface")
        .annotate(count=Count("id"))
        .order_by("surface")
    )
    live_rooms = list(live.live_rooms())
    viewers = live.viewers_in([room.id for room in live_rooms])
    return Cut(
        instant=instant,
        rules=rules,
        boundary=policy.boundary(instant),
        passed=passed,
        to_bar=sum(flip.barred for flip in flips),
        to_restore=sum(not flip.barred for flip in flips),
        to_flip=[
            Surface(surface, count)
            for surface, count in sorted(Counter(flip.surface for flip in flips).items())
        ],
        rooms_to_tell=len(by_room),
        barred=[Surface(row["surface"], row["count"]) for row in barred],
        rooms=_rooms(live_rooms, viewers, by_room),
        live_rooms=len(live_rooms),
        viewers=sum(viewers.values()),
        told=told(*keys),
        comparison=insights.around_cut(instant, Definition.PAID, by=[Dimension.LOOP])
        if instant < at
        else None,
    )


def _rooms(
    rooms: Sequence[Room], viewers: dict[UUID, int], to_flip: Counter[UUID]
) -> list[RoomRow]:
    shown = sorted(rooms, key=lambda room: -viewers.get(room.id, 0))[:ROOMS_SHOWN]
    carts = {
        row["container_id"]: (row["barred"], row["mounted"])
        for row in Listing.objects.filter(
            surface="live_room", container_id__in=[room.id for room in shown]
        )
        .values("container_id")
        .annotate(
            barred=Count("id", filter=Q(state="barred")),
            mounted=Count("id", filter=Q(state="mounted")),
        )
    }
    return [
        RoomRow(
            room=room,
            viewers=viewers.get(room.id, 0),
            to_flip=to_flip[room.id],
            barred=carts.get(room.id, (0, 0))[0],
            mounted=carts.get(room.id, (0, 0))[1],
        )
        for room in shown
    ]
