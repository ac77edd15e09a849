"""Recordings: what was published, in fragmented MP4, as it came.

A file is an init segment and fragments behind one another: what was written before a crash can be
played. At the end a segment index is put into the room left for it in front, so that players of
plain files know the length and may seek. Beside the file an index in JSON lines tells each whole
segment, which begins with a key frame: ``[offset, bytes, start, length]``, times in milliseconds
from the recording's start. From it a playlist or a file for any span is made without reading the
pictures.
"""

import json
import logging
import math
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from yellowcart.core import clock
from yellowcart.media.engine import fmp4
from yellowcart.media.engine.packager import Part, Start

log = logging.getLogger(__name__)

#: How often the platform is told how long a recording is by now, in seconds.
_TELL_SECONDS: Final = 10.0
#: Parts waiting for a disk that does not keep up; then the recording ends.
_MOST_WAITING: Final = 120
#: A recording goes on in another file after this, so that no file is all there is.
_LONGEST_SECONDS: Final = 3_600.0

#: Left in front for the segment index: an hour of segments.
_INDEX_ROOM: Final = 32_768

#: path (relative to the media folder), start, milliseconds, bytes.
Told = Callable[[str, datetime, int, int], None]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a recording that begins with a key frame."""

    offset: int
    size: int
    start_ms: int
    length_ms: int


@dataclass(frozen=True)
class Recording:
    """A recording as it can be played now."""

    file: Path
    init_size: int
    segments: tuple[Segment, ...]

    @property
    def length_ms(self) -> int:
        """Its whole length."""
        last = self.segments[-1] if self.segments else None
        return last.start_ms + last.length_ms if last else 0

    def between(self, from_ms: int, until_ms: int) -> tuple[Segment, ...]:
        """The segments that hold ``[from_ms, until_ms)``: from the key frame before to the one
        after."""
        return tuple(
            s for s in self.segments if s.start_ms < until_ms and s.start_ms + s.length_ms > from_ms
        )


def index_of(file: Path) -> Path:
    """Where a recording's index is."""
    return file.with_suffix(".jsonl")


def load(file: Path) -> Recording | None:
    """A recording, as far as it is whole; None where there is nothing to play."""
    try:
        size = file.stat().st_size
        lines = index_of(file).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    segments: list[Segment] = []
    init_size = 0
    for line in lines:
        try:
            numbers = json.loads(line)
        except ValueError:
            break  # a crash cut the line
        if not init_size:
            init_size = int(numbers[0])
        elif numbers[0] + numbers[1] <= size:
            segments.append(Segment(*map(int, numbers)))
    return Recording(file, init_size, tuple(segments)) if segments else None


def playlist(recording: Recording, *, from_ms: int = 0, until_ms: int = 1 << 52) -> str:
    """An HLS playlist of a span; ``init.mp4`` and ``<offset>.m4s`` stand beside it."""
    found = recording.between(from_ms, until_ms)
    longest = max((s.length_ms for s in found), default=1_000)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest / 1_000)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MEDIA-SEQUENCE:0",
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for segment in found:
        lines.append(f"#EXTINF:{segment.length_ms / 1_000:.3f},")
        lines.append(f"{segment.offset}.m4s")
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


class Recorder:
    """Writes one broadcast's parts, while it is told to. The disk is waited for on a thread."""

    def __init__(self, folder: Path, prefix: str, threads: ThreadPoolExecutor, told: Told) -> None:
        self._folder, self._prefix = folder, prefix
        self._threads, self._told = threads, told
        self._on = False
        self._start: Start | None = None
        self._file: _File | None = None
        self._waiting = 0
        self._count = 0

    def switch(self, *, on: bool) -> None:
        """Record or don't."""
        if self._on and not on:
            self._end()
        self._on = on

    def start(self, start: Start) -> None:
        """Coded like this from the next part on: another file."""
        self._end()
        self._start = start

    def part(self, part: Part) -> None:
        """The next part."""
        if not self._on or self._start is None:
            return
        if self._file is not None and part.begins and part.at - self._file.at > _LONGEST_SECONDS:
            self._end()
        if self._file is None:
            if not part.begins or not (part.independent or not self._start.width):
                return
            self._count += 1
            name = f"{self._prefix}/{int(part.at * 1_000)}-{self._count}.mp4"
            began = clock.now() - timedelta(seconds=max(0.0, time.time() - part.at))
            self._file = _File(self._folder, name, part.at, began, self._told)
            self._do(self._file.open, self._start)
        if self._waiting >= _MOST_WAITING:
            log.error("the disk is too slow to record; recording stops")
            self._on = False
            self._end()
            return
        self._do(self._file.write, part)

    def stop(self) -> None:
        """The publisher is gone."""
        self._end()

    def _end(self) -> None:
        if self._file is not None:
            self._do(self._file.close)
            self._file = None

    def _do(self, work: Callable[..., None], *given: Any) -> None:
        self._waiting += 1
        self._threads.submit(work, *given).add_done_callback(self._done)

    def _done(self, done: "Future[None]") -> None:
        self._waiting -= 1
        error = done.exception()
        if error is not None:
            log.error("a recording was not written", exc_info=error)


class _File:
    """One file and its index. Its methods run on the recorder's thread, in order."""

    def __init__(self, folder: Path, name: str, at: float, began: datetime, told: Told) -> None:
        self.at = at
        self._path, self._name, self._began, self._told = folder / name, name, began, told
        self._size = 0
        self._track = self._index_at = 0
        self._references: list[tuple[int, int]] = []
        self._segment: list[int] | None = None
        self._until_ms = 0
        self._told_at = 0.0
        self._broken = False

    def open(self, start: Start) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._track = fmp4.VIDEO_TRACK if start.width else fmp4.AUDIO_TRACK
        self._index_at = len(start.data)
        self._append(start.data + fmp4.box(b"free", bytes(_INDEX_ROOM - 8)))
        self._note([len(start.data)])

    def write(self, part: Part) -> None:
        if self._broken:
            return
        start_ms = round((part.at - self.at) * 1_000)
        if part.begins or self._segment is None:
            self._end_segment(start_ms)
            self._segment = [self._size, 0, start_ms]
        before = self._size
        try:
            self._append(part.data)
        except OSError:
            # A full disk, most likely: what is there stays playable.
            self._broken = True
            raise
        self._segment[1] += self._size - before
        self._until_ms = start_ms + round(part.seconds * 1_000)

    def close(self) -> None:
        self._end_segment(self._until_ms)
        if self._references and not self._broken:
            with self._path.open("r+b") as file:
                file.seek(self._index_at)
                file.write(fmp4.index(self._references, track=self._track, room=_INDEX_ROOM))
        self._tell()

    def _end_segment(self, until_ms: int) -> None:
        if self._segment is None:
            return
        offset, size, start_ms = self._segment
        self._segment = None
        length_ms = max(1, until_ms - start_ms)
        self._note([offset, size, start_ms, length_ms])
        self._references.append((size, length_ms))
        self._until_ms = max(self._until_ms, until_ms)
        if time.monotonic() - self._told_at > _TELL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self._until_ms > 0:
            self._told(self._name, self._began, self._until_ms, self._size)

    def _append(self, data: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(data)
        self._size += len(data)

    def _note(self, numbers: list[int]) -> None:
        with index_of(self._path).open("a", encoding="ascii") as file:
            file.write(json.dumps(numbers) + "\n")
            file.flush()
            os.fsync(file.fileno())
