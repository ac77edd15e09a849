"""The cut-off night, watched in two windows of a real browser."""

from datetime import timedelta
from typing import Any

import httpx
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit, keep
from tests.e2e.test_room import XIAOLAN, live_room
from tests.running import Running
from yellowcart.core.instants import iso, parse_instant

CUT = parse_instant("2021-11-15T24:00+08:00")


def _set_clock(night: Running, *arguments: str) -> None:
    done = night.command("dev", "clock", *arguments)
    assert done.returncode == 0, done.stderr


def test_links_leave_the_cart_in_front_of_two_windows_and_come_back_natively(
    night: Running, visit: Visit
) -> None:
    _set_clock(night, iso(CUT - timedelta(minutes=5)))
    viewer = visit("ming", language="zh-hans", viewport=PHONE)
    operator = visit("operator", language="zh-hans")
    room = live_room(viewer, XIAOLAN)
    viewer.goto(f"/rooms/{room}/")
    operator.goto("/operator/policy/")
    expect(operator.get_by_text("有赞").first).to_be_visible()
    viewer.get_by_role("button", name="打开小黄车").click()
    jumps = viewer.locator("#cart a[href^='/go/']")
    barred = [item["title"] for item in _cart(night, room) if _is_hit(item)]
    expect(jumps.first).to_be_visible()
    before = jumps.count()
    assert 0 < len(barred) < before
    keep(viewer, "night-viewer-before")
    keep(operator, "night-operator-before")

    _set_clock(night, iso(CUT - timedelta(seconds=20)), "--speed", "2")
    expect(jumps).to_have_count(before - len(barred))
    expect(viewer.locator("#cart [data-state=barred]")).to_have_count(len(barred))
    keep(viewer, "night-viewer-after")
    operator.goto("/operator/cutovers/")
    keep(operator, "night-operator-after")

    viewer.locator("#cart [data-state=mounted] button", has_text="购买").first.click()
    viewer.locator("#buy").get_by_role("button", name="提交订单").click()
    expect(viewer.locator("#buy")).to_contain_text("下单成功")

    creator = visit("xiaolan", language="zh-hans")
    creator.goto(f"/creator/rooms/{room}/")
    keep(creator, "night-creator-desk")
    creator.locator(".cartnote button").click()
    expect(creator.locator("[value=convert]")).to_have_count(0)
    keep(creator, "night-creator-after")
    back = [item for item in _cart(night, room) if item["title"] in barred]
    assert any(item["integration"] == "native" and item["state"] == "mounted" for item in back)


def _cart(night: Running, room: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{night.base_url}/api/v1/rooms/{room}", timeout=60).json()
    return list(found["cart"])


def _is_hit(item: dict[str, Any]) -> bool:
    return item["source"] in {"youzan", "mokuai"} and item["integration"] == "link"
