"""A room's figures over HTTP: as the live screen shows them, and the report."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router

from yellowcart.insights.access import access_room, access_room_part
from yellowcart.insights.problems import room_not_begun
from yellowcart.insights.room_reading import live_body
from yellowcart.insights.room_report import Report, report_of
from yellowcart.insights.room_report_body import Part, body, csv_text
from yellowcart.people.tokens import scoped

router = Router()

Shop = Annotated[str, Query(description="A shop's id or handle: its own goods' part alone")]


@router.get(
    "/{room_id}/figures",
    auth=scoped("figures:read"),
    summary="A room's figures as its host sees them while live",
)
def figures(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """For the room's creator and operators. Hosts' screens have the same pushed to them over
    ``WS /api/v1/rooms/{room_id}/figures``."""
    found = live_body(access_room(request.user, room_id), get_language() or "en")
    if found is None:
        raise room_not_begun()
    return found


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
