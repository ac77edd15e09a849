"""Pictures as we show them, made by a process that may die of what it is given."""

import select
import subprocess
import sys
import time
from contextlib import suppress
from threading import Lock
from typing import IO, Any, Final

import msgspec

#: Seconds for one picture: a hundred times what a large one takes.
MOST_SECONDS: Final = 20.0
#: A process serves so many, so that nothing one of them left behind lasts.
PICTURES_A_PROCESS: Final = 500
_LARGEST_FRAME: Final = 64 * 2**20

_decode = msgspec.msgpack.Decoder(dict[str, Any]).decode


class UnfitError(Exception):
    """What came can't be shown. ``why``: ``unknown``, ``too_many_pixels`` or ``broken``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Shown(msgspec.Struct, frozen=True):
    """A picture in both sizes: WebP. Width and height are those of the large one."""

    width: int
    height: int
    large: bytes
    small: bytes


class Decoder:
    """Makes pictures one at a time, whoever asks; begins its process when it is first needed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def make(self, data: bytes) -> Shown:
        """The picture as we show it; :class:`UnfitError` where it is none."""
        with self._lock:
            try:
                answer = self._ask(data)
            except (OSError, EOFError, msgspec.DecodeError) as error:
                # It ran out of memory or time, or worse: of this picture, not of the next.
                self._end()
                raise UnfitError("broken") from error
        if "why" in answer:
            raise UnfitError(str(answer["why"]))
        return msgspec.convert(answer, Shown)

    def close(self) -> None:
        """End the process; another begins when one is needed."""
        with self._lock:
            self._end()

    def _ask(self, data: bytes) -> dict[str, Any]:
        if self._process is None or self._served >= PICTURES_A_PROCESS:
            self._end()
            self._begin()
        process, self._served = self._process, self._served + 1
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError
        deadline = time.monotonic() + MOST_SECONDS
        process.stdin.write(len(data).to_bytes(4, "big") + data)
        process.stdin.flush()
        size = int.from_bytes(_read(process.stdout, 4, deadline), "big")
        if size > _LARGEST_FRAME:
            raise EOFError
        return _decode(_read(process.stdout, size, deadline))

    def _begin(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "yellowcart.pictures.decoder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._served = 0

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _read(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        ready, _writing, _broken = select.select(
            [pipe], [], [], max(deadline - time.monotonic(), 0)
        )
        chunk = pipe.read(size - len(data)) if ready else b""
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)
