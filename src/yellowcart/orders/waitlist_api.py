"""The wait-list over HTTP; each buyer sees and ends their own waiting only."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from yellowcart.orders import waitlist
from yellowcart.orders.models import Waiting
from yellowcart.people.access import access_person

router = Router()


class WaitIn(Schema):
    """What to wait for."""

    listing_id: UUID
    sku_id: UUID
    quantity: int = 1


class WaitingOut(Schema):
    """``waiting``, ``offered`` (buy it before ``offered_until``), ``taken``, ``lapsed`` or
    ``left``. ``quantity`` is what was asked for, or what is set aside once it is offered."""

    waiting_id: UUID = Field(alias="id")
    listing_id: UUID
    sku_id: UUID
    quantity: int
    state: str
    joined_at: datetime
    offered_until: datetime | None


class WaitingsOut(Schema):
    """Newest first."""

    waiting: list[WaitingOut]


@router.get("", response=WaitingsOut, by_alias=False, summary="What I wait for")
def mine(request: HttpRequest) -> dict[str, list[Waiting]]:
    """What the caller waits for or is offered, and what ended in the last day."""
    return {"waiting": waitlist.waiting_of(access_person(request.user))}


@router.post("", response={201: WaitingOut}, by_alias=False, summary="Wait for sold-out goods")
def join(request: HttpRequest, body: WaitIn) -> Status[Waiting]:
    """Wait; asking again changes how many. 409 ``in_stock`` where it can be bought now."""
    row = waitlist.do_join(
        actor=access_person(request.user),
        listing_id=body.listing_id,
        sku_id=body.sku_id,
        quantity=body.quantity,
    )
    return Status(201, row)


@router.delete("/{uuid:waiting_id}", response=WaitingOut, by_alias=False, summary="Wait no longer")
def leave(request: HttpRequest, waiting_id: UUID) -> Waiting:
    """Leave the list; what was set aside goes to the next."""
    return waitlist.do_leave(actor=access_person(request.user), waiting_id=waiting_id)
