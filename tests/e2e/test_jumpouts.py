"""A creator disputes a sale on another platform, and the platform credits it, in real browsers."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit, keep


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(("language", "screen"), [("zh-hans", PHONE), ("en", DESKTOP)])
def test_a_dispute_from_the_creators_phone_to_the_platforms_desk(
    visit: Visit, language: str, screen: dict[str, int]
) -> None:
    creator = visit("dafei", language=language, viewport=screen)
    creator.goto("/creator/jump-outs/")
    assert not too_wide(creator)
    # The second run takes the second sale, for the first one's dispute has ended.
    row = creator.locator("main tbody tr").nth(0 if language == "en" else 1)
    number = (row.locator("th").inner_text()).split()[0]
    row.locator("a[href$='#ask']").click()
    expect(creator.locator("#order")).to_have_value(number)
    creator.locator("#words").fill("The buyer told me so in the chat")
    creator.locator("#ask button").click()
    expect(creator.locator("main article", has_text=number)).to_be_visible()
    keep(creator, f"dispute-asked-{language}")
    desk = visit("operator", language=language, viewport=screen)
    desk.goto("/operator/jump-outs/?show=disputed")
    assert not too_wide(desk)
    expect(desk.locator("main tbody", has_text=number).first).to_be_visible()
    desk.goto("/operator/disputes/")
    desk.locator("main article", has_text=number).locator("a").click()
    desk.locator("[name=click]").first.check()
    assert not too_wide(desk)
    keep(desk, f"dispute-desk-{language}")
    desk.locator("#words").fill("The click is there")
    desk.locator("[value=match]").click()
    expect(desk.locator("main form")).to_have_count(0)
    creator.reload()
    expect(creator.locator("main article", has_text=number)).to_contain_text("The click is there")
    keep(creator, f"dispute-credited-{language}")
