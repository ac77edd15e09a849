"""An application is made, its webhook told of, its log read, and a message sent again."""

import re

from playwright.sync_api import expect

from tests.developers.receiver import Receiver
from tests.e2e.conftest import Visit, keep, reload_until


def test_an_application_its_webhook_its_log_and_a_message_again(
    visit: Visit, receiver: Receiver
) -> None:
    page = visit("lin")
    page.goto("/developers/new/")
    page.get_by_label("Name", exact=True).fill("Bridge to the warehouse")
    shop = page.locator("[name=reach] option[value^='shop:']").first.get_attribute("value")
    page.locator("[name=reach]").select_option(shop)
    page.get_by_role("button", name="Make it and show its credentials").click()
    expect(page.locator("main")).to_contain_text("client_id")
    keep(page, "application-credentials")

    page.goto("/developers/")
    page.get_by_role("link", name="Bridge to the warehouse").first.click()
    page.get_by_role("link", name="New webhook").click()
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Make it and show its secret").click()
    expect(page.locator("[data-secret]")).to_have_text(re.compile("^whsec_"))
    page.get_by_role("link", name="I have kept it; go on").click()

    page.get_by_role("button", name="Send a test message").click()
    rows = page.locator("main tbody tr")
    reload_until(page, rows.filter(has_text="answered well"))
    expect(rows).to_have_count(1)
    expect(rows.get_by_text(re.compile("200 ·"))).to_have_count(1)
    keep(page, "webhook-log")
    rows.get_by_role("button", name="Send again").click()
    reload_until(page, rows.get_by_text(re.compile("200 ·")).nth(1))
    first, again = receiver.got
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert first[1] == again[1]
