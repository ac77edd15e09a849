"""The sandbox: a provider that takes no money, and behaves like one that does.

It has books of its own (``SandboxCharge``), a page on which the buyer approves or declines, and
tells us by a signed callback over HTTP, later, perhaps twice. It refuses to run in production.
"""

import hashlib
import secrets
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock, jobs
from yellowcart.core.problems import Problem
from yellowcart.orders.models import SandboxCharge
from yellowcart.orders.providers.base import Charge, Started, Told
from yellowcart.orders.secrets import derived_secret
from yellowcart.sources.mokuai import sign_webhook, verify_webhook

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
            },
        )
        return Started(row.ref, self.pay_url(row.ref))

    def pay_url(self, ref: str) -> str:
        """The page on which the buyer approves or declines."""
        return reverse("sandbox-pay", args=[ref])

    def refund(self, ref: str, amount_minor: int) -> None:
        """Note in the sandbox's books that the money went back."""
        available()
        SandboxCharge.objects.filter(ref=ref, state="approved").update(
            state="refunded", refunded_minor=amount_minor
        )


@transaction.atomic
def do_answer(ref: str, *, approve: bool) -> SandboxCharge:
    """The buyer's answer on the sandbox's page; the callback follows. The first answer stands,
    and giving it again sends the callback again."""
    available()
    charge = SandboxCharge.objects.select_for_update(no_key=True).filter(ref=ref).first()
    if charge is None:
        raise charge_not_found()
    if charge.state == "open":
        charge.state = "approved" if approve else "declined"
        charge.save(update_fields=["state"])
    jobs.defer("orders.sandbox_callback", ref=ref)
    return charge


def charge_not_found() -> Problem:
    """The sandbox never opened such a charge."""
    return Problem("payment_not_found", 404, _("There is no such payment."))


def signed_headers(message_id: str, body: bytes) -> dict[str, str]:
    """The Standard Webhooks headers of a body, as of now."""
    timestamp = int(clock.wall().timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_webhook(message_id, timestamp, body, secret()),
    }


def read_callback(headers: dict[str, str], body: bytes) -> Told:
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
        raise Problem(
            "signature_invalid", 401, _("The signature does not fit this body, or is too old.")
        )
    try:
        message = msgspec.json.decode(body, type=Message)
        succeeded = TYPES[message.type]
    except (msgspec.MsgspecError, KeyError) as error:
        raise Problem("invalid_request", 422, _("This callback can't be read.")) from error
    return Told(
        message_id,
        message.ref,
        succeeded,
        message.amount,
        message.currency,
        hashlib.sha256(body).hexdigest(),
    )


def payment_of(ref: str) -> UUID:
    """The payment a charge was opened for."""
    found = SandboxCharge.objects.filter(ref=ref).values_list("payment_id", flat=True).first()
    if found is None:
        raise charge_not_found()
    return found
