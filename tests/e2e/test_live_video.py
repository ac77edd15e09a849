"""A creator's browser and a viewer's, through the video engine."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import PATIENCE, Visit
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


_RECORDED = """
from yellowcart.config.boot import boot
boot()
from yellowcart.media.engine import replays
from yellowcart.media.models import Recording
last = Recording.objects.order_by("id").last()
print(last.duration_ms, last.started_at.isoformat(), replays.link(last.path))
"""


@dataclass(frozen=True)
class Show:
    """A live room and a key for it."""

    room: str
    key: str


def ask(night: Running, script: str) -> list[str]:
    """What a script prints that runs on the server's own database."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment(night.data), "YELLOWCART_LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.fixture
def show(night: Running) -> Show:
    return Show(*ask(night, _KEY.format(creator="xiaolan")))


def until(page: Page, expression: str, seconds: float = PATIENCE / 1_000) -> None:
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
    # A busy machine sends it smaller, never in another shape.
    assert viewer.evaluate("Math.round(100 * video.videoWidth / video.videoHeight)") == 178
    until(viewer, "stats && stats.fps > 0")

    # The browser is gone without a word, and another takes its place: the same session goes on.
    creator.evaluate("removeEventListener('pagehide', session.stop)")
    creator.context.close()
    until(viewer, "said.at(-1) === 'stalled'")
    publisher()
    until(viewer, "said.at(-1) === 'playing'")
    advances(viewer)
    assert viewer.evaluate("said") == ["connecting", "playing", "stalled", "playing"]


@contextmanager
def obs(night: Running, show: Show) -> Iterator[None]:
    """``ffmpeg`` as OBS: H.264 without B-frames and AAC over RTMP."""
    program = shutil.which("ffmpeg")
    assert program, "install Debian's ffmpeg: scripts/install-test-tools.sh"
    port = night.log().split("RTMP on port ")[1].split(",")[0]
    process = subprocess.Popen(
        [
            *[program, "-hide_banner", "-loglevel", "error", "-re"],
            *["-f", "lavfi", "-i", "testsrc=size=320x180:rate=25"],
            *["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"],
            *["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "50"],
            *["-pix_fmt", "yuv420p", "-c:a", "aac", "-t", "120"],
            *["-f", "flv", f"rtmp://127.0.0.1:{port}/live/{show.key}"],
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def seconds_of(source: str) -> float:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration", source],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout)["format"]["duration"])


def test_obs_is_seen_over_both_ways_and_recorded(visit: Visit, show: Show, night: Running) -> None:
    with obs(night, show):
        quick = watch(visit, show)
        until(quick, "said.at(-1) === 'playing'")
        advances(quick)
        assert quick.evaluate("[video.videoWidth, player.via]") == [320, "whep"]
        slow = watch(visit, show, hls=True)
        until(slow, "said.at(-1) === 'playing'")
        advances(slow)
        assert slow.evaluate("[video.videoWidth, player.via]") == [320, "hls"]
    until(quick, "said.at(-1) === 'stalled'")

    length_ms, began, link = ask(night, _RECORDED)
    assert began.startswith("2021-11-15"), "dated by the platform's clock"
    for name in ("video.mp4", "index.m3u8"):
        seconds = seconds_of(f"{night.base_url}{link}{name}")
        assert seconds == pytest.approx(int(length_ms) / 1_000, abs=0.5)
    quick.evaluate("player.stop()")
    quick.evaluate("(url) => { video.src = url; video.play(); }", f"{link}video.mp4")
    until(quick, "video.currentTime > 0.3 && video.videoWidth === 320")
    assert quick.evaluate("video.duration") == pytest.approx(int(length_ms) / 1_000, abs=0.5)
    quick.evaluate("video.currentTime = video.duration - 1")
    until(quick, "!video.seeking && video.currentTime > video.duration - 1.1")
