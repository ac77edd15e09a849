"""A creator's browser and a viewer's, through the video engine."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.running import Running, environment

_KEY = """
from yellowcart.config.boot import boot
boot()
from yellowcart.live.models import Room
from yellowcart.media.actions import do_make_stream_key
room = Room.objects.filter(state="live", creator__username="{creator}").get()
print(room.id, do_make_stream_key(room.creator, room.id)[1])
"""

_PUBLISH = """async (key) => {
  const {capture, publish} = await import("/static/base/js/media/whip.js");
  const stream = await capture({portrait: false});
  window.said = [];
  window.session = publish({url: "/media/whip", key, stream, onState: (s) => said.push(s)});
}"""

_WATCH = """async ([room, hls]) => {
  const {attach} = await import("/static/base/js/media/player.js");
  const {pass} = await (await fetch(`/api/v1/rooms/${room}/pass`, {method: "POST"})).json();
  const video = window.video = document.createElement("video");
  video.muted = video.autoplay = video.playsInline = true;
  document.body.prepend(video);
  window.said = [];
  window.stats = null;
  window.player = attach(video, {
    whepUrl: hls ? null : `/media/rooms/${room}/whep`,
    hlsUrl: hls ? `/media/rooms/${room}/hls/index.m3u8` : null,
    pass, onState: (s) => said.push(s), onStats: (s) => { window.stats = s; },
  });
}"""


@dataclass(frozen=True)
class Show:
    """A live room and a key for it."""

    room: str
    key: str


@pytest.fixture
def show(night: Running) -> Show:
    done = subprocess.run(
        [sys.executable, "-c", _KEY.format(creator="xiaolan")],
        env={**environment(night.data), "YELLOWCART_LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=True,
    )
    return Show(*done.stdout.split())


def until(page: Page, expression: str, seconds: float = 20) -> None:
    # The pages' policy forbids the evaluation that Playwright's own waiting needs.
    for _ in range(int(seconds * 10)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression}: {page.evaluate('window.said')}")


def frames(page: Page) -> int:
    shown: int = page.evaluate("video.getVideoPlaybackQuality().totalVideoFrames")
    return shown


def advances(page: Page, by: int = 10) -> None:
    shown = frames(page)
    until(page, f"video.getVideoPlaybackQuality().totalVideoFrames >= {shown + by}")


@pytest.fixture
def publisher(visit: Visit, show: Show) -> Callable[[], Page]:
    def publish() -> Page:
        page = visit()
        page.goto("/accounts/login/")
        page.evaluate(_PUBLISH, show.key)
        until(page, "said.at(-1) === 'live'")
        return page

    return publish


def watch(visit: Visit, show: Show, *, hls: bool = False) -> Page:
    page = visit()
    page.goto("/accounts/login/")
    page.evaluate(_WATCH, [show.room, hls])
    return page


def test_a_viewer_sees_what_a_browser_publishes_and_waits_for_it_to_come_back(
    publisher: Callable[[], Page], visit: Visit, show: Show
) -> None:
    creator = publisher()
    viewer = watch(visit, show)
    until(viewer, "said.at(-1) === 'playing'")
    advances(viewer)
    assert viewer.evaluate("[video.videoWidth, video.videoHeight]") == [1280, 720]
    until(viewer, "stats && stats.fps > 0")

    # The browser is gone without a word, and another takes its place: the same session goes on.
    creator.evaluate("removeEventListener('pagehide', session.stop)")
    creator.context.close()
    until(viewer, "said.at(-1) === 'stalled'")
    publisher()
    until(viewer, "said.at(-1) === 'playing'")
    advances(viewer)
    assert viewer.evaluate("said") == ["connecting", "playing", "stalled", "playing"]
