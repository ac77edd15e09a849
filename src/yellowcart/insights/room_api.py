"""A room's figures over HTTP: as the live screen shows them, and the report."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema

from yellowcart.insights.access import access_room_part, access_screen
from yellowcart.insights.problems import room_not_begun
from yellowcart.insights.room_reading import live_body
from yellowcart.insights.room_report import Report, report_of
from yellowcart.insights.room_report_body import Part, body, csv_text
from yellowcart.live import passes
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()

Shop = Annotated[str, Query(description="A shop's id or handle: its own goods' part alone")]


class FiguresPassOut(Schema):
    """A pass that opens the room's figures and nothing else."""

    pass_: str = Field(serialization_alias="pass")
    expires_at: datetime


@router.get(
    "/{room_id}/figures",
    auth=scoped("figures:read"),
    summary="A room's figures as its host sees them while live",
)
def figures(request: HttpRequest, room_id: UUID, shop: Shop = "") -> dict[str, Any]:
    """For the room's hosts and operators; for a shop's members their own goods' part. Screens have
    the same pushed to them over ``WS /api/v1/rooms/{room_id}/figures``."""
    room, shop_id = access_screen(request.user, room_id, shop)
    found = live_body(room, get_language() or "en", shop_id)
    if found is None:
        raise room_not_begun()
    return found


@router.post(
    "/{room_id}/figures/pass",
    response=FiguresPassOut,
    by_alias=True,
    summary="A pass for a room's live figures",
)
def figures_pass(request: HttpRequest, room_id: UUID, shop: Shop = "") -> dict[str, Any]:
    """For the same; opens ``WS /api/v1/rooms/{room_id}/figures`` until it ends. It buys nothing and
    says nothing in the room."""
    account = access_person(request.user)
    room, shop_id = access_screen(account, room_id, shop)
    token, expires_at = passes.issue(
        room=room.id,
        sub=account.id,
        name=account.display_name,
        role="figures",
        guest=True,
        figures=str(shop_id) if shop_id else passes.WHOLE,
    )
    return {"pass_": token, "expires_at": expires_at}


@router.get("/{room_id}/report", auth=scoped("figures:read"), summary="What a room came to")
def report(request: HttpRequest, room_id: UUID, shop: Shop = "") -> dict[str, Any]:
    """Whole for the room's creator and operators; for a shop's members their own goods' part."""
    return body(_report(request, room_id, shop))


@router.get(
    "/{room_id}/report.csv",
    auth=scoped("figures:read"),
    summary="One table of a room's report as CSV",
    url_name="room_report_csv",
)
def report_csv(
    request: HttpRequest, room_id: UUID, part: Part = Part.SUMMARY, shop: Shop = ""
) -> HttpResponse:
    """Amounts in the summary are decimals, elsewhere in minor units as in the JSON."""
    found = _report(request, room_id, shop)
    response = HttpResponse(csv_text(found, part), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="room-{room_id}-{part.value}.csv"'
    return response


def _report(request: HttpRequest, room_id: UUID, shop: str) -> Report:
    room, shop_id = access_room_part(request.user, room_id, shop)
    found = report_of(room, shop_id)
    if found is None:
        raise room_not_begun()
    return found
