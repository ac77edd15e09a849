"""What somebody typed is still there when the answer is that it can't be done."""

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit

PATIENCE = 20_000


def test_a_refused_amount_can_be_corrected_and_a_later_visit_is_empty(visit: Visit) -> None:
    page = visit("lin", viewport=PHONE)
    page.goto("/merchant/shop/lin-wardrobe/money/")
    field = page.locator("#withdraw-amount")
    field.fill("9999999")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("at most CN¥50,000.00")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#withdraw-amount")).to_have_value("9999999")
    page.goto("/merchant/shop/lin-wardrobe/money/")
    expect(page.locator("#withdraw-amount")).to_have_value("")


def test_a_judgement_without_its_rule_keeps_its_reason(visit: Visit) -> None:
    page = visit("operator")
    page.goto("/operator/permits/")
    page.locator("tbody a").first.click()
    form = page.locator("form[action*='/permits/']").first
    page.get_by_text("Pause or withdraw").first.click()
    form.locator("[name=rule]").fill("")
    form.locator("[name=reason]").fill("Too many complaints this week.")
    form.get_by_role("button", name="Pause the permit").click()
    expect(page.locator("[data-refused]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("form[action*='/permits/'] [name=reason]").first).to_have_value(
        "Too many complaints this week."
    )
