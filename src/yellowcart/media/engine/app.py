"""The engine's HTTP: WHIP (RFC 9725), WHEP (draft-ietf-wish-whep), HLS and replays.

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
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from yellowcart.core.problems import CONTENT_TYPE, Problem, language_of
from yellowcart.media.engine import limits, problems, replays
from yellowcart.media.engine.control import folder
from yellowcart.media.engine.engine import Engine

log = logging.getLogger(__name__)

SDP: Final = "application/sdp"
HLS: Final = "application/vnd.apple.mpegurl"
MP4: Final = "video/mp4"
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


def _count(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@refusals
async def live_playlist(request: Request) -> Response:
    """A room's low-latency playlist; the pass is in ``?pass=``, as players send no headers."""
    token = bearer(request) or request.query_params.get("pass", "")[: limits.LONGEST_TOKEN]
    text = await _engine(request).playlist(
        request.path_params["room_id"],
        token,
        _count(request, "_HLS_msn"),
        _count(request, "_HLS_part"),
    )
    return Response(text, media_type=HLS, headers={"cache-control": "no-store"})


@refusals
async def live_data(request: Request) -> Response:
    """A part, segment or init of a live playlist."""
    found = await _engine(request).hls_data(
        request.path_params["secret"], request.path_params["name"]
    )
    if found is None:
        raise problems.no_hls()
    return Response(found, media_type=MP4, headers={"cache-control": "private, max-age=60"})


@refusals
async def replay(request: Request) -> Response:
    """A recording or a span of one, by its signed address; see ``replays``."""
    span = replays.opened(request.path_params["token"])
    name = request.path_params["name"]
    if span is None:
        raise problems.no_replay()
    found = await run_in_threadpool(replays.find, folder(), span)
    if found is None:
        raise problems.no_replay()
    if name == "index.m3u8":
        text = replays.playlist(found, span)
        return Response(text, media_type=HLS, headers={"cache-control": "no-store"})
    if name == "video.mp4":
        try:
            path = await run_in_threadpool(replays.cut, found, span, folder())
        except (OSError, ValueError) as error:
            log.exception("a replay was not cut")
            raise problems.engine_away() from error
        return FileResponse(path, media_type=MP4, headers={"cache-control": "private"})
    data = await run_in_threadpool(replays.piece, found, span, name)
    if data is None:
        raise problems.no_replay()
    return Response(data, media_type=MP4, headers={"cache-control": "private, max-age=3600"})


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
            Route("/media/rooms/{room_id:uuid}/hls/index.m3u8", live_playlist),
            Route("/media/hls/{secret}/{name}", live_data),
            Route("/media/recordings/{token}/{name}", replay),
            *(
                Route(f"/media/{kind}/{{name}}", endpoint, methods=[method])
                for kind in ("whip", "whep")
                for endpoint, method in ((no_trickle, "PATCH"), (options, "OPTIONS"))
            ),
        ],
        lifespan=lifespan,
    )
