"""Coupons and who holds them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id


class Coupon(models.Model):
    """Money off an order, out of a budget that somebody bears.

    ``bearer`` is ``merchant`` (then ``shop_id`` is set, and it is good for that shop's goods),
    ``platform`` or ``creator`` (then ``creator_id`` is set, and it is good where that creator
    sells). ``room_id`` and ``listing_id`` narrow it further; ``fans_only`` to the creator's fans.

    ``off_minor`` is a fixed amount; ``off_bps`` a rate of the goods it is good for, at most
    ``off_minor`` where both are set. Those goods must come to ``threshold_minor`` at least.

    It may be claimed in ``[claim_from, claim_until)`` by whoever has not, ``per_buyer`` times
    used by each, within ``[use_from, use_until)``. ``spent_minor`` and ``used`` go down when an
    unpaid order is closed. The database refuses to spend more than ``budget_minor``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=120)
    bearer = models.CharField(max_length=16)
    shop_id = models.UUIDField(null=True)
    creator_id = models.UUIDField(null=True)
    room_id = models.UUIDField(null=True)
    listing_id = models.UUIDField(null=True)
    fans_only = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default="CNY")
    off_minor = models.BigIntegerField(null=True)
    off_bps = models.PositiveIntegerField(null=True)
    threshold_minor = models.BigIntegerField(default=0)
    budget_minor = models.BigIntegerField()
    spent_minor = models.BigIntegerField(default=0)
    most_uses = models.PositiveIntegerField(null=True)
    used = models.IntegerField(default=0)
    per_buyer = models.PositiveIntegerField(default=1)
    claim_from = models.DateTimeField(default=now)
    claim_until = models.DateTimeField(null=True)
    use_from = models.DateTimeField(default=now)
    use_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "promotions_coupon"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(bearer="merchant", shop_id__isnull=False)
                | Q(bearer="platform")
                | Q(bearer="creator", creator_id__isnull=False),
                name="promotions_coupon_bearer",
            ),
            models.CheckConstraint(
                condition=Q(off_minor__gt=0, off_bps__isnull=True)
                | (
                    Q(off_bps__gt=0, off_bps__lte=10_000)
                    & (Q(off_minor__isnull=True) | Q(off_minor__gt=0))
                ),
                name="promotions_coupon_off",
            ),
            models.CheckConstraint(
                condition=Q(spent_minor__gte=0) & Q(spent_minor__lte=F("budget_minor")),
                name="promotions_coupon_budget",
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0)
                & (Q(most_uses__isnull=True) | Q(used__lte=F("most_uses")))
                & Q(per_buyer__gt=0),
                name="promotions_coupon_uses",
            ),
            models.CheckConstraint(
                condition=Q(use_until__gt=F("use_from"))
                & Q(threshold_minor__gte=0)
                & (Q(claim_until__isnull=True) | Q(claim_until__gt=F("claim_from"))),
                name="promotions_coupon_sane",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "-made_at"], name="promotions_coupon_shop"),
            models.Index(fields=["creator_id", "-made_at"], name="promotions_coupon_creator"),
            # Every room asks for the platform's own; there are few among very many.
            models.Index(
                fields=["-made_at"],
                condition=Q(shop_id__isnull=True, creator_id__isnull=True),
                name="promotions_coupon_anywhere",
            ),
        ]


class CouponClaim(models.Model):
    """A buyer holds a coupon, and has used it so many times."""

    pk = models.CompositePrimaryKey("coupon_id", "buyer_id")
    coupon_id = models.UUIDField()
    buyer_id = models.UUIDField()
    claimed_at = models.DateTimeField(default=now)
    used = models.IntegerField(default=0)

    class Meta:
        db_table = "promotions_claim"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(used__gte=0), name="promotions_claim_sane")
        ]
        indexes: ClassVar = [
            models.Index(fields=["buyer_id", "-claimed_at"], name="promotions_claim_buyer")
        ]
