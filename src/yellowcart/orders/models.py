"""Orders and what becomes of them. The lane of ``checkout`` inserts them; from then on the
verbs of this folder change them."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.orders.jumpout_models import ConversionDispute, DisputeStep, TrackPlan
from yellowcart.orders.states import ENDS, ON_THE_WAY, STATES, TO_SHIP

__all__ = ["ConversionDispute", "DisputeStep", "TrackPlan"]

ORDER_STATES = list(STATES)
BEARERS = ["merchant", "platform", "creator"]
#: What figures read of orders, so that they are summed in an index.
_SUMMED = (
    *("shop_id", "buyer_id", "currency", "source", "integration", "surface", "container_id"),
    *("state", "amount_minor", "refunded_minor"),
)


class Order(models.Model):
    """One buyer's purchase of one source's goods at one shop.

    A request for the goods of several shops becomes several orders of one ``checkout_id``, which
    are paid together; a request for one shop's goods is a checkout of its own, and the two ids are
    the same. ``part_no`` tells the orders apart that one shop has of a checkout because their
    goods come from different sources.

    Seller (``shop_id``), place (``surface``, ``container_id``) and settlement party are three
    things. ``rule_key``/``rule_revision`` name the rule under which it was sold, empty where no
    rule spoke. One ``(shop, buyer, idempotency_key, part_no)`` is one order; ``request_hash``
    tells a retry from a key used twice.

    Who sold it: ``creator_id`` is whose place it was; ``host_id`` is who hosted the room at that
    instant, which is whoever had the stage, else the room's creator, who is also the host of its
    replay; null outside rooms. ``share_code`` is the code through which the buyer came, empty
    where none. ``carrier_type`` is the field's number of the place; see :mod:`orders.carriers`.

    ``amount_minor`` is what the buyer pays: goods less discounts. Of a pre-sale, ``deposit_minor``
    of it is paid first and the rest in ``[balance_from, balance_until)``; ``expires_at`` is always
    the end of the payment that is awaited. ``reserves`` is false where the room sells to whoever
    pays first: then no stock is held until the payment comes. ``room_counted`` says that its
    pieces stand in a ``RoomPurchaseCount`` and leave it when the order is closed.

    Clocks: everything must have left by ``ship_by``; where it had not at ``late_at``, the merchant
    owes the buyer ``late_minor``. At ``receipt_at`` the automatic receipt is looked at; it is the
    look number ``receipt_stage``, later by ``extended_days``. While ``open_cases`` is not 0 (since
    ``case_opened_at``) these clocks stand; ``case_closed_at`` is when the last case ended.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    checkout_id = models.UUIDField()
    part_no = models.PositiveSmallIntegerField(default=0)
    buyer_id = models.UUIDField()
    surface = models.CharField(max_length=16)
    container_id = models.UUIDField()
    creator_id = models.UUIDField(null=True)
    host_id = models.UUIDField(null=True)
    share_code = models.CharField(max_length=12, default="", db_default="")
    carrier_type = models.PositiveIntegerField(default=0, db_default=0)
    source = models.CharField(max_length=40)
    integration = models.CharField(max_length=16)
    rule_key = models.CharField(max_length=100, default="")
    rule_revision = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, default="awaiting_payment")
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField(default=0)
    balance_from = models.DateTimeField(null=True)
    balance_until = models.DateTimeField(null=True)
    paid_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    idempotency_key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    reserves = models.BooleanField(default=True)
    room_counted = models.BooleanField(default=False)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=40, default="")
    refunded_minor = models.BigIntegerField(default=0)
    ship_to = models.JSONField(default=dict)
    ship_by = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    late_minor = models.BigIntegerField(default=0, db_default=0)
    receipt_at = models.DateTimeField(null=True)
    receipt_stage = models.PositiveSmallIntegerField(default=0, db_default=0)
    extended_days = models.PositiveIntegerField(default=0, db_default=0)
    buyer_extensions = models.PositiveSmallIntegerField(default=0, db_default=0)
    open_cases = models.PositiveSmallIntegerField(default=0, db_default=0)
    case_opened_at = models.DateTimeField(null=True)
    case_closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_order"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "buyer_id", "idempotency_key", "part_no"],
                name="orders_order_once",
            ),
            models.CheckConstraint(condition=Q(state__in=ORDER_STATES), name="orders_order_state"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("goods_minor") - F("discount_minor"))
                & Q(discount_minor__gte=0)
                & Q(amount_minor__gte=0)
                & Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor"))
                & Q(paid_minor__gte=0)
                & Q(paid_minor__lte=F("amount_minor")),
                name="orders_order_money",
            ),
            models.CheckConstraint(
                condition=Q(deposit_minor=0, balance_from__isnull=True, balance_until__isnull=True)
                | Q(
                    deposit_minor__gt=0,
                    deposit_minor__lt=F("amount_minor"),
                    balance_until__gt=F("balance_from"),
                ),
                name="orders_order_presale",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["buyer_id", "-placed_at"], name="orders_by_buyer"),
            models.Index(fields=["shop_id", "-placed_at"], name="orders_by_shop"),
            # Reports read windows of time over all shops; block ranges cost the lane little.
            BrinIndex(fields=["placed_at"], name="orders_placed_range", autosummarize=True),
            # What is paid is summed up, and told apart by buyer, without looking into the rows.
            # No unpaid order is in it, so that placing one costs nothing more.
            models.Index(
                fields=["paid_at"],
                include=_SUMMED,
                name="orders_paid_figures",
                condition=Q(paid_at__isnull=False),
            ),
            # What is left of what was paid is that less what these say; they are few.
            models.Index(
                fields=["paid_at"],
                include=_SUMMED,
                name="orders_paid_reduced",
                condition=Q(paid_at__isnull=False) & (Q(state="closed") | Q(refunded_minor__gt=0)),
            ),
            # What a replay sold is asked for long after; no order of a live room is in it.
            models.Index(
                fields=["container_id", "placed_at"],
                name="orders_of_replay",
                condition=Q(surface="replay"),
            ),
            models.Index(
                fields=["expires_at"],
                name="orders_to_expire",
                condition=Q(state__in=["awaiting_payment", "deposit_paid"]),
            ),
            # A merchant's board asks for these among a million orders that are done.
            models.Index(
                fields=["shop_id", "paid_at", "id"],
                name="orders_to_ship",
                condition=Q(state__in=sorted(TO_SHIP)),
            ),
            models.Index(
                fields=["shop_id", "ship_by", "id"],
                name="orders_overdue",
                condition=Q(state__in=sorted(TO_SHIP)),
            ),
            models.Index(
                fields=["shop_id", "-shipped_at", "-id"],
                name="orders_on_the_way",
                condition=Q(state__in=sorted(ON_THE_WAY)),
            ),
            # The newest that are done lie behind everything a busy shop has under way.
            models.Index(
                fields=["shop_id", "state", "-placed_at", "-id"],
                name="orders_done",
                condition=Q(state__in=sorted(ENDS)),
            ),
            models.Index(
                fields=["ship_by"],
                name="orders_late_due",
                condition=Q(state__in=sorted(TO_SHIP), late_at__isnull=True, open_cases=0),
            ),
            models.Index(
                fields=["receipt_at"],
                name="orders_receipt_due",
                condition=Q(state__in=sorted(ON_THE_WAY), open_cases=0),
            ),
        ]


class OrderLine(models.Model):
    """One SKU of an order, as it was when it was bought.

    ``discount_minor`` is the line's share of the order's coupons. ``commission_bps`` is what of
    the line was promised to whoever promotes it. ``counted`` says that its pieces stand in a
    ``PurchaseCount`` and leave it when the order is closed; ``special_price_id`` names the special
    price whose allocation they took from.

    Of its pieces ``shipped_quantity`` left in parcels, and ``dropped_quantity`` will not, because
    they were refunded before. ``refunded_quantity`` counts these and those that were refunded
    after they left; ``refunded_minor`` is what went back for the line.
    """

    pk = models.CompositePrimaryKey("shop_id", "order_id", "line_no")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_no = models.PositiveSmallIntegerField()
    listing_id = models.UUIDField()
    product_id = models.UUIDField()
    sku_id = models.UUIDField()
    title = models.CharField(max_length=400)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    commission_bps = models.PositiveIntegerField(default=0)
    special_price_id = models.UUIDField(null=True)
    counted = models.BooleanField(default=False)
    shipped_quantity = models.PositiveIntegerField(default=0, db_default=0)
    dropped_quantity = models.PositiveIntegerField(default=0, db_default=0)
    refunded_quantity = models.PositiveIntegerField(default=0, db_default=0)
    refunded_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "orders_line"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("dropped_quantity"))
                & Q(quantity__gte=F("refunded_quantity"))
                & Q(refunded_quantity__gte=F("dropped_quantity"))
                & Q(refunded_minor__gte=0)
                & Q(
                    refunded_minor__lte=F("unit_price_minor") * F("quantity") - F("discount_minor")
                ),
                name="orders_line_parts",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                & Q(unit_price_minor__gte=0)
                & Q(discount_minor__gte=0)
                & Q(discount_minor__lte=F("unit_price_minor") * F("quantity"))
                & Q(commission_bps__lte=9_000),
                name="orders_line_sane",
            ),
        ]

    @property
    def paid_minor(self) -> int:
        """What the buyer pays for the line, its share of coupons taken off."""
        return self.unit_price_minor * self.quantity - self.discount_minor

    def refund_of(self, pieces: int) -> int:
        """What so many of its pieces cost the buyer, rounded down."""
        return self.paid_minor * pieces // self.quantity

    @property
    def unsent(self) -> int:
        """Pieces that still have to leave."""
        return self.quantity - self.shipped_quantity - self.dropped_quantity


class OrderDiscount(models.Model):
    """What a coupon took off an order, and who bears it; appended with the order."""

    pk = models.CompositePrimaryKey("shop_id", "order_id", "coupon_id")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    coupon_id = models.UUIDField()
    checkout_id = models.UUIDField()
    bearer = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "orders_discount"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(bearer__in=BEARERS), name="orders_discount_bearer"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="orders_discount_some"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["coupon_id", "checkout_id"], name="orders_discount_coupon")
        ]


class PurchaseCount(models.Model):
    """How many a buyer holds or bought through a listing with a purchase limit."""

    pk = models.CompositePrimaryKey("shop_id", "listing_id", "buyer_id")
    shop_id = models.UUIDField()
    listing_id = models.UUIDField()
    buyer_id = models.UUIDField()
    quantity = models.IntegerField()

    class Meta:
        db_table = "orders_purchase_count"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="orders_purchase_count_sane")
        ]


class RoomPurchaseCount(models.Model):
    """How many pieces a buyer holds or bought in a room that limits them, over all its shops."""

    pk = models.CompositePrimaryKey("room_id", "buyer_id")
    room_id = models.UUIDField()
    buyer_id = models.UUIDField()
    quantity = models.IntegerField()

    class Meta:
        db_table = "orders_room_purchase_count"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="orders_room_count_sane")
        ]


class Waiting(models.Model):
    """Somebody who waits for pieces of a sold-out SKU of a listing to come back.

    While ``offered``, the pieces are set aside by a hold whose ``order_id`` is this row's id,
    until ``offered_until``.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    listing_id = models.UUIDField()
    container_id = models.UUIDField()
    sku_id = models.UUIDField()
    stock_shop_id = models.UUIDField()
    stock_sku_id = models.UUIDField()
    buyer_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=16, default="waiting")
    joined_at = models.DateTimeField(default=now)
    offered_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_waiting"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "lapsed", "left"])
                | Q(state="offered", offered_until__isnull=False),
                name="orders_waiting_state",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_waiting_some"),
            models.UniqueConstraint(
                fields=["shop_id", "listing_id", "sku_id", "buyer_id"],
                condition=Q(state__in=["waiting", "offered"]),
                name="orders_waiting_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["stock_shop_id", "stock_sku_id", "joined_at", "id"],
                condition=Q(state="waiting"),
                name="orders_waiting_queue",
            ),
            models.Index(
                fields=["offered_until"],
                condition=Q(state="offered"),
                name="orders_waiting_offers",
            ),
        ]


class OrderEvent(models.Model):
    """One step in an order's life after it was placed; appended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    verb = models.CharField(max_length=24)
    state = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "orders_event"
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "order_id", "at"], name="orders_event_order")
        ]


class Shipment(models.Model):
    """A parcel on its way. ``mark`` tells apart those of a supplier without a ``tracking_no``."""

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    carrier = models.CharField(max_length=40)
    tracking_no = models.CharField(max_length=60, blank=True)
    mark = models.CharField(max_length=100, default="", db_default="", blank=True)
    shipped_at = models.DateTimeField(default=now)
    signed_at = models.DateTimeField(null=True)
    exception = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "orders_shipment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "carrier", "tracking_no"],
                condition=~Q(tracking_no=""),
                name="orders_shipment_once",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "mark"],
                condition=~Q(mark=""),
                name="orders_shipment_mark_once",
            ),
            models.CheckConstraint(
                condition=~Q(tracking_no="", mark=""), name="orders_shipment_told_apart"
            ),
        ]


class ShipmentLine(models.Model):
    """How many pieces of an order's line are in a parcel; appended with it."""

    pk = models.CompositePrimaryKey("shop_id", "shipment_id", "line_no")
    shop_id = models.UUIDField()
    shipment_id = models.UUIDField()
    line_no = models.PositiveSmallIntegerField()
    order_id = models.UUIDField()
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "orders_shipment_line"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_shipment_line_some")
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "order_id"], name="orders_shipment_line_order")
        ]


class Conversion(models.Model):
    """A sale on the other side of a jump-out, as its source last told it.

    ``status``: ``paid`` (12), ``received`` (14), ``settled`` (3), ``closed`` (13, revoked).
    ``credited`` by the click ``told``, by the ``link``, the ``item`` alone or by ``hand``, within
    the source's or the ``plan``'s window. ``earner_id``: the shop that earns; null: the platform.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    external_order_id = models.CharField(max_length=100)
    click_id = models.UUIDField(null=True)
    shop_id = models.UUIDField(null=True)
    listing_id = models.UUIDField(null=True)
    surface = models.CharField(max_length=16, default="", blank=True)
    container_id = models.UUIDField(null=True)
    creator_id = models.UUIDField(null=True)
    credited = models.CharField(max_length=8, default="", blank=True)
    earner_id = models.UUIDField(null=True)
    plan = models.CharField(max_length=100, default="", blank=True)
    window_days = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    in_window = models.BooleanField(default=True)
    ordered_at = models.DateTimeField()
    source_updated_at = models.DateTimeField()
    first_told_at = models.DateTimeField(default=now)
    last_told_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "orders_conversion"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_order_id"], name="orders_conversion_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["paid", "received", "settled", "closed"]),
                name="orders_conversion_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ordered_at"], name="orders_conversion_when"),
            # A room's figures look from its beginning until now.
            models.Index(fields=["container_id", "ordered_at"], name="orders_conversion_place"),
            models.Index(fields=["shop_id", "-ordered_at", "-id"], name="orders_conversion_shop"),
            models.Index(
                fields=["creator_id", "-ordered_at", "-id"], name="orders_conversion_host"
            ),
            models.Index(
                fields=["-ordered_at", "-id"],
                condition=Q(click_id__isnull=True),
                name="orders_conversion_unmatched",
            ),
        ]
