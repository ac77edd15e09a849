"""Stripe: hosted Checkout, as in Stripe's documentation.

A callback ("webhook") is signed with HMAC-SHA256 over its time and raw body; one that is more
than five minutes old is refused. Amounts are in the smallest unit of the currency.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
import stripe
from django.conf import settings
from stripe.params.checkout import SessionCreateParams

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.payments.providers import bills
from yellowcart.payments.providers.base import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Charge,
    GiveBack,
    Given,
    ProviderBusyError,
    Reply,
    Started,
    StatementLine,
    Taken,
    Told,
    ToldRefund,
    as_uuid,
    currency_unsupported,
    not_begun,
    not_configured,
    signature_invalid,
    unreadable,
)

CODE = "stripe"
TOLERANCE_SECONDS: Final = 300
LEAST: Final = timedelta(minutes=31)
"""Stripe keeps a session open for at least 30 minutes, so ours ends this long after the order."""
MOST: Final = timedelta(hours=23)
"""Stripe keeps a session open for at most a day, which is what it takes where we say nothing."""
#: Currencies whose smallest unit at Stripe is not the one of ISO 4217.
ODD: Final = frozenset({"ISK", "UGX", "MGA", "BHD", "JOD", "KWD", "OMR", "TND"})
REFUND_STATES: Final[Mapping[str, str]] = {
    "succeeded": "done",
    "pending": "sent",
    "requires_action": "sent",
    "failed": "failed",
    "canceled": "failed",
}
SESSION_ENDS: Final[Mapping[str, bool]] = {
    "checkout.session.completed": True,
    "checkout.session.async_payment_succeeded": True,
    "checkout.session.async_payment_failed": False,
    "checkout.session.expired": False,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The account at Stripe."""

    secret_key: str
    webhook_secret: str
    api_base: str


@lru_cache(maxsize=4)
def _client(keys: Keys) -> stripe.StripeClient:
    return stripe.StripeClient(
        keys.secret_key,
        base_addresses={"api": keys.api_base},
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        max_network_retries=0,
    )


class Stripe:
    """The provider as the payment verbs see it."""

    code = CODE

    @property
    def zone(self) -> str:
        """In which its statements cut days."""
        return "UTC"

    @property
    def keys(self) -> Keys:
        """What the environment says."""
        return Keys(**settings.STRIPE)

    def has_keys(self) -> bool:
        """Whether there is an account, and the secret its callbacks are signed with."""
        return bool(self.keys.secret_key and self.keys.webhook_secret)

    def is_on(self) -> bool:
        """Whether it has its keys; only Stripe can say whether they are good."""
        return self.has_keys()

    @property
    def client(self) -> stripe.StripeClient:
        """The SDK; :class:`Problem` 409 ``provider_unavailable`` without keys."""
        if not self.is_on():
            raise not_configured()
        return _client(self.keys)

    def takes(self, currency: str) -> bool:
        """All whose smallest unit is that of ISO 4217."""
        return currency not in ODD

    def start(self, charge: Charge) -> Started:
        """Create a Checkout Session; its idempotency key makes a repeat the same session."""
        if not self.takes(charge.currency):
            raise currency_unsupported(charge.currency)
        back = charge.return_url or settings.BASE_URL
        ours = {"payment_id": str(charge.payment_id)}
        # Said from what is known of the payment alone: a repeat must be the same request.
        params: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": str(charge.payment_id),
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": charge.currency.lower(),
                        "unit_amount": charge.amount_minor,
                        "product_data": {"name": charge.title[:250] or "-"},
                    },
                }
            ],
            "success_url": back,
            "cancel_url": back,
            "metadata": ours,
            "payment_intent_data": {"metadata": ours},
        }
        if charge.expires_at - clock.now() < MOST:
            params["expires_at"] = int((charge.expires_at + LEAST).timestamp())
        try:
            session = self.client.v1.checkout.sessions.create(
                params=params,
                options={"idempotency_key": f"start:{charge.payment_id}"},
            )
        except stripe.InvalidRequestError as error:
            raise not_begun() from error
        except stripe.StripeError as error:
            raise ProviderBusyError(str(error)) from error
        if not session.url:
            raise not_begun()
        return Started(session.id, session.url)

    def query(self, charge: Taken) -> Told | None:
        """Retrieve the session."""
        if not charge.ref:
            return None
        try:
            session = self.client.v1.checkout.sessions.retrieve(charge.ref)
        except stripe.StripeError as error:
            raise ProviderBusyError(str(error)) from error
        if session.payment_status != "paid" and session.status != "expired":
            return None
        paid = session.payment_status == "paid"
        return _told(f"query:{session.id}:{session.status}", session.to_dict(), paid, "")

    def refund(self, wanted: GiveBack) -> Given:
        """Create a refund, unless one for this leg exists: an idempotency key is forgotten
        after a day, our name in the metadata is not. One that failed is made anew if a person
        asks for it again."""
        try:
            if wanted.ref and not wanted.is_again:
                return _given(self.client.v1.refunds.retrieve(wanted.ref).to_dict())
            known = self._refunds_of(wanted)
            alive = [one for one in known if REFUND_STATES.get(str(one["status"])) != "failed"]
            if alive or (known and not wanted.is_again):
                return _given((alive or known)[0])
            made = self.client.v1.refunds.create(
                params={
                    "payment_intent": self._intent(wanted.charge),
                    "amount": wanted.amount_minor,
                    "metadata": {"refund_leg": str(wanted.refund_id)},
                },
                options={"idempotency_key": f"refund:{wanted.refund_id}:{len(known)}"},
            )
        except stripe.InvalidRequestError as error:
            return Given("failed", fault=str(error.user_message or error.code or error))
        except stripe.StripeError as error:
            raise ProviderBusyError(str(error)) from error
        return _given(made.to_dict())

    def _refunds_of(self, wanted: GiveBack) -> list[dict[str, Any]]:
        """The refunds made for a leg before, latest first."""
        found = self.client.v1.refunds.list(
            params={"payment_intent": self._intent(wanted.charge), "limit": 100}
        )
        rows = [refund.to_dict() for refund in found.auto_paging_iter()]
        name = str(wanted.refund_id)
        return [row for row in rows if (row.get("metadata") or {}).get("refund_leg") == name]

    def _intent(self, charge: Taken) -> str:
        if charge.txn:
            return charge.txn
        session = self.client.v1.checkout.sessions.retrieve(charge.ref)
        return str(session.payment_intent)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | ToldRefund | None:
        """An event, signed in ``Stripe-Signature`` over its time and the raw body."""
        if not self.is_on():
            raise not_configured()
        try:
            stripe.WebhookSignature.verify_header(
                body,
                headers.get("stripe-signature", ""),
                self.keys.webhook_secret,
                TOLERANCE_SECONDS,
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise signature_invalid() from error
        try:
            event = msgspec.json.decode(body, type=_Event)
        except msgspec.MsgspecError as error:
            raise unreadable() from error
        if event.livemode != ("_live_" in self.keys.secret_key):
            return None
        body_hash = hashlib.sha256(body).hexdigest()
        if event.type in {"refund.updated", "refund.failed", "charge.refund.updated"}:
            return _told_refund(event, body_hash)
        if event.type not in SESSION_ENDS:
            return None
        succeeded = SESSION_ENDS[event.type]
        if succeeded and event.data.object.get("payment_status") != "paid":
            return None
        return _told(event.id, event.data.object, succeeded, body_hash)

    def accepted(self, state: str) -> Reply:
        """Any 2xx ends the repeats."""
        return Reply(200, "application/json", msgspec.json.encode({"state": state}))

    def refused(self, problem: Problem) -> Reply | None:
        """A problem document, which Stripe shows in its dashboard."""
        del problem
        return None

    def statement(self, day: date) -> list[StatementLine]:
        """The balance transactions of a day in UTC, with what each came from."""
        start = int(datetime.combine(day, time(), UTC).timestamp())
        try:
            rows = self.client.v1.balance_transactions.list(
                params={
                    "created": {"gte": start, "lt": start + 86_400},
                    "limit": 100,
                    "expand": ["data.source"],
                }
            )
            return [bills.stripe_line(row.to_dict()) for row in rows.auto_paging_iter()]
        except stripe.StripeError as error:
            raise ProviderBusyError(str(error)) from error

    def read_statement(self, data: bytes) -> list[StatementLine]:
        """The JSON of ``GET /v1/balance_transactions?expand[]=data.source``."""
        return bills.read_stripe(data)


class _Data(msgspec.Struct):
    object: dict[str, Any]


class _Event(msgspec.Struct):
    id: str
    type: str
    livemode: bool
    data: _Data


def _told(message_id: str, session: Mapping[str, Any], succeeded: bool, body_hash: str) -> Told:
    try:
        amount, currency = int(session["amount_total"]), str(session["currency"]).upper()
        ref = str(session["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable() from error
    payment_id: UUID | None = as_uuid(session.get("client_reference_id"))
    txn = str(session.get("payment_intent") or "")
    return Told(message_id, ref, succeeded, amount, currency, body_hash, payment_id, txn)


def _told_refund(event: _Event, body_hash: str) -> ToldRefund | None:
    refund = event.data.object
    refund_id = as_uuid((refund.get("metadata") or {}).get("refund_leg"))
    if refund_id is None:
        return None
    return ToldRefund(event.id, refund_id, _given(refund), body_hash)


def _given(refund: Mapping[str, Any]) -> Given:
    state = REFUND_STATES.get(str(refund.get("status")), "sent")
    fault = str(refund.get("failure_reason") or refund.get("status")) if state == "failed" else ""
    return Given(state, str(refund.get("id", "")), fault)
