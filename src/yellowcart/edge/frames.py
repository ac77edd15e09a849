"""What travels over a socket beside a room's events: whole WebSocket frames, ready to write."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.edge.wire import packed_frame, text_frame

_encode: Final = msgspec.json.Encoder().encode


def numbers_frame(numbers: Mapping[str, Any]) -> bytes:
    """``{"viewers": n, "counts": {…}, …}``: what is counted, as it stands; without a number."""
    return text_frame(_encode(numbers))


def clock_frame() -> bytes:
    """``{"clock": {"time": …, "speed": …}}``: what the platform's clock reads, and how fast."""
    speed = clock.timeline().speed
    return text_frame(_encode({"clock": {"time": iso(clock.now()), "speed": speed}}))


def snapshot_frame(body: bytes, *, packed: bool = False) -> bytes:
    """``{"snapshot": {…}}``; ``packed`` for those who read deflated messages."""
    whole = b'{"snapshot":%b}' % body
    return packed_frame(whole) if packed else text_frame(whole)


def error_body(problem: Problem, language: str, ref: str | int | None = None) -> bytes:
    """``{"error": problem}``, with the ``ref`` of the client's frame where it gave one."""
    body: dict[str, Any] = {"error": problem.body(language)}
    if ref is not None:
        body["ref"] = ref
    return _encode(body)


def error_frame(problem: Problem, language: str, ref: str | int | None = None) -> bytes:
    """:func:`error_body` as a frame."""
    return text_frame(error_body(problem, language, ref))


def pong_frame(ping: Any) -> bytes:
    """``{"pong": …}`` with whatever the client sent."""
    return text_frame(_encode({"pong": ping}))
