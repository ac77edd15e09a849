"""Figures over HTTP, as JSON and CSV."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from yellowcart.insights import picks, queries, report
from yellowcart.insights.access import access_room, access_scope
from yellowcart.insights.rules import Definition, Dimension, Scope
from yellowcart.people.tokens import scoped

router = Router()


class Form(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


@router.get(
    "/gmv",
    auth=scoped("figures:read"),
    summary="GMV by source, surface, loop and time",
    url_name="gmv",
)
def gmv(
    request: HttpRequest,
    definition: Definition = Definition.PAID,
    start: Annotated[
        str, Query(alias="from", description="An instant; 30 days ago if not given")
    ] = "",
    until: Annotated[str, Query(alias="to", description="An instant; now if not given")] = "",
    by: Annotated[
        str, Query(description="Dimensions, comma-separated: " + ", ".join(Dimension))
    ] = "loop",
    around: Annotated[str, Query(description="A rule's key or an instant to compare around")] = "",
    within: Annotated[str, Query(description="How far to compare: 90m, 24h, 7d")] = "",
    shop: Annotated[str, Query(description="A shop's id or handle")] = "",
    source: str = "",
    surface: str = "",
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
) -> Any:
    """Figures with their definition. Operators see all shops, a shop's members their own.

    Each row has its currency; amounts of different currencies are never added. With ``around``
    the CSV holds the comparison.
    """
    picked = picks.read(
        start=start,
        until=until,
        definition=definition,
        by=[one for one in by.split(",") if one],
        around_cut=around,
        within=within,
        scope=access_scope(request.user, shop, Scope(source=source, surface=surface)),
    )
    if form is Form.CSV:
        response = HttpResponse(report.csv_text(picked), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="gmv-{picked.definition}.csv"'
        return response
    return report.body(picked)


@router.get(
    "/rooms/{room_id}", auth=scoped("figures:read"), summary="What one room sold, and what left it"
)
def room(
    request: HttpRequest, room_id: UUID, definition: Definition = Definition.PLACED
) -> dict[str, Any]:
    """A room's figures by loop, for its creator and the operators."""
    figures, clicks = queries.room_figures(access_room(request.user, room_id).id, definition)
    return {
        "room_id": str(room_id),
        "definition": definition.value,
        "rows": [report.figures_row(one) for one in figures],
        "clicks": clicks.clicks,
        "converted": clicks.converted,
    }
