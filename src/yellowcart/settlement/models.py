"""What of each sale goes to whom and when, and every movement of a party's money."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id

SHARE_STATES = ["waiting", "received", "held", "completed", "cancelled"]
#: States of a share that is still to be settled.
OPEN_STATES = ["waiting", "received", "held"]


class ContractRevision(models.Model):
    """Terms between two parties, written by an operator; append-only.

    ``payer`` leaves ``payee`` ``rate_bps`` of its goods or commission for sales made in
    ``[effective_from, effective_until)``. The highest ``revision`` of a ``contract_id`` stands;
    ``withdrawn`` says that it never counted for sales made after it was written.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    contract_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)
    payer = models.CharField(max_length=80)
    payee = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    base = models.CharField(max_length=16)
    rate_bps = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField(default=now)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "settlement_contract"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contract_id", "revision"], name="settlement_contract_revision"
            ),
            models.CheckConstraint(
                condition=Q(rate_bps__gt=0)
                & Q(rate_bps__lte=10_000)
                & Q(kind__in=["mcn", "service"])
                & Q(base__in=["goods", "commission"])
                & ~Q(payer=models.F("payee"))
                & (
                    Q(effective_until__isnull=True)
                    | Q(effective_until__gt=models.F("effective_from"))
                ),
                name="settlement_contract_sane",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["payer"], name="settlement_contract_payer")]


class Waiting(models.Model):
    """An order or a conversion of which something happened that a bill must follow; a queue.

    Every event has a row of its own: one that comes while its order is followed is not lost.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=16)
    shop_id = models.UUIDField()
    subject_id = models.UUIDField()
    faults = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "settlement_waiting"


class Bill(models.Model):
    """The settlement of one order, or of one conversion of another platform.

    ``id`` is the order's or conversion's. ``refunded_minor`` is what of its refunds the shares
    have followed, ``late_minor`` what the merchant owes its buyer for shipping late. ``since`` is
    the instant from which the cycles count: the confirmed receipt, or the other platform's word.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.CharField(max_length=16, default="order")
    source = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    late_minor = models.BigIntegerField(default=0)
    line_count = models.PositiveSmallIntegerField(default=1)
    sold_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    is_disputed = models.BooleanField(default=False)
    dispute_closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_bill"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["order", "conversion"])
                & Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=models.F("paid_minor")),
                name="settlement_bill_sane",
            )
        ]
        indexes: ClassVar = [
            # A conversion's bill keeps its shop when the conversion is credited to another's.
            models.Index(
                fields=["id"],
                condition=Q(kind="conversion"),
                name="settlement_bill_conversion",
            )
        ]


class SupplierWord(models.Model):
    """What a supplier says about an order that it is not to be paid for: the sum it gave back, and
    ``pieces`` by line number that it will not send."""

    pk = models.CompositePrimaryKey("shop_id", "order_id", "party")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    party = models.CharField(max_length=80)
    refunded_minor = models.BigIntegerField(default=0)
    pieces = models.JSONField(default=dict)
    said_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "settlement_supplier_word"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0), name="settlement_supplier_word_sane"
            )
        ]


class Share(models.Model):
    """What one party has of a bill, for one role.

    ``amount_minor`` is what the sale gave it, below zero where it owes; ``parts`` add up to it, and
    of a supplier's share ``lines``, by line number. ``returned_minor`` is what refunds took of it,
    of the same sign; ``adjusted_minor`` what the platform keeps of its fee in a refund and what a
    supplier is not paid beyond the buyer's refund, both from or to the merchant, and what late
    shipping cost the merchant. What is settled is
    ``amount - returned + adjusted``; after that every change is posted as it comes.

    ``waiting`` for the receipt, ``received`` and due at ``due_at``, ``held`` for ``reason``,
    ``completed``, or ``cancelled`` where nothing was left of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    bill_id = models.UUIDField()
    share_no = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16)
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    adjusted_minor = models.BigIntegerField(default=0)
    parts = models.JSONField(default=dict)
    lines = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    rule_key = models.CharField(max_length=100, default="")
    contract_id = models.UUIDField(null=True)
    state = models.CharField(max_length=16, default="waiting")
    reason = models.CharField(max_length=40, default="")
    sold_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_share"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "bill_id", "share_no"], name="settlement_share_once"
            ),
            models.CheckConstraint(condition=Q(state__in=SHARE_STATES), name="settlement_state"),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gte=0,
                    returned_minor__gte=0,
                    returned_minor__lte=models.F("amount_minor"),
                )
                | Q(
                    amount_minor__lt=0,
                    returned_minor__lte=0,
                    returned_minor__gte=models.F("amount_minor"),
                ),
                name="settlement_no_more_than_given",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], name="settlement_due", condition=Q(state="received")
            ),
            models.Index(
                fields=["party", "currency", "due_at"],
                name="settlement_due_of_party",
                condition=Q(state="received"),
            ),
            models.Index(
                fields=["party", "currency", "sold_at", "id"],
                name="settlement_open",
                condition=Q(state__in=OPEN_STATES),
            ),
        ]

    @property
    def net_minor(self) -> int:
        """What stands of it by now."""
        return self.amount_minor - self.returned_minor + self.adjusted_minor


class Position(models.Model):
    """What a party owes after clawbacks. Its row is what everyone who moves the party's money
    waits for, taken in order of party and before the ledger's own rows."""

    pk = models.CompositePrimaryKey("party", "currency")
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    owed_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "settlement_position"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(owed_minor__gte=0), name="settlement_owed")
        ]


class Move(models.Model):
    """One movement of a party's money: a line of its statement; append-only.

    ``amount_minor`` is signed as the party reads it. All moves of a party add up to what the
    ledger has of it: settled, less owed; of the platform, earned less borne. ``reference`` is the
    ledger's entry.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    share_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "settlement_move"
        indexes: ClassVar = [
            models.Index(
                fields=["party", "currency", "at", "id"],
                # A period's sums by kind are made without looking into the rows.
                include=["amount_minor", "kind"],
                name="settlement_statement",
            ),
        ]


class DayTotal(models.Model):
    """The sum of a party's moves of one kind on one day in UTC, so that balances and the totals of
    a statement add up days rather than lines; ``sales_minor`` is the goods of the sales settled
    that day."""

    pk = models.CompositePrimaryKey("party", "currency", "day", "kind")
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "settlement_day"


class Withdrawal(models.Model):
    """Money a party takes out: ``requested``, ``sent`` to its bank, ``done`` or ``failed``."""

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=16, default="requested")
    requested_by = models.UUIDField()
    requested_at = models.DateTimeField(default=now)
    send_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, default="sandbox")
    provider_ref = models.CharField(max_length=100, default="")
    failure = models.CharField(max_length=200, default="")
    idempotency_key = models.CharField(max_length=100)

    class Meta:
        db_table = "settlement_withdrawal"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(state__in=["requested", "sent", "done", "failed"]),
                name="settlement_withdrawal_sane",
            ),
            models.UniqueConstraint(
                fields=["party", "idempotency_key"], name="settlement_withdrawal_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["party", "currency", "-requested_at"], name="settlement_withdrawals"
            ),
            models.Index(
                fields=["send_at"],
                name="settlement_to_send",
                condition=Q(state__in=["requested", "sent"]),
            ),
        ]
