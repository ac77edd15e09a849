"""What a payment provider must be able to do, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """The name both sides know the charge by, and the page on which the buyer pays."""

    ref: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """A provider's genuine word on one of its charges.

    ``message_id`` is the sender's own. The charge is named by ``ref``, or by ``payment_id``
    where the provider repeats what we called it. ``txn`` is the provider's number of the money.
    """

    message_id: str
    ref: str
    succeeded: bool
    amount_minor: int
    currency: str
    body_hash: str
    payment_id: UUID | None = None
    txn: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A charge that began, for asking about it or for giving money of it back."""

    payment_id: UUID
    ref: str
    txn: str
    received_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What a provider is asked to give back; ``refund_id`` makes asking again harmless."""

    charge: Taken
    refund_id: UUID
    amount_minor: int
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a refund: ``done``, ``sent`` (accepted, not final yet) or ``failed``."""

    state: str
    ref: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider wants to hear on its callback."""

    status: int
    content_type: str
    body: bytes


class Provider(Protocol):
    """A way to pay. Nobody calls one within a database transaction."""

    code: str

    def is_on(self) -> bool:
        """Whether it is configured and may be offered here."""

    def start(self, charge: Charge) -> Started:
        """Begin; the same payment again gives the same charge."""

    def refund(self, wanted: GiveBack) -> Given:
        """Give money back; a repeat changes nothing and tells how far it is."""

    def query(self, charge: Taken) -> Told | None:
        """What became of a charge; None while it is open."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | None:
        """What a genuine callback says of a charge; None where it speaks of something else.

        ``headers`` by lower-case name, ``body`` as it came. :class:`Problem` 401
        ``signature_invalid`` where it is not theirs or too old, 422 ``invalid_request`` where it
        can't be read.
        """

    def accepted(self, state: str) -> Reply:
        """The answer to a callback that was taken in, now or before."""
