"""A flash price for one piece and a coupon: a host sets them, one viewer has both, the next sees
the price that stood before."""

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit, keep
from tests.e2e.test_room import DAFEI, live_room

BOTTLE = "真空保温壶 750ml"


def test_a_flash_price_and_a_coupon_are_had_once(visit: Visit) -> None:
    next_viewer = visit("emma", viewport=PHONE)
    room = live_room(next_viewer, DAFEI)
    next_viewer.goto(f"/rooms/{room}/")
    next_viewer.get_by_role("button", name="Open the cart").click()
    seen = next_viewer.locator("#cart .goods", has_text=BOTTLE)
    expect(seen).to_contain_text("159")

    host = visit("dafei")
    host.goto(f"/creator/rooms/{room}/selling/")
    for field, text in {"title": "Ten off", "off": "10", "budget": "50"}.items():
        host.locator(f"[name={field}]").fill(text)
    host.locator("[name=use_until]").fill("2021-12-01T00:00")
    host.get_by_role("button", name="Give this coupon").click()
    expect(host.locator("main")).to_contain_text("The room sees the coupon now.")
    host.goto(f"/creator/rooms/{room}/")
    host.locator(".cartline", has_text=BOTTLE).get_by_text("Sell", exact=False).first.click()
    host.get_by_role("link", name="Other prices").locator("visible=true").click()
    host.locator("[name=sku]").select_option(label="雪山白")
    host.locator("[name=price]").fill("120")
    host.locator("[name=seconds]").fill("")
    host.locator("[name=allocation]").fill("1")
    host.get_by_role("button", name="Set this price now").click()
    expect(host.locator("main")).to_contain_text("Everybody in the room sees the new price.")
    expect(seen).to_contain_text("1 left at this price")

    buyer = visit("ming", language="zh-hans", viewport=PHONE)
    buyer.goto(f"/rooms/{room}/")
    buyer.get_by_role("button", name="打开小黄车").click()
    buyer.get_by_role("button", name="领取 Ten off").click()
    expect(buyer.locator("#cart")).to_contain_text("已领取")
    buyer.locator("#cart .goods", has_text=BOTTLE).get_by_role("button").click()
    sheet = buyer.locator("#buy")
    expect(sheet).to_contain_text("限时秒杀")
    keep(buyer, "flash-price")
    sheet.get_by_role("button", name="提交订单 · ¥110.00").click()
    expect(sheet).to_contain_text("下单成功")
    expect(sheet).to_contain_text("¥110.00")

    expect(seen).not_to_contain_text("left at this price")
    expect(seen).to_contain_text("159")
