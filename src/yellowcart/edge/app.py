"""The Starlette application: its routes, and what runs beside them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from yellowcart.checkout.lane import Lanes
from yellowcart.checkout.routes import routes as checkout_routes
from yellowcart.core import bus, timeline
from yellowcart.edge.addresses import base_of
from yellowcart.edge.caches import Clock, Refresher, Rules
from yellowcart.edge.chat import Chat
from yellowcart.edge.facts import Facts
from yellowcart.edge.figures import LiveFigures, figures
from yellowcart.edge.hub import Hub
from yellowcart.edge.jump import go
from yellowcart.edge.problems import language_for, problem_response, unavailable
from yellowcart.edge.snapshots import Snapshots
from yellowcart.edge.sockets import events
from yellowcart.edge.store import Store
from yellowcart.live.numbering import CHANNEL as ROOMS_CHANNEL
from yellowcart.live.problems import room_not_found
from yellowcart.policy import queries as policy
from yellowcart.policy.table import RuleTable

log = logging.getLogger(__name__)

#: Connections this process's edge keeps for its own reads and writes.
POOL_SIZE: Final = 8


async def snapshot(request: Request) -> Response:
    """``GET /api/v1/rooms/{room_id}``: the room as it stands, with the verdicts of this instant."""
    room_id: UUID = request.path_params["room_id"]
    language = language_for(request)
    snapshots: Snapshots = request.app.state.snapshots
    view = await snapshots.view(room_id)
    if view is None:
        return problem_response(room_not_found(), language)
    return Response(
        view.body(language, base_of(request)),
        media_type="application/json",
        headers={"cache-control": "no-store", "vary": "Accept-Language, Cookie"},
    )


def routes() -> list[BaseRoute]:
    """What the edge answers; the control plane answers the rest."""
    return [
        Route("/api/v1/rooms/{room_id:uuid}", snapshot, methods=["GET"]),
        WebSocketRoute("/api/v1/rooms/{room_id:uuid}/events", events),
        WebSocketRoute("/api/v1/rooms/{room_id:uuid}/figures", figures),
        Route("/go/{listing_id:uuid}", go, methods=["GET"]),
        *checkout_routes(),
    ]


def create_edge(
    database_url: str, *, load_rules: Callable[[], RuleTable] = policy.refresh
) -> Starlette:
    """The edge over a database. Everything it needs runs within its lifespan."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(_pool(database_url))
            store = Store(pool)
            rules = Rules(load_rules)
            clock = Clock(store)
            await clock.reload()
            await rules.reload()
            snapshots = Snapshots(store, rules.ask)
            hub = Hub(store, snapshots, rules.ask)
            clock.changed = hub.tell_clock
            chat = Chat(store)
            facts = app.state.facts = Facts(store, hub.watched)
            app.state.figures = LiveFigures(store, snapshots, rules.ask)
            app.state.store, app.state.rules = store, rules
            app.state.snapshots, app.state.hub, app.state.chat = snapshots, hub, chat
            keep_rules = Refresher("rules", rules.reload)
            keep_clock = Refresher("clock", clock.reload)
            handlers: dict[str, bus.Handler] = {
                ROOMS_CHANNEL: hub.heard,
                policy.CHANNEL: keep_rules.ask,
                timeline.CHANNEL: keep_clock.ask,
            }
            tasks = [
                asyncio.create_task(_keep(name, work))
                for name, work in {
                    "bus": lambda: bus.listen(database_url, handlers),
                    "rules": keep_rules.run,
                    "clock": keep_clock.run,
                    "deliver": hub.deliver,
                    "look": hub.look,
                    "count": hub.count,
                    "chat": chat.write,
                    "facts": facts.write,
                }.items()
            ]
            stack.push_async_callback(hub.forget)
            stack.push_async_callback(facts.flush)
            lanes = app.state.lanes = Lanes(database_url, rules.ask)
            stack.push_async_callback(lanes.close)
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(
        routes=routes(),
        lifespan=lifespan,
        exception_handlers={psycopg.Error: _unavailable, PoolTimeout: _unavailable},
    )


async def _keep(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Have something run until cancelled, whatever becomes of it: a room without it is deaf."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a part of the edge failed; it starts again", extra={"part": name})
        await asyncio.sleep(0.5)


async def _unavailable(connection: Request | WebSocket, error: Exception) -> Response:
    """The database is away: say so, and when to come back."""
    log.error("the database did not answer", exc_info=error)
    if isinstance(connection, WebSocket):
        await connection.close(1013)
        return Response()
    response = problem_response(unavailable(), language_for(connection))
    response.headers["retry-after"] = "2"
    return response


def _pool(database_url: str) -> AsyncConnectionPool[AsyncConnection[tuple[object, ...]]]:
    return AsyncConnectionPool(
        database_url,
        min_size=2,
        max_size=POOL_SIZE,
        open=False,
        timeout=10,
        kwargs={"autocommit": True},
        name="edge",
    )
