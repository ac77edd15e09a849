"""Share codes: what opens them, the box to paste one into, and the poster with a picture."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from yellowcart.core.problems import Problem
from yellowcart.live import shares
from yellowcart.live.problems import share_not_found
from yellowcart.live.share_api import out
from yellowcart.live.sharecodes import share_code_in
from yellowcart.web.backoffice.replies import sentence


@require_http_methods(["GET", "HEAD"])
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """To the room, and the listing in it. A look ahead (HEAD) counts nothing."""
    try:
        if request.method == "HEAD":
            row = shares.find_share(code)
            found = shares.Opened(row.code, row.room_id, row.listing_id)
        else:
            found = shares.do_open_share(code)
    except Problem as problem:
        return _paste(request, sentence(problem), status=404)
    query = {"listing": str(found.listing_id)} if found.listing_id else {}
    address = reverse("viewer:room", args=[found.room_id])
    response = redirect(f"{address}?{urlencode(query)}" if query else address)
    # An order placed in the coming days says through whose code its buyer came.
    response.set_cookie(
        shares.COOKIE,
        shares.remembered(request.COOKIES.get(shares.COOKIE), found.code),
        max_age=shares.MAX_AGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def paste(request: HttpRequest) -> HttpResponse:
    """A box that takes a whole text and opens what its code means."""
    text = request.GET.get("text", "")
    if not text.strip():
        return _paste(request, "")
    code = share_code_in(text, {request.get_host().partition(":")[0]})
    if code is not None:
        return redirect("viewer:share", code=code)
    return _paste(request, sentence(share_not_found()), status=404)


@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """The room, its picture to scan, and the text to copy."""
    try:
        row = shares.find_share(code)
    except Problem as problem:
        return _paste(request, sentence(problem), status=404)
    # It takes a fifth of a second to load, which every command would pay.
    import segno

    shown = out(request, row)
    drawing = segno.make(shown.url, error="m").svg_inline(border=2, omitsize=True)
    context = {
        "share": shown,
        "room": row.room,
        "product": shares.product_of(row),
        "drawing": mark_safe(drawing),  # noqa: S308  our own drawing
    }
    return render(request, "viewer/poster.html", context)


def _paste(request: HttpRequest, words: str, status: int = 200) -> HttpResponse:
    context = {"words": words, "text": request.GET.get("text", "")[:2_000]}
    return render(request, "viewer/paste.html", context, status=status)
