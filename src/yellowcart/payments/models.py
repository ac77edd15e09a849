"""Payments and refunds. Orders lie above: here they are only names of what is paid for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id


class Payment(models.Model):
    """One attempt to pay one stage of a checkout with a provider.

    It pays all orders of the checkout at once; :class:`PaymentPart` says how much of it is whose.
    The stage ``coins`` pays for coins: its one part is the platform's, named by the top-up.
    ``provider_ref`` is the name both sides know it by, ``provider_txn`` the provider's own number
    of the money that came. ``received_minor`` is what came, which may differ from what was asked.
    While it is open, the provider is asked about it at ``ask_at``. ``statement_day`` is the day on
    whose statement it was found.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    checkout_id = models.UUIDField()
    stage = models.CharField(max_length=8, default="full")
    buyer_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=100, null=True)
    provider_txn = models.CharField(max_length=100, default="")
    pay_url = models.TextField(default="")
    code = models.TextField(default="")
    return_url = models.TextField(default="")
    state = models.CharField(max_length=16, default="started")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    received_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    statement_day = models.DateField(null=True)

    class Meta:
        db_table = "payments_payment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "provider_ref"], name="payments_payment_provider_ref"
            ),
            models.UniqueConstraint(
                fields=["checkout_id", "stage", "provider"],
                name="payments_payment_one_started",
                condition=Q(state="started"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["started", "succeeded", "failed", "refunded"]),
                name="payments_payment_state",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["full", "deposit", "balance", "coins"]),
                name="payments_payment_stage",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0)
                & Q(received_minor__gte=0)
                & Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("received_minor")),
                name="payments_payment_money",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["checkout_id", "started_at"], name="payments_by_checkout"),
            models.Index(fields=["ask_at"], name="payments_to_ask", condition=Q(state="started")),
            models.Index(fields=["provider", "provider_txn"], name="payments_by_txn"),
            models.Index(fields=["provider", "finished_at"], name="payments_by_day"),
        ]


class PaymentPart(models.Model):
    """How much of a payment is for one order, and how much of that went back."""

    pk = models.CompositePrimaryKey("shop_id", "payment_id", "order_id")
    shop_id = models.UUIDField()
    payment_id = models.UUIDField()
    order_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "payments_part"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0)
                & Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor")),
                name="payments_part_money",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "order_id"], name="payments_part_order"),
            models.Index(fields=["payment_id"], name="payments_part_payment"),
        ]


class Refund(models.Model):
    """Money that goes back to a buyer, as it was decided; :class:`RefundLeg` is how it travels.

    ``reference`` says why it exists and makes it repeatable. ``order_id`` is null, and
    ``shop_id`` the platform's, where the money never paid for any order.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    order_id = models.UUIDField(null=True)
    buyer_id = models.UUIDField()
    reference = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default="asked")
    asked_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "reference"], name="payments_refund_reference"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "sent", "done", "failed"]) & Q(amount_minor__gt=0),
                name="payments_refund_sane",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "order_id"], name="payments_refund_order"),
            models.Index(
                fields=["asked_at"],
                name="payments_refund_open",
                condition=~Q(state="done"),
            ),
        ]


class RefundLeg(models.Model):
    """The share of a refund that one payment's provider is asked to give back.

    Its id is the provider's idempotency key, so that asking again never pays twice. Until it is
    done or failed, the provider is asked again at ``ask_at``.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    refund_id = models.UUIDField()
    payment_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, default="asked")
    provider_ref = models.CharField(max_length=100, default="")
    fault = models.CharField(max_length=200, default="")
    asked_at = models.DateTimeField(default=now)
    ask_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    statement_day = models.DateField(null=True)

    class Meta:
        db_table = "payments_refund_leg"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "sent", "done", "failed"]) & Q(amount_minor__gt=0),
                name="payments_refund_leg_sane",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["refund_id"], name="payments_leg_refund"),
            models.Index(fields=["payment_id"], name="payments_leg_payment"),
            models.Index(fields=["id"], name="payments_leg_id"),
            models.Index(
                fields=["ask_at"],
                name="payments_leg_to_ask",
                condition=Q(state__in=["asked", "sent"]),
            ),
        ]


class CallbackReceipt(models.Model):
    """A message from outside that was taken in; its id makes repeats harmless."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sender = models.CharField(max_length=40)
    message_id = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "payments_callback_receipt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "message_id"], name="payments_callback_once")
        ]


class ReconciliationRun(models.Model):
    """A provider's statement of one day held against our payments and refunds.

    ``day`` is in the provider's own zone. Of its lines, those that were as expected are only
    counted; ``repaired`` counts what was missed here and has been taken in.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    provider = models.CharField(max_length=20)
    day = models.DateField()
    origin = models.CharField(max_length=8, default="daily")
    actor_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default="asked")
    matched = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    to_look_at = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=400, default="")
    asked_at = models.DateTimeField(default=now)
    ask_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_reconciliation_run"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "day"],
                condition=Q(origin="daily"),
                name="payments_reconciliation_daily",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "done", "failed"])
                & Q(origin__in=["daily", "hand"]),
                name="payments_reconciliation_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-asked_at"], name="payments_reconciliation_when")
        ]


class ReconciliationLine(models.Model):
    """Something on a statement, or missing from it, that was not as expected.

    ``outcome`` is ``missed`` (repaired: taken in now), ``refund_missed`` (repaired),
    ``amount_differs``, ``paid_twice`` (other money for a payment that had its own), ``unknown``,
    ``not_taken`` (could not be taken in) or ``absent`` (booked here, and not on the statement).
    """

    run = models.ForeignKey(ReconciliationRun, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    payment_id = models.UUIDField(null=True)
    refund_leg_id = models.UUIDField(null=True)
    txn = models.CharField(max_length=100, default="")
    amount_minor = models.BigIntegerField()
    expected_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=200, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_reconciliation_line"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "line_no"], name="payments_reconciliation_line_no"
            )
        ]


class SandboxCharge(models.Model):
    """What the sandbox provider keeps of a payment on its own side; never read by an action."""

    ref = models.CharField(max_length=40, primary_key=True)
    payment_id = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    title = models.CharField(max_length=400)
    return_url = models.CharField(max_length=500)
    state = models.CharField(max_length=16, default="open")
    refunded_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_sandbox_charge"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "declined", "refunded"])
                & Q(refunded_minor__lte=F("amount_minor")),
                name="payments_sandbox_charge_sane",
            )
        ]


class SandboxRefund(models.Model):
    """A refund in the sandbox's own books; ``id`` is the one who asked's."""

    id = models.UUIDField(primary_key=True)
    charge_ref = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "payments_sandbox_refund"
