"""What a payment provider must be able to do, and what it tells."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider is asked to take. ``amount_minor`` in minor units of the currency."""

    payment_id: UUID
    amount_minor: int
    currency: str
    title: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Started:
    """The provider's own reference, and the page on which the buyer pays."""

    ref: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """A provider's genuine word on one of its charges. ``message_id`` is the sender's own."""

    message_id: str
    ref: str
    succeeded: bool
    amount_minor: int
    currency: str
    body_hash: str


class Provider(Protocol):
    """A way to pay. Nobody calls one within a database transaction."""

    code: str

    def start(self, charge: Charge) -> Started:
        """Begin; the same payment again gives the same reference."""

    def pay_url(self, ref: str) -> str:
        """The page of a payment that began."""

    def refund(self, ref: str, amount_minor: int) -> None:
        """Give money back; a repeat changes nothing."""
