"""After-sales cases, what they are about, what was said in them, and what was shown."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.aftersales.states import ENDS, STATES, Kind
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id

SPECIALS = ["", "instant", "price_protection", "supplier"]


class Case(models.Model):
    """What a buyer asks for after a sale, and where it stands.

    ``amount_minor`` is what goes back if it succeeds with money; ``refunded_minor`` what did.
    ``special`` says that the platform granted it by itself, or asked in the buyer's stead because
    of what a ``supplier`` said. ``deadline_verb`` is taken by itself at ``deadline_at``.
    ``is_intact`` is the buyer's word that the goods are as they came. ``restocked_at`` is when the
    shop put what came back on its shelves.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    order_id = models.UUIDField()
    buyer_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    special = models.CharField(max_length=20, default="", blank=True)
    reason = models.CharField(max_length=24)
    words = models.TextField(default="", blank=True)
    is_intact = models.BooleanField(default=False)
    state = models.CharField(max_length=24, default="awaiting_seller")
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    deadline_at = models.DateTimeField(null=True)
    deadline_verb = models.CharField(max_length=24, default="", blank=True)
    return_to = models.JSONField(default=dict)
    return_carrier = models.CharField(max_length=40, default="", blank=True)
    return_tracking_no = models.CharField(max_length=60, default="", blank=True)
    replacement_carrier = models.CharField(max_length=40, default="", blank=True)
    replacement_tracking_no = models.CharField(max_length=60, default="", blank=True)
    opened_at = models.DateTimeField(default=now)
    stepped_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    restocked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "aftersales_case"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)) & Q(kind__in=[kind.value for kind in Kind]),
                name="aftersales_case_state",
            ),
            models.CheckConstraint(condition=Q(special__in=SPECIALS), name="aftersales_special"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0)
                & Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor")),
                name="aftersales_case_money",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDS), closed_at__isnull=False)
                | (~Q(state__in=sorted(ENDS)) & Q(closed_at__isnull=True)),
                name="aftersales_case_end",
            ),
        ]
        indexes: ClassVar = [
            # Operators open a case without knowing its shop.
            models.Index(fields=["id"], name="aftersales_by_id"),
            models.Index(fields=["shop_id", "order_id"], name="aftersales_of_order"),
            models.Index(fields=["buyer_id", "-opened_at", "-id"], name="aftersales_of_buyer"),
            models.Index(fields=["shop_id", "-opened_at", "-id"], name="aftersales_of_shop"),
            # What waits for somebody, among very many cases that are done.
            models.Index(
                fields=["shop_id", "state", "stepped_at", "id"],
                name="aftersales_to_do",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["stepped_at", "id"],
                name="aftersales_to_decide",
                condition=Q(state="intervening"),
            ),
            models.Index(
                fields=["shop_id", "-opened_at", "-id"],
                name="aftersales_return_to",
                condition=~Q(return_to={}),
            ),
            models.Index(
                fields=["deadline_at"],
                name="aftersales_due",
                condition=Q(deadline_at__isnull=False),
            ),
        ]


class CaseLine(models.Model):
    """How many pieces of which order line a case is about, and what they are worth in it.

    The database lets one open case at a time be about a line.
    """

    pk = models.CompositePrimaryKey("shop_id", "case_id", "line_no")
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    line_no = models.PositiveSmallIntegerField()
    order_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "aftersales_line"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(amount_minor__gte=0), name="aftersales_line_sane"
            ),
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "line_no"],
                condition=Q(is_open=True),
                name="aftersales_line_one_open",
            ),
        ]


class CaseEvent(models.Model):
    """One step of a case, by whom and in which words; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    verb = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    party = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    words = models.TextField(default="", blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "aftersales_event"
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "case_id", "at"], name="aftersales_event_case")
        ]


class Picture(models.Model):
    """A picture that a party showed. Kept in the database, so that it is saved and restored with
    the case; read by the parties of the case only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    party = models.CharField(max_length=16)
    actor_id = models.UUIDField()
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "aftersales_picture"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "case_id", "digest"], name="aftersales_picture_once"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/jpeg", "image/png", "image/webp"]),
                name="aftersales_picture_type",
            ),
        ]
