"""The last events of a room in memory, each encoded once, and frames made of any run of them.

Whoever comes back with a number is served from here, so that a full room returning at once costs
no query. Frames hold consecutive events; a frame that many ask for is made once.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.edge.store import EventRow
from yellowcart.edge.wire import packed_frame, text_frame
from yellowcart.listings.cart import Ask, CartRow, cart_item
from yellowcart.live import events as types
from yellowcart.live.offers import CouponRow, coupon_items

_encode: Final = msgspec.json.Encoder().encode

#: Events of a room that are kept.
KEPT: Final = 1_000
#: Events a viewer may have missed; beyond that a snapshot is cheaper.
MOST_MISSED: Final = 500
#: What a rule says of goods is looked up when they are shown; so long it is taken as said.
_WORDS_HOLD_SECONDS: Final = 0.25
_MOST_FRAMES: Final = 64


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


class Made(NamedTuple):
    """Bytes, and when they were made on either clock."""

    data: bytes
    monotonic: float
    at: datetime

    def holds(self) -> bool:
        """Whether what it says in words may still be taken as said."""
        # Both clocks: the platform's may have been set meanwhile.
        if time.monotonic() - self.monotonic >= _WORDS_HOLD_SECONDS:
            return False
        return 0 <= (clock.now() - self.at).total_seconds() < _WORDS_HOLD_SECONDS


class Told:
    """One numbered event."""

    __slots__ = ("_encoded", "in_words", "row")

    def __init__(self, row: EventRow) -> None:
        self.row = row
        self.in_words = row.type in _IN_WORDS
        self._encoded: dict[str, Made] = {}

    def encoded(self, ask: Ask, language: str) -> Made:
        """The event as JSON, for those who read a language."""
        key = language if self.in_words else ""
        found = self._encoded.get(key)
        if found is not None and (not self.in_words or found.holds()):
            return found
        at = clock.now()
        content = self._content(ask, at, language)
        row = self.row
        body = _encode({**content, "seq": row.seq, "type": row.type, "at": iso(row.at)})
        made = self._encoded[key] = Made(body, time.monotonic(), at)
        return made

    def _content(self, ask: Ask, at: datetime, language: str) -> dict[str, Any]:
        row = self.row
        if row.type == types.MOUNTED:
            return cart_item(_mounted.decode(row.payload).row, ask, at, language)
        if row.type == types.COUPONS:
            return {"coupons": coupon_items(_offered.decode(row.payload).rows, at, language)}
        content: dict[str, Any] = msgspec.json.decode(row.payload)
        return content


class History:
    """What happened in a room, up to number ``last``."""

    def __init__(self, last: int, ask: Ask) -> None:
        self.last = last
        self._ask = ask
        self._events: list[Told] = []
        self._frames: dict[tuple[int, int, str, bool], Made] = {}

    @property
    def before(self) -> int:
        """The number before the first event that is kept."""
        return self.last - len(self._events)

    def add(self, rows: Sequence[EventRow]) -> list[str]:
        """Take in events that follow, in order; those known already are passed over. The types
        of the new ones. Where numbers are missing, what came before is forgotten."""
        new: list[str] = []
        for row in rows:
            if row.seq <= self.last:
                continue
            if row.seq != self.last + 1:
                self._events.clear()
            self._events.append(Told(row))
            self.last = row.seq
            new.append(row.type)
        if len(self._events) > 2 * KEPT:
            del self._events[:-KEPT]
        return new

    def can_follow(self, since: int) -> bool:
        """Whether a viewer at number ``since`` can be given all that followed."""
        return self.before <= since <= self.last and self.last - since <= MOST_MISSED

    def frame(self, since: int, language: str, *, packed: bool = False) -> bytes:
        """``{"seq": …, "events": […]}`` with all after ``since``, which must be kept here;
        ``packed`` for those who read deflated messages."""
        for words in ("", language):
            found = self._frames.get((since, self.last, words, packed))
            if found is not None and (not words or found.holds()):
                return found.data
        events = self._events[since - self.before :]
        encoded = [event.encoded(self._ask, language) for event in events]
        body = b'{"seq":%d,"events":[%b]}' % (self.last, b",".join([one.data for one in encoded]))
        frame = packed_frame(body) if packed else text_frame(body)
        worded = [one for event, one in zip(events, encoded, strict=True) if event.in_words]
        # It holds as long as the oldest words in it.
        now = Made(b"", time.monotonic(), clock.now())
        oldest = min(worded, key=lambda one: one.monotonic, default=now)
        if len(self._frames) >= _MOST_FRAMES:
            self._frames.clear()
        key = (since, self.last, language if worded else "", packed)
        self._frames[key] = oldest._replace(data=frame)
        return frame
