"""A viewer comes in and looks; the creator's screen beside the camera says so."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit


def test_the_screen_follows_what_viewers_do(visit: Visit) -> None:
    screen = visit("xiaolan")
    screen.goto("/creator/rooms/")
    screen.get_by_role("link", name="Live figures").first.click()
    screen.wait_for_url("**/screen/")
    room = re.search(r"[0-9a-f-]{36}", screen.url)
    assert room
    steps = screen.locator("[data-funnel] .funnel__count")
    entered, seen = int(steps.nth(0).inner_text()), steps.nth(1)
    looked = int(seen.inner_text().replace(",", ""))

    viewer = visit(viewport=PHONE)
    viewer.goto(f"/rooms/{room[0]}/")
    expect(steps.nth(0)).to_have_text(str(entered + 1))
    viewer.locator("[data-open=cart]").first.click()
    expect(seen).not_to_have_text(f"{looked:,}")

    expect(screen.locator("[data-alerts] li").first).to_be_visible()
    screen.get_by_role("button", name="Net", exact=True).click()
    expect(screen.locator("[data-gmv-name]").first).to_have_text("GMV, net")
    expect(screen.locator(".liveplot canvas")).to_have_count(2)
