"""The Starlette application: its routes, and what runs beside them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from yellowcart.checkout.lane import Lanes
from yellowcart.checkout.routes import routes as checkout_routes
from yellowcart.core import bus, outbox, timeline
from yellowcart.core.problems import Problem
from yellowcart.edge.addresses import base_of
from yellowcart.edge.admission import Admission
from yellowcart.edge.caches import Clock, Refresher, Rules
from yellowcart.edge.chat import Chat
from yellowcart.edge.counts import Counts
from yellowcart.edge.doors import Doors
from yellowcart.edge.facts import Facts
from yellowcart.edge.figures import LiveFigures, figures
from yellowcart.edge.files import files_allowed
from yellowcart.edge.hub import Hub
from yellowcart.edge.inbound import Inbound, speaking
from yellowcart.edge.jump import go
from yellowcart.edge.pictures import Shelf, picture
from yellowcart.edge.problems import language_for, problem_response, unavailable
from yellowcart.edge.rooms import Rooms
from yellowcart.edge.rules import Limits
from yellowcart.edge.snapshots import Snapshots
from yellowcart.edge.sockets import events
from yellowcart.edge.store import Store
from yellowcart.live import arrivals
from yellowcart.live.counters import CHANNEL as COUNTS_CHANNEL
from yellowcart.live.numbering import CHANNEL as ROOMS_CHANNEL
from yellowcart.live.passes import bearer
from yellowcart.live.problems import room_not_found
from yellowcart.live.rules import may_enter
from yellowcart.live.snapshot import RoomRow
from yellowcart.people.events import DOORS
from yellowcart.pictures.rules import PREFIX as PICTURES
from yellowcart.policy import queries as policy
from yellowcart.policy.table import RuleTable

log = logging.getLogger(__name__)

#: Connections this process's edge keeps for its own reads and writes.
POOL_SIZE: Final = 8
#: Files a process needs beside its rooms' sockets: the database, pages, orders.
KEPT_FILES: Final = 200


async def snapshot(request: Request) -> Response:
    """``GET /api/v1/rooms/{room_id}``: the room as it stands, with the verdicts of this instant."""
    room_id: UUID = request.path_params["room_id"]
    language = language_for(request)
    snapshots: Snapshots = request.app.state.snapshots
    view = await snapshots.view(room_id)
    if view is None or not _may_see(request, view.row):
        return problem_response(room_not_found(), language)
    body = view.body(language, base_of(request))
    rooms: Rooms | None = getattr(request.app.state, "rooms", None)
    if rooms is not None and rooms.admission.is_full(room_id):
        # No socket to be had here for now: whoever asks this often sees the room all the same.
        body = body[:-1] + b',"poll_after_ms":%d}' % (rooms.admission.later() * 1_000)
    return Response(
        body,
        media_type="application/json",
        headers={"cache-control": "no-store", "vary": "Accept-Language, Cookie"},
    )


def _may_see(request: Request, row: RoomRow) -> bool:
    """A practice room is shown to the passes of those who run it."""
    if not row.practice:
        return True
    try:
        holder = bearer(request.headers.get("authorization", ""))
    except Problem:
        return False
    return holder.room == row.room_id and may_enter(row.practice, holder.role)


def routes() -> list[BaseRoute]:
    """What the edge answers; the control plane answers the rest."""
    return [
        Route("/api/v1/rooms/{room_id:uuid}", snapshot, methods=["GET"]),
        WebSocketRoute("/api/v1/rooms/{room_id:uuid}/events", events),
        WebSocketRoute("/api/v1/rooms/{room_id:uuid}/figures", figures),
        Route("/go/{listing_id:uuid}", go, methods=["GET"]),
        Route(PICTURES + "{address_id:uuid}/{size}.webp", picture, methods=["GET"]),
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
            bell = bus.courier(database_url)
            stack.push_async_callback(bell.close)
            chat = Chat(store, partial(bell.send, bus.OUTBOX, outbox.SOON))
            facts = Facts(store, hub.watched)
            counts = Counts(store, hub, partial(bell.send, arrivals.CHANNEL))
            admission = Admission(hub, limits())
            inbound = _inbound(chat, counts, facts)
            app.state.store, app.state.rules, app.state.snapshots = store, rules, snapshots
            app.state.rooms = Rooms(hub, counts, facts, admission, inbound)
            app.state.pictures = Shelf()
            app.state.figures = LiveFigures(store, snapshots, rules.ask)
            doors = Doors(store, hub.show_out)
            await doors.reload()
            keep_doors = Refresher("doors", doors.reload)
            keep_rules = Refresher("rules", rules.reload)
            keep_clock = Refresher("clock", clock.reload)
            handlers: dict[str, bus.Handler] = {
                ROOMS_CHANNEL: hub.heard,
                COUNTS_CHANNEL: counts.heard,
                arrivals.CHANNEL: counts.heard_arrivals,
                policy.CHANNEL: keep_rules.ask,
                timeline.CHANNEL: keep_clock.ask,
                DOORS: keep_doors.ask,
            }
            works = {
                "bus": lambda: bus.listen(database_url, handlers),
                "rules": keep_rules.run,
                "clock": keep_clock.run,
                "doors": keep_doors.run,
                "deliver": hub.deliver,
                "look": hub.look,
                "care": hub.care,
                "count": counts.count,
                "admission": admission.measure,
                "chat": chat.write,
                "facts": facts.write,
            }
            stack.push_async_callback(counts.forget)
            stack.push_async_callback(facts.flush)
            lanes = app.state.lanes = Lanes(database_url, rules.ask)
            stack.push_async_callback(lanes.close)
            await stack.enter_async_context(_running(works))
            stack.push_async_callback(chat.drain)
            yield

    return Starlette(
        routes=routes(),
        lifespan=lifespan,
        exception_handlers={psycopg.Error: _unavailable, PoolTimeout: _unavailable},
    )


def _inbound(chat: Chat, counts: Counts, facts: Facts) -> Inbound:
    inbound = Inbound()
    inbound.on("chat", speaking(chat))
    inbound.on("like", counts.like)
    inbound.on("seen", facts.saw)
    inbound.on("opened", facts.opened)
    return inbound


def limits() -> Limits:
    """What this process takes on: as settings say, within the files it may open."""
    return Limits(
        sockets=min(settings.ROOM_SOCKETS, files_allowed() - KEPT_FILES),
        in_a_room=settings.ROOM_SOCKETS_A_ROOM,
        from_an_address=settings.ROOM_SOCKETS_AN_ADDRESS,
        lag_seconds=settings.ROOM_LAG_MS / 1_000,
    )


@asynccontextmanager
async def _running(works: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_keep(name, work)) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
