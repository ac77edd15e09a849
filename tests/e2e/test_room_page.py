"""The room under a thumb: the picture goes on under sheets, a crowd talks, a budget holds."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.e2e.conftest import PATIENCE, PHONE, Visit, keep
from tests.e2e.test_room import DAFEI, live_room

#: Stands for the player of the media folder: its states, over a picture that a canvas draws.
PLAYER = """
export function attach(video, { onState }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 360, height: 640 });
  const pen = canvas.getContext("2d");
  const draw = () => {
    pen.fillStyle = `hsl(${performance.now() / 20} 60% 80%)`;
    pen.fillRect(0, 0, 360, 640);
  };
  draw();
  const timer = setInterval(draw, 50);
  video.srcObject = canvas.captureStream(20);
  video.play().catch(() => {});
  window.player = { onState, playing: false, stopped: false };
  setTimeout(() => {
    onState("playing");
    window.player.playing = true;
  }, 50);
  return { retry() {}, stop() { clearInterval(timer); window.player.stopped = true; } };
}
"""
NO_VIDEO = re.compile(r'"video": \{"state": "none".*?\}')
ON = '"video": {"state": "%s", "since": null, "plays": %s}'
PLAYS = [{"kind": "whep", "url": "/nowhere", "latency_hint_ms": 400}]


def with_video(page: Page, room: str, state: str = "live") -> None:
    """Open a room as though its video were on."""

    def answer(route: Route) -> None:
        text, found = NO_VIDEO.subn(ON % (state, json.dumps(PLAYS)), route.fetch().text())
        assert found == 1
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    page.route(
        "**/media/player.js",
        lambda route: route.fulfill(body=PLAYER, content_type="text/javascript"),
    )
    page.route(f"**/rooms/{room}/", answer)
    page.goto(f"/rooms/{room}/")


def frames_of(page: Page) -> float:
    shown: float = page.evaluate("document.querySelector('video').currentTime")
    return shown


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until it holds. Pages forbid what Playwright's own wait evaluates in them."""
    for _ in range(PATIENCE // 100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def goes_on(page: Page) -> None:
    """The picture is in sight above whatever is open, and moves."""
    then = frames_of(page)
    until(page, lambda: frames_of(page) > then)
    tops = page.evaluate(
        "[...document.querySelectorAll('dialog[open]')].map(d => d.getBoundingClientRect().top)"
    )
    assert all(top >= 0.38 * PHONE["height"] - 1 for top in tops), tops


def test_sheets_leave_the_picture_running_and_close_by_every_means(visit: Visit) -> None:
    page = visit("ming", language="zh-hans", viewport=PHONE)
    room = live_room(page, DAFEI)
    with_video(page, room)
    page.get_by_role("button", name="点击开启声音").click()
    assert page.evaluate("document.querySelector('video').muted") is False
    opener = page.get_by_role("button", name="打开小黄车")
    cart, buy = page.locator("#cart"), page.locator("#buy")

    opener.click()
    goes_on(page)
    page.locator("#cart [data-state=mounted] button", has_text="购买").first.click()
    expect(buy).to_be_visible()
    goes_on(page)
    keep(page, "room-sheets")
    page.go_back()
    expect(buy).to_be_hidden()
    expect(cart).to_be_visible()
    page.keyboard.press("Escape")
    expect(cart).to_be_hidden()
    expect(opener).to_be_focused()

    opener.click()
    # A sheet that still rises is nowhere to take hold of.
    cart.evaluate("(sheet) => Promise.all(sheet.getAnimations().map((one) => one.finished))")
    page.wait_for_timeout(500)
    box = page.locator("#cart-title").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 160, steps=4)
    page.mouse.up()
    expect(cart).to_be_hidden()
    assert page.url.endswith(f"/rooms/{room}/")
    goes_on(page)


def test_without_picture_the_cart_goes_on(visit: Visit) -> None:
    page = visit("ming", viewport=PHONE)
    room = live_room(page, DAFEI)
    with_video(page, room)
    note = page.locator("[data-part=note]")
    until(page, lambda: page.evaluate("Boolean(window.player?.playing)"))
    page.evaluate("window.player.onState('lost')")
    expect(note).to_contain_text("Back in a moment")
    page.get_by_role("button", name="More of this room").click()
    page.get_by_label("Chat and cart only").check()
    page.keyboard.press("Escape")
    assert page.evaluate("window.player.stopped")
    expect(note).to_contain_text("The picture is off")
    # The sheet takes its step back in the history with it, which would cut the loading short.
    until(page, lambda: page.evaluate("!history.state?.sheet"))
    page.reload()
    expect(note.get_by_role("button", name="Show the picture")).to_be_visible()
    page.get_by_role("button", name="Open the cart").click()
    expect(page.locator("#cart [data-state=mounted]").first).to_be_visible()


def test_two_taps_like_and_the_other_viewers_see_the_sum(visit: Visit) -> None:
    other = visit(viewport=PHONE)
    room = live_room(other, DAFEI)
    other.goto(f"/rooms/{room}/")
    page = visit("emma", viewport=PHONE)
    page.goto(f"/rooms/{room}/")
    expect(page.locator("#say")).to_be_enabled()
    before = page.request.get(f"/api/v1/rooms/{room}").json()["counts"].get("likes", 0)
    page.mouse.dblclick(200, 330)
    page.get_by_role("button", name="Like this show").click()
    after = str(before + 2)
    expect(page.locator("[data-part=likes]")).to_have_text(after)
    expect(other.locator("[data-part=likes]")).to_have_text(after)


#: Counts long tasks and layout shifts from the beginning on.
WATCH = """
window.seen = { long: [], shift: 0 };
new PerformanceObserver((list) => {
  window.seen.long.push(...list.getEntries().map((one) => one.duration));
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
#: Script that came, and what had been asked for when something was first seen.
LOADED = """() => {
  const files = performance.getEntriesByType("resource");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const scripts = files.filter((one) => /\\.m?js$/.test(new URL(one.name).pathname));
  return {
    bytes: scripts.reduce((sum, one) => sum + one.decodedBodySize, 0),
    scripts: scripts.length,
    before_paint: files.filter((one) => one.responseEnd <= paint.startTime).length,
    paint_ms: Math.round(paint.startTime),
    shift: window.seen.shift,
  };
}"""
A_SECOND, SECONDS, FRAMES = 300, 3, 20


def _crowd(line: WebSocketRoute, page: Page, seq: int) -> int:
    """Three hundred messages a second, as the hub merges them."""
    for number in range(SECONDS * FRAMES):
        events: list[dict[str, Any]] = []
        for _ in range(A_SECOND // FRAMES):
            seq += 1
            said = {
                "id": f"f0000000-0000-7000-8000-{seq:012d}",
                "account_id": "0",
                "role": "viewer",
            }
            name = "A name that is much longer than anybody would want to read in a chat"
            events.append(
                {**said, "type": "chat", "seq": seq, "name": name, "text": f"number {seq}"}
            )
        if number == FRAMES:
            events[0] |= {"role": "host", "text": "the host has something to say"}
        line.send(json.dumps({"events": events}))
        page.wait_for_timeout(1_000 / FRAMES)
    return seq


def test_a_room_opens_within_its_budget_and_bears_a_crowd(visit: Visit) -> None:
    page = visit("ming", language="en", viewport=PHONE)
    page.add_init_script(WATCH)
    lines: list[WebSocketRoute] = []

    def hold(line: WebSocketRoute) -> None:
        lines.append(line)

    page.route_web_socket(re.compile("/events"), hold)
    page.goto(f"/rooms/{live_room(page, DAFEI)}/")
    expect(page.locator("[data-part=goods] [data-state=mounted]").first).to_be_attached()
    page.wait_for_timeout(500)
    loaded = page.evaluate(LOADED)
    assert loaded["bytes"] < 200_000
    # Up to 0.1 a page is called stable (web.dev, cumulative layout shift).
    assert loaded["shift"] < 0.1

    seq = page.evaluate("JSON.parse(document.getElementById('room-snapshot').textContent).seq")
    page.evaluate("window.seen.long = []")
    last = _crowd(lines[0], page, seq)
    expect(page.locator(".said__text").last).to_have_text(f"number {last}")
    chat = page.locator("[data-part=chat]")
    assert chat.locator("li").count() <= 200
    expect(chat).to_contain_text("the host has something to say")
    keep(page, "room-crowd")
    long = page.evaluate("window.seen.long.map(Math.round)")
    report = {**loaded, "messages_a_second": A_SECOND, "seconds": SECONDS, "long_tasks_ms": long}
    Path("test-artifacts/room-budget.json").write_text(json.dumps(report), encoding="utf-8")

    chat.evaluate("(list) => { list.scrollTop = 0; }")
    page.wait_for_timeout(300)
    first = chat.locator(".said__text").first.text_content()
    last = _crowd(lines[0], page, last)
    assert chat.locator(".said__text").first.text_content() == first
    page.get_by_role("button", name="new messages").click()
    expect(page.locator(".said__text").last).to_have_text(f"number {last}")


def test_another_room_is_a_key_or_a_swipe_away(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    room = live_room(page, DAFEI)
    page.goto(f"/rooms/{room}/")
    page.keyboard.press("ArrowDown")
    page.wait_for_url(lambda url: "/rooms/" in url and room not in url)
    page.mouse.move(200, 300)
    swipe = """([from, to]) => {
      const stage = document.querySelector("[data-part=stage]");
      const how = { pointerType: "touch", isPrimary: true, bubbles: true, clientX: 200 };
      stage.dispatchEvent(new PointerEvent("pointerdown", { ...how, clientY: from }));
      stage.dispatchEvent(new PointerEvent("pointerup", { ...how, clientY: to }));
    }"""
    page.evaluate(swipe, [200, 420])
    page.wait_for_url(f"**/rooms/{room}/")


def test_large_text_still_fits_and_reaches_everything(visit: Visit) -> None:
    page = visit("ming", viewport=PHONE)
    page.add_init_script("document.documentElement.style.fontSize = '200%'")
    page.goto(f"/rooms/{live_room(page, DAFEI)}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for name in ("Open the cart", "Like this show", "More of this room", "Share this room"):
        box = page.get_by_role("button", name=name).first.bounding_box()
        assert box
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= PHONE["width"], name
        assert box["y"] + box["height"] <= PHONE["height"], name
    page.get_by_role("button", name="Open the cart").click()
    expect(page.locator("#cart [data-state=mounted]").first).to_be_visible()
