"""The life of a room, what is explained in it, and how its chat is set up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from yellowcart.catalog.rules import is_web_url
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings import problems as listing_problems
from yellowcart.listings import queries as listings
from yellowcart.listings.actions import Terms
from yellowcart.listings.actions import do_mount as mount_listing
from yellowcart.listings.models import Listing
from yellowcart.live import events, journal, problems
from yellowcart.live.flashes import running_flash
from yellowcart.live.models import Room, RoomModerator
from yellowcart.live.queries import (
    access_cart,
    access_hosted,
    access_moderated,
    get_room,
    has_goods,
    selling_lives,
)
from yellowcart.live.rules import LONGEST_TITLE, MOST_MODERATORS, SLOWEST_MODE_SECONDS, clean_words
from yellowcart.live.states import refusal
from yellowcart.people import queries as people
from yellowcart.people.access import access_creator
from yellowcart.people.models import Account

#: A show may be scheduled for "now" as a slow typist means it.
GRACE = timedelta(minutes=10)


@transaction.atomic
def do_schedule_room(
    actor: Account,
    *,
    title: str,
    scheduled_at: datetime,
    cover_url: str = "",
    practice: bool = False,
) -> Room:
    """Announce a show. Its cart can be filled from now on; going live needs the permit.

    One for ``practice`` stays among those who run it, and needs none.

    Problems: ``forbidden`` (no creator), ``title_invalid``, ``cover_invalid``, ``time_passed``.
    """
    creator = access_creator(actor)
    if scheduled_at < now() - GRACE:
        raise problems.time_passed()
    room = Room.objects.create(
        creator=creator,
        title=_title(title),
        cover_url=_cover(cover_url),
        scheduled_at=scheduled_at,
        practice=practice,
    )
    outbox.audit(actor.id, "room.schedule", f"room:{room.id}")
    events.room_state(room)
    return room


@transaction.atomic
def do_go_live(actor: Account, room_id: UUID) -> Room:
    """Begin the show.

    Problems: ``not_your_room``, ``permit_missing``, ``room_state``, and ``pilot_used_up`` where a
    creator on probation would sell live once too often this week.
    """
    room = _lock(access_hosted(actor, room_id))
    if not room.practice and not people.has_permit(actor.id, "go_live"):
        raise problems.go_live_permit_missing()
    _move(room, "live")
    if not room.practice and has_goods(room):
        _check_pilot(room)
    room.started_at = now()
    return _save(actor, room, "room.go_live", ["state", "started_at"])


@transaction.atomic
def do_end_room(actor: Account, room_id: UUID, note: str = "") -> Room:
    """End the show; the platform's moderators may, too, and say why in the room's log."""
    room, role = access_moderated(actor, room_id)
    if role in {"moderator", "cohost"}:
        raise problems.not_your_room()
    room = _lock(room)
    _move(room, "ended")
    if role == "platform":
        journal.write(actor, role, room, "end", note=note)
    room.ended_at = now()
    if room.pinned_listing_id is not None:
        room.pinned_listing_id = None
        events.pinned(room.id, None)
    return _save(actor, room, "room.end", ["state", "ended_at", "pinned_listing_id"])


@transaction.atomic
def do_cancel_room(actor: Account, room_id: UUID) -> Room:
    """Call off a show that has not begun."""
    room = _lock(access_hosted(actor, room_id))
    _move(room, "cancelled")
    return _save(actor, room, "room.cancel", ["state"])


@transaction.atomic
def do_change_room(
    actor: Account,
    room_id: UUID,
    *,
    title: str | None = None,
    cover_url: str | None = None,
    slow_mode_seconds: int | None = None,
    blocked_words: Sequence[str] | None = None,
) -> Room:
    """Change what is given and leave the rest."""
    room = _lock(access_hosted(actor, room_id))
    if title is not None:
        room.title = _title(title)
    if cover_url is not None:
        room.cover_url = _cover(cover_url)
    if slow_mode_seconds is not None:
        if not 0 <= slow_mode_seconds <= SLOWEST_MODE_SECONDS:
            raise problems.slow_mode_invalid()
        room.slow_mode_seconds = slow_mode_seconds
    if blocked_words is not None:
        room.blocked_words = clean_words(blocked_words)
    fields = ["title", "cover_url", "slow_mode_seconds", "blocked_words"]
    return _save(actor, room, "room.change", fields)


@transaction.atomic
def do_mount(
    actor: Account, room_id: UUID, product_id: UUID, terms: Terms | None = None
) -> Listing:
    """Put a product in the room's cart: ``listings.actions.do_mount``, for a room.

    The first goods of a room that is live make it a selling live; see :func:`do_go_live`.
    """
    container = access_cart(actor, room_id)
    room = _lock(get_room(room_id))
    if room.state == "live" and not room.practice and not has_goods(room):
        _check_pilot(room)
    return mount_listing(actor, container, product_id, terms)


@transaction.atomic
def do_pin(actor: Account, room_id: UUID, listing_id: UUID | None) -> Room:
    """Mark the one listing being explained, or none.

    Problems: ``not_your_room``, ``room_state``, ``listing_not_found``, ``barred_by_policy`` with
    the verdict, ``flash_running`` while another one's flash price runs.
    """
    room = _lock(get_room(access_cart(actor, room_id).id))
    if listing_id is not None:
        flash = running_flash(room.id, now())
        if flash is not None and flash.listing_id != listing_id:
            raise problems.flash_running(flash)
        listing = listings.offered_in(listing_id, "live_room", room.id)
        if listing is None:
            raise listing_problems.listing_not_found()
        if not listings.is_offered(listing):
            raise listing_problems.barred(listings.verdict_on(listing), get_language() or "en")
    room.pinned_listing_id = listing_id
    room.save(update_fields=["pinned_listing_id"])
    outbox.audit(actor.id, "room.pin", f"room:{room.id}", listing=str(listing_id or ""))
    events.pinned(room.id, listing_id)
    return room


@transaction.atomic
def do_add_moderator(actor: Account, room_id: UUID, account_id: UUID) -> RoomModerator:
    """Let somebody keep order in the chat; doing it again changes nothing."""
    room = _lock(access_hosted(actor, room_id))
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise problems.account_not_found()
    if room.moderators.exclude(account=account).count() >= MOST_MODERATORS:
        raise problems.too_many_moderators(MOST_MODERATORS)
    moderator, is_new = RoomModerator.objects.get_or_create(room=room, account=account)
    if is_new:
        outbox.audit(actor.id, "room.moderator_add", f"room:{room.id}", account=str(account_id))
    return moderator


@transaction.atomic
def do_remove_moderator(actor: Account, room_id: UUID, account_id: UUID) -> None:
    """Take that back; the pass in hand lasts until it expires."""
    room = access_hosted(actor, room_id)
    RoomModerator.objects.filter(room=room, account_id=account_id).delete()
    outbox.audit(actor.id, "room.moderator_remove", f"room:{room.id}", account=str(account_id))


def _lock(room: Room) -> Room:
    return (
        Room.objects.select_for_update(no_key=True, of=("self",))
        .select_related("creator")
        .get(id=room.id)
    )


def _move(room: Room, state: str) -> None:
    why = refusal(room.state, state)
    if why is not None:
        raise problems.wrong_state(why)
    room.state = state


def _check_pilot(room: Room) -> None:
    for permit in ("go_live", "sell_own", "promote"):
        limits = people.permit_limits(room.creator_id, permit)
        if limits is None or limits.selling_lives is None:
            continue
        if selling_lives(room.creator_id, limits.week_from, limits.week_until) >= (
            limits.selling_lives
        ):
            raise problems.pilot_used_up(limits.selling_lives)


def _save(actor: Account, room: Room, verb: str, fields: list[str]) -> Room:
    room.save(update_fields=fields)
    outbox.audit(actor.id, verb, f"room:{room.id}")
    events.room_state(room)
    return room


def _title(title: str) -> str:
    line = " ".join(title.split())
    if not 1 <= len(line) <= LONGEST_TITLE:
        raise problems.title_invalid()
    return line


def _cover(url: str) -> str:
    if (url and not (is_web_url(url) or url.startswith("/static/"))) or len(url) > 500:
        raise problems.cover_invalid()
    return url
