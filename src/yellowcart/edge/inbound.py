"""What viewers send over their sockets, and who takes it.

A kind of message is a field of :class:`ClientFrame` and a taker registered with
:meth:`Inbound.on`; nothing else needs to know of it. A taker runs on the event loop and must not
wait: what takes time answers later, with :meth:`Client.put`.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import msgspec

from yellowcart.core.problems import Problem
from yellowcart.edge.channels import Client
from yellowcart.edge.chat import Chat
from yellowcart.edge.frames import error_frame, pong_frame
from yellowcart.edge.problems import frame_invalid, unavailable
from yellowcart.live.rules import too_fast

log = logging.getLogger(__name__)

#: Longest frame a client may send, in characters.
LONGEST_FRAME: Final = 2_000
#: A client may send this many frames at once, and this many a second in the long run.
BURST: Final = 10
FRAMES_A_SECOND: Final = 2.0
#: Frames beyond that before the socket is closed.
MOST_REFUSED: Final = 30
CLOSE_FLOOD: Final = 1008

Ref = str | int | None


class ClientFrame(msgspec.Struct):
    """What a client may send. ``ref`` comes back with an error, so that it knows which one."""

    chat: str | None = None
    #: Likes tapped since the last frame that told of any.
    like: int | None = None
    ping: str | int | float | None = None
    ref: Ref = None
    #: Listings this viewer had before their eyes since the last such frame, and those opened.
    seen: list[UUID] | None = None
    opened: list[UUID] | None = None


_decoder: Final = msgspec.json.Decoder(ClientFrame)

Taker = Callable[[Client, Any, Ref], None]
"""Takes what a field of :class:`ClientFrame` holds. Raises a :class:`Problem` to refuse it."""


class Bucket:
    """Lets a burst through, and a rate in the long run."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, now: float, burst: float, rate: float) -> None:
        self._tokens, self._at = burst, now
        self._burst, self._rate = burst, rate

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now

    def take(self, now: float) -> float:
        """0 where one may pass, else the seconds to wait."""
        self._refill(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate

    def take_up_to(self, now: float, wanted: int) -> int:
        """How many of ``wanted`` may pass."""
        self._refill(now)
        passed = max(0, min(wanted, int(self._tokens)))
        self._tokens -= passed
        return passed


class Inbound:
    """Decodes what clients send, slows those who flood, and hands on the rest."""

    def __init__(self) -> None:
        self._takers: dict[str, Taker] = {"ping": _ping}

    def on(self, kind: str, taker: Taker) -> None:
        """Have a field of :class:`ClientFrame` taken by ``taker``."""
        if kind not in ClientFrame.__struct_fields__:
            raise ValueError(f"ClientFrame has no field {kind!r}")
        self._takers[kind] = taker

    def take(self, client: Client, text: str) -> None:
        """One message of a client."""
        now = asyncio.get_running_loop().time()
        if client.talk is None:
            client.talk = Bucket(now, BURST, FRAMES_A_SECOND)
        ref: Ref = None
        try:
            if wait := client.talk.take(now):
                client.refused += 1
                if client.refused > MOST_REFUSED:
                    client.close(CLOSE_FLOOD)
                    return
                raise too_fast(int(wait * 1_000))
            frame = _decode(text)
            ref = frame.ref
            for kind, taker in self._takers.items():
                content = getattr(frame, kind)
                if content is not None:
                    taker(client, content, ref)
        except Problem as problem:
            client.put(error_frame(problem, client.language, ref))
        except Exception:
            log.exception("what a client sent could not be taken")
            client.put(error_frame(unavailable(), client.language, ref))


def _decode(text: str) -> ClientFrame:
    if len(text) > LONGEST_FRAME:
        raise frame_invalid()
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise frame_invalid() from error


def _ping(client: Client, content: Any, _ref: Ref) -> None:
    client.put(pong_frame(content))


def speaking(chat: Chat) -> Taker:
    """Takes ``chat``: the speaker hears of it only where it is refused."""

    def say(client: Client, text: str, ref: Ref) -> None:
        def answered(written: "asyncio.Future[None]") -> None:
            error = None if written.cancelled() else written.exception()
            if error is not None:
                problem = error if isinstance(error, Problem) else unavailable()
                client.put(error_frame(problem, client.language, ref))

        chat.say(client.holder, text).add_done_callback(answered)

    return say
