"""The operator's desk in a real browser: every page, and a rule from draft to announcement."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit, keep, too_wide

PAGES = (
    "",
    "policy/?span=all",
    "policy/rules/kuaishou.2021-11-16.youzan-mokuai-live/",
    "ask/?source=youzan&surface=live_room&at=2021-11-15+24:00",
    "drafts/",
    "drafts/new/",
    "cutovers/",
    "cutovers/2021-11-15T16:00:00Z/",
    "appeals/",
    "reviews/",
    "permits/",
    "people/",
    "audit/",
    "insights/",
)


@pytest.mark.parametrize(("language", "screen"), [("zh-hans", PHONE), ("en", DESKTOP)])
def test_every_page_fits_its_screen(visit: Visit, language: str, screen: dict[str, int]) -> None:
    page = visit("operator", language=language, viewport=screen)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in PAGES:
        response = page.goto(f"/operator/{name}")
        assert response is not None
        assert response.status == 200, name
        assert not too_wide(page), name
        expect(page.locator("main h1")).to_have_count(1)
    assert errors == []


def test_a_bar_of_the_time_line_is_reached_and_opened_by_keyboard(visit: Visit) -> None:
    page = visit("operator")
    page.goto("/operator/policy/?span=all")
    bar = page.locator(".lane-bar").first
    key = (bar.get_attribute("href") or "").split("/")[-2]
    page.locator(".lanes__scroll").focus()
    page.keyboard.press("Tab")
    expect(bar).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").locator("code", has_text=key).first).to_be_visible()


def test_the_plots_are_drawn_with_a_table_beneath_each(visit: Visit) -> None:
    page = visit("operator")
    page.goto("/operator/insights/?window=30d")
    plots = page.locator(".plot[data-spec]")
    expect(plots).to_have_count(3)
    for place in range(3):
        expect(plots.nth(place).locator("svg")).to_be_visible()
    tables = page.locator("details.figures")
    expect(tables).to_have_count(3)
    tables.first.locator("summary").click()
    expect(tables.first.get_by_role("table")).to_be_visible()
    keep(page, "operator-insights")


def test_a_rule_goes_from_draft_to_announcement(visit: Visit) -> None:
    page = visit("operator")
    page.goto("/operator/drafts/new/")
    page.get_by_label("Title").fill("Pinduoduo leaves short videos")
    page.get_by_label("Rule key").fill("house.2021-12-01.pinduoduo")
    page.get_by_label("Pinduoduo", exact=True).check()
    page.get_by_label("Short video", exact=True).check()
    page.get_by_label("Holds from").fill("the first of December")
    page.get_by_label("Reason, in Chinese").fill("拼多多链接不再支持短视频。")
    page.get_by_label("Reason, in English").fill("Pinduoduo links leave short videos.")
    page.get_by_label("What to do instead, in Chinese").fill("可在个人主页挂载。")
    page.get_by_label("What to do instead, in English").fill("Offer them on the profile.")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not an instant")
    expect(page.get_by_label("Rule key")).to_have_value("house.2021-12-01.pinduoduo")
    page.get_by_label("Holds from").fill("2021-11-30 24:00")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Rehearse", exact=True).click()
    expect(page.get_by_role("heading", name="What it would hit")).to_be_visible()
    page.get_by_role("button", name="Announce…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("7 days before")
    dialog.get_by_role("button", name="Announce to everybody it hits").click()
    expect(page.locator("h1")).to_contain_text("1 Dec 2021, 00:00")
    expect(page.locator(".cut-clock__time")).to_contain_text("15d")
    page.goto("/operator/policy/")
    expect(page.locator(".lane-bar[href*='house.2021-12-01.pinduoduo']")).to_be_visible()
