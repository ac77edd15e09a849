"""Goods are counted down to in front of a viewer, and a phone steers the room."""

from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit, keep
from tests.e2e.test_room import DAFEI, PATIENCE, live_room

BOX = "户外收纳箱"


def test_goods_link_up_in_front_of_a_viewer_and_a_phone_takes_over(visit: Visit) -> None:
    viewer = visit("emma", viewport=PHONE)
    room = live_room(viewer, DAFEI)
    viewer.goto(f"/rooms/{room}/")
    host = visit("dafei", viewport=DESKTOP)
    host.goto(f"/creator/rooms/{room}/")
    line = host.locator(".cartline", has_text=BOX)
    line.locator("summary", has_text="Sell").click()
    line.get_by_label("Hide the price until then").check()
    line.get_by_role("button", name="In 10 s").click()
    expect(line).to_contain_text("On sale in", timeout=PATIENCE)
    expect(line).to_contain_text("129")
    pinned = viewer.locator(".pinned")
    expect(pinned).to_contain_text("On sale in", timeout=PATIENCE)
    expect(pinned).not_to_contain_text("129")
    expect(pinned.get_by_role("button")).to_be_disabled()
    keep(viewer, "countdown")
    # By the clock alone: nothing is pressed, nothing is loaded again.
    expect(pinned.get_by_role("button", name="Buy")).to_be_enabled(timeout=PATIENCE)
    expect(pinned).to_contain_text("129")

    host.goto(f"/creator/rooms/{room}/remotes/")
    host.get_by_role("button", name="Show the picture").click()
    address = host.locator("p.break").inner_text()
    phone = visit(viewport=PHONE)
    phone.goto(address)
    phone.get_by_role("button", name="Take the remote control").click()
    goods = phone.locator(".remote__goods li", has_text=BOX)
    goods.get_by_role("button", name="−20 %").click()
    expect(goods).to_contain_text("End flash", timeout=PATIENCE)
    expect(pinned).to_contain_text("103.20", timeout=PATIENCE)
    keep(phone, "remote")
    goods.get_by_role("button", name="End flash").click()
    expect(pinned).not_to_contain_text("103.20", timeout=PATIENCE)
    # Opened once, it opens no other device.
    other = visit(viewport=PHONE)
    other.goto(address)
    other.get_by_role("button", name="Take the remote control").click()
    expect(other.locator("main")).to_contain_text("not valid any more")
