"""Decisions about payments: values in, values out."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID


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
