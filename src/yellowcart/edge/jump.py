"""``/go/{listing_id}``: a buyer leaves through a link, if the verdict of that instant lets them."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.edge.caches import Rules
from yellowcart.edge.pages import refusal_page
from yellowcart.edge.problems import language_for, not_a_link, problem_response
from yellowcart.edge.store import ClickRow, Store
from yellowcart.listings.cart import CartRow, on_sale, permitted
from yellowcart.listings.paying import through
from yellowcart.listings.problems import barred, listing_not_found
from yellowcart.live.viewers import COOKIE, unsealed

#: The parameter by which a source is told our click id, and gives it back with a sale.
DEFAULT_PARAMETER: Final = "yc_click"


async def go(request: Request) -> Response:
    """302 to the source with a click id, or the problem: JSON, or a page for a browser."""
    language = language_for(request)
    try:
        address = await _leave(request, language)
    except Problem as problem:
        if "text/html" in request.headers.get("accept", ""):
            page = refusal_page(problem.body(language), language)
            return HTMLResponse(
                page, status_code=problem.status, headers={"cache-control": "no-store"}
            )
        return problem_response(problem, language)
    return RedirectResponse(
        address,
        status_code=302,
        headers={"cache-control": "no-store", "referrer-policy": "origin"},
    )


async def _leave(request: Request, language: str) -> str:
    store: Store = request.app.state.store
    rules: Rules = request.app.state.rules
    row = await store.listing(request.path_params["listing_id"])
    at = clock.now()
    if row is None or row.state == "unmounted":
        raise listing_not_found()
    verdict = rules.ask(row.facts, at)
    if not permitted(row, verdict):
        raise barred(verdict, language)
    if not on_sale(row, at):
        raise listing_not_found()
    link = through(row, clock.wall())
    if row.integration != "link" or not _is_web(link.url if link else row.external_url):
        raise not_a_link()
    click_id = new_id()
    if request.method == "GET":
        viewer = unsealed(request.cookies.get(COOKIE))
        await store.record_click(
            ClickRow(
                id=click_id,
                row=row,
                viewer_id=viewer.id if viewer else None,
                rule=verdict.rule or "",
                revision=verdict.revision or 0,
                at=at,
                link_id=link.id if link else None,
            )
        )
    # A link that the source made is used as it is: it knows its own id, and no parameter of ours.
    return link.url if link else with_click(row, click_id)


def with_click(row: CartRow, click_id: UUID) -> str:
    """The source's address with the click id added, whatever it held before."""
    parts = urlsplit(row.external_url)
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if pair[0] != DEFAULT_PARAMETER
    ]
    query.append((DEFAULT_PARAMETER, str(click_id)))
    return urlunsplit(parts._replace(query=urlencode(query)))


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
