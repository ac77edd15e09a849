"""Where the shop's money goes: here, or on the other side of its links."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yellowcart.insights.access import access_room_part
from yellowcart.insights.room_report import report_of
from yellowcart.insights.rules import Scope
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.reading import reading
from yellowcart.web.reading import rooms as reading_rooms
from yellowcart.web.reading.screen import screen_context


@shop_page()
def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GMV of one shop over time, by source and surface, before and after a cut."""
    context = reading.context(request, Scope(shop_id=desk.shop.id), desk.shop.handle)
    return show(request, desk, "merchant/figures.html", context, here="figures")


@shop_page()
def rooms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rooms in which the shop's goods were offered, the latest first."""
    context = reading_rooms.listed(request, desk.shop.id)
    return show(request, desk, "merchant/rooms.html", context, here="figures")


@shop_page()
def screen(request: HttpRequest, desk: Desk, room_id: UUID) -> HttpResponse:
    """What the shop's own goods do in a room that is live. One that is over has its report."""
    found, shop_id = access_room_part(request.user, room_id, desk.shop.handle)
    report_url = desk.url("room_report", room_id=room_id)
    if found.state == "ended":
        return redirect(report_url)
    context = screen_context(found, "merchant/shell.html", shop_id) | {"report_url": report_url}
    return show(request, desk, "reading/screen.html", context, here="figures")


@shop_page()
def room(request: HttpRequest, desk: Desk, room_id: UUID) -> HttpResponse:
    """What the shop's own goods did in one room."""
    found, shop_id = access_room_part(request.user, room_id, desk.shop.handle)
    report = report_of(found, shop_id)
    context = {"room": found}
    if report is not None:
        context |= reading_rooms.context(request, report, desk.shop.handle)
    return show(request, desk, "merchant/room.html", context, here="figures")
