"""The engine's HTTP: WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep).

The edge passes ``/media/...`` on to here, so that pages stay on one origin. Sessions have names
that cannot be guessed; who knows one may end it.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import wraps
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from django.db import Error as DatabaseError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from yellowcart.core.problems import CONTENT_TYPE, Problem, language_of
from yellowcart.media.engine import limits, problems
from yellowcart.media.engine.engine import Engine

log = logging.getLogger(__name__)

SDP: Final = "application/sdp"
#: Tokens travel in a header, never in a cookie: any page may ask.
CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type",
    "access-control-expose-headers": "Location, Retry-After",
    "access-control-max-age": "86400",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer problems as RFC 9457 says, in the caller's language."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            response = await endpoint(request)
        except Problem as problem:
            response = refused(problem, request)
        except (DatabaseError, psycopg.Error):
            log.exception("the database did not answer")
            response = refused(problems.engine_away(), request)
        response.headers.update(CORS)
        return response

    return answered


def refused(problem: Problem, request: Request) -> Response:
    """A problem as a response."""
    language = language_of(request.headers.get("accept-language", ""))
    headers = {"cache-control": "no-store"}
    if problem.status in {409, 503}:
        headers["retry-after"] = "2"
    return Response(
        msgspec.json.encode(problem.body(language)),
        status_code=problem.status,
        media_type=CONTENT_TYPE,
        headers=headers,
    )


async def body(request: Request) -> str:
    """The offer of a request, as far as it may be one."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != SDP:
        raise problems.not_sdp()
    text = b""
    async for chunk in request.stream():
        text += chunk
        if len(text) > limits.LARGEST_SDP:
            raise problems.offer_too_long()
    return text.decode("utf-8", "replace")


def bearer(request: Request) -> str:
    """The token of a request, or nothing."""
    kind, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip()[: limits.LONGEST_TOKEN] if kind.lower() == "bearer" else ""


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _answered(text: str, where: str) -> Response:
    return Response(text, 201, {"location": where, "cache-control": "no-store"}, media_type=SDP)


async def options(_request: Request) -> Response:
    """What may be asked, for a browser on another site and for WHIP clients."""
    return Response(status_code=204, headers={**CORS, "accept-post": SDP})


@refusals
async def whip(request: Request) -> Response:
    """A publisher's offer; the bearer token is the stream key."""
    key = bearer(request)
    if not key:
        raise problems.key_required()
    address = request.client.host if request.client else ""
    name, answer = await _engine(request).publish(key, await body(request), address)
    return _answered(answer, f"/media/whip/{name}")


@refusals
async def whip_end(request: Request) -> Response:
    """A publisher's goodbye."""
    _engine(request).unpublish(request.path_params["name"])
    return Response(status_code=200)


@refusals
async def whep(request: Request) -> Response:
    """A viewer's offer; the bearer token is the room pass."""
    room_id: UUID = request.path_params["room_id"]
    name, answer = await _engine(request).watch(room_id, bearer(request), await body(request))
    return _answered(answer, f"/media/whep/{name}")


@refusals
async def whep_end(request: Request) -> Response:
    """A viewer's goodbye."""
    _engine(request).leave(request.path_params["name"])
    return Response(status_code=200)


@refusals
async def no_trickle(_request: Request) -> Response:
    """Candidates later, or ICE restarts: neither is needed with one open port."""
    raise problems.trickle_refused()


def create_app(
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[Any]] | None = None,
) -> Starlette:
    """The application; ``app.state.engine`` must be there when the first request comes."""
    return Starlette(
        routes=[
            Route("/media/whip", whip, methods=["POST"]),
            Route("/media/whip", options, methods=["OPTIONS"]),
            Route("/media/whip/{name}", whip_end, methods=["DELETE"]),
            Route("/media/rooms/{room_id:uuid}/whep", whep, methods=["POST"]),
            Route("/media/rooms/{room_id:uuid}/whep", options, methods=["OPTIONS"]),
            Route("/media/whep/{name}", whep_end, methods=["DELETE"]),
            *(
                Route(f"/media/{kind}/{{name}}", endpoint, methods=[method])
                for kind in ("whip", "whep")
                for endpoint, method in ((no_trickle, "PATCH"), (options, "OPTIONS"))
            ),
        ],
        lifespan=lifespan,
    )
