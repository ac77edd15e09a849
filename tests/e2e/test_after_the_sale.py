"""An order's whole life in a real browser: bought, sent in parts, partly given back, settled."""

import struct
import zlib

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Visit, keep
from tests.e2e.test_room import XIAOLAN, live_room

SHOP = "/merchant/shop/lin-wardrobe"


def picture() -> bytes:
    """A small red PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xc0\x10\x20" * 8) * 8)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def buy_two(page: Page) -> str:
    """Buy two pieces in the room and pay them in the sandbox; the order's id."""
    page.goto(f"/rooms/{live_room(page, XIAOLAN)}/")
    page.get_by_role("button", name="Open the cart").click()
    page.locator("#cart [data-state=mounted] button", has_text="Buy").first.click()
    sheet = page.locator("#buy")
    sheet.get_by_role("button", name="More", exact=True).first.click()
    sheet.locator("[data-buy-foot] button").last.click()
    expect(sheet).to_contain_text("Your order is placed")
    sheet.get_by_role("link", name="See the order").click()
    page.wait_for_url("**/orders/*/")
    address = page.url
    page.locator("#order-state .btn--primary").click()
    page.locator("[name=answer][value=approve]").click()
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.locator("#order-state")).to_contain_text("packing")
    assert page.url == address
    return address.rstrip("/").rsplit("/", 1)[-1]


def ship(page: Page, number: str, pieces: str = "") -> None:
    page.locator("[name=carrier]").fill("EMS")
    page.locator("[name=tracking_no]").fill(number)
    if pieces:
        page.locator("[name^=pieces-]").first.fill(pieces)
    page.locator("#ship .btn--primary").click()


def test_an_order_from_the_room_to_the_statement(visit: Visit) -> None:
    buyer = visit("emma", viewport=PHONE)
    seller = visit("lin")
    for page in (buyer, seller):
        page.on("dialog", lambda dialog: dialog.accept())
    order = buy_two(buyer)

    seller.goto(f"{SHOP}/orders/{order}/")
    ship(seller, "EE000000001CN", "1")
    expect(seller.locator("main")).to_contain_text("1 piece is still to be sent")
    ship(seller, "EE000000002CN")
    expect(seller.locator("main")).to_contain_text("Everything is on its way")

    buyer.goto(f"/orders/{order}/")
    expect(buyer.locator("main")).to_contain_text("EE000000001CN")
    keep(buyer, "order-on-its-way")
    buyer.get_by_role("button", name="I have received it").click()
    buyer.get_by_role("link", name="Refund, return or exchange").click()
    buyer.locator("#reason").select_option("damaged")
    buyer.locator("[name^=pieces-]").fill("1")
    buyer.locator("[name^=amount-]").fill("10")
    expect(buyer.locator("[data-most]")).not_to_be_empty()
    photo = {"name": "dent.png", "mimeType": "image/png", "buffer": picture()}
    buyer.locator("#pictures").set_input_files(photo)
    keep(buyer, "refund-dialogue")
    buyer.get_by_role("button", name="Send the request").click()
    expect(buyer.locator("main")).to_contain_text("It is the shop's turn")
    expect(buyer.locator(".pictures img")).to_have_js_property("naturalWidth", 8)

    seller.goto(f"{SHOP}/to-do/")
    seller.locator("[aria-labelledby=lane-awaiting_seller] li a").last.click()
    seller.get_by_role("button", name="Agree: give CN¥10.00 back").click()
    expect(seller.locator("main")).to_contain_text("CN¥10.00 went back to the buyer")
    buyer.reload()
    expect(buyer.locator("main")).to_contain_text("CN¥10.00 went back to you")

    seller.goto(f"{SHOP}/orders/{order}/")
    for _look in range(20):
        if "Refunds and what followed" in seller.locator("main").inner_text():
            break
        seller.wait_for_timeout(500)
        seller.reload()
    row = seller.locator("tr", has_text=order[-8:].upper())
    seller.goto(f"{SHOP}/money/?show=upcoming")
    while not row.count():
        seller.get_by_role("link", name="Go on").click()
    expect(row).to_contain_text("Refunds and what followed")
    keep(seller, "money-still-to-come")
