"""Keeping order in a real browser: a pin, a report, what the platform does, and a way out."""

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit


def test_a_line_is_pinned_reported_and_deleted_and_its_author_put_out(visit: Visit):
    host = visit("dafei")
    host.goto("/creator/rooms/new/")
    host.get_by_label("Title").fill("Order, please")
    host.get_by_label("Starts").fill("2021-11-16T22:00")
    host.get_by_role("button", name="Schedule").click()
    host.get_by_role("button", name="Go live").click()
    expect(host.get_by_text("You are live.").first).to_be_visible()
    room = host.get_by_role("link", name="See the room").get_attribute("href") or ""

    author = visit("ming", language="en", viewport=PHONE)
    author.goto(room)
    author.locator("#say").fill("Cheaper at my place, add me")
    author.locator("#say").press("Enter")
    row = host.locator("[data-chat] li", has_text="Cheaper at my place")
    expect(row).to_be_visible()

    # Another viewer reports it, on a phone.
    witness = visit("emma", viewport=PHONE)
    witness.goto(room)
    line = witness.locator(".said[data-id]", has_text="Cheaper at my place")
    # The lines are on the page before what answers a tap on them.
    expect(witness.locator(".pinsaid")).to_be_attached()
    line.click()
    sheet = witness.locator("dialog.order[open]")
    sheet.get_by_text("Report to the platform").first.click()
    sheet.get_by_label("What it is about").select_option("spam")
    sheet.get_by_label("What you saw").fill("lures people away")
    sheet.get_by_role("button", name="Report to the platform").click()
    expect(witness.get_by_text("The platform looks at it.")).to_be_visible()

    # The platform deletes it; it leaves every page.
    operator = visit("operator")
    operator.goto("/operator/reports/")
    case = operator.locator("article", has_text="Cheaper at my place")
    expect(case).to_contain_text("lures people away")
    case.get_by_label("Reason").fill("Luring buyers away is against the rules.")
    case.get_by_label("What to do").select_option("hide")
    case.get_by_role("button", name="The report is right").click()
    expect(line).to_have_count(0)

    # The host puts its author out: the page says so and stays out.
    author.locator("#say").fill("Once more")
    author.locator("#say").press("Enter")
    row = host.locator("[data-chat] li", has_text="Once more")
    host.on("dialog", lambda dialog: dialog.accept())
    row.locator("summary").click()
    row.get_by_role("button", name="Put out of the show").click()
    expect(author.locator("[data-part=status]")).to_contain_text(
        "You can't take part in this show any more"
    )
    order = host.locator(".deskorder")
    order.locator("summary").first.click()
    expect(order).to_contain_text("Let in")
    expect(order).to_contain_text("Luring buyers away is against the rules.")
    host.get_by_role("button", name="End", exact=True).click()
    expect(host.get_by_text("The show is over.").first).to_be_visible()
