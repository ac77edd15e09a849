"""Decisions about orders, payments and conversions: values in, values out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: The parts of an address, in the order in which they are written.
ADDRESS_PARTS: Final = ("name", "phone", "region", "address", "postcode", "note")
ADDRESS_NEEDED: Final = ("name", "phone", "address")
LONGEST_PART: Final = 200

#: Taobao Alliance's ``tk_status`` and the words used here.
CONVERSION_STATES: Final[Mapping[int, str]] = {
    12: "paid",
    14: "received",
    3: "settled",
    13: "closed",
}
MOST_CONVERSIONS: Final = 100
"""As many orders as one page of the alliance's order list holds."""


def clean_address(parts: Mapping[str, str]) -> dict[str, str]:
    """The known parts, trimmed and shortened, without the empty ones."""
    cleaned = {
        part: re.sub(r"\s+", " ", parts.get(part, "")).strip()[:LONGEST_PART]
        for part in ADDRESS_PARTS
    }
    return {part: text for part, text in cleaned.items() if text}


def missing_parts(address: Mapping[str, str]) -> list[str]:
    """The parts a parcel can't do without that are not there."""
    return [part for part in ADDRESS_NEEDED if not address.get(part)]


def masked_address(address: Mapping[str, str]) -> dict[str, str]:
    """An address for eyes that don't send the parcel: who, but not where exactly."""
    return {
        part: text if part == "region" else _masked(text)
        for part, text in address.items()
        if part != "note"
    }


def _masked(text: str) -> str:
    if len(text) < 7:
        return text[:1] + "*" * (len(text) - 1)
    return text[:3] + "*" * (len(text) - 5) + text[-2:]


def due_minor(state: str, amount_minor: int, deposit_minor: int) -> int:
    """What is to be paid next for an order: all of it, or its deposit and later the rest."""
    if state == "deposit_paid":
        return amount_minor - deposit_minor
    return deposit_minor or amount_minor


def stage_of(state: str, deposits_minor: Iterable[int]) -> str:
    """The stage of a payment for orders in one state: ``full``, ``deposit`` or ``balance``."""
    if state == "deposit_paid":
        return "balance"
    return "deposit" if any(deposits_minor) else "full"


@dataclass(frozen=True, slots=True)
class Told:
    """What a source said of one sale of its own, and when it was so."""

    status: str
    amount_minor: int
    commission_minor: int
    source_updated_at: datetime


def is_newer(known: Told, told: Told) -> bool:
    """Whether a message changes what is known.

    The source's own time decides, not the order of arrival. Two different statements of one
    instant: the later step of a sale's life stands, and a revocation over all.
    """
    if told.source_updated_at != known.source_updated_at:
        return told.source_updated_at > known.source_updated_at
    return _RANK[told.status] > _RANK[known.status]


_RANK: Final = {"paid": 0, "received": 1, "settled": 2, "closed": 3}


def in_window(clicked_at: datetime, ordered_at: datetime, window_days: int) -> bool:
    """Whether a sale counts for a click: ordered in ``[click, click + window)``."""
    return clicked_at <= ordered_at < clicked_at + timedelta(days=window_days)
