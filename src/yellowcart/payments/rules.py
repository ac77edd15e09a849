"""Decisions about payments: values in, values out."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

#: When a provider is asked about a payment of which it said nothing, around the end of its time.
ASK_PAYMENT: Final = (
    timedelta(minutes=-1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
#: When a refund that is not done is asked for again, after it was decided.
ASK_REFUND: Final = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    *(timedelta(days=number) for number in range(1, 15)),
)
#: After the end of its day, a statement is there.
STATEMENT_READY: Final = timedelta(hours=10, minutes=30)
STATEMENT_DAYS: Final = 3
"""Statements of so many days are fetched where they have not been yet."""


class Share(NamedTuple):
    """How much of a payment is for one order."""

    shop_id: UUID
    order_id: UUID
    amount_minor: int


class Source(NamedTuple):
    """Money of an order that a payment still holds."""

    payment_id: UUID
    left_minor: int


def spread(amount_minor: int, sources: Sequence[Source]) -> list[Source] | None:
    """From which payments a refund is taken: the latest first; None where all hold too little.

    ``sources`` in the order of payment. A balance goes back before the deposit does.
    """
    taken: list[Source] = []
    missing = amount_minor
    for source in reversed(sources):
        part = min(missing, source.left_minor)
        if part > 0:
            taken.append(Source(source.payment_id, part))
            missing -= part
    return taken if missing == 0 else None


def next_ask(base: datetime, after: datetime, steps: Sequence[timedelta]) -> datetime | None:
    """The first of the instants ``base + step`` that lies after ``after``; None after the last."""
    return next((base + step for step in steps if base + step > after), None)


def day_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """A day of a zone as ``[from, until)``."""
    return (
        datetime.combine(day, time(), ZoneInfo(zone)),
        datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)),
    )


def days_with_statement(at: datetime, zone: str) -> list[date]:
    """The latest days whose statements are there, latest first."""
    last = (at.astimezone(ZoneInfo(zone)) - STATEMENT_READY).date()
    return [last - timedelta(days=number) for number in range(1, STATEMENT_DAYS + 1)]
