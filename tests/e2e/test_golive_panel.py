"""The host's panel to go live from, as far as it needs no camera."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Visit, keep

#: Milliseconds to wait for something that needs the server.
PATIENCE = 30_000


def test_a_host_gets_a_stream_key_once_and_takes_it_back(visit: Visit) -> None:
    host = visit("dafei")
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("Lamps by the sea")
    host.get_by_label("Starts").fill("2021-11-17T20:00")
    host.get_by_role("button", name="Schedule").click()
    panel = host.locator("#desk-video")
    expect(panel.locator("[data-golive-badge]")).to_have_text("No picture", timeout=PATIENCE)
    panel.get_by_role("radio", name="OBS").check(force=True)
    panel.get_by_role("button", name="Make a stream key").click()
    key = panel.get_by_label("Stream key", exact=True)
    expect(key).to_have_value(re.compile(r"^yk_[\w-]{32}$"), timeout=PATIENCE)
    expect(panel.get_by_label("Server", exact=True)).to_have_value(re.compile("^rtmp://.*/live$"))
    secret = key.input_value()
    panel.get_by_role("button", name="Copy: Stream key").click()
    expect(host.get_by_text("Copied.")).to_be_visible()
    keep(host, "golive-key")

    host.reload()
    panel.get_by_role("radio", name="OBS").check(force=True)
    expect(panel.locator("[data-golive-key]")).to_contain_text(secret[:7], timeout=PATIENCE)
    expect(panel.get_by_label("Stream key", exact=True)).to_have_count(0)
    assert secret not in host.content()
    host.on("dialog", lambda dialog: dialog.accept())
    panel.get_by_role("button", name="Revoke the key").click()
    expect(panel.locator("[data-golive-key]")).to_contain_text("no stream key", timeout=PATIENCE)
