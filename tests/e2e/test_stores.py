"""A store elsewhere is connected, its goods listed in one click, and its outage told."""

from playwright.sync_api import expect

from tests.e2e.conftest import Elsewhere, Visit, keep, reload_until

STORES = "/merchant/shop/lin-wardrobe/stores"


def test_a_supplier_is_connected_listed_in_one_click_and_lost(
    visit: Visit, supplier: Elsewhere
) -> None:
    owner = visit("lin")
    owner.goto(f"{STORES}/connect/supplier/")
    owner.locator("[name=url]").fill(supplier.url)
    owner.locator("[name=secret]").fill(supplier.secret)
    owner.get_by_role("button", name="Check and connect").click()
    owner.wait_for_url(lambda url: "/connect/" not in url)
    store = owner.url
    assert supplier.secret not in owner.content()

    operator = visit("operator")
    operator.on("dialog", lambda dialog: dialog.accept())
    operator.goto(f"/operator/stores/{store.rstrip('/').rsplit('/', 1)[-1]}/")
    operator.get_by_role("button", name="Let its goods pass without review").click()
    expect(operator.get_by_role("button", name="Review its goods one by one")).to_be_visible()

    goods = owner.get_by_role("link", name="List its goods")
    reload_until(owner, goods)
    goods.click()
    everything = owner.get_by_role("button", name="List all 2 products")
    reload_until(owner, everything)
    expect(owner.locator("main")).to_contain_text("Enamel mug")
    everything.click()
    # It follows its progress by itself.
    new = owner.locator("#progress .stat", has_text="New in your shop")
    expect(new.locator(".stat__value")).to_have_text("2")
    keep(owner, "store-listed")

    owner.goto(f"{store}health/")
    expect(owner.locator("main")).to_contain_text("There were none in the last day.")
    supplier.end()
    owner.goto(store)
    owner.get_by_role("button", name="Read it now").click()
    owner.goto(f"{store}health/")
    reload_until(owner, owner.locator("main tbody tr"))
    keep(owner, "store-outage")
