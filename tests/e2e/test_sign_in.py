from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit, keep, sign_in


def test_a_demo_person_signs_in_and_changes_the_language(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    sign_in(page, "ming")
    page.goto("/accounts/logout/")
    keep(page, "logout")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_wrong_password_is_told_and_nothing_typed_is_lost(visit: Visit) -> None:
    page = visit()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("ming")
    page.locator("[name=password]").fill("wrong")
    page.locator("form:has([name=password]) [type=submit]").click()
    expect(page.locator("[name=login]")).to_have_value("ming")
    expect(page.get_by_role("alert").first).to_be_visible()
