"""One ASGI application: the edge answers what it knows, the control plane the rest."""

import os
from typing import cast

from django.conf import settings
from django.core.asgi import get_asgi_application
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Match
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yellowcart.core import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
_database_url = embedded.ensure_database()
control_plane = cast("ASGIApp", get_asgi_application())

# The edge reads models' modules, which need the apps to be ready.
from yellowcart.checkout.routes import Orders, is_order  # noqa: E402
from yellowcart.edge.app import create_edge  # noqa: E402
from yellowcart.edge.media import PREFIX as MEDIA  # noqa: E402
from yellowcart.edge.media import media  # noqa: E402

edge = create_edge(_database_url)
buy = Orders()
static = StaticFiles(directory=settings.STATIC_ROOT, check_dir=False)

#: Where the edge's routes begin: everything else need not be compared with them.
_PREFIXES = ("/api/v1/rooms/", "/api/v1/listings/", "/go/", "/pictures/")


def _is_for_edge(scope: Scope) -> bool:
    if scope["type"] in {"lifespan", "websocket"}:
        return True
    path: str = scope["path"]
    return path.startswith(_PREFIXES) and any(
        route.matches(scope)[0] is Match.FULL for route in edge.routes
    )


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The edge's own paths, its sockets and the lifespan go to the edge, video to its process,
    the rest to Django.

    Orders go straight to their endpoint: nobody should wait behind a table of routes to buy.
    """
    if scope["type"] == "http" and is_order(scope["path"]):
        scope["app"] = edge
        await buy(scope, receive, send)
        return
    if scope["type"] == "http" and scope["path"].startswith(MEDIA):
        await media(scope, receive, send)
        return
    if scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        await _static(scope, receive, send)
        return
    app = edge if _is_for_edge(scope) else control_plane
    await app(scope, receive, send)


async def _static(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"].removeprefix(settings.STATIC_URL)

    async def revalidated(message: Message) -> None:
        # Unversioned names: a browser asks each time, and is told that nothing changed.
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
        await send(message)

    try:
        response = await static.get_response(static.get_path({**scope, "path": f"/{path}"}), scope)
    except HTTPException as error:
        response = PlainTextResponse(error.detail, error.status_code)
    await response(scope, receive, revalidated)
