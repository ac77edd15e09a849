"""A real browser against a running Yellowcart: Debian's Chromium, driven by Playwright."""

import fcntl
import os
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.developers.receiver import Receiver, receiving
from tests.running import Running, environment, furnish, up
from yellowcart.demo.people import PASSWORD

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
#: Milliseconds to wait for a state, on a machine that does much else. Only a failure takes so long.
PATIENCE = 60_000
NIGHT = "2021-11-15T20:00:00+08:00"

#: The key that the supplier's server is asked with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SESSION = "yellowcart_session"

#: A signed-in (or strange) visitor's page: ``visit("lin", language="en", viewport=PHONE)``.
Visit = Callable[..., Page]

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)
    # The longest, which needs no street, goes first; after the cut the street is another one.
    places = {"test_story.py": -1, "test_the_night.py": 1}
    items.sort(key=lambda item: places.get(item.path.name, 0))


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


_FILL = f"""
from yellowcart.config import boot
boot.boot()
from yellowcart.config.install import install
from yellowcart.core.instants import parse_instant
from yellowcart.core.timeline import do_set_clock
do_set_clock(parse_instant("{NIGHT}"), 1.0)
install(demo=True)
"""


def _lay_street(data: Path, kept: Path) -> None:
    """A data folder with the demo in it. The processes that share the tests fill one, for all."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        furnish(data)
        return
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            new = furnish(kept.with_suffix(".new"))
            setting = {**environment(new), "YELLOWCART_DEMO": "1", "YELLOWCART_MEDIA": "on"}
            subprocess.run([sys.executable, "-c", _FILL], env=setting, check=True)
            new.rename(kept)
    subprocess.run(["cp", "-a", str(kept), str(data)], check=True)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """An integrator's server, which the street's may call."""
    with receiving(SimpleNamespace()) as one:
        yield one


@dataclass(frozen=True)
class Elsewhere:
    """A supplier's server, and how to sign what it is asked."""

    url: str
    secret: str
    end: Callable[[], None]


@pytest.fixture(scope="session")
def supplier() -> Iterator[Elsewhere]:
    """The example that suppliers start from, which the street's server may call."""
    example = runpy.run_path("docs/examples/supplier.py")
    server = example["server"](0, SECRET)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    yield Elsewhere(f"http://127.0.0.1:{server.server_port}/yellowcart", SECRET, end)
    end()


@pytest.fixture(scope="session")
def night(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver, supplier: Elsewhere
) -> Iterator[Running]:
    """The demo's street on the evening of 15 November 2021, hours before the cut: only the test
    that sets the clock lives to see it, however slow the machine."""
    data = tmp_path_factory.mktemp("night") / "data"
    _lay_street(data, tmp_path_factory.getbasetemp().parent / "street")
    allowed = ",".join(urlsplit(one.url).netloc for one in (receiver, supplier))
    settings = {"YELLOWCART_MEDIA": "on", "YELLOWCART_FETCH_ALLOW": allowed}
    with up(data, "--demo", "--clock", NIGHT, **settings) as running:
        yield running


@pytest.fixture(scope="session")
def sessions() -> dict[str, str]:
    """The session cookies of those who have signed in before, by their names."""
    return {}


@pytest.fixture
def visit(browser: Browser, night: Running, sessions: dict[str, str]) -> Iterator[Visit]:
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
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if username in sessions:
            cookie = {"name": SESSION, "value": sessions[username], "url": night.base_url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        elif username:
            sign_in(page, username)
            found = {one.get("name"): one.get("value") for one in context.cookies()}
            sessions[username] = str(found[SESSION])
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str) -> None:
    """Sign in as a person does."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def reload_until(page: Page, wanted: Locator) -> None:
    """Load the page again until it shows what other processes have done."""
    for _ in range(PATIENCE // 500):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(wanted).to_be_visible()


def too_wide(page: Page) -> bool:
    """Whether a page scrolls sideways. A click does not wait for styles, so they are waited for."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page for a person to look at."""
    folder = Path("test-artifacts")
    folder.mkdir(exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"))
