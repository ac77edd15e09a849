"""Cutting a show's recording at its pins: explanation replays (讲解回放). Pure.

A listing is explained from the instant at which it is pinned until another is pinned, none is, or
the show ends: half-open intervals, so that of two explanations that follow each other each moment
belongs to one. A recording's picture ``ms`` milliseconds in was sent at ``started_at + ms``: media
time is the clock's time less the recording's start. The show may lie in several recordings, since
a line breaks off; an explanation that does becomes a clip of each part, if what was
recorded of it in all is long enough.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

#: What is shorter was pinned by mistake, or explains nothing.
SHORTEST_MS: Final = 5_000
#: A part of an explanation over a broken line that is worth showing.
SHORTEST_PART_MS: Final = 1_000
_MS: Final = timedelta(milliseconds=1)


class Pin(NamedTuple):
    """From an instant on this listing is explained, or none."""

    at: datetime
    listing_id: UUID | None


class Piece(NamedTuple):
    """A recording: its pictures were sent in ``[started_at, started_at + duration_ms)``."""

    id: UUID
    started_at: datetime
    duration_ms: int

    @property
    def ended_at(self) -> datetime:
        """When its last picture had been shown."""
        return self.started_at + self.duration_ms * _MS


class Span(NamedTuple):
    """A listing was explained in ``[begins, ends)``."""

    listing_id: UUID
    begins: datetime
    ends: datetime


class Cut(NamedTuple):
    """The part ``[from_ms, until_ms)`` of a recording; ``listing_id`` is null for the show."""

    listing_id: UUID | None
    piece_id: UUID
    from_ms: int
    until_ms: int


def spans(pins: Iterable[Pin], ends_at: datetime) -> list[Span]:
    """What was explained when, from pins in order. Pinning the pinned one again changes nothing."""
    found: list[Span] = []
    current: Pin | None = None
    for pin in [*pins, Pin(ends_at, None)]:
        if pin.at > ends_at or (current and pin.listing_id == current.listing_id):
            continue
        if current and current.listing_id is not None and current.at < pin.at:
            found.append(Span(current.listing_id, current.at, pin.at))
        current = pin
    return found


def cut(
    begins: datetime,
    ends: datetime,
    pieces: Iterable[Piece],
    *,
    listing_id: UUID | None = None,
    shortest_ms: int = SHORTEST_PART_MS,
) -> list[Cut]:
    """The parts of recordings that show ``[begins, ends)``, in order, none too short."""
    found = []
    for piece in sorted(pieces, key=lambda piece: (piece.started_at, piece.id)):
        first = max(begins, piece.started_at) - piece.started_at
        last = min(ends, piece.ended_at) - piece.started_at
        # Rounded towards the inside: no picture of another explanation is shown.
        from_ms, until_ms = -(-first // _MS), last // _MS
        if until_ms - from_ms >= max(shortest_ms, 1):
            found.append(Cut(listing_id, piece.id, from_ms, until_ms))
    return found


def explanations(
    pins: Iterable[Pin], show: tuple[datetime, datetime], pieces: Sequence[Piece]
) -> list[Cut]:
    """A clip for each explanation within the show, in the order in which they were given."""
    begins, ends = show
    found: list[Cut] = []
    for span in spans(pins, ends):
        parts = cut(max(span.begins, begins), span.ends, pieces, listing_id=span.listing_id)
        if sum(part.until_ms - part.from_ms for part in parts) >= SHORTEST_MS:
            found += parts
    return found
