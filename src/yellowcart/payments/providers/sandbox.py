"""The sandbox: a provider that takes no money, and behaves like one that does.

It has books of its own (``SandboxCharge``), a page on which the buyer approves or declines, and
tells us by a signed callback over HTTP, later, perhaps twice. It refuses to run in production.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock, jobs
from yellowcart.core.problems import Problem
from yellowcart.payments.models import SandboxCharge, SandboxRefund
from yellowcart.payments.providers.base import (
    Charge,
    GiveBack,
    Given,
    Reply,
    Started,
    StatementLine,
    Taken,
    Told,
    signature_invalid,
    unreadable,
)
from yellowcart.payments.secrets import derived_secret
from yellowcart.sources.connectors.mokuai import sign_webhook, verify_webhook

CODE = "sandbox"
CALLBACK_PATH = "/api/v1/orders/payments/sandbox/callback"
TYPES = {"payment.succeeded": True, "payment.failed": False}


class Message(msgspec.Struct, frozen=True):
    """The body of a callback."""

    type: str
    ref: str
    amount: int
    currency: str


def available() -> None:
    """Nothing where the sandbox may run; a :class:`Problem` in production."""
    if settings.PRODUCTION:
        raise Problem(
            "provider_unavailable",
            409,
            _("The sandbox takes no real money and is off here. Choose another way to pay."),
        )


def secret() -> str:
    """What callbacks are signed with."""
    return derived_secret("sandbox provider")


class Sandbox:
    """The provider as the payment verbs see it."""

    code = CODE

    @property
    def zone(self) -> str:
        """In which its statements cut days."""
        return str(settings.TIME_ZONE)

    def has_keys(self) -> bool:
        """It makes its own."""
        return True

    def is_on(self) -> bool:
        """Everywhere but in production."""
        return not settings.PRODUCTION

    def takes(self, currency: str) -> bool:
        """Any; it takes none of it."""
        return len(currency) == 3

    def start(self, charge: Charge) -> Started:
        """Open a charge, or find the one opened for this payment before."""
        available()
        row, _made = SandboxCharge.objects.get_or_create(
            payment_id=charge.payment_id,
            defaults={
                "ref": f"sbx_{secrets.token_urlsafe(18)}",
                "amount_minor": charge.amount_minor,
                "currency": charge.currency,
                "title": charge.title,
                "return_url": charge.return_url,
                "created_at": clock.now(),
            },
        )
        return Started(row.ref, reverse("sandbox-pay", args=[row.ref]))

    def refund(self, wanted: GiveBack) -> Given:
        """Note in the sandbox's books that money went back."""
        available()
        return do_give_back(wanted)

    def query(self, charge: Taken) -> Told | None:
        """What the sandbox's own books say."""
        available()
        row = SandboxCharge.objects.filter(ref=charge.ref).first()
        if row is None or row.state == "open":
            return None
        kind = kind_of(row)
        return Told(
            f"{kind}:{row.ref}",
            row.ref,
            TYPES[kind],
            row.amount_minor,
            row.currency,
            "",
            payment_id=row.payment_id,
            txn=row.ref,
        )

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | None:
        """See :func:`read_callback`."""
        return read_callback(headers, body)

    def accepted(self, state: str) -> Reply:
        """The state of the payment, in JSON."""
        return Reply(200, "application/json", msgspec.json.encode({"state": state}))

    def refused(self, problem: Problem) -> Reply | None:
        """A problem document."""
        del problem
        return None

    def statement(self, day: date) -> list[StatementLine]:
        """The sandbox's own books of a day in the installation's zone."""
        start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
        span = (start, start + timedelta(days=1))
        charges = SandboxCharge.objects.filter(
            state__in=["approved", "refunded"], answered_at__gte=span[0], answered_at__lt=span[1]
        )
        lines = [
            StatementLine(
                "payment",
                str(row.payment_id),
                row.ref,
                row.amount_minor,
                row.currency,
                row.answered_at or start,
            )
            for row in charges
        ]
        refunds = SandboxRefund.objects.filter(at__gte=span[0], at__lt=span[1])
        of = SandboxCharge.objects.in_bulk({row.charge_ref for row in refunds})
        return lines + [
            StatementLine(
                "refund",
                str(of[row.charge_ref].payment_id),
                row.charge_ref,
                row.amount_minor,
                of[row.charge_ref].currency,
                row.at,
                refund_ref=str(row.id),
            )
            for row in refunds
        ]

    def read_statement(self, data: bytes) -> list[StatementLine]:
        """The sandbox gives out no files."""
        del data
        raise ValueError("the sandbox has no statement files; leave --file out")


def kind_of(charge: SandboxCharge) -> str:
    """The type of the message that tells of an answered charge."""
    return "payment.failed" if charge.state == "declined" else "payment.succeeded"


@transaction.atomic
def do_give_back(wanted: GiveBack) -> Given:
    """Give back once for each refund; never more than was taken."""
    charge = (
        SandboxCharge.objects.select_for_update(no_key=True).filter(ref=wanted.charge.ref).first()
    )
    if charge is None or charge.state not in {"approved", "refunded"}:
        return Given("failed", fault="the sandbox took no such money")
    if SandboxRefund.objects.filter(id=wanted.refund_id).exists():
        return Given("done", str(wanted.refund_id))
    if charge.refunded_minor + wanted.amount_minor > charge.amount_minor:
        return Given("failed", fault="more than the sandbox took")
    SandboxRefund.objects.create(
        id=wanted.refund_id,
        charge_ref=charge.ref,
        amount_minor=wanted.amount_minor,
        at=clock.now(),
    )
    charge.refunded_minor += wanted.amount_minor
    if charge.refunded_minor == charge.amount_minor:
        charge.state = "refunded"
    charge.save(update_fields=["state", "refunded_minor"])
    return Given("done", str(wanted.refund_id))


@transaction.atomic
def do_answer(ref: str, *, approve: bool) -> SandboxCharge:
    """The buyer's answer on the sandbox's page; the callback follows. The first answer stands,
    and giving it again sends the callback again."""
    available()
    charge = SandboxCharge.objects.select_for_update(no_key=True).filter(ref=ref).first()
    if charge is None:
        raise Problem("payment_not_found", 404, _("There is no such payment."))
    if charge.state == "open":
        charge.state = "approved" if approve else "declined"
        charge.answered_at = clock.now()
        charge.save(update_fields=["state", "answered_at"])
    jobs.defer("payments.sandbox_callback", ref=ref)
    return charge


def signed_headers(message_id: str, body: bytes) -> dict[str, str]:
    """The Standard Webhooks headers of a body, as of now."""
    timestamp = int(clock.wall().timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_webhook(message_id, timestamp, body, secret()),
    }


def read_callback(headers: Mapping[str, str], body: bytes) -> Told:
    """What a genuine callback says; ``headers`` by lower-case name, ``body`` as it came.

    :class:`Problem` 401 ``signature_invalid`` where it is not ours or too old, 422
    ``invalid_request`` where it is ours and can't be read.
    """
    available()
    message_id = headers.get("webhook-id", "")
    genuine = bool(message_id) and verify_webhook(
        message_id,
        headers.get("webhook-timestamp", ""),
        headers.get("webhook-signature", ""),
        body,
        secret(),
        clock.wall().timestamp(),
    )
    if not genuine:
        raise signature_invalid()
    try:
        message = msgspec.json.decode(body, type=Message)
        succeeded = TYPES[message.type]
    except (msgspec.MsgspecError, KeyError) as error:
        raise unreadable() from error
    return Told(
        message_id,
        message.ref,
        succeeded,
        message.amount,
        message.currency,
        hashlib.sha256(body).hexdigest(),
        txn=message.ref,
    )
