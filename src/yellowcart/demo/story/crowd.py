"""The crowd of the night: they look, click and buy in a loop, and keep what they were told."""

import asyncio
import random
from datetime import datetime
from typing import Any

import httpx

from yellowcart.core import clock
from yellowcart.demo.story.people import Actor, order_of
from yellowcart.demo.story.record import Asked, Record

#: Every so many orders one is sent again with the same key, as a phone in a lift does.
RETRY_EVERY = 5
LINKS = ("youzan", "mokuai", "taobao", "tmall", "jd", "shopify")


class Looker:
    """Opens a room again and again, and notes what it shows as on sale."""

    def __init__(self, actor: Actor, rooms: list[str], record: Record) -> None:
        self._actor, self._rooms, self._record = actor, rooms, record

    async def run(self, over: asyncio.Event, pause: float) -> None:
        """Until the night is over."""
        while not over.is_set():
            for room in self._rooms:
                await self.look(room)
                await asyncio.sleep(pause)

    async def look(self, room: str) -> dict[str, Any]:
        """One look at one room."""
        sent = clock.now()
        snapshot = await self._actor.snapshot(room)
        answered = clock.now()
        for item in snapshot["cart"]:
            self._record.add(
                Asked(
                    "show",
                    "live_room",
                    item["source"] if item["integration"] == "link" else "native",
                    item["listing_id"],
                    sent,
                    answered,
                    done=item["state"] == "mounted" or item["jump_url"] is not None,
                    rule=item["verdict"]["rule"] or "",
                )
            )
        return snapshot


class Clicker:
    """Follows links out of rooms, profiles, videos and shop pages; knows them by heart."""

    def __init__(self, actor: Actor, links: list[tuple[str, str, str]], record: Record) -> None:
        self._actor, self._links, self._record = actor, links, record
        self.clicks: list[tuple[str, str]] = []

    async def run(self, over: asyncio.Event, pause: float) -> None:
        """Until the night is over."""
        while not over.is_set():
            for surface, source, listing in self._links:
                await self.click(surface, source, listing)
                await asyncio.sleep(pause)

    async def click(self, surface: str, source: str, listing: str) -> None:
        """Follow one link; a click that left is kept with its id."""
        sent = clock.now()
        answer = await self._actor.http.get(f"/go/{listing}", follow_redirects=False)
        left = answer.status_code in {302, 303, 307}
        code, rule = ("", "") if left else _refusal(answer)
        self._record.add(
            Asked("click", surface, source, listing, sent, clock.now(), left, code, rule)
        )
        if left:
            click_id = httpx.URL(answer.headers["location"]).params.get("yc_click", "")
            self.clicks.append((source, click_id))


class Buyer:
    """Buys native goods in rooms, one after another, and pays for most of them."""

    def __init__(self, actor: Actor, rooms: list[str], record: Record, seed: int) -> None:
        self._actor, self._rooms, self._record = actor, rooms, record
        self._random = random.Random(seed)  # noqa: S311  a repeatable crowd
        self._passes: dict[str, str] = {}
        self._count = 0

    async def run(self, over: asyncio.Event, pause: float) -> None:
        """Until the night is over; an order under way is still answered."""
        while not over.is_set():
            room = self._random.choice(self._rooms)
            item = await self._something(room)
            if item is not None:
                await self.buy(room, *item)
            await asyncio.sleep(pause)

    async def _something(self, room: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        snapshot = await self._actor.snapshot(room)
        offers = [
            (item, sku)
            for item in snapshot["cart"]
            if item["integration"] == "native" and item["state"] == "mounted"
            for sku in item["skus"]
            if sku["available"]
        ]
        return self._random.choice(offers) if offers else None

    async def buy(self, room: str, item: dict[str, Any], sku: dict[str, Any]) -> str | None:
        """One order, now and then sent twice with one key; its id, or None where refused."""
        if room not in self._passes:
            self._passes[room] = await self._actor.enter(room)
        body = order_of(item, sku)
        sent = clock.now()
        answer = await self._send(room, body)
        placed = answer.status_code == 201
        code, rule = ("", "") if placed else _refusal(answer)
        self._record.add(
            Asked(
                "buy",
                "live_room",
                item["source"] if item["integration"] == "link" else "native",
                item["listing_id"],
                sent,
                clock.now(),
                placed,
                code,
                rule,
            )
        )
        if not placed:
            self._record.refused[code] = self._record.refused.get(code, 0) + 1
            return None
        order = answer.json()
        self._record.orders[order["order_id"]] = {**order, "sku_id": body["sku_id"]}
        self._count += 1
        if self._count % RETRY_EVERY == 0:
            again = await self._send(room, body)
            self._record.retried += 1
            if again.json().get("order_id") != order["order_id"]:
                self._record.retries_that_differed.append(order["order_id"])
        order_id: str = order["order_id"]
        return order_id

    async def _send(self, room: str, body: dict[str, Any]) -> httpx.Response:
        return await self._actor.http.post(
            f"/api/v1/rooms/{room}/orders",
            json=body,
            headers={"Authorization": f"Bearer {self._passes[room]}"},
        )


def _refusal(answer: httpx.Response) -> tuple[str, str]:
    try:
        body = answer.json()
    except ValueError:
        return f"http_{answer.status_code}", ""
    return body.get("code", ""), (body.get("verdict") or {}).get("rule") or ""


async def until(instant: datetime) -> None:
    """Sleep until the platform's clock reads ``instant``."""
    while (seconds := clock.wall_seconds_until(instant)) > 0:
        await asyncio.sleep(min(seconds, 0.5))
