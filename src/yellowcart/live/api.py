"""Rooms over HTTP: the pass, the host's verbs, the cart, the chat's order."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from ninja.utils import check_csrf

from yellowcart.core.problems import Problem
from yellowcart.listings import actions as listings
from yellowcart.listings import queries as listing_queries
from yellowcart.listings.schemas import MountIn, OrderIn
from yellowcart.live import actions, queries, shares, viewers
from yellowcart.live.models import Room
from yellowcart.live.selling import do_set_selling
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped

router = Router()


class PassOut(Schema):
    """A room pass: send it as ``Authorization: Bearer``, or as ``?pass=`` to the socket.

    ``fan`` says whether its holder follows the host, so that prices for followers are theirs.
    """

    pass_: str = Field(alias="pass")
    viewer_id: UUID
    name: str
    role: str
    guest: bool
    expires_at: datetime
    fan: bool
    can_chat: bool
    can_buy: bool


class RoomIn(Schema):
    """A show to come. ``scheduled_at`` needs a zone."""

    title: str
    scheduled_at: datetime
    cover_url: str = ""
    practice: bool = False


class RoomChangeIn(Schema):
    """What is left out stays."""

    title: str | None = None
    cover_url: str | None = None
    slow_mode_seconds: int | None = None
    blocked_words: list[str] | None = None


class SellingIn(Schema):
    """How a room sells: ``hold`` or ``first_paid``; null for what the platform gives or allows."""

    reservation: str = "hold"
    hold_seconds: int | None = None
    purchase_limit: int | None = Field(None, le=10**6)


class RoomOut(Schema):
    """A room as its host sees it."""

    room_id: UUID
    title: str
    cover_url: str
    state: str
    scheduled_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    pinned_listing_id: UUID | None
    slow_mode_seconds: int
    reservation: str
    hold_seconds: int | None
    purchase_limit: int | None
    practice: bool


class RoomsOut(Schema):
    """A page of rooms, the latest made first. ``next_cursor`` is null on the last one."""

    items: list[RoomOut]
    next_cursor: UUID | None


class RoomCardOut(Schema):
    """A room in a list."""

    room_id: UUID
    title: str
    cover_url: str
    state: str
    host: str
    scheduled_at: datetime
    viewers: int


class PinIn(Schema):
    """The listing being explained, or null for none."""

    listing_id: UUID | None


class ModeratorOut(Schema):
    """Who keeps order in a room beside its host."""

    account_id: UUID
    name: str


@router.get("", response=list[RoomCardOut], auth=None, summary="Rooms that are on, or to come")
def list_rooms(request: HttpRequest, state: str = "live") -> list[RoomCardOut]:
    """``state`` is ``live`` (newest first) or ``scheduled`` (soonest first); at most 100."""
    rooms = list((queries.upcoming_rooms() if state == "scheduled" else queries.live_rooms())[:100])
    viewers_in = queries.viewers_in(room.id for room in rooms)
    return [
        RoomCardOut(
            room_id=room.id,
            title=room.title,
            cover_url=room.cover_url,
            state=room.state,
            host=room.creator.display_name,
            scheduled_at=room.scheduled_at,
            viewers=viewers_in.get(room.id, 0),
        )
        for room in rooms
    ]


@router.get("/mine", auth=scoped("rooms:read"), response=RoomsOut, summary="My rooms")
def my_rooms(request: HttpRequest, cursor: UUID | None = None, limit: int = 50) -> RoomsOut:
    """Those that the caller made, whatever became of them; ``limit`` is 200 at most."""
    most = min(max(limit, 1), 200)
    # Ids grow with time, so that the last of a page says where the next begins.
    rows = Room.objects.filter(creator=access_person(request.user)).order_by("-id")
    if cursor is not None:
        rows = rows.filter(id__lt=cursor)
    found = list(rows[: most + 1])
    more = len(found) > most
    return RoomsOut(
        items=[_room(room) for room in found[:most]],
        next_cursor=found[most - 1].id if more else None,
    )


@router.post("", auth=scoped("rooms:write"), response={201: RoomOut}, summary="Schedule a show")
def schedule(request: HttpRequest, body: RoomIn) -> Status[RoomOut]:
    """For creators."""
    if body.scheduled_at.tzinfo is None:
        raise Problem("zone_missing", 422, _("Write the time with its zone, such as +08:00."))
    room = actions.do_schedule_room(
        access_person(request.user),
        title=body.title,
        scheduled_at=body.scheduled_at,
        cover_url=body.cover_url,
        practice=body.practice,
    )
    return Status(201, _room(room))


@router.post(
    "/{uuid:room_id}/pass", response=PassOut, by_alias=True, auth=None, summary="Enter a room"
)
def enter(
    request: HttpRequest,
    response: HttpResponse,
    room_id: UUID,
    share: Annotated[
        str, Query(max_length=12, description="The share code through which the viewer comes")
    ] = "",
) -> dict[str, Any]:
    """Guests may watch; who is signed in may chat and buy. Orders say through which code of this
    room their buyer came; one that leads elsewhere, or is the buyer's own, is none. A browser that
    opened a code is known by its cookie.

    A request with a session needs the CSRF token; one without carries nobody's authority.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES and check_csrf(request) is not None:
        raise Problem("csrf_failed", 403, _("Reload the page, then try again."))
    room = queries.get_room(room_id)
    account = request.user if isinstance(request.user, Account) else None
    cookie = request.COOKIES.get(viewers.COOKIE)
    came_through = shares.came_through(
        room_id,
        [
            *([share.upper()] if share else []),
            *shares.opened_before(request.COOKIES.get(shares.COOKIE)),
        ],
        account.id if account else None,
    )
    entry = queries.room_pass(room, account, cookie, came_through)
    viewer: viewers.Viewer = entry.pop("viewer")
    response.set_cookie(
        viewers.COOKIE,
        viewers.sealed(viewer),
        max_age=viewers.MAX_AGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    response["Cache-Control"] = "no-store"
    return {**entry, "viewer_id": viewer.id, "guest": viewer.guest}


@router.patch(
    "/{uuid:room_id}", auth=scoped("rooms:write"), response=RoomOut, summary="Change a room"
)
def change(request: HttpRequest, room_id: UUID, body: RoomChangeIn) -> RoomOut:
    """Title, cover, slow mode, blocked words; for the host."""
    return _room(actions.do_change_room(access_person(request.user), room_id, **body.dict()))


@router.put(
    "/{uuid:room_id}/selling",
    auth=scoped("rooms:write"),
    response=RoomOut,
    summary="Choose how a room sells",
)
def set_selling(request: HttpRequest, room_id: UUID, body: SellingIn) -> RoomOut:
    """For the host, before and while it is live; orders keep the terms they were placed under."""
    return _room(do_set_selling(access_person(request.user), room_id, **body.dict()))


@router.post(
    "/{uuid:room_id}/live", auth=scoped("rooms:write"), response=RoomOut, summary="Go live"
)
def go_live(request: HttpRequest, room_id: UUID) -> RoomOut:
    """For the host, with the permit ``go_live``."""
    return _room(actions.do_go_live(access_person(request.user), room_id))


@router.post(
    "/{uuid:room_id}/end", auth=scoped("rooms:write"), response=RoomOut, summary="End a show"
)
def end(request: HttpRequest, room_id: UUID) -> RoomOut:
    """For the host, and the platform's moderators."""
    return _room(actions.do_end_room(access_person(request.user), room_id))


@router.post(
    "/{uuid:room_id}/cancel",
    auth=scoped("rooms:write"),
    response=RoomOut,
    summary="Call off a show",
)
def cancel(request: HttpRequest, room_id: UUID) -> RoomOut:
    """For the host, before it begins."""
    return _room(actions.do_cancel_room(access_person(request.user), room_id))


@router.put(
    "/{uuid:room_id}/pin", auth=scoped("rooms:write"), response=RoomOut, summary="Explain a listing"
)
def pin(request: HttpRequest, room_id: UUID, body: PinIn) -> RoomOut:
    """One at a time; null for none."""
    return _room(actions.do_pin(access_person(request.user), room_id, body.listing_id))


@router.post(
    "/{uuid:room_id}/cart",
    auth=scoped("listings:write"),
    response={201: dict[str, Any]},
    summary="Mount a product",
)
def mount(request: HttpRequest, room_id: UUID, body: MountIn) -> Status[dict[str, Any]]:
    """Refused with the verdict where a rule bars it; the answer is the cart item."""
    listing = actions.do_mount(access_person(request.user), room_id, body.product_id, body.terms())
    return Status(201, listing_queries.item(listing.id, _language()) or {})


@router.put(
    "/{uuid:room_id}/cart/order",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Order the cart",
)
def reorder(request: HttpRequest, room_id: UUID, body: OrderIn) -> Status[None]:
    """Every listing of the cart once, first to last."""
    person = access_person(request.user)
    listings.do_reorder(person, queries.access_cart(person, room_id), body.order)
    return Status(204, None)


@router.delete(
    "/{uuid:room_id}/cart/{uuid:listing_id}",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Unmount a listing",
)
def unmount(request: HttpRequest, room_id: UUID, listing_id: UUID) -> Status[None]:
    """Takes it out of the cart."""
    person = access_person(request.user)
    listings.do_unmount(person, queries.access_cart(person, room_id), listing_id)
    return Status(204, None)


@router.get(
    "/{uuid:room_id}/moderators", response=list[ModeratorOut], summary="A room's moderators"
)
def moderators(request: HttpRequest, room_id: UUID) -> list[ModeratorOut]:
    """For the host."""
    room = queries.access_hosted(access_person(request.user), room_id)
    return [
        ModeratorOut(account_id=row.account_id, name=row.account.display_name)
        for row in queries.moderators_of(room)
    ]


@router.put(
    "/{uuid:room_id}/moderators/{uuid:account_id}",
    response={204: None},
    summary="Make somebody a moderator",
)
def add_moderator(request: HttpRequest, room_id: UUID, account_id: UUID) -> Status[None]:
    """For the host."""
    actions.do_add_moderator(access_person(request.user), room_id, account_id)
    return Status(204, None)


@router.delete(
    "/{uuid:room_id}/moderators/{uuid:account_id}",
    response={204: None},
    summary="Make somebody a moderator no more",
)
def remove_moderator(request: HttpRequest, room_id: UUID, account_id: UUID) -> Status[None]:
    """For the host."""
    actions.do_remove_moderator(access_person(request.user), room_id, account_id)
    return Status(204, None)


def _language() -> str:
    return get_language() or "en"


def _room(room: Room) -> RoomOut:
    return RoomOut(
        room_id=room.id,
        title=room.title,
        cover_url=room.cover_url,
        state=room.state,
        scheduled_at=room.scheduled_at,
        started_at=room.started_at,
        ended_at=room.ended_at,
        pinned_listing_id=room.pinned_listing_id,
        slow_mode_seconds=room.slow_mode_seconds,
        reservation=room.reservation,
        hold_seconds=room.hold_seconds,
        purchase_limit=room.purchase_limit,
        practice=room.practice,
    )
