"""What there is to watch after a show: its replay, and explanations of a product."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.media import clips, problems
from yellowcart.media.files import Part, part
from yellowcart.media.models import Clip, Recording, Replay
from yellowcart.people.models import Account


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clip, with what it explains."""

    id: UUID
    product_id: UUID
    title: str
    part: Part


@dataclass(frozen=True, slots=True)
class Show:
    """A replay as it is watched: its parts in order, and the explanations in it."""

    room: Room
    hidden: bool
    made_at: datetime
    parts: list[Part]
    explanations: list[Explanation]


def find_replay(room_id: UUID) -> Replay | None:
    """The room's replay unless it was deleted. Asks no permission."""
    return Replay.objects.filter(room_id=room_id, deleted_at__isnull=True).first()


def access_replay(account: Account | None, room_id: UUID) -> Show:
    """The replay, for everybody; a hidden one for its host. Problems: ``replay_not_found``."""
    replay = (
        Replay.objects.select_related("room__creator")
        .filter(room_id=room_id, deleted_at__isnull=True)
        .first()
    )
    own = replay is not None and account is not None and replay.room.creator_id == account.id
    if replay is None or (replay.hidden_at is not None and not own):
        raise problems.replay_not_found()
    room = replay.room
    recordings = {
        row.id: row for row in Recording.objects.filter(broadcast__room=room, state="ready")
    }
    pieces = [clips.Piece(row.id, row.started_at, row.duration_ms) for row in recordings.values()]
    begins, ends = room.started_at or replay.made_at, room.ended_at or replay.made_at
    return Show(
        room=room,
        hidden=replay.hidden_at is not None,
        made_at=replay.made_at,
        parts=[
            part(recordings[one.piece_id], one.from_ms, one.until_ms, whole=True)
            for one in clips.cut(begins, ends, pieces)
        ],
        explanations=_explanations(list(replay.clips.order_by("position")), recordings),
    )


def is_clip_of(room_id: UUID, clip_id: UUID) -> bool:
    """Whether a clip is an explanation in a room's replay. Asks no permission."""
    return Clip.objects.filter(
        id=clip_id, replay__room_id=room_id, replay__deleted_at__isnull=True
    ).exists()


def replays_of(creator_id: UUID, most: int = 12) -> list[Replay]:
    """A creator's newest replays that anybody may watch."""
    return list(_open_to_all().filter(room__creator_id=creator_id)[:most])


def newest_replays(most: int = 8) -> list[Replay]:
    """Everybody's newest replays that anybody may watch."""
    return list(_open_to_all()[:most])


def _open_to_all() -> QuerySet[Replay]:
    return (
        Replay.objects.filter(hidden_at__isnull=True, deleted_at__isnull=True)
        .select_related("room")
        .order_by("-room__started_at", "-id")
    )


def explanations_of(product_id: UUID, most: int = 3) -> list[Clip]:
    """The newest explanations of a product that anybody may watch, one a room."""
    rows = (
        Clip.objects.filter(
            product_id=product_id,
            replay__hidden_at__isnull=True,
            replay__deleted_at__isnull=True,
        )
        .select_related("replay__room__creator")
        .order_by("-id")[:50]
    )
    newest: dict[UUID, Clip] = {}
    for row in rows:
        newest.setdefault(row.replay_id, row)
    return list(newest.values())[:most]


def _explanations(rows: list[Clip], recordings: dict[UUID, Recording]) -> list[Explanation]:
    titles = dict(
        Listing.objects.filter(id__in={row.listing_id for row in rows}).values_list(
            "id", "product__title"
        )
    )
    return [
        Explanation(
            id=row.id,
            product_id=row.product_id,
            title=titles.get(row.listing_id, ""),
            part=part(recordings[row.recording_id], row.from_ms, row.until_ms),
        )
        for row in rows
        if row.recording_id in recordings
    ]
