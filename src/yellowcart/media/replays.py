"""Replays: made when a show is over, hidden, shown, deleted; and how long recordings are kept.

===================== ========================================================================
verb                  who
===================== ========================================================================
do_make_replay        the platform, once a room is over and whenever a recording of it comes in
do_hide_replay,       the room's host
do_show_replay,
do_delete_replay
do_forget_recordings  the platform, when the years are over
===================== ========================================================================
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.listings import actions as listings
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.live.events import PINNED
from yellowcart.live.models import Room, RoomEvent
from yellowcart.live.queries import access_hosted
from yellowcart.media import clips, events, problems
from yellowcart.media.models import Clip, Recording, Replay
from yellowcart.people.models import Account

SURFACE = "replay"


@transaction.atomic
def do_make_replay(room_id: UUID) -> Replay | None:
    """The replay of a room that is over, with a clip for each explanation; None without pictures.

    Made again it cuts again, as further recordings come in; what the host decided stands. The
    goods of the room's cart are offered in it where the rules of the surface ``replay`` allow.
    """
    room = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("creator")
    found = room.filter(id=room_id, state="ended", practice=False).first()
    if found is None or found.started_at is None or found.ended_at is None:
        return None
    pieces = [
        clips.Piece(row.id, row.started_at, row.duration_ms)
        for row in Recording.objects.filter(broadcast__room=found, state="ready")
    ]
    show = (found.started_at, found.ended_at)
    if not clips.cut(*show, pieces):
        return None
    replay, is_new = Replay.objects.get_or_create(room=found)
    if replay.deleted_at is None:
        _cut(replay, show, pieces)
    if is_new:
        _offer(replay)
        outbox.audit(None, "replay.make", f"room:{room_id}")
        events.video_changed(room_id)
    return replay


@transaction.atomic
def do_hide_replay(actor: Account, room_id: UUID) -> Replay:
    """Nobody but the host sees it, and nothing is sold in it.

    Problems: ``room_not_found``, ``not_your_room``, ``replay_not_found``.
    """
    replay = _own(actor, room_id)
    if replay.hidden_at is None:
        replay.hidden_at = now()
        replay.save(update_fields=["hidden_at"])
        _withdraw(actor, replay)
        outbox.audit(actor.id, "replay.hide", f"room:{room_id}")
        events.video_changed(room_id)
    return replay


@transaction.atomic
def do_show_replay(actor: Account, room_id: UUID) -> Replay:
    """Everybody sees it again."""
    replay = _own(actor, room_id)
    if replay.hidden_at is not None:
        replay.hidden_at = None
        replay.save(update_fields=["hidden_at"])
        _offer(replay)
        outbox.audit(actor.id, "replay.show", f"room:{room_id}")
        events.video_changed(room_id)
    return replay


@transaction.atomic
def do_delete_replay(actor: Account, room_id: UUID) -> None:
    """Take it away for good. The recordings stay under lock until the years are over."""
    replay = _own(actor, room_id)
    replay.deleted_at = now()
    replay.save(update_fields=["deleted_at"])
    _withdraw(actor, replay)
    replay.clips.all().delete()
    outbox.audit(actor.id, "replay.delete", f"room:{room_id}")
    events.video_changed(room_id)


@transaction.atomic
def do_forget_recordings(before: datetime, most: int = 100) -> list[str]:
    """Recordings that ended before an instant are kept no more; the paths of our own files."""
    old = list(
        Recording.objects.select_for_update(skip_locked=True)
        .filter(state="ready", started_at__lt=before)
        .order_by("started_at")[:most]
    )
    Clip.objects.filter(recording__in=old).delete()
    for recording in old:
        recording.state, recording.deleted_at = "deleted", now()
    Recording.objects.bulk_update(old, ["state", "deleted_at"])
    for recording in old:
        outbox.audit(None, "recording.forget", f"recording:{recording.id}")
    return [recording.path for recording in old if recording.path]


def _own(actor: Account, room_id: UUID) -> Replay:
    access_hosted(actor, room_id)
    replay = (
        Replay.objects.select_for_update(no_key=True, of=("self",))
        .select_related("room__creator")
        .filter(room_id=room_id, deleted_at__isnull=True)
        .first()
    )
    if replay is None:
        raise problems.replay_not_found()
    return replay


def _cut(replay: Replay, show: tuple[datetime, datetime], pieces: list[clips.Piece]) -> None:
    pins = [
        clips.Pin(at, UUID(payload["listing_id"]) if payload.get("listing_id") else None)
        for at, payload in RoomEvent.objects.filter(room_id=replay.room_id, type=PINNED)
        .order_by("seq")
        .values_list("at", "payload")
    ]
    found = clips.explanations(pins, show, pieces)
    products = dict(
        Listing.objects.filter(id__in={one.listing_id for one in found}).values_list(
            "id", "product_id"
        )
    )
    replay.clips.all().delete()
    Clip.objects.bulk_create(
        Clip(
            replay=replay,
            recording_id=one.piece_id,
            listing_id=one.listing_id,
            product_id=products[one.listing_id],
            position=place,
            from_ms=one.from_ms,
            until_ms=one.until_ms,
        )
        for place, one in enumerate(found)
        if one.listing_id in products
    )


def _container(replay: Replay) -> Container:
    return Container(SURFACE, replay.room_id, replay.room.creator_id)


def _offer(replay: Replay) -> None:
    """The goods of the room's cart, and those explained in it; what is refused stays out."""
    explained = list(replay.clips.values_list("listing_id", flat=True))
    rows = Listing.objects.filter(surface="live_room", container_id=replay.room_id)
    products = {
        row.product_id: row
        for row in rows.order_by("position", "id")
        if row.state in listings.OFFERED or row.id in explained
    }
    for product_id, row in products.items():
        try:
            listings.do_mount(
                replay.room.creator,
                _container(replay),
                product_id,
                listings.Terms(purchase_limit=row.purchase_limit, task_order=row.task_order),
            )
        except Problem:
            # A rule bars it here, it sells no more, or it is offered already: no goods, no harm.
            continue


def _withdraw(actor: Account, replay: Replay) -> None:
    offered = Listing.objects.filter(
        surface=SURFACE, container_id=replay.room_id, state__in=listings.OFFERED
    )
    for listing_id in offered.values_list("id", flat=True):
        listings.do_unmount(actor, _container(replay), listing_id)
