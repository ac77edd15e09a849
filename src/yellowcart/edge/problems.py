"""The edge's refusals, and how they are answered."""

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from starlette.requests import HTTPConnection
from starlette.responses import Response

from yellowcart.core.problems import CONTENT_TYPE, Problem, language_of


def not_a_link() -> Problem:
    """A jump-out was asked of goods that are sold here."""
    return Problem("not_a_link", 409, _("This is sold here; there is nothing to jump to."))


def pass_expired() -> Problem:
    """The pass of a connected viewer ended."""
    return Problem("pass_expired", 401, _("Your room pass has ended; load the page again."))


def pass_for_another_room() -> Problem:
    """The pass is genuine, but for another room."""
    return Problem(
        "pass_for_another_room", 403, _("This pass is for another room; get one for this room.")
    )


def figures_for_hosts() -> Problem:
    """Somebody who does not work a room asked for its figures."""
    return Problem(
        "figures_forbidden",
        403,
        _("A room's live figures are for those who work it; ask for a pass to them first."),
    )


def origin_refused() -> Problem:
    """A page of another site tried to open a socket."""
    return Problem("origin_refused", 403, _("Open the room on this site itself."))


def server_full(later_seconds: float) -> Problem:
    """This process carries as much as it may; ask again after so long, and poll meanwhile."""
    return Problem(
        "server_full",
        503,
        _("Too many viewers right now; try again in a moment."),
        extra={"retry_after_ms": int(later_seconds * 1_000)},
    )


def unavailable() -> Problem:
    """The database does not answer."""
    return Problem("unavailable", 503, _("Something is down for a moment; try again soon."))


def frame_invalid() -> Problem:
    """A client sent what no client should."""
    return Problem(
        "frame_invalid", 422, _('Send a JSON object such as {"chat": "text"} or {"ping": 1}.')
    )


def language_for(connection: HTTPConnection) -> str:
    """``?lang=``, else the language cookie, else Accept-Language; ``zh-hans`` or ``en``."""
    chosen = connection.query_params.get("lang") or connection.cookies.get(
        settings.LANGUAGE_COOKIE_NAME, ""
    )
    return language_of(connection.headers.get("accept-language", ""), chosen)


def problem_response(problem: Problem, language: str) -> Response:
    """A problem as RFC 9457 JSON."""
    return Response(
        msgspec.json.encode(problem.body(language)),
        status_code=problem.status,
        media_type=CONTENT_TYPE,
        headers={"cache-control": "no-store"},
    )
