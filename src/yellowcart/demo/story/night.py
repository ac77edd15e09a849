"""The night of 15 November 2021, act by act. Everything goes through public interfaces."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.demo.story import after_cut
from yellowcart.demo.story.crowd import Buyer, Clicker, Looker, until
from yellowcart.demo.story.people import Actor, watching
from yellowcart.demo.story.record import Asked, Record
from yellowcart.demo.story.telling import CUT, ZONE, Telling

BEGINS = datetime(2021, 11, 8, 10, tzinfo=ZONE)
#: When each further notice is due; a look is taken a little later.
STAGES = (
    CUT - timedelta(days=7),
    CUT - timedelta(days=1),
    CUT - timedelta(hours=1),
)
WATCHERS_A_ROOM = 12
BUYERS = 6
#: The crowd gathers this long before the instant; the last of it passes at a faster pace.
EVENING, LEAD, SPEED = timedelta(minutes=5), timedelta(seconds=60), 3.0
#: What must have been seen on each side of the instant before the night goes on.
LEAST_LOOKS, LEAST_ORDERS, LONGEST_WAIT_SECONDS = 10, 20, 60.0

RULE = {
    "key": "kuaishou.2021-11-16.youzan-mokuai-live",
    "sources": ["youzan", "mokuai"],
    "integrations": ["link"],
    "surfaces": ["live_room"],
    "outcome": "deny",
    "effective_from": iso(CUT),
    "reason": {
        "en": "From 15 November 24:00 Youzan and Mokuai links leave the live cart.",
        "zh": "11月15日24:00起，有赞、魔筷链接不再支持在直播间小黄车挂载。",
    },
    "remedy": {
        "en": "Go on offering them on profile, shop page and short video, or list native goods.",
        "zh": "可继续在个人主页、店铺页和短视频挂载，或一键上架为自营商品。",
    },
}
#: Who must have been told, and as what.
TOLD = ("xiaolan", "dafei", "zhou", "mokuai", "youzan")


class Night(Telling):
    """All acts of the story."""

    async def play(self) -> Record:
        """All acts, in order."""
        async with self.cast:
            for name in ("operator", "xiaolan", "dafei", "lin", "zhou", "mokuai", "youzan", ""):
                self.people[name] = await self.cast.enter_async_context(
                    Actor(self.stage.base_url, name)
                )
            await self._announce()
            await self._give_notice()
            await self._live_through_it()
            await after_cut.way_back(self)
            await after_cut.late_conversions(self)
            await self._find_orders()
            await self._read_notices()
            await after_cut.morning(self)
        return self.record

    async def _announce(self) -> None:
        operator = self.people["operator"]
        await self.set_clock(BEGINS)
        self.rooms = [room["room_id"] for room in await operator.get("/api/v1/rooms")]
        draft = await operator.must(
            "/api/v1/policy/drafts", {"title": "Youzan and Mokuai leave live rooms", "body": RULE}
        )
        path = f"/api/v1/policy/drafts/{draft['id']}"
        self.record.rehearsal = (await operator.must(f"{path}/rehearse"))["rehearsal"]
        told = self.record.rehearsal
        self.say(
            f"8 Nov 10:00  rehearsed: the rule would hit {told['listings']} listings in "
            f"{told['rooms']} rooms of {told['creators']} creators and {told['shops']} shops"
        )
        await operator.must(f"{path}/announce")
        self.say("             announced; merchants, creators and sources are told")

    async def _give_notice(self) -> None:
        for due in STAGES:
            await self.set_clock(due + timedelta(seconds=1))
            await self._until_told(due)
        self.say("             told again 7 days, 1 day and 1 hour before")

    async def _until_told(self, due: datetime) -> None:
        """Notices are the worker's; give it the moment it needs."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            notices = await self.people["youzan"].get("/api/v1/notices")
            if any(datetime.fromisoformat(one["sent_at"]) >= due for one in notices):
                return
            await asyncio.sleep(0.2)
        self.record.unexpected.append(f"no notice was sent for {iso(due)}")

    async def _live_through_it(self) -> None:
        await self.set_clock(CUT - EVENING)
        async with AsyncExitStack() as stack:
            await self._watch(stack)
            crowd = await self._crowd()
            before = await self._free()
            self.say(f"15 Nov 23:55 {len(self.watchers)} viewers watch {len(self.rooms)} rooms")
            tasks = [asyncio.create_task(work) for work in crowd]
            await self._until_seen(self.record.before)
            await self.set_clock(CUT - LEAD, SPEED)
            await until(CUT)
            self.say("24:00        the links leave the carts")
            await self._try_to_mount()
            await self._until_seen(self.record.after)
            self.over.set()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    self.record.unexpected.append(f"a visitor's night broke off: {outcome!r}")
        self._balance(before, await self._free())
        sold = len(self.record.orders)
        self.say(f"             {sold} orders were placed around it")

    async def _watch(self, stack: AsyncExitStack) -> None:
        guest = self.people[""]
        for room in self.rooms:
            token = await guest.enter(room)
            snapshot = await guest.snapshot(room)
            for number in range(WATCHERS_A_ROOM):
                watcher = watching(self.stage.base_url, snapshot, token, drop_once=number % 4 == 3)
                self.watchers.append(await stack.enter_async_context(watcher))

    async def _until_seen(self, side: Callable[..., list[Asked]]) -> None:
        """Wait until this side of the instant has enough of everything to be judged by."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < deadline:
            looks = len({one.sent for one in side("show")})
            clicked = {one.listing for one in side("click")}
            sold = sum(one.done for one in side("buy"))
            if (
                looks >= LEAST_LOOKS
                and clicked >= {listing for _surface, _source, listing in self.links}
                and sold >= LEAST_ORDERS
            ):
                return
            await asyncio.sleep(0.2)

    async def _crowd(self) -> list[Any]:
        guest = self.people[""]
        self.links = await self._links()
        self.clicker = Clicker(guest, self.links, self.record)
        work: list[Any] = [
            Looker(guest, self.rooms, self.record).run(self.over, 0.15),
            self.clicker.run(self.over, 0.05),
        ]
        for number in range(BUYERS):
            name = f"night-buyer-{number}"
            buyer = await self.cast.enter_async_context(Actor(self.stage.base_url))
            await buyer.sign_up(name)
            self.people[name] = buyer
            work.append(Buyer(buyer, self.rooms, self.record, number).run(self.over, 0.5))
        return work

    async def _free(self) -> dict[str, int]:
        """Pieces free of every native variant, as the rooms show them."""
        snapshots = [await self.people[""].snapshot(room) for room in self.rooms]
        return {
            sku["sku_id"]: sku["available"]
            for snapshot in snapshots
            for item in snapshot["cart"]
            if item["integration"] == "native"
            for sku in item["skus"]
        }

    def _balance(self, before: dict[str, int], after: dict[str, int]) -> None:
        """Compare what left the shelves with what was ordered."""
        for sku, free in before.items():
            ordered = sum(order["sku_id"] == sku for order in self.record.orders.values())
            self.record.stock.append(
                {
                    "sku": sku,
                    "before": free,
                    "after": after[sku],
                    "ordered": ordered,
                    "balances": free - after[sku] == ordered,
                }
            )

    async def _find_orders(self) -> None:
        """Every order that the buyers find in their lists."""
        for name, actor in self.people.items():
            cursor = "" if name.startswith("night-buyer") else None
            while cursor is not None:
                page = await actor.get("/api/v1/orders", cursor=cursor)
                self.record.orders_found |= {order["order_id"] for order in page["items"]}
                cursor = page["next_cursor"] or None

    async def _links(self) -> list[tuple[str, str, str]]:
        """Every link there is on any surface before the cut: surface, source, listing."""
        guest = self.people[""]
        found = []
        for surface, container in await after_cut.containers(self):
            listed = await guest.get(f"/api/v1/listings/{surface}/{container}")
            found += [
                (surface, item["source"], item["listing_id"])
                for item in listed
                if item["integration"] == "link"
            ]
        return found

    async def _try_to_mount(self) -> None:
        """After the instant a creator tries to mount a barred link again."""
        creator = self.people["dafei"]
        room = await self.own_room("dafei")
        own = {item["product_id"] for item in (await creator.snapshot(room))["cart"]}
        products = {
            (item["source"], item["product_id"])
            for other in self.rooms
            for item in (await creator.snapshot(other))["cart"]
            if item["source"] == "youzan" and item["product_id"] not in own
        }
        for source, product in sorted(products):
            sent = clock.now()
            answer = await creator.post(f"/api/v1/rooms/{room}/cart", {"product_id": product})
            body = answer.json()
            mounted = answer.status_code == 201
            self.record.add(
                Asked(
                    "mount",
                    "live_room",
                    source,
                    product,
                    sent,
                    clock.now(),
                    mounted,
                    "" if mounted else body["code"],
                    "" if mounted else (body.get("verdict") or {}).get("rule") or "",
                )
            )

    async def _read_notices(self) -> None:
        for name in TOLD:
            notices = await self.people[name].get("/api/v1/notices")
            self.record.notices[name] = notices
