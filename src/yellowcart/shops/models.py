"""Shops, the people who run them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account

#: A price is never given away whole.
MOST_HOST_CUT_BPS = 9_900
#: The field's distribution plans pay 0 to 90 % (Kuaishou, FIELD 3.1).
MOST_COMMISSION_BPS = 9_000


class ShopType(models.TextChoices):
    """The field's shop types (Kuaishou ``open.shop.info.get``), and suppliers."""

    FLAGSHIP = "flagship"
    EXCLUSIVE = "exclusive"
    SPECIALTY = "specialty"
    MALL_FLAGSHIP = "mall_flagship"
    ENTERPRISE = "enterprise"
    PERSONAL = "personal"
    SOLE_TRADER = "sole_trader"
    CROSS_BORDER = "cross_border"
    SUPPLIER = "supplier"


class Shop(models.Model):
    """A seller. Its id is the key by which the tables of a sale are distributed.

    ``source`` is ``native`` for a shop of this platform; a supplier's or an outside platform's
    shop carries that source, and its products with it.

    ``host_cut_bps`` is how far below the regular price hosts who are not of the shop may go with
    its goods where they sell them; 0 leaves prices to the shop. ``commission_bps`` is what of a
    sale hosts are promised for goods they mount from now on. Both in basis points.

    ``offered_to`` is the one shop that may list a supplier's goods, where the supplier stands for
    a store of that shop's own; null: every shop may.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    handle = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=20, choices=ShopType.choices)
    source = models.CharField(max_length=40, default="native")
    currency = models.CharField(max_length=3, default="CNY")
    description = models.CharField(max_length=500, default="", blank=True)
    logo_url = models.CharField(max_length=500, default="", blank=True)
    deposit_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="open")
    opened_at = models.DateTimeField(default=now)
    host_cut_bps = models.PositiveIntegerField(default=0, db_default=0)
    commission_bps = models.PositiveIntegerField(default=0, db_default=0)
    offered_to = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "shops_shop"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "paused", "closed"]), name="shops_shop_state"
            ),
            models.CheckConstraint(condition=Q(type__in=ShopType.values), name="shops_shop_type"),
            models.CheckConstraint(
                condition=Q(
                    host_cut_bps__lte=MOST_HOST_CUT_BPS, commission_bps__lte=MOST_COMMISSION_BPS
                ),
                name="shops_shop_host_terms",
            ),
        ]


class ShopMember(models.Model):
    """What an account may do in a shop: ``owner``, ``manager`` or ``staff``."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, models.CASCADE, related_name="shop_memberships")
    role = models.CharField(max_length=16)
    since = models.DateTimeField(default=now)

    class Meta:
        db_table = "shops_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "account"], name="shops_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "staff"]), name="shops_member_role"
            ),
        ]
