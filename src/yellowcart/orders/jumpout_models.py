"""How long a click counts by plan, and disputes about whose click led to a sale elsewhere."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id

DISPUTE_STATES = ["open", "answered", "matched", "refused", "withdrawn"]
#: States of a dispute that is still to be ended.
OPEN_DISPUTES = ["open", "answered"]


class TrackPlan(models.Model):
    """A distribution plan's own attribution window, in days from the click (``orderTrackTime`` of
    the field's API). A sale keeps the window it was matched by; a change counts for later ones."""

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=100)
    track_days = models.PositiveSmallIntegerField()
    actor_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "orders_track_plan"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "code"], name="orders_plan_once"),
            models.CheckConstraint(
                condition=Q(track_days__gte=1) & Q(track_days__lte=365), name="orders_plan_days"
            ),
        ]


class ConversionDispute(models.Model):
    """Somebody says that a sale on another platform was theirs, or was told wrongly.

    It names the sale by the source's own order number, which may not have been told here yet.
    Either ``shop_id`` or ``creator_id`` is who asks. ``click_id`` is the click it was matched to.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    external_order_id = models.CharField(max_length=100)
    shop_id = models.UUIDField(null=True)
    creator_id = models.UUIDField(null=True)
    state = models.CharField(max_length=16, default="open")
    click_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_conversion_dispute"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=DISPUTE_STATES), name="orders_dispute_state"
            ),
            models.CheckConstraint(
                condition=Q(shop_id__isnull=True) ^ Q(creator_id__isnull=True),
                name="orders_dispute_party",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_DISPUTES, ended_at__isnull=True)
                | (~Q(state__in=OPEN_DISPUTES) & Q(ended_at__isnull=False)),
                name="orders_dispute_ended",
            ),
            models.UniqueConstraint(
                fields=["source", "external_order_id", "shop_id", "creator_id"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="orders_dispute_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "-opened_at"], name="orders_dispute_shop"),
            models.Index(fields=["creator_id", "-opened_at"], name="orders_dispute_creator"),
        ]


class DisputeStep(models.Model):
    """What was said and done in a dispute; appended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dispute = models.ForeignKey(ConversionDispute, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=16)
    words = models.CharField(max_length=500, default="", blank=True)
    actor_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "orders_dispute_step"
