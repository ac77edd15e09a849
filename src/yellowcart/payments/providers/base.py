"""What a payment provider must be able to do, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

#: Seconds to connect to a provider, and to wait for its answer.
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0


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
    """The name both sides know the charge by, and the page on which the buyer pays.

    Where the buyer scans a code instead, ``code`` is what it says and ``pay_url`` shows it.
    """

    ref: str
    pay_url: str
    code: str = ""


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
    """What a provider is asked to give back; ``refund_id`` makes asking again harmless.

    ``ref`` is the provider's own name of it, where it was asked before and gave one. ``is_again``
    says that a person wants what was refused to be tried once more.
    """

    charge: Taken
    refund_id: UUID
    amount_minor: int
    reason: str
    ref: str = ""
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a refund: ``done``, ``sent`` (accepted, not final yet) or ``failed``."""

    state: str
    ref: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ToldRefund:
    """A provider's genuine word on a refund that it was asked for."""

    message_id: str
    refund_id: UUID
    given: Given
    body_hash: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of money on a provider's own statement, sound or not.

    ``kind`` is ``payment``, ``refund`` or ``other`` (fees and the like, for a person to read).
    ``ref`` is what we called it: the hex or the id of a payment or of a leg of a refund. The
    amount is always positive.
    """

    kind: str
    ref: str
    txn: str
    amount_minor: int
    currency: str
    at: datetime
    refund_ref: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider wants to hear on its callback."""

    status: int
    content_type: str
    body: bytes


class ProviderBusyError(RuntimeError):
    """A provider that can't answer now; ask again later."""


class Provider(Protocol):
    """A way to pay. Nobody calls one within a database transaction."""

    code: str

    @property
    def zone(self) -> str:
        """The time zone in which its statements cut days."""

    def has_keys(self) -> bool:
        """Whether somebody configured it."""

    def is_on(self) -> bool:
        """Whether it may be offered here: it is configured, and its keys can be read."""

    def takes(self, currency: str) -> bool:
        """Whether it takes a currency."""

    def start(self, charge: Charge) -> Started:
        """Begin; the same payment again gives the same charge."""

    def refund(self, wanted: GiveBack) -> Given:
        """Give money back; a repeat changes nothing and tells how far it is.

        Raises where it can't say, to be asked again."""

    def query(self, charge: Taken) -> Told | None:
        """What became of a charge; None while it is open."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | ToldRefund | None:
        """What a genuine callback says; None where it speaks of nothing that concerns us.

        ``headers`` by lower-case name, ``body`` as it came. :class:`Problem` 401
        ``signature_invalid`` where it is not theirs or too old, 422 ``invalid_request`` where it
        can't be read.
        """

    def accepted(self, state: str) -> Reply:
        """The answer to a callback that was taken in, now or before."""

    def refused(self, problem: Problem) -> Reply | None:
        """The answer to a callback that was not; None where a problem document will do."""

    def statement(self, day: date) -> list[StatementLine]:
        """What the provider's books say of a day in its own time zone."""

    def read_statement(self, data: bytes) -> list[StatementLine]:
        """The same from a file that was downloaded by hand; ``ValueError`` where it is none."""


def callback_url(code: str) -> str:
    """Where a provider sends its callbacks."""
    return f"{settings.BASE_URL.rstrip('/')}/api/v1/orders/payments/{code}/callback"


def as_uuid(text: object) -> UUID | None:
    """The id in a text of somebody else's, or None."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def not_configured() -> Problem:
    """The provider has no keys here."""
    return Problem(
        "provider_unavailable", 409, _("This way to pay is off here. Choose another way to pay.")
    )


def signature_invalid() -> Problem:
    """What came is not the provider's word, or too old."""
    return Problem(
        "signature_invalid", 401, _("The signature does not fit this body, or is too old.")
    )


def unreadable() -> Problem:
    """What came is the provider's word, and can't be read."""
    return Problem("invalid_request", 422, _("This callback can't be read."))


def currency_unsupported(currency: str) -> Problem:
    """The provider does not take this currency."""
    return Problem(
        "currency_unsupported",
        422,
        _("This way to pay does not take %(currency)s. Choose another way to pay."),
        params={"currency": currency},
    )


def not_begun() -> Problem:
    """The provider did not begin the payment."""
    return Problem(
        "provider_refused",
        502,
        _("The payment provider did not begin this payment. Try again, or pay another way."),
    )
