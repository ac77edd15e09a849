"""Rooms, carts and servers for tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec
from django.db import connection
from websockets.sync.client import ClientConnection, connect

from tests.factories import make_account, make_product, make_shop, make_sku
from yellowcart.catalog.models import Product
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.live import passes
from yellowcart.live.models import Room, RoomEvent
from yellowcart.people.actions import do_grant_role
from yellowcart.people.models import Account, Permit
from yellowcart.people.roles import Role
from yellowcart.shops.models import Shop

T = TypeVar("T")


def make_creator(*permits: str) -> Account:
    """A creator with permits; all three where none is named."""
    account = make_account()
    do_grant_role(account, Role.CREATOR)
    for permit in permits or ("go_live", "sell_own", "promote"):
        Permit.objects.create(account=account, permit=permit, state="granted")
    return account


def make_room(creator: Account | None = None, state: str = "live", **fields: Any) -> Room:
    """A room, live unless told otherwise, without slow mode."""
    values = {"title": "A room", "scheduled_at": now(), "slow_mode_seconds": 0, **fields}
    if state == "live":
        values["started_at"] = now()
    return Room.objects.create(creator=creator or make_creator(), state=state, **values)


def cart(room: Room) -> Container:
    """The room's cart, as its host gets it."""
    return Container("live_room", room.id, room.creator_id)


def make_goods(shop: Shop | None = None, *, stock: int = 10, price: int = 9_900) -> Product:
    """A native product with one SKU."""
    product = make_product(shop or make_shop(), images=["https://img.example/1.jpg"])
    make_sku(product, stock=stock, price=price)
    return product


def make_link(
    source: str = "youzan", shop: Shop | None = None, url: str = "https://s.example/p?a=1"
) -> Product:
    """A product sold elsewhere."""
    return make_product(
        shop or make_shop(), source=source, integration="link", external_url=url, title=source
    )


def mount(room: Room, product: Product, **fields: Any) -> Listing:
    """The product in the room's cart, without asking anybody."""
    values = {
        "surface": "live_room",
        "container_id": room.id,
        "creator_id": room.creator_id,
        "source": product.source,
        "integration": product.integration,
        "shop_type": product.shop.type,
        **fields,
    }
    return Listing.objects.create(shop_id=product.shop_id, product=product, **values)


def pass_for(room: Room, account: Account | None = None, **claims: Any) -> str:
    """A pass for the room; a guest's without an account."""
    values = {"name": account.display_name if account else "#1", "guest": account is None, **claims}
    sub = account.id if account else UUID(int=7)
    return passes.issue(room=room.id, sub=sub, **values)[0]


def database_url() -> str:
    """The database that pytest-django made, as a URL for other processes."""
    params = connection.get_connection_params()
    host = params.get("host") or ""
    return (
        f"postgresql://{quote(params.get('user') or '')}@/{params['dbname']}"
        f"?host={quote(host, safe='')}"
    )


@dataclass(frozen=True)
class Server:
    """A server process on the tests' database."""

    base_url: str
    process: subprocess.Popen[bytes]

    @property
    def events(self) -> str:
        """Where sockets are opened."""
        return self.base_url.replace("http://", "ws://") + "/api/v1/rooms"

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET, without following redirects."""
        return httpx.get(f"{self.base_url}{path}", timeout=60, **options)

    def snapshot(self, room: Room, language: str = "en") -> dict[str, Any]:
        """The room's snapshot."""
        response = self.get(f"/api/v1/rooms/{room.id}?lang={language}")
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    @contextmanager
    def viewer(
        self, room: Room, token: str | None = None, *, since: int | None = None, **options: Any
    ) -> Iterator["Viewer"]:
        """A socket in the room."""
        query = f"pass={token or pass_for(room)}&lang=en"
        if since is not None:
            query += f"&since={since}"
        with connect(f"{self.events}/{room.id}/events?{query}", max_size=None, **options) as ws:
            yield Viewer(ws)


class Viewer:
    """What a viewer's page does: reads frames, keeps the newest state."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_
        self.frames: list[dict[str, Any]] = []

    def read(self, seconds: float = 60) -> dict[str, Any]:
        """The next frame."""
        frame: dict[str, Any] = msgspec.json.decode(self.socket.recv(seconds))
        self.frames.append(frame)
        return frame

    def until(self, wanted: Callable[[dict[str, Any]], T | None], seconds: float = 60) -> T:
        """Read until ``wanted`` finds something in a frame."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            found = wanted(self.read(left))
            if found is not None:
                return found
        raise AssertionError(f"it never came: {self.frames}")

    def recall(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        """Read until some frame, an earlier one included, is what is wanted."""
        while not any(wanted(frame) for frame in self.frames):
            self.read()

    def event(self, type_: str) -> dict[str, Any]:
        """The next event of a type."""
        return self.until(
            lambda frame: next((e for e in frame.get("events", ()) if e["type"] == type_), None)
        )

    def snapshot(self) -> dict[str, Any]:
        """The next snapshot."""
        return self.until(lambda frame: frame.get("snapshot"))

    def error(self) -> dict[str, Any]:
        """The next error."""
        return self.until(lambda frame: frame.get("error"))

    def say(self, text: str, **more: Any) -> None:
        """Speak."""
        self.socket.send(msgspec.json.encode({"chat": text, **more}).decode())

    def events_up_to(self, seq: int) -> list[dict[str, Any]]:
        """Every event until the one numbered ``seq``."""
        while max((f["seq"] for f in self.frames if "seq" in f), default=-1) < seq:
            self.read()
        return [event for frame in self.frames for event in frame.get("events", ())]


@contextmanager
def serving(url: str, folder: Path, **env: str) -> Iterator[Server]:
    """``yellowcart serve``, as the supervisor starts it, on a free port; ``env`` on top of ours."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    log = (folder / f"server-{listener.getsockname()[1]}.log").open("w+b")
    process = subprocess.Popen(
        [sys.executable, "-m", "yellowcart", "serve", "--fd", str(listener.fileno())],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "YELLOWCART_BASE_URL": base_url,
            "YELLOWCART_LOG_LEVEL": "WARNING",
            **env,
        },
        pass_fds=[listener.fileno()],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    listener.close()
    try:
        eventually(lambda: _answers(process, base_url, log.name), seconds=300)
        yield Server(base_url, process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _answers(process: subprocess.Popen[bytes], base_url: str, log: str) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"the server ended:\n{Path(log).read_text()[-4000:]}")
    try:
        return httpx.get(f"{base_url}/api/v1/rooms/{UUID(int=0)}").status_code == 404
    except httpx.TransportError:
        return False


def relayed(room: Room, type_: str) -> bool:
    """Relay what waits; whether the room has an event of a type now."""
    outbox.relay_all()
    return RoomEvent.objects.filter(room_id=room.id, type=type_).exists()


def eventually(look: Callable[[], T], seconds: float = 60) -> T:
    """What ``look`` says as soon as it says something true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError("it never came true")
        time.sleep(0.02)
    return found
