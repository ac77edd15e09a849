"""One broadcast that is being published, and what is agreed with who publishes or watches."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from yellowcart.media.engine import limits, sdp
from yellowcart.media.engine.control import Opened
from yellowcart.media.engine.feed import Feed
from yellowcart.media.engine.packager import Packager
from yellowcart.media.engine.recording import Recorder
from yellowcart.media.engine.samples import Samples
from yellowcart.media.engine.viewing import Viewer

log = logging.getLogger(__name__)


class Publisher(Protocol):
    """A source as the engine sees it."""

    #: Where its whole pictures and sounds go.
    samples: Samples

    @property
    def last_at(self) -> float:
        """When media last came, on the monotonic clock; 0 before any did."""

    def want_key_frame(self) -> None:
        """Send a key frame soon, if you can."""

    def close(self, why: str) -> None:
        """You may not publish any longer."""

    def tick(self) -> None:
        """A second passed."""

    def health(self) -> dict[str, Any]:
        """How it comes in."""


class Session:
    """One broadcast that is being published."""

    def __init__(self, opened: Opened, feed: Feed, source: Publisher) -> None:
        self.broadcast_id, self.room_id = opened.broadcast_id, opened.room_id
        self.feed, self.source = feed, source
        self.started = self.over = False
        self.began = time.monotonic()
        self.reported = 0.0
        #: What is told of one broadcast arrives in the order it happened.
        self._turn = asyncio.Lock()
        self._told: set[asyncio.Task[None]] = set()
        self.packager = Packager([])

    def pack(self, recorder: Recorder) -> None:
        """Pack what comes, for HLS and for the recording."""
        self.recorder = recorder
        self.packager.outputs = [self.feed.hls, recorder]
        self.source.samples = self.packager

    def end(self) -> None:
        """Nothing comes any more."""
        self.over = True
        self.packager.close()
        self.feed.hls.stop()
        self.recorder.stop()

    def tell(self, what: Callable[[], Awaitable[None]]) -> None:
        """Tell the platform, after what was told before."""

        async def telling() -> None:
            async with self._turn:
                try:
                    await what()
                except Exception:
                    log.exception("the platform was not told")

        task = asyncio.create_task(telling())
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    async def settled(self) -> None:
        """Wait until all is told."""
        await asyncio.gather(*self._told, return_exceptions=True)


def publishable(offer: sdp.Offer) -> dict[str, sdp.Accepted]:
    """What we take of an offer: one picture, H.264 before VP8, and one sound."""
    accepted: dict[str, sdp.Accepted] = {}
    kinds: set[str] = set()
    for media in offer.media:
        if media.kind in kinds or media.direction not in {"sendonly", "sendrecv"}:
            continue
        wanted = ("opus",) if media.kind == "audio" else ("h264", "vp8")
        codec = next((c for name in wanted if (c := sdp.find(media, name)) is not None), None)
        if media.kind not in {"audio", "video"} or codec is None:
            continue
        kinds.add(media.kind)
        limit = {
            "x-google-start-bitrate": str(limits.START_KBPS),
            "x-google-max-bitrate": str(limits.WANTED_BITRATE // 1_000),
        }
        accepted[media.mid] = sdp.Accepted(
            codec,
            abs_send_time=media.abs_send_time,
            parameters=limit if media.kind == "video" else {},
        )
    return accepted


def watchable(offer: sdp.Offer, viewer: Viewer) -> dict[str, sdp.Accepted]:
    """What we send of what is asked for."""
    accepted: dict[str, sdp.Accepted] = {}
    open_tracks = dict(viewer.feed.tracks)
    for media in offer.media:
        track = open_tracks.get(media.kind)
        if track is None or media.direction not in {"recvonly", "sendrecv"}:
            continue
        codec = sdp.find(media, track.codec)
        if codec is None:
            continue
        del open_tracks[media.kind]
        sending = viewer.add(track, codec.number)
        accepted[media.mid] = sdp.Accepted(codec, ssrc=sending.ssrc)
    return accepted
