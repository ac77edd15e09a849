"""The room for whoever has no mouse, little sight, no wish for motion or a poor line."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Visit, keep
from tests.e2e.test_room import DAFEI, live_room

SHOES, TENT = "轻量徒步鞋", "全自动速开帐篷"

#: Text whose contrast with what lies under it is less than WCAG 2.2 AA asks (1.4.3): 4.5, or 3
#: where it is large. What stands over a picture can't be told this way and is left out.
FAINT = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, i) => one * a + below[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const PICTURES = "img, svg, video, canvas, .art";
  const under = (node, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    const place = stack.findIndex((one) => one === node || node.contains(one));
    if (place < 0) return null;
    const layers = [];
    for (const one of stack.slice(place)) {
      if (one.matches(PICTURES)) return null;
      const style = getComputedStyle(one);
      if (style.backgroundImage !== "none" || Number(style.opacity) < 1) return null;
      const colour = rgba(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    const said = text.data.trim();
    if (!said || node.closest(":disabled, [aria-disabled=true], .sr-only, svg")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getClientRects()[0];
    const how = { visibilityProperty: true, opacityProperty: true };
    if (!box || box.width < 2 || !node.checkVisibility(how)) continue;
    const below = under(node, box.left + box.width / 2, box.top + box.height / 2);
    if (!below) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(over(rgba(style.color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio >= (isLarge ? 3 : 4.5)) continue;
    found.push(`${ratio.toFixed(2)} ${said.slice(0, 40)} <${node.className}>`);
  }
  return found;
}"""
#: What a screen reader steers by: one main part, one first heading, ids that are one thing's, and
#: names that exist for dialogs, regions and lists of navigation.
LOST = """() => {
  const found = [];
  const count = (what) => document.querySelectorAll(what).length;
  if (count("main") !== 1) found.push(`${count("main")} main`);
  if (count("h1") !== 1) found.push(`${count("h1")} h1`);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  found.push(...ids.filter((id, place) => id && ids.indexOf(id) !== place));
  for (const node of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    const said = node.getAttribute("aria-labelledby") ?? node.getAttribute("aria-describedby");
    for (const id of said.split(" ")) {
      if (!document.getElementById(id)) found.push(`nothing is called ${id}`);
    }
  }
  for (const node of document.querySelectorAll("dialog, nav, [role=region], [role=log]")) {
    if (node.ariaLabel || node.hasAttribute("aria-labelledby")) continue;
    found.push(`${node.tagName} ${node.className} has no name`);
  }
  return found;
}"""
#: What moves in to stay has come to its place.
STILL = """() => Promise.all(document.getAnimations()
  .filter((one) => one.playState === "running")
  .filter((one) => one.effect.getComputedTiming().endTime < 10_000)
  .map((one) => one.finished.catch(() => null)))"""
#: Where the keyboard is: the dialog, what is focused (a choice by its value), the listing around.
FOCUS = """() => {
  const node = document.activeElement;
  return [
    node.closest("dialog")?.id ?? "",
    (node.ariaLabel ?? (node.matches("[type=radio]") ? node.value : node.textContent)).trim(),
    node.closest("[data-listing]")?.textContent ?? "",
    node.tagName,
  ];
}"""


def seen(page: Page) -> None:
    """Everything in sight is legible, and named for those who don't see it."""
    page.evaluate(STILL)
    assert page.evaluate(FAINT) == [], page.url
    assert page.evaluate(LOST) == [], page.url


def tab_to(page: Page, dialog: str, label: str, listing: str = "") -> None:
    """Press Tab until it is focused; on the way nothing outside of the dialog is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        where, name, around, tag = page.evaluate(FOCUS)
        # Between the last and the first is the browser's own, where the page's focus is nowhere.
        assert where == dialog or tag == "BODY", (where, name)
        if re.fullmatch(label, name) and listing in around:
            return
    raise AssertionError(f"no way to {label}")


def test_a_keyboard_alone_opens_the_cart_chooses_and_buys(visit: Visit) -> None:
    page = visit("emma", viewport=PHONE)
    page.goto(f"/rooms/{live_room(page, DAFEI)}/")
    expect(page.locator("#say")).to_be_enabled()
    opener = page.get_by_role("button", name="Open the cart")
    opener.focus()
    page.keyboard.press("Enter")
    tab_to(page, "cart", "Buy", SHOES)
    page.keyboard.press("Enter")
    chosen = page.locator("#buy input[name=sku]:checked")
    before = chosen.input_value()
    tab_to(page, "buy", before)
    page.keyboard.press("ArrowRight")
    expect(chosen).not_to_have_value(before)
    # The sheet was drawn anew, and the focus is where it was.
    expect(chosen).to_be_focused()
    tab_to(page, "buy", "Place the order.*")
    page.keyboard.press("Enter")
    expect(page.locator("#buy").get_by_role("button", name="Pay")).to_be_focused()
    keep(page, "keyboard-bought")
    page.keyboard.press("Escape")
    expect(page.locator("#buy")).to_be_hidden()
    # The line was drawn anew as its stock changed, and has the focus again.
    line = page.locator("#cart [data-listing]", has_text=SHOES)
    expect(line.get_by_role("button", name="Buy", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_text_is_legible_and_every_part_has_its_name(visit: Visit) -> None:
    page = visit("ming", language="zh-hans", viewport=PHONE)
    page.goto("/")
    seen(page)
    page.evaluate("document.querySelector('h2').style.color = '#c8c8c8'")
    assert len(page.evaluate(FAINT)) == 1, "what is faint is found"
    room = live_room(page, DAFEI)
    page.goto(f"/rooms/{room}/")
    seen(page)
    for opener, sheet in (("打开小黄车", "#cart"), ("送礼物", "#gifts"), ("更多", "#more")):
        page.get_by_role("button", name=opener, exact=True).first.click()
        expect(page.locator(sheet)).to_be_visible()
        seen(page)
        if sheet == "#cart":
            page.locator("#cart [data-state=mounted] button", has_text="购买").first.click()
            seen(page)
            page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    host = visit("dafei", viewport={"width": 1280, "height": 2400})
    for address in ("", "screen/", "script/", "remotes/", "sharing/"):
        host.goto(f"/creator/rooms/{room}/{address}")
        seen(host)


def test_whoever_wants_no_motion_sees_none(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/rooms/{live_room(page, DAFEI)}/")
    page.get_by_role("button", name="Like this show").click()
    expect(page.locator("[data-part=hearts]")).to_be_hidden()
    page.get_by_role("button", name="Open the cart").click()
    expect(page.locator("#cart")).to_be_visible()
    moves = """() => document.getAnimations()
      .filter((one) => one.playState === "running" && one.effect.getComputedTiming().duration > 20)
      .map((one) => one.animationName ?? one.transitionProperty)"""
    assert page.evaluate(moves) == []


def test_without_a_line_the_cart_stays_and_says_so(visit: Visit) -> None:
    page = visit("emma", viewport=PHONE)
    page.goto(f"/rooms/{live_room(page, DAFEI)}/")
    expect(page.locator("#say")).to_be_enabled()
    status = page.locator("[data-part=status]")
    page.get_by_role("button", name="Open the cart").click()
    box = page.locator("#cart [data-state=mounted] input[type=checkbox]").first
    box.check()
    page.context.set_offline(True)
    expect(status).to_have_text(re.compile("You are offline. The cart stays"))
    expect(box).to_be_checked()
    page.locator("#cart [data-state=mounted]", has_text=TENT).get_by_role(
        "button", name="Buy"
    ).click()
    order = page.locator("#buy").get_by_role("button", name="Place the order")
    order.click()
    expect(page.locator("#buy [role=alert]")).to_contain_text("No answer came")
    keep(page, "offline")
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    expect(status).to_be_hidden()
    expect(box).to_be_checked()


#: Pins that arrive while the picture is half a second behind, and what is shown when.
PINS = """async (module) => {
  const { Pins } = await import(module);
  const cart = ["a", "b", "c"].map((id) => ({ listing_id: id, state: "mounted" }));
  const without = (gone) => cart.filter((item) => item.listing_id !== gone);
  let behind = 400;
  let due = null;
  const pins = new Pins(() => behind, () => due?.());
  const waits = () => new Promise((done) => { due = done; });
  const said = [pins.of({ pinned: "a", cart })];
  let next = waits();
  said.push(pins.of({ pinned: "b", cart }), pins.of({ pinned: "c", cart }));
  await next;
  said.push(pins.of({ pinned: "c", cart }));
  // It left the cart: at once.
  said.push(pins.of({ pinned: null, cart: without("c") }));
  // Pinned again before the other was seen: nothing changes.
  next = waits();
  said.push(pins.of({ pinned: "a", cart }));
  said.push(pins.of({ pinned: null, cart }));
  const enough = new Promise((done) => setTimeout(done, 900, false));
  said.push(await Promise.race([next.then(() => true), enough]));
  // No picture plays: nothing to wait for.
  behind = 0;
  said.push(pins.of({ pinned: "b", cart }));
  return said;
}"""


def test_a_pin_appears_when_the_picture_shows_it(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto("/")
    said = page.evaluate(PINS, "/static/viewer/js/room/pins.js")
    # First what is pinned as one comes in; then the last of two, late; then what needs no wait.
    assert said == ["a", "a", "a", "c", None, None, None, False, "b"]
