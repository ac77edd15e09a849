"""The cast: people who sign in, watch, buy and click, through HTTP and WebSocket alone."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.demo.people import PASSWORD

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS = 20.0


class Actor:
    """Somebody with a browser's session."""

    def __init__(self, base_url: str, username: str = "") -> None:
        self.username = username
        self.http = httpx.AsyncClient(
            base_url=base_url, timeout=SECONDS, headers={"Accept-Language": "en"}
        )

    async def __aenter__(self) -> Self:
        if self.username:
            await self._submit("/accounts/login/", {"login": self.username, "password": PASSWORD})
        else:
            # A guest needs the token that guards against forged posts, and nothing else.
            await self.http.get("/accounts/login/")
        return self

    async def sign_up(self, username: str) -> None:
        """Become somebody new."""
        await self._submit(
            "/accounts/signup/",
            {
                "username": username,
                "email": f"{username}@demo.example",
                "password1": PASSWORD,
                "password2": PASSWORD,
            },
        )
        self.username = username

    async def _submit(self, path: str, fields: dict[str, str]) -> None:
        page = await self.http.get(path)
        found = _TOKEN.search(page.text)
        if found is None:
            raise RuntimeError(f"{path} has no form")
        answer = await self.http.post(
            path, data={**fields, "csrfmiddlewaretoken": found[1]}, headers=self.csrf()
        )
        if answer.status_code != 302:
            raise RuntimeError(f"{path} refused {fields}: {answer.status_code}")

    def csrf(self) -> dict[str, str]:
        """The headers with which a session's browser posts."""
        return {
            "X-CSRFToken": self.http.cookies.get("yellowcart_csrf") or "",
            "Referer": str(self.http.base_url),
        }

    async def __aexit__(self, *_error: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a resource."""
        answer = await self.http.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        """Post JSON with the session's CSRF token."""
        return await self.http.post(
            path,
            json={} if body is None else body,
            headers=self.csrf(),
        )

    async def must(self, path: str, body: Any = None) -> Any:
        """Post JSON and want success; its JSON."""
        answer = await self.post(path, body)
        if not answer.is_success:
            raise RuntimeError(f"{self.username} {path}: {answer.status_code} {answer.text[:600]}")
        return answer.json() if answer.content else None

    async def enter(self, room_id: str) -> str:
        """A pass for a room."""
        token: str = (await self.must(f"/api/v1/rooms/{room_id}/pass"))["pass"]
        return token

    async def snapshot(self, room_id: str) -> dict[str, Any]:
        """The room as it is now."""
        found: dict[str, Any] = await self.get(f"/api/v1/rooms/{room_id}")
        return found


@dataclass
class Seen:
    """One frame as it arrived, on the platform's clock and the machine's."""

    at: datetime
    wall: datetime
    frame: dict[str, Any]


@dataclass
class Watcher:
    """One connected viewer: every frame, and whether the line ever broke."""

    room_id: str
    frames: list[Seen] = field(default_factory=list)
    breaks: int = 0
    dropped: int = 0
    last_seq: int = 0

    def events(self, kind: str) -> list[tuple[Seen, dict[str, Any]]]:
        """Every event of a type, with the frame that brought it."""
        return [
            (seen, event)
            for seen in self.frames
            for event in seen.frame.get("events", [])
            if event["type"] == kind
        ]

    def sequence(self) -> list[int]:
        """The numbers of all events, in the order they arrived."""
        return [event["seq"] for seen in self.frames for event in seen.frame.get("events", [])]


@asynccontextmanager
async def watching(
    base_url: str, snapshot: dict[str, Any], token: str, *, drop_once: bool = False
) -> AsyncIterator[Watcher]:
    """A viewer connected until the block ends; ``drop_once`` cuts the line once and comes back."""
    watcher = Watcher(snapshot["room_id"], last_seq=snapshot["seq"])
    url = _socket_url(base_url, snapshot["events_url"])

    async def watch() -> None:
        dropping = drop_once
        while True:
            since = watcher.last_seq
            try:
                async with connect(f"{url}?pass={token}&since={since}") as line:
                    await _read(line, watcher, 3 if dropping else 0)
                    watcher.dropped += dropping
            except ConnectionClosed:
                watcher.breaks += 1
            dropping = False

    task = asyncio.create_task(watch())
    try:
        yield watcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _read(line: ClientConnection, watcher: Watcher, leave_after: int) -> None:
    count = 0
    async for message in line:
        frame = json.loads(message)
        watcher.frames.append(Seen(clock.now(), clock.wall(), frame))
        watcher.last_seq = max(watcher.last_seq, frame.get("seq", 0))
        count += 1
        if leave_after and count >= leave_after:
            return


def _socket_url(base_url: str, events_url: str) -> str:
    if events_url.startswith(("ws://", "wss://")):
        return events_url
    return f"ws://{urlsplit(base_url).netloc}{events_url}"


def order_of(item: dict[str, Any], sku: dict[str, Any]) -> dict[str, Any]:
    """An order request for one piece, with a key made before sending."""
    return {
        "listing_id": item["listing_id"],
        "sku_id": sku["sku_id"],
        "quantity": 1,
        "unit_price": sku["unit_price"],
        "idempotency_key": str(new_id()),
    }
