"""One ASGI application: the edge answers what it knows, the control plane the rest."""

import os
from typing import cast

from django.core.asgi import get_asgi_application
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from yellowcart.core import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
_database_url = embedded.ensure_database()
control_plane = cast("ASGIApp", get_asgi_application())

# The edge reads models' modules, which need the apps to be ready.
from yellowcart.edge.app import create_edge  # noqa: E402

edge = create_edge(_database_url)

#: Where the edge's routes begin: everything else need not be compared with them.
_PREFIXES = ("/api/v1/rooms/", "/api/v1/listings/", "/go/")


def _is_for_edge(scope: Scope) -> bool:
    if scope["type"] in {"lifespan", "websocket"}:
        return True
    path: str = scope["path"]
    return path.startswith(_PREFIXES) and any(
        route.matches(scope)[0] is Match.FULL for route in edge.routes
    )


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The edge's own paths, its sockets and the lifespan go to the edge, the rest to Django."""
    app = edge if _is_for_edge(scope) else control_plane
    await app(scope, receive, send)
