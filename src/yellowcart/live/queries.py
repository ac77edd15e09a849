"""Reading rooms, who is who in them, and who may touch them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum

from yellowcart.core import clock
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.live import passes, problems, viewers
from yellowcart.live.models import (
    ChatMessage,
    ChatMute,
    Room,
    RoomBlock,
    RoomModerator,
    RoomPresence,
)
from yellowcart.live.quiet import is_quiet
from yellowcart.live.rules import may_enter
from yellowcart.live.snapshot import (
    ONE_ROOM,
    PRESENCE_LASTS,
    RoomRow,
    asked,
    decode_room,
    room_view,
)
from yellowcart.live.states import refusal
from yellowcart.people import queries as people
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy


def get_room(room_id: UUID) -> Room:
    """The room with its creator; ``room_not_found`` otherwise. Asks no permission."""
    room = Room.objects.select_related("creator").filter(id=room_id).first()
    if room is None:
        raise problems.room_not_found()
    return room


def access_hosted(account: Account, room_id: UUID) -> Room:
    """The room, for its host. Problems: ``room_not_found``, ``not_your_room``."""
    room = get_room(room_id)
    if room.creator_id != account.id:
        raise problems.not_your_room()
    return room


def access_moderated(account: Account, room_id: UUID) -> tuple[Room, str]:
    """The room and one's role there, for the host, its moderators and the platform's."""
    room = get_room(room_id)
    role = role_in(account, room)
    if role == "viewer":
        raise problems.not_a_moderator()
    return room, role


def access_run(account: Account, room_id: UUID) -> Room:
    """The room, for its host and those who host it too: they run its cart and its script.

    Problems: ``room_not_found``, ``not_your_room``.
    """
    room = get_room(room_id)
    if room.creator_id != account.id and not is_cohost(account, room):
        raise problems.not_your_room()
    return room


def access_cart(account: Account, room_id: UUID) -> Container:
    """The room's cart, for whoever runs it, while there is still something to sell."""
    room = access_run(account, room_id)
    if room.state not in {"scheduled", "live"}:
        why = refusal(room.state, "live")
        if why is not None:
            raise problems.wrong_state(why)
    return Container("live_room", room.id, room.creator_id)


def role_in(account: Account, room: Room) -> str:
    """``host``, ``cohost``, ``platform`` (its moderators and operators), ``moderator`` or
    ``viewer``."""
    if account.id == room.creator_id:
        return "host"
    if people.is_moderator(account):
        return "platform"
    if is_cohost(account, room):
        return "cohost"
    return "moderator" if room.moderators.filter(account=account).exists() else "viewer"


def is_cohost(account: Account, room: Room) -> bool:
    """Whether somebody hosts a room with its creator: they were asked, and accepted."""
    return room.cohosts.filter(account=account, accepted_at__isnull=False).exists()


def selling_lives(creator_id: UUID, begins: datetime, ends: datetime) -> int:
    """How many of a creator's shows that began in ``[begins, ends)`` ever had goods in the cart.

    Practice is none.
    """
    goods = Listing.objects.filter(surface="live_room", container_id=OuterRef("id"))
    return Room.objects.filter(
        Exists(goods),
        creator_id=creator_id,
        started_at__gte=begins,
        started_at__lt=ends,
        practice=False,
    ).count()


def has_goods(room: Room) -> bool:
    """Whether anything was ever in the room's cart."""
    return Listing.objects.filter(surface="live_room", container_id=room.id).exists()


def live_rooms() -> QuerySet[Room]:
    """What is on now for everybody, newest first."""
    return public_rooms().filter(state="live").order_by("-started_at", "id")


def upcoming_rooms() -> QuerySet[Room]:
    """What is scheduled for everybody, soonest first."""
    return public_rooms().filter(state="scheduled").order_by("scheduled_at", "id")


def public_rooms() -> QuerySet[Room]:
    """Rooms that may be listed: all but those for practice."""
    return Room.objects.filter(practice=False).select_related("creator")


def room_seen_by(account: Account | None, room_id: UUID) -> Room:
    """The room, for whoever may see it; ``room_not_found`` to the others.

    A practice room is not there for anybody but those who run it.
    """
    room = get_room(room_id)
    if not may_see(account, room):
        raise problems.room_not_found()
    return room


def may_see(account: Account | None, room: Room) -> bool:
    """Whether somebody, or a guest, may see a room at all."""
    role = role_in(account, room) if room.practice and account is not None else "viewer"
    return may_enter(room.practice, role)


def rooms_of(creator_id: UUID) -> QuerySet[Room]:
    """A creator's rooms, latest first."""
    return Room.objects.filter(creator_id=creator_id).order_by("-scheduled_at", "-id")


def moderators_of(room: Room) -> QuerySet[RoomModerator]:
    """The room's moderators."""
    return room.moderators.select_related("account").order_by("id")


def mutes_of(room: Room) -> QuerySet[ChatMute]:
    """Who may not speak in the room now."""
    return ChatMute.objects.filter(room_id=room.id, until__gt=clock.now()).order_by("until")


def blocks_of(room: Room) -> QuerySet[RoomBlock]:
    """Who was put out of the room, latest first."""
    return room.blocks.order_by("-at", "-id")


def names_of(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How accounts are called."""
    found = Account.objects.filter(id__in=list(account_ids))
    return dict(found.values_list("id", "display_name"))


def messages_of(room: Room, most: int = 100) -> list[ChatMessage]:
    """What was said last, hidden messages included, oldest first."""
    newest = ChatMessage.objects.filter(room_id=room.id).order_by("-id")[:most]
    return list(reversed(newest))


def viewers_in(room_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many watch each room now; rooms that nobody watches are missing."""
    rows = (
        RoomPresence.objects.filter(
            room_id__in=list(room_ids), seen_wall_at__gt=clock.wall() - PRESENCE_LASTS
        )
        .values_list("room_id")
        .annotate(viewers=Sum("viewers"))
    )
    return {room_id: viewers for room_id, viewers in rows if viewers}


def watched_rooms() -> frozenset[UUID]:
    """The rooms that anybody watches now."""
    rows = RoomPresence.objects.filter(
        viewers__gt=0, seen_wall_at__gt=clock.wall() - PRESENCE_LASTS
    )
    return frozenset(rows.values_list("room_id", flat=True))


def room_row(room_id: UUID) -> RoomRow | None:
    """A room as it stands, with cart and chat, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_ROOM, asked(room_id))
        row = cursor.fetchone()
    return decode_room(row[0]) if row else None


def snapshot(room_id: UUID, language: str, base: str = "") -> dict[str, Any] | None:
    """The public snapshot of a room at this instant; None where there is none to show.

    ``base`` is the address sockets are opened at, such as ``ws://127.0.0.1:8000``.
    """
    row = room_row(room_id)
    if row is None:
        return None
    url = f"{base}/api/v1/rooms/{room_id}/events"
    return room_view(row, policy.table().verdict, clock.now(), language, url)


def room_pass(
    room: Room, account: Account | None, cookie: str | None, share: str = ""
) -> dict[str, Any]:
    """A pass for a room, for an account or, where there is none, a guest; ``share`` is the code
    through which they came.

    Problems: ``blocked_from_room`` for whom the room put out, and those of :func:`room_seen_by`.
    ``viewer`` in the answer is what the viewer's cookie should hold from now on.
    """
    room_seen_by(account, room.id)
    if account is None:
        viewer = viewers.guest_of(cookie)
        name, role = f"#{viewer.id.hex[-4:]}", "viewer"
    else:
        viewer = viewers.Viewer(account.id, guest=False)
        role = role_in(account, room)
        name, role = account.display_name, "moderator" if role == "platform" else role
    if room.blocks.filter(viewer_id=viewer.id).exists():
        raise passes.blocked_from_room()
    token, expires_at = passes.issue(
        room=room.id,
        sub=viewer.id,
        name=name,
        role=role,
        guest=viewer.guest,
        share=share,
        quiet=account is not None and is_quiet(account),
    )
    blocked = account is not None and account.blocked_at is not None
    member = account is not None and not blocked
    return {
        "pass": token,
        "viewer": viewer,
        "name": name,
        "role": role,
        "expires_at": expires_at,
        "fan": account is not None
        and (account.id == room.creator_id or people.is_following(account.id, room.creator_id)),
        "can_chat": member and room.state in {"scheduled", "live"},
        "can_buy": member and room.state in {"scheduled", "live"},
    }
