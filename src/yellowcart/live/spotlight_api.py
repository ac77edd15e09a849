"""Countdowns and flash prices over HTTP, for whoever runs a room's cart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from yellowcart.listings import queries as listings
from yellowcart.live import quiet, spotlight
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class CountdownIn(Schema):
    """``seconds`` null: until the host links it up. Pages show no price where ``hide_price``."""

    seconds: int | None = None
    hide_price: bool = False


class ExtendIn(Schema):
    """By how much."""

    seconds: int


class FlashIn(Schema):
    """``percent`` off for ``seconds``; ``pieces`` of each variant, null for all there are."""

    percent: int = Field(ge=1, le=99)
    seconds: int = spotlight.USUAL_FLASH_SECONDS
    pieces: int | None = Field(None, ge=1, le=10**6)


class ToldOut(Schema):
    """Whether rooms say that one comes in, follows or, with a masked name, bought something."""

    told: bool


class FlashOut(Schema):
    """Until when."""

    listing_id: UUID
    until: datetime


@router.put(
    "/{uuid:room_id}/cart/{uuid:listing_id}/countdown",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Count down to a listing's sale",
)
def count_down(
    request: HttpRequest, room_id: UUID, listing_id: UUID, body: CountdownIn
) -> dict[str, Any]:
    """Pins it, off sale until the countdown ends; again to start anew. The answer is the item."""
    spotlight.do_count_down(
        access_person(request.user),
        room_id,
        listing_id,
        seconds=body.seconds,
        hides_price=body.hide_price,
    )
    return _item(listing_id)


@router.post(
    "/{uuid:room_id}/cart/{uuid:listing_id}/countdown/extend",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Extend a countdown",
)
def extend(request: HttpRequest, room_id: UUID, listing_id: UUID, body: ExtendIn) -> dict[str, Any]:
    """The sale begins so many seconds later."""
    person = access_person(request.user)
    spotlight.do_extend_countdown(person, room_id, listing_id, body.seconds)
    return _item(listing_id)


@router.post(
    "/{uuid:room_id}/cart/{uuid:listing_id}/link-up",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Put a listing on sale now",
)
def link_up(request: HttpRequest, room_id: UUID, listing_id: UUID) -> dict[str, Any]:
    """Ends the countdown or the waiting."""
    spotlight.do_link_up(access_person(request.user), room_id, listing_id)
    return _item(listing_id)


@router.post(
    "/{uuid:room_id}/cart/{uuid:listing_id}/flash",
    auth=scoped("rooms:write"),
    response={201: FlashOut},
    summary="Start a flash price",
)
def flash(request: HttpRequest, room_id: UUID, listing_id: UUID, body: FlashIn) -> Status[FlashOut]:
    """Pins the listing; nothing else can be pinned until it is over."""
    found = spotlight.do_flash(access_person(request.user), room_id, listing_id, **body.dict())
    return Status(201, FlashOut(listing_id=found.listing_id, until=found.until))


@router.get("/me/told", response=ToldOut, summary="Whether rooms tell of me")
def told_of_me(request: HttpRequest) -> ToldOut:
    """``told``: rooms say that I come in, follow or, with a masked name, bought something."""
    return ToldOut(told=not quiet.is_quiet(access_person(request.user)))


@router.put("/me/told", response=ToldOut, summary="Let rooms tell of me, or not")
def tell_of_me(request: HttpRequest, body: ToldOut) -> ToldOut:
    """Of purchases and follows from now on; of coming in from the next time."""
    quiet.do_set_quiet(access_person(request.user), quiet=not body.told)
    return body


@router.delete(
    "/{uuid:room_id}/flash",
    auth=scoped("rooms:write"),
    response={204: None},
    summary="End the flash price",
)
def end_flash(request: HttpRequest, room_id: UUID) -> Status[None]:
    """The price before is back."""
    spotlight.do_end_flash(access_person(request.user), room_id)
    return Status(204, None)


def _item(listing_id: UUID) -> dict[str, Any]:
    return listings.item(listing_id, get_language() or "en") or {}
