"""The host's desk and the merchant's back office in a real browser."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit

CREATOR_PAGES = ["/creator/", "/creator/rooms/", "/creator/rooms/new/", "/creator/notices/"]
MERCHANT_PAGES = [
    f"/merchant/shop/zhou-goods/{path}"
    for path in (
        "",
        "orders/",
        "products/",
        "products/new/",
        "paste/",
        "listings/",
        "import/",
        "supply/",
        "supply/mokuai-select/",
        "notices/",
        "settings/",
    )
]


def titles(page: Page) -> list[str]:
    return [row.get_attribute("data-title") or "" for row in page.locator("[data-listing]").all()]


def mount(page: Page, words: str) -> None:
    page.wait_for_load_state("load")
    before = page.locator("[data-listing]").count()
    page.get_by_label("Search goods").fill(words)
    button = page.locator("#goods").get_by_role("button", name="Mount").first
    expect(page.locator("#goods")).to_contain_text(words)
    button.click()
    expect(page.locator("[data-listing]")).to_have_count(before + 1)


def test_a_host_fills_a_cart_orders_it_by_keyboard_and_mouse_and_goes_live(visit: Visit):
    host = visit("dafei")
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("Tents by night")
    host.get_by_label("Starts").fill("2021-11-16T20:00")
    host.get_by_role("button", name="Schedule").click()
    expect(host.get_by_role("heading", level=1)).to_have_text("Tents by night")
    for words in ("Ocean Blue Shirt", "Yellow Wool Jumper", "Floral White Top"):
        mount(host, words)
    assert titles(host) == ["Ocean Blue Shirt", "Yellow Wool Jumper", "Floral White Top"]

    asked: list[Route] = []
    is_dragged = False

    def answer_while_dragged(route: Route) -> None:
        if is_dragged:
            route.continue_()
        else:
            asked.append(route)

    host.route("**/cart/", answer_while_dragged)
    down = host.get_by_role("button", name="Move Ocean Blue Shirt down")
    down.focus()
    with host.expect_request("**/cart/"):
        host.keyboard.press("Enter")
        first = host.locator("[data-listing]").first
        expect(first).to_have_attribute("data-title", "Yellow Wool Jumper")
        expect(down).to_be_focused()

    # What was asked for before a row was taken up comes while it is dragged.
    host.locator("[data-listing]").last.locator(".cartline__grip").hover()
    host.mouse.down()
    first.locator(".cartline__grip").hover()
    expect(host.locator(".is-dragged")).to_have_attribute("data-title", "Floral White Top")
    is_dragged = True
    with host.expect_response("**/cart/"):
        for one in asked:
            one.continue_()
    first.locator(".cartline__grip").hover()
    with host.expect_response(lambda answer: answer.url.endswith("/cart/order") and answer.ok):
        host.mouse.up()
    expect(first).to_have_attribute("data-title", "Floral White Top")
    host.reload()
    assert titles(host)[0] == "Floral White Top"

    host.get_by_role("button", name="Go live").click()
    expect(host.get_by_text("You are live.")).to_be_visible()
    host.locator("[data-listing]").nth(1).get_by_role("button", name="Explain").click()
    viewer = visit("ming")
    viewer.goto(host.get_by_role("link", name="See the room").get_attribute("href") or "")
    expect(viewer.locator("[data-part=pinned]")).to_contain_text("Yellow Wool Jumper")

    viewer.locator("#say").fill("Is it warm?")
    viewer.locator("#say").press("Enter")
    message = host.locator("[data-chat] li", has_text="Is it warm?")
    expect(message).to_be_visible()
    expect(host.locator("[data-viewers]")).not_to_have_text("0")
    menu = message.locator("summary")
    menu.click()
    message.get_by_role("button", name="Pin").click()
    pinned = viewer.locator('[data-slot="chat-top"]')
    expect(pinned).to_contain_text("Is it warm?")
    menu.click()
    message.get_by_role("button", name="Delete").click()
    expect(message).to_have_count(0)
    expect(pinned).not_to_contain_text("Is it warm?")

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        expect(viewer.get_by_text("The show is over")).to_be_visible()
        route.fulfill(response=answer)

    # The room's line tells of the end while the page that says so is on its way.
    host.route("**/end/", answer_late)
    host.on("dialog", lambda dialog: dialog.accept())
    host.get_by_role("button", name="End", exact=True).click()
    expect(host.get_by_text("The show is over.")).to_be_visible()


def test_a_pasted_link_is_mounted_and_converted_before_the_rule_comes(visit: Visit):
    host = visit("dafei", viewport=PHONE)
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("By link")
    host.get_by_label("Starts").fill("2021-11-16T21:00")
    host.get_by_role("button", name="Schedule").click()
    mount(host, "魔筷星选")
    line = host.locator("[data-listing]").first
    expect(line).to_contain_text("Will be barred here in")
    line.get_by_role("button", name="Convert to native goods").click()
    said = host.locator("#cart-said")
    expect(said).to_contain_text("sold here now")
    expect(host.locator("[data-listing]").first).to_contain_text("Allowed")

    host.get_by_label("Paste a link, share text, code or id").fill("good morning")
    host.get_by_role("button", name="Recognise").click()
    expect(host.locator("#goods")).to_contain_text("No product link")


def test_a_product_shows_only_the_options_it_has(visit: Visit):
    lin = visit("lin")
    lin.goto("/merchant/shop/lin-wardrobe/products/new/")
    variant = lin.locator(".variant").first
    expect(variant.locator("[data-option]:visible")).to_have_count(0)
    lin.locator("#id_option1").fill("Colour")
    expect(variant.get_by_label("Colour")).to_be_visible()
    lin.get_by_role("button", name="Another variant").click()
    expect(lin.locator(".variant")).to_have_count(2)
    expect(lin.locator(".variant").nth(1).get_by_label("Colour")).to_be_focused()
    for number, colour in enumerate(("Red", "Blue")):
        lin.locator(f"[name=skus-{number}-option1]").fill(colour)
        lin.locator(f"[name=skus-{number}-price]").fill("12.50")
        lin.locator(f"[name=skus-{number}-stock]").fill("3")
    lin.get_by_label("Name", exact=True).fill("Scarf")
    lin.get_by_role("button", name="Save as a draft").click()
    expect(lin.get_by_role("heading", level=1)).to_have_text("Scarf")
    assert lin.locator(".variant [name$=option1]").nth(1).input_value() == "Blue"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_fit_the_screen(visit: Visit, viewport: dict[str, int], language: str):
    for person, paths in (("xiaolan", CREATOR_PAGES), ("zhou", MERCHANT_PAGES)):
        page = visit(person, viewport=viewport, language=language)
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        for path in paths:
            reply = page.goto(path)
            assert reply
            assert reply.status == 200
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{path} is {width} wide"
        assert errors == []
