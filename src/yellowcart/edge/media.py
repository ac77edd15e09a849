"""``/media/...`` passed on to the video process, so that pages and players stay on one origin."""

import os
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from yellowcart.edge.problems import language_for, problem_response
from yellowcart.media.engine.problems import engine_away

PREFIX: Final = "/media/"
#: Headers that concern one connection only (RFC 9110, section 7.6.1), and those we write anew.
_OWN: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "cookie",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-proto",
        "server",
        "date",
    }
)
_LARGEST_BODY: Final = 64_000


@lru_cache(maxsize=1)
def _client() -> httpx.AsyncClient:
    # A playlist request may wait for the next part; the other side bounds how long.
    return httpx.AsyncClient(
        base_url=os.environ["YELLOWCART_MEDIA_URL"],
        timeout=httpx.Timeout(30.0, connect=2.0),
        limits=httpx.Limits(max_connections=2_000, max_keepalive_connections=100),
        trust_env=False,
    )


async def media(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application for :data:`PREFIX`."""
    request = Request(scope, receive)
    response = await _passed_on(request)
    await response(scope, receive, send)


async def _passed_on(request: Request) -> Response:
    if not os.environ.get("YELLOWCART_MEDIA_URL"):
        return problem_response(engine_away(), language_for(request))
    headers = [(k, v) for k, v in request.headers.items() if k not in _OWN]
    if request.client is not None:
        headers.append(("x-forwarded-for", request.client.host))
    try:
        asked = _client().build_request(
            request.method,
            httpx.URL(path=request.url.path, query=request.url.query.encode()),
            headers=headers,
            content=await _body(request),
        )
        answered = await _client().send(asked, stream=True)
    except httpx.HTTPError:
        return problem_response(engine_away(), language_for(request))
    except ClientDisconnect:
        return Response(status_code=499)

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in answered.aiter_raw():
                yield chunk
        finally:
            await answered.aclose()

    kept = {k: v for k, v in answered.headers.items() if k not in _OWN}
    return StreamingResponse(chunks(), answered.status_code, kept)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return body[:_LARGEST_BODY]  # refused there, for being too long
    return body
