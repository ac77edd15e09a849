"""The demo's show of last night: seen again, cut at its pins, and its room, which sells no more."""

from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PATIENCE, Visit, keep

LAST_NIGHT = "第一次露营，怎么选装备"
SHOES = "轻量徒步鞋"


def test_a_show_is_seen_again_piece_by_piece_and_its_room_sells_no_more(visit: Visit) -> None:
    page = visit("ming", viewport=DESKTOP)
    page.goto("/@dafei/")
    link = page.locator("a[href$='/replay/']", has_text=LAST_NIGHT)
    # The worker draws it once the street is open.
    for _ in range(PATIENCE // 500):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    address = str(link.get_attribute("href"))
    page.goto(address)
    shown = "Math.round(document.querySelector('video').duration)"
    video = page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    assert page.evaluate(shown) == 40
    page.get_by_role("button", name=SHOES).click()
    expect(page.locator("figcaption[data-now]")).to_have_text(SHOES)
    expect(video).to_have_js_property("duration", 10)
    keep(page, "replay")

    page.goto(address.removesuffix("replay/"))
    expect(page.locator(".veil")).to_contain_text("The show is over")
    goods = page.locator("[data-part=goods] [data-state=mounted]", has_text=SHOES)
    expect(goods.get_by_role("link", name="Where to get it")).to_be_visible()
    expect(page.locator("[data-part=goods] button, [data-part=goods] input")).to_have_count(0)
