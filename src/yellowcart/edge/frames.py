"""What travels over a socket, encoded once for everybody who reads the same language."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.edge.store import EventRow
from yellowcart.listings.cart import Ask, CartRow, cart_item
from yellowcart.live import events as types
from yellowcart.live.offers import CouponRow, coupon_items

_encode: Final = msgspec.json.Encoder().encode


class Mounted(msgspec.Struct):
    """A ``listing.mounted`` as it is stored."""

    row: CartRow


class Offered(msgspec.Struct):
    """A ``coupons`` as it is stored."""

    rows: list[CouponRow]


_mounted: Final = msgspec.json.Decoder(Mounted)
_offered: Final = msgspec.json.Decoder(Offered)
#: Events whose content has words or amounts in the reader's language.
_IN_WORDS: Final = frozenset({types.MOUNTED, types.COUPONS})


class Frame:
    """Consecutive events of one room. :meth:`text` encodes at the first asking, and keeps it."""

    def __init__(self, rows: Sequence[EventRow], ask: Ask) -> None:
        self.rows = rows
        self.first = rows[0].seq
        self.last = rows[-1].seq
        self._ask = ask
        self._texts: dict[str, str] = {}
        self._in_words = any(row.type in _IN_WORDS for row in rows)

    def text(self, language: str) -> str:
        """The frame in a language. Only cart items and coupons have words that differ."""
        key = language if self._in_words else ""
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = frame_text(self.rows, self.last, self._ask, language)
        return text

    def after(self, seq: int) -> "Frame":
        """The part of it that follows ``seq``."""
        return Frame([row for row in self.rows if row.seq > seq], self._ask)


def frame_text(rows: Sequence[EventRow], last: int, ask: Ask, language: str) -> str:
    """``{"seq": …, "events": […]}``."""
    events = [_event(row, ask, language) for row in rows]
    return _encode({"seq": last, "events": events}).decode()


def _event(row: EventRow, ask: Ask, language: str) -> dict[str, Any]:
    # What a rule says of goods is looked up when they are shown, not when they were mounted.
    at = clock.now()
    if row.type == types.MOUNTED:
        content = cart_item(_mounted.decode(row.payload).row, ask, at, language)
    elif row.type == types.COUPONS:
        content = {"coupons": coupon_items(_offered.decode(row.payload).rows, at, language)}
    else:
        content = msgspec.json.decode(row.payload)
    return {**content, "seq": row.seq, "type": row.type, "at": iso(row.at)}


def viewers_text(viewers: int) -> str:
    """``{"viewers": n}``."""
    return f'{{"viewers":{viewers}}}'


def clock_text() -> str:
    """``{"clock": {"time": …, "speed": …}}``: what the platform's clock reads, and how fast."""
    speed = clock.timeline().speed
    return _encode({"clock": {"time": iso(clock.now()), "speed": speed}}).decode()


def snapshot_text(body: bytes) -> str:
    """``{"snapshot": {…}}``."""
    return '{"snapshot":' + body.decode() + "}"


def error_text(problem: Problem, language: str, ref: str | int | None = None) -> str:
    """``{"error": problem}``, with the ``ref`` of the client's frame where it gave one."""
    body: dict[str, Any] = {"error": problem.body(language)}
    if ref is not None:
        body["ref"] = ref
    return _encode(body).decode()


def pong_text(ping: Any) -> str:
    """``{"pong": …}`` with whatever the client sent."""
    return _encode({"pong": ping}).decode()
