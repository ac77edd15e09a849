"""A creator disputes a sale on another platform, and the platform credits it."""

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit, keep, too_wide


def test_a_dispute_from_the_creators_phone_to_the_platforms_desk(visit: Visit) -> None:
    creator = visit("dafei", language="zh-hans", viewport=PHONE)
    creator.goto("/creator/jump-outs/")
    row = creator.locator("main tbody tr").first
    number = row.locator("th").inner_text().split()[0]
    row.locator("a[href$='#ask']").click()
    expect(creator.locator("#order")).to_have_value(number)
    creator.locator("#words").fill("粉丝在弹幕里说买了")
    creator.locator("#ask button").click()
    talk = creator.locator("main article", has_text=number)
    expect(talk).to_contain_text("粉丝在弹幕里说买了")
    assert not too_wide(creator)
    keep(creator, "dispute-asked")

    desk = visit("operator")
    desk.goto("/operator/jump-outs/?show=disputed")
    expect(desk.locator("main tbody", has_text=number).first).to_be_visible()
    desk.goto("/operator/disputes/")
    desk.locator("main article", has_text=number).get_by_role("link", name="Look at it").click()
    desk.locator("[name=click]").first.check()
    desk.locator("#words").fill("The click is there")
    desk.get_by_role("button", name="Credit the sale to the chosen click").click()
    expect(desk.locator("[value=match]")).to_have_count(0)
    keep(desk, "dispute-desk")

    creator.reload()
    expect(talk).to_contain_text("The click is there")
    expect(talk.locator(".badge--ok")).to_be_visible()


def test_a_merchant_asks_and_lets_it_rest(visit: Visit) -> None:
    merchant = visit("zhou")
    merchant.goto("/merchant/shop/zhou-goods/jump-outs/")
    merchant.locator("#order").fill("NOBODY-KNOWS-1")
    merchant.locator("#words").fill("A customer sent me this number")
    merchant.get_by_role("button", name="Ask the platform").click()
    talk = merchant.locator("main article", has_text="NOBODY-KNOWS-1")
    expect(talk).to_contain_text("A customer sent me this number")

    desk = visit("operator")
    desk.goto("/operator/disputes/")
    asked = desk.locator("main article", has_text="NOBODY-KNOWS-1")
    asked.get_by_role("link", name="Look at it").click()
    expect(desk.locator("main")).to_contain_text("The source has not told of this sale yet.")
    desk.locator("#words").fill("We wait for the source to tell")
    desk.get_by_role("button", name="Answer, and leave it open").click()
    expect(desk.locator("main")).to_contain_text("We wait for the source to tell")

    merchant.reload()
    expect(talk).to_contain_text("We wait for the source to tell")
    talk.get_by_role("button", name="Let it rest").click()
    expect(talk.get_by_role("button")).to_have_count(0)
