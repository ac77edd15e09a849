"""A room's low-latency HLS (RFC 8216bis): what is on now, in memory.

Segments have names that nobody guesses (a folder per feed, told only in playlists, which ask for
a pass), so that they may be cached on the way. A request for what is about to come waits for it.
"""

import asyncio
import math
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from yellowcart.media.engine.packager import PART_SECONDS, Part, Start

#: Whole segments kept, and how many of the newest are listed with their parts.
_KEPT: Final = 8
_WITH_PARTS: Final = 3
#: A request waits no longer than this for what is to come, in seconds.
_WAIT_SECONDS: Final = 5.0
#: A publisher that never sends a key frame: 8 segments of 12 s at 12 Mbit/s would be 144 MB.
_MOST_BYTES: Final = 64_000_000


@dataclass
class _Segment:
    number: int
    init: int
    at: float
    breaks: bool
    parts: list[Part] = field(default_factory=list)
    whole: bool = False

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def size(self) -> int:
        return sum(len(part.data) for part in self.parts)


class LiveHls:
    """The playlist of one feed and what it names. It goes on over publishers."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(16)
        self._segments: deque[_Segment] = deque()
        self._inits: dict[int, bytes] = {}
        self._init = 0
        self._breaks = False
        self._number = 0
        self._gone_breaks = 0
        self._target = 2
        self._news = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether there is anything to show."""
        return bool(self._segments)

    def start(self, start: Start) -> None:
        """Coded like this from the next part on."""
        self._end_segment()
        self._init += 1
        self._inits[self._init] = start.data
        self._breaks = self._number > 0

    def part(self, part: Part) -> None:
        """The next part."""
        if part.begins or not self._segments or self._segments[-1].whole:
            self._end_segment()
            self._segments.append(_Segment(self._number, self._init, part.at, self._breaks))
            self._number += 1
            self._breaks = False
            self._trim()
        self._segments[-1].parts.append(part)
        self._tell()

    def rename(self) -> None:
        """Who knows the old names gets nothing by them."""
        self.secret = secrets.token_urlsafe(16)

    def stop(self) -> None:
        """The publisher is gone: its last segment is whole."""
        self._end_segment()
        self._tell()

    async def playlist(self, number: int | None, part: int | None) -> str | None:
        """The playlist, when it holds that segment (and part); None where nothing is on."""
        if number is not None:
            await self._until(lambda: self._holds(number, part))
        return self._playlist() if self._segments else None

    async def data(self, name: str) -> bytes | None:
        """A named init, segment or part. A part that is about to come is waited for."""
        kind, _dash, rest = name.partition("-")
        try:
            numbers = [int(each) for each in rest.split(".")[0].split("-")]
        except ValueError:
            return None
        if kind == "init" and len(numbers) == 1:
            return self._inits.get(numbers[0])
        if kind == "seg" and len(numbers) == 1:
            segment = self._find(numbers[0])
            whole = segment is not None and segment.whole
            return b"".join(p.data for p in segment.parts) if segment and whole else None
        if kind != "part" or len(numbers) != 2:
            return None
        number, index = numbers
        newest = self._segments[-1].number if self._segments else -1
        if number > newest + 1 or number < 0 or index < 0:
            return None
        await self._until(lambda: self._holds(number, index))
        segment = self._find(number)
        if segment is None or index >= len(segment.parts):
            return None
        return segment.parts[index].data

    def _find(self, number: int) -> _Segment | None:
        if not self._segments:
            return None
        place = number - self._segments[0].number
        return self._segments[place] if 0 <= place < len(self._segments) else None

    def _holds(self, number: int, part: int | None) -> bool:
        if not self._segments:
            return False
        newest = self._segments[-1]
        if number != newest.number:
            return number < newest.number
        return newest.whole if part is None else newest.whole or part < len(newest.parts)

    async def _until(self, there: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                while not there():
                    await self._news.wait()
        except TimeoutError:
            return

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _end_segment(self) -> None:
        if self._segments and not self._segments[-1].whole:
            segment = self._segments[-1]
            segment.whole = True
            # A player takes the longest as the rhythm: it may grow, never shrink.
            self._target = max(self._target, math.ceil(segment.seconds - 0.5))

    def _trim(self) -> None:
        while len(self._segments) > _KEPT + 1 or (
            len(self._segments) > 2 and sum(s.size for s in self._segments) > _MOST_BYTES
        ):
            gone = self._segments.popleft()
            self._gone_breaks += gone.breaks
        oldest = self._segments[0].init
        for number in [n for n in self._inits if n < oldest]:
            del self._inits[number]

    def _playlist(self) -> str:
        base = f"/media/hls/{self.secret}"
        hold = max(3 * PART_SECONDS, 1.5)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            f"#EXT-X-TARGETDURATION:{self._target}",
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={hold:.1f}",
            f"#EXT-X-PART-INF:PART-TARGET={PART_SECONDS}",
            f"#EXT-X-MEDIA-SEQUENCE:{self._segments[0].number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._gone_breaks}",
        ]
        init = 0
        for segment in self._segments:
            if segment.breaks:
                lines.append("#EXT-X-DISCONTINUITY")
            if segment.init != init:
                init = segment.init
                lines.append(f'#EXT-X-MAP:URI="{base}/init-{init}.mp4"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(segment.at)}")
            if segment.number > self._segments[-1].number - _WITH_PARTS:
                lines += [
                    f'#EXT-X-PART:DURATION={part.seconds:.5f},URI="{base}/part-{segment.number}'
                    f'-{index}.m4s"' + (",INDEPENDENT=YES" if part.independent else "")
                    for index, part in enumerate(segment.parts)
                ]
            if segment.whole:
                lines.append(f"#EXTINF:{segment.seconds:.5f},")
                lines.append(f"{base}/seg-{segment.number}.m4s")
        last = self._segments[-1]
        following = (last.number + 1, 0) if last.whole else (last.number, len(last.parts))
        name = f"{base}/part-{following[0]}-{following[1]}.m4s"
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{name}"')
        return "\n".join(lines) + "\n"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
