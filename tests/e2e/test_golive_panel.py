"""The host's panel to go live from, and the replay of what was sent."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE, PHONE, Visit, keep
from tests.rooms import eventually


def test_a_host_gets_a_stream_key_once_and_takes_it_back(visit: Visit) -> None:
    host = visit("dafei")
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("Lamps by the sea")
    host.get_by_label("Starts").fill("2021-11-17T20:00")
    host.get_by_role("button", name="Schedule").click()
    panel = host.locator("#desk-video")
    expect(panel.locator("[data-golive-badge]")).to_have_text("No picture")
    panel.get_by_role("radio", name="OBS").check(force=True)
    panel.get_by_role("button", name="Make a stream key").click()
    key = panel.get_by_label("Stream key", exact=True)
    expect(key).to_have_value(re.compile(r"^yk_[\w-]{32}$"))
    expect(panel.get_by_label("Server", exact=True)).to_have_value(re.compile("^rtmp://.*/live$"))
    secret = key.input_value()
    panel.get_by_role("button", name="Copy: Stream key").click()
    expect(host.get_by_text("Copied.")).to_be_visible()
    keep(host, "golive-key")

    host.reload()
    panel.get_by_role("radio", name="OBS").check(force=True)
    expect(panel.locator("[data-golive-key]")).to_contain_text(secret[:7])
    expect(panel.get_by_label("Stream key", exact=True)).to_have_count(0)
    assert secret not in host.content()
    host.on("dialog", lambda dialog: dialog.accept())
    panel.get_by_role("button", name="Revoke the key").click()
    expect(panel.locator("[data-golive-key]")).to_contain_text("no stream key")


def test_a_show_from_this_browser_becomes_a_replay_cut_at_its_pin(visit: Visit) -> None:
    host = visit("dafei")
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("Kites over the dunes")
    host.get_by_label("Starts").fill("2021-11-17T20:00")
    host.get_by_role("button", name="Schedule").click()
    host.wait_for_load_state("load")
    host.get_by_label("Search goods").fill("Ocean Blue Shirt")
    goods = host.locator("#goods")
    expect(goods).to_contain_text("Ocean Blue Shirt")
    goods.get_by_role("button", name="Mount").first.click()
    expect(host.locator("[data-listing]")).to_have_count(1)
    host.get_by_role("button", name="Send my picture").click()
    badge = host.locator("[data-golive-badge]")
    expect(badge).to_have_text("Preview")
    room_id = host.url.rstrip("/").split("/")[-1]

    host.evaluate("window.sameDocument = true")
    host.get_by_role("button", name="Go live").click()
    expect(badge).to_have_text("On air")
    # The picture comes from this page, so going live must not load it anew.
    assert host.evaluate("window.sameDocument") is True
    host.get_by_role("button", name="Explain").click()
    expect(host.locator("[data-fact=bitrate]")).to_contain_text("Mbit/s")
    # Long enough for a clip even where a busy machine loses pictures and begins another file.
    host.wait_for_timeout(14_000)

    host.on("dialog", lambda dialog: dialog.accept())
    host.get_by_role("button", name="End", exact=True).click()
    viewer = visit(viewport=PHONE)

    def has_replay() -> bool:
        answer = viewer.goto(f"/rooms/{room_id}/replay/")
        return answer is not None and answer.ok and viewer.locator("[data-title]").count() > 0

    eventually(has_replay, seconds=PATIENCE / 1_000)
    viewer.locator("[data-title]").first.click()
    eventually(
        lambda: viewer.evaluate("document.querySelector('[data-video]').currentTime") > 1,
        seconds=PATIENCE / 1_000,
    )
    assert viewer.evaluate("document.querySelector('[data-video]').videoWidth") > 0
    keep(viewer, "replay")
