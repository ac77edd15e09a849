"""From the instant of a cut-over to the last viewer's frame, and whether any offer leaked.

``many_rooms_one_instant``: a real ``yellowcart up`` whose clock is set shortly before 2021-11-15
24:00. 2,000 live rooms hold 20,000 listings that are barred at that instant (Youzan and Mokuai
links, and native goods of one shop under a rule of its own, so that checkout has something to
refuse); 2,000 viewers are connected to 200 of the rooms. Before and after the instant snapshots,
clicks and orders are asked for; an offer that a request sent after the instant still got is a
leak.

The limit is measured in the same run: the bare ``UPDATE`` of the same rows in one statement, and
a frame of the same server to the same sockets (the clock's, which needs no rows).
"""

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg

from bench.running import ROOT, Installation, installation, server
from bench.viewers import Plan
from yellowcart.core.instants import parse_instant

ROOMS = 2_000
LINKS_A_ROOM = 9
VIEWERS = 2_000
WATCHED_ROOMS = 200
NIGHT = parse_instant("2021-11-15T24:00+08:00")
BEFORE_SECONDS = 6.0
AFTER_SECONDS = 4.0
WATCH_SECONDS = 45.0
PRICE = 9_900


@dataclass
class Street:
    """What was set up: rooms and, of each, one link and one native listing."""

    rooms: list[UUID] = field(default_factory=list)
    links: list[UUID] = field(default_factory=list)
    natives: list[UUID] = field(default_factory=list)
    sku: UUID | None = None
    barred: int = 0
    passes: list[tuple[str, str]] = field(default_factory=list)


def run() -> dict[str, Any]:
    """The figures; ``ratio`` is the time to the last frame over the limit's."""
    with installation() as home:
        os.environ.update(home.environment)
        with server(home, ["--clock", (NIGHT - timedelta(minutes=30)).isoformat()]):
            return _measure(home)


def _measure(home: Installation) -> dict[str, Any]:
    # Django needs the settings of the installation that was just started.
    from yellowcart.config import boot

    boot.boot()
    street = _furnish()
    base_url = json.loads((home.data / "run.json").read_text())["base_url"]
    watching = _viewers(base_url, street.passes)
    fan_out, instant = _set_clock()
    probes = Probes(base_url, street, instant)
    probes.start()
    seen = _result(watching)
    probes.stop()
    update = _bare_update(home.database_url)
    waits = sorted((at - instant) * 1_000 for at in seen["barred"])
    fanned = max(at - fan_out for at in seen["clock"]) * 1_000
    listings_a_room = LINKS_A_ROOM + 1
    missed = VIEWERS - sum(count == listings_a_room for count in seen["listings"])
    if missed or seen["closed"]:
        raise RuntimeError(f"{missed} viewers missed the cut, {seen['closed']} sockets closed")
    return {
        "bench": "cutover",
        "case": "many_rooms_one_instant",
        "ratio": round(waits[-1] / (update + fanned), 2),
        "last_viewer_ms": round(waits[-1], 1),
        "p50_viewer_ms": round(statistics.median(waits), 1),
        "first_viewer_ms": round(waits[0], 1),
        "limit_ms": round(update + fanned, 1),
        "bare_update_ms": round(update, 1),
        "bare_fan_out_ms": round(fanned, 1),
        "rooms": ROOMS,
        "barred": street.barred,
        "viewers": VIEWERS,
        "leaked": probes.leaked(),
        **probes.figures(),
    }


def _furnish() -> Street:
    """Rooms, goods, rules and passes; nothing of it is timed."""
    # Models load once Django is set up.
    from yellowcart.catalog.models import Product, Sku
    from yellowcart.core.ids import new_id
    from yellowcart.core.texts import Text
    from yellowcart.inventory.models import Stock
    from yellowcart.listings.models import Listing
    from yellowcart.live import passes
    from yellowcart.live.models import Room
    from yellowcart.people.models import Account
    from yellowcart.policy.actions import do_write_rule
    from yellowcart.policy.rules import Outcome, Rule
    from yellowcart.shops.models import Shop

    creators = Account.objects.bulk_create(
        [
            Account(username=f"host{n}", handle=f"host{n}", display_name=f"Host {n}")
            for n in range(100)
        ]
    )
    shop = Shop.objects.create(handle="bench", name="Bench", type="enterprise")
    begun = NIGHT - timedelta(hours=2)
    rooms = Room.objects.bulk_create(
        [
            Room(
                creator=creators[n % len(creators)],
                title=f"Room {n}",
                state="live",
                scheduled_at=begun,
                started_at=begun,
            )
            for n in range(ROOMS)
        ],
        batch_size=500,
    )

    def product(title: str, source: str, integration: str) -> Product:
        return Product(
            shop=shop,
            title=title,
            source=source,
            integration=integration,
            external_url="https://outside.example/item" if integration == "link" else "",
            review_state="approved",
            on_shelf=True,
        )

    sources = ("youzan", "mokuai")
    links = [product(f"Link {n}", sources[n % 2], "link") for n in range(LINKS_A_ROOM)]
    native = product("Native", "native", "native")
    Product.objects.bulk_create([*links, native])
    sku_id = new_id()
    Sku.objects.create(
        id=sku_id,
        shop=shop,
        product=native,
        price_minor=PRICE,
        stock_shop_id=shop.id,
        stock_sku_id=sku_id,
    )
    Stock.objects.create(shop_id=shop.id, sku_id=sku_id, on_hand=1_000_000)
    listings = [
        Listing(
            shop=shop,
            product=goods,
            surface="live_room",
            container_id=room.id,
            creator_id=room.creator_id,
            source=goods.source,
            integration=goods.integration,
            shop_type=shop.type,
            position=place,
        )
        for room in rooms
        for place, goods in enumerate([native, *links])
    ]
    Listing.objects.bulk_create(listings, batch_size=2_000)
    do_write_rule(
        Rule(
            key="bench.native",
            outcome=Outcome.DENY,
            sources=frozenset({"native"}),
            shops=frozenset({str(shop.id)}),
            surfaces=frozenset({"live_room"}),
            announced_at=NIGHT - timedelta(days=8),
            effective_from=NIGHT,
            reason=Text("A rule of the bench.", "基准测试的规则。"),
            remedy=Text("None.", "无。"),
        ),
        by=None,
    )
    each = len(links) + 1
    watched = random.Random(116).sample(rooms, WATCHED_ROOMS)
    return Street(
        rooms=[room.id for room in rooms],
        natives=[listing.id for listing in listings[::each]],
        links=[listing.id for listing in listings[1::each]],
        sku=sku_id,
        barred=len(listings),
        passes=[
            (
                str(watched[n % WATCHED_ROOMS].id),
                passes.issue(room=watched[n % WATCHED_ROOMS].id, sub=new_id(), name=f"#{n}")[0],
            )
            for n in range(VIEWERS)
        ],
    )


def _viewers(base_url: str, sockets: list[tuple[str, str]]) -> "subprocess.Popen[str]":
    """The viewers' process, once all of them are in their rooms."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.viewers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asdict(Plan(base_url, sockets, WATCH_SECONDS))) + "\n")
    process.stdin.flush()
    if process.stdout.readline().strip() != "ready":
        raise RuntimeError("the viewers could not connect; see above")
    return process


def _result(process: "subprocess.Popen[str]") -> dict[str, Any]:
    found, _errors = process.communicate(timeout=WATCH_SECONDS + 30)
    seen: dict[str, Any] = json.loads(found)
    return seen


def _set_clock() -> tuple[float, float]:
    """Put the clock shortly before the instant: when that was done, and the wall's instant."""
    # The shared clock is a table; Django must be set up.
    from yellowcart.core import clock
    from yellowcart.core.timeline import do_set_clock

    time.sleep(3)
    began = time.time()
    do_set_clock(NIGHT - timedelta(seconds=BEFORE_SECONDS))
    return began, time.time() + clock.wall_seconds_until(NIGHT)


def _bare_update(url: str) -> float:
    """Milliseconds to bar the same rows again in one statement, nobody told."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "UPDATE listings_listing SET state = 'mounted', barred_rule = '', barred_revision = 0,"
            " barred_at = NULL"
        )
        conn.execute("VACUUM listings_listing")
        began = time.perf_counter()
        conn.execute(
            "UPDATE listings_listing SET state = 'barred', barred_rule = 'bare',"
            " barred_revision = 1, barred_at = %s",
            [NIGHT],
        )
        return (time.perf_counter() - began) * 1_000


class Probes:
    """Buyers who keep asking: a snapshot, a click, an order, before and after the instant."""

    def __init__(self, base_url: str, street: Street, instant: float) -> None:
        self._base_url, self._street, self._instant = base_url, street, instant
        self._counts: Counter[str] = Counter()
        self._ends = instant + AFTER_SECONDS
        asks = (self._snapshot, self._click, self._order)
        self._threads = [threading.Thread(target=self._keep, args=[ask]) for ask in asks]
        self.errors: list[str] = []

    def start(self) -> None:
        """Begin asking."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Wait until all have asked long enough."""
        for thread in self._threads:
            thread.join(AFTER_SECONDS + BEFORE_SECONDS + 60)
        if self.errors:
            raise RuntimeError(f"a probe failed: {self.errors[0]}")

    def leaked(self) -> int:
        """Offers that a request sent after the instant still got."""
        return sum(self._counts[f"{kind}_open_after"] for kind in ("snapshot", "click", "order"))

    def figures(self) -> dict[str, int]:
        """How many were asked for, and how many were open before the instant."""
        figures = {
            name: self._counts[name]
            for kind in ("snapshot", "click", "order")
            for name in (f"{kind}_open_before", f"{kind}_asked_after")
        }
        if not all(figures.values()):
            raise RuntimeError(f"the probes proved nothing: {figures}")
        return figures

    def _keep(self, ask: Any) -> None:
        dice = random.Random(391)
        try:
            with httpx.Client(base_url=self._base_url, timeout=30) as client:
                while time.time() < self._ends:
                    sent = time.time()
                    kind, is_open = ask(client, dice)
                    if sent >= self._instant:
                        self._counts[f"{kind}_asked_after"] += 1
                        self._counts[f"{kind}_open_after"] += is_open
                    elif time.time() < self._instant:
                        self._counts[f"{kind}_open_before"] += is_open
                    time.sleep(0.02)
        except Exception as error:
            self.errors.append(repr(error))

    def _snapshot(self, client: httpx.Client, dice: random.Random) -> tuple[str, bool]:
        body = client.get(f"/api/v1/rooms/{dice.choice(self._street.rooms)}").json()
        offered = any(item["state"] != "barred" or item["jump_url"] for item in body["cart"])
        return "snapshot", offered

    def _click(self, client: httpx.Client, dice: random.Random) -> tuple[str, bool]:
        answer = client.get(f"/go/{dice.choice(self._street.links)}")
        return "click", answer.status_code == 302

    def _order(self, client: httpx.Client, dice: random.Random) -> tuple[str, bool]:
        # Passes and ids need the settings of the installation under measurement.
        from yellowcart.core.ids import new_id
        from yellowcart.live import passes

        place = dice.randrange(len(self._street.rooms))
        room = self._street.rooms[place]
        token, _ends = passes.issue(room=room, sub=new_id(), name="Buyer")
        order = {
            "listing_id": str(self._street.natives[place]),
            "sku_id": str(self._street.sku),
            "quantity": 1,
            "unit_price": PRICE,
            "idempotency_key": new_id().hex,
        }
        answer = client.post(
            f"/api/v1/rooms/{room}/orders",
            json=order,
            headers={"authorization": f"Bearer {token}"},
        )
        if answer.status_code not in {201, 403}:
            raise RuntimeError(f"order: {answer.status_code} {answer.text}")
        return "order", answer.status_code == 201
