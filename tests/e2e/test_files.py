"""A merchant's own table becomes goods in a real browser: columns named, changes seen, let in."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Visit, keep, too_wide

TABLE = (
    "款号,品名,颜色,零售,照片\n"
    "W-1,桂花乌龙,绿,39.90,https://img.example/1.jpg\n"
    "W-1,桂花乌龙,红,42,https://img.example/1.jpg\n"
    "W-2,陈年普洱,黑,面议,https://img.example/2.jpg\n"
)


@pytest.mark.parametrize(("language", "screen"), [("zh-hans", PHONE), ("en", DESKTOP)])
def test_a_table_nobody_knows_is_looked_at_before_it_is_let_in(
    visit: Visit, tmp_path: Path, language: str, screen: dict[str, int]
) -> None:
    page = visit("lin", language=language, viewport=screen)
    page.goto("/merchant/")
    page.goto(page.url.rstrip("/") + "/import/" if "/shop/" in page.url else first_shop(page))
    home = page.url
    assert not too_wide(page)
    keep(page, f"imports-{language}")
    number = "A" if language == "en" else "B"
    file = tmp_path / "tea.csv"
    file.write_bytes(TABLE.replace("W-", f"{number}-").encode("gb18030"))
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form:has(input[type=file]) button").click()
    report = page.locator("#report")
    # The first file of this shop with such a header asks; the second is read by what was said.
    expect(report.locator("select, .tiles").first).to_be_visible()
    if report.locator("form select").first.is_visible():
        price = report.locator("tr", has_text="零售").locator("select")
        price.select_option("price")
        assert not too_wide(page)
        keep(page, f"import-columns-{language}")
        report.locator("form:has(select) button").click()
    go = report.locator("form[action$='/go/'] button")
    expect(go).to_be_enabled()
    assert not too_wide(page)
    keep(page, f"import-preview-{language}")
    expect(report.locator(".stat__value")).to_have_text(["1", "0", "0", "1"])
    go.click()
    expect(report.locator("a[href$='/products/']")).to_be_visible()
    keep(page, f"import-done-{language}")
    with page.expect_download() as waiting:
        report.locator("a[href$='corrections.csv']").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert rows[1][0]
    assert rows[1][2:] == [f"{number}-2", "陈年普洱", "黑", "面议", "https://img.example/2.jpg"]
    page.goto(home)
    expect(page.locator("main tbody tr", has_text="tea.csv").first).to_be_visible()


def first_shop(page: Page) -> str:
    """The import page of the first shop that is offered."""
    href = page.locator("main a[href*='/merchant/shop/']").first.get_attribute("href")
    assert href is not None
    return "/".join(href.split("/")[:4]) + "/import/"
