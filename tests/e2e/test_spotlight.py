"""Goods are counted down to in front of a viewer, and a phone steers the room."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit, keep
from tests.e2e.test_room import DAFEI, live_room

BOX, BOTTLE = "户外收纳箱", "真空保温壶"


def remote(host: Page, phone: Page, room: str) -> str:
    """Hand the remote control over by its picture; the address in it."""
    host.goto(f"/creator/rooms/{room}/remotes/")
    host.get_by_role("button", name=re.compile("Show the code|Another device")).click()
    address = host.locator("p.break").inner_text()
    phone.goto(address)
    phone.get_by_role("button", name="Take the remote control").click()
    return address


def test_goods_link_up_in_front_of_a_viewer_and_a_phone_takes_over(visit: Visit) -> None:
    viewer = visit("emma", viewport=PHONE)
    room = live_room(viewer, DAFEI)
    viewer.goto(f"/rooms/{room}/")
    host = visit("dafei", viewport=DESKTOP)
    phone = visit(viewport=PHONE)
    # No timer of the page's may ask for anything: what it shows it has heard.
    phone.add_init_script("window.setInterval = () => 0")
    address = remote(host, phone, room)
    expect(phone.locator("#remote")).to_have_attribute("data-line", "live")
    goods = phone.locator(".remote__goods li", has_text=BOX)

    host.goto(f"/creator/rooms/{room}/")
    line = host.locator(".cartline", has_text=BOX)
    line.locator("summary", has_text="Sell").click()
    line.get_by_label("Hide the price until then").check()
    line.get_by_role("button", name="In 10 s").click()
    pinned = viewer.locator(".pinned")
    expect(pinned).to_contain_text("On sale in")
    expect(pinned).not_to_contain_text("129")
    expect(pinned.get_by_role("button")).to_be_disabled()
    expect(goods.get_by_role("button", name="Unpin")).to_be_visible()
    keep(viewer, "countdown")
    # By the clock alone: nothing is pressed, nothing is loaded again.
    expect(pinned.get_by_role("button", name="Buy")).to_be_enabled()
    expect(pinned).to_contain_text("129")

    goods.get_by_role("button", name="−20 %").click()
    expect(goods).to_contain_text("End flash")
    expect(pinned).to_contain_text("103.20")
    expect(line).to_contain_text("103.20")
    keep(phone, "remote")
    goods.get_by_role("button", name="End flash").click()
    expect(pinned).not_to_contain_text("103.20")

    # Opened once, it opens no other device.
    other = visit(viewport=PHONE)
    other.goto(address)
    other.get_by_role("button", name="Take the remote control").click()
    expect(other.locator("main")).to_contain_text("not valid any more")


def test_without_a_line_the_remote_asks(visit: Visit) -> None:
    host = visit("dafei", viewport=DESKTOP)
    room = live_room(host, DAFEI)
    phone = visit(viewport=PHONE)
    phone.route_web_socket(re.compile("/events"), lambda line: line.close())
    remote(host, phone, room)
    goods = phone.locator(".remote__goods li", has_text=BOTTLE)
    expect(goods.get_by_role("button", name="Explain")).to_be_visible()
    host.goto(f"/creator/rooms/{room}/")
    host.locator(".cartline", has_text=BOTTLE).get_by_role("button", name="Explain").click()
    expect(goods.get_by_role("button", name="Unpin")).to_be_visible()
    expect(phone.locator("#remote")).not_to_have_attribute("data-line", "live")
