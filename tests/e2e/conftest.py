"""A real browser against a running Yellowcart: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import Running, furnish, up
from yellowcart.demo.people import PASSWORD

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
NIGHT = "2021-11-15T23:50:00+08:00"

#: A signed-in (or strange) visitor's page: ``visit("lin", language="en", viewport=PHONE)``.
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "install Debian's chromium: scripts/install-test-tools.sh"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo's street on the evening of 15 November 2021, ten minutes before the cut."""
    data = furnish(tmp_path_factory.mktemp("night"))
    with up(data, "--demo", "--clock", NIGHT, YELLOWCART_MEDIA="on") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, night: Running) -> Iterator[Visit]:
    contexts = []

    def open_page(
        username: str = "", *, language: str = "en", viewport: dict[str, int] | None = None
    ) -> Page:
        context = browser.new_context(
            base_url=night.base_url,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.route(lambda url: not url.startswith(night.base_url), lambda route: route.abort())
        page = context.new_page()
        if username:
            page.goto("/accounts/login/")
            page.locator("[name=login]").fill(username)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("form:has([name=password]) [type=submit]").click()
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page for a person to look at."""
    folder = Path("test-artifacts")
    folder.mkdir(exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))
