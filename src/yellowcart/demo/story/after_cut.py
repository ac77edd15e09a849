"""What follows the instant: goods come back natively, sales elsewhere are learned late, and the
operator reads the morning's figures."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.instants import iso
from yellowcart.demo.story.crowd import Buyer
from yellowcart.demo.story.telling import CUT, MORNING, Telling
from yellowcart.sources.connectors.mokuai import sign_webhook

#: A sale and what its source says of it: paid, received, settled, revoked.
PAID, RECEIVED, SETTLED, REVOKED = 12, 14, 3, 13


async def way_back(night: Telling) -> None:
    """One click: the creator's Mokuai links return as native goods on the supplier's stock."""
    creator = night.people["xiaolan"]
    room = await night.own_room("xiaolan")
    barred = [
        item
        for item in (await creator.snapshot(room))["cart"]
        if item["source"] == "mokuai" and item["integration"] == "link"
    ]
    before = await _supplier_stock(night)
    clicked = clock.now()
    for item in barred:
        twin = await creator.must(f"/api/v1/products/{item['product_id']}/native")
        await creator.must(f"/api/v1/rooms/{room}/cart", {"product_id": twin["id"]})
    back = [
        item
        for item in (await creator.snapshot(room))["cart"]
        if item["integration"] == "native" and item["title"] in {one["title"] for one in barred}
    ]
    buyer = Buyer(night.people["night-buyer-0"], [room], night.record, seed=0)
    sold = 0
    for item in back:
        sold += await buyer.buy(room, item, item["skus"][0]) is not None
    after = await _supplier_stock(night)
    night.record.converted = {
        "barred": len(barred),
        "back": len([item for item in back if item["state"] == "mounted"]),
        "sold": sold,
        "supplier_free_before": before,
        "supplier_free_after": after,
        "platform_seconds": (clock.now() - clicked).total_seconds(),
    }
    night.say(
        f"16 Nov 00:01 {len(back)} of {len(barred)} Mokuai links are back as native goods;"
        f" {sold} sold at once, from the supplier's own stock"
    )


async def _supplier_stock(night: Telling) -> int:
    """Pieces that all of the supplier's goods have free, as its own back office counts them."""
    supplier = night.people["mokuai"]
    goods = await supplier.get("/api/v1/products/of/mokuai-select")
    free = 0
    for product in goods["items"]:
        for sku in product["skus"]:
            free += (await supplier.get(f"/api/v1/inventory/skus/{sku['id']}"))["free"]
    return free


async def late_conversions(night: Telling) -> None:
    """Sales on the other side are told late, twice, and one is revoked."""
    secret = await asyncio.to_thread(night.stage.command, "dev", "source-secret", "youzan")
    clicks = [click for source, click in night.clicker.clicks if source == "youzan"][:6]
    at = clock.now()
    sales = [
        {
            "order_id": f"YZ{number:06d}",
            "status": PAID,
            "amount": 8900 + number,
            "commission": 900,
            "click_id": click,
            "ordered_at": iso(at - timedelta(minutes=2)),
            "updated_at": iso(at - timedelta(minutes=1)),
        }
        for number, click in enumerate(clicks)
    ]
    told = [await _tell(night, secret.strip(), "youzan", sales)]
    told.append(await _tell(night, secret.strip(), "youzan", sales))
    revoked = [{**sales[0], "status": REVOKED, "updated_at": iso(at)}]
    told.append(await _tell(night, secret.strip(), "youzan", revoked))
    stale = [{**sales[0], "status": RECEIVED, "updated_at": iso(at - timedelta(seconds=30))}]
    told.append(await _tell(night, secret.strip(), "youzan", stale))
    night.record.conversions = told
    night.say(f"             {len(sales)} sales at Youzan were told late, twice; one was revoked")


async def _tell(
    night: Telling, secret: str, source: str, sales: list[dict[str, Any]]
) -> dict[str, Any]:
    body = json.dumps({"orders": sales}).encode()
    message_id, stamp = str(new_id()), int(clock.wall().timestamp())
    answer = await night.people[""].http.post(
        f"/api/v1/orders/conversions/{source}",
        content=body,
        headers={
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign_webhook(message_id, stamp, body, secret),
        },
    )
    answer.raise_for_status()
    taken: dict[str, Any] = answer.json()
    return taken


async def morning(night: Telling) -> None:
    """Nine hours later the operator reads what the closed loop gained, and what still jumps out."""
    await night.set_clock(MORNING)
    operator = night.people["operator"]
    night.record.insights = await operator.get(
        "/api/v1/insights/gmv", by="loop", definition="placed", around=iso(CUT), within="9h"
    )
    night.say("16 Nov 09:00 the operator reads the figures before and after the cut")


async def containers(night: Telling) -> list[tuple[str, str]]:
    """Every container of the demo's street: surface and id."""
    guest = night.people[""]
    found = [("live_room", room) for room in night.rooms]
    for room in night.rooms:
        snapshot = await guest.snapshot(room)
        found.append(("profile", snapshot["host"]["id"]))
        found += [("shop_page", item["shop"]["id"]) for item in snapshot["cart"]]
    for name in ("xiaolan", "dafei"):
        videos = await guest.get("/api/v1/videos", creator=name)
        found += [("short_video", video["id"]) for video in videos]
    return sorted(set(found))
