"""What a store is told of our sales, and the copies that it is asked for. Instants are of the wall
clock, as in ``models``."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.catalog.models import Product
from yellowcart.connections.states import COPY_WORDS
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id


class StockTelling(models.Model):
    """A variant of a store that is told what we sold of it (see ``rules.HOW_A_SALE_IS_TOLD``).

    ``due_at`` is when there is next something to tell, null where there is nothing. ``change`` is
    a change of stock on its way whose outcome is not known yet, sent with ``reference`` when the
    store had ``before`` pieces; null where none is. ``told`` sums up the changes that the store
    did: 3 pieces sold here are -3. ``last_change`` was done at ``told_at``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(
        "connections.Connection", models.CASCADE, related_name="stock_tellings"
    )
    sku_id = models.UUIDField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.JSONField(default=dict)
    change = models.BigIntegerField(null=True)
    before = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=64, default="", blank=True)
    told = models.BigIntegerField(default=0)
    last_change = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_stock_telling"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "sku_id"], name="connections_stock_telling_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(due_at__isnull=False),
                name="connections_telling_due",
            ),
            models.Index(fields=["connection", "-told_at"], name="connections_telling_latest"),
        ]


class StockTellingLine(models.Model):
    """A line of one of our orders, as far as the store was told of it.

    ``counted`` of its pieces the store has counted off; ``sending`` will be that number when the
    change on its way is done. ``is_open`` until its pieces left and the store knows of them all.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    telling = models.ForeignKey(StockTelling, models.CASCADE, related_name="lines")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_no = models.PositiveSmallIntegerField()
    counted = models.PositiveIntegerField(default=0)
    sending = models.PositiveIntegerField(null=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "connections_stock_telling_line"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "line_no"], name="connections_telling_line_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["telling"], condition=Q(is_open=True), name="connections_telling_line_open"
            )
        ]


class ChannelCopy(models.Model):
    """A copy of a store's product for ``hosts`` there, none for the store's own rooms; it sells
    from the product's own stock.

    ``waiting`` at ``due_at``, ``making`` while the store is asked, ``made`` as its ``channel``,
    ``failed``, or ``unsure`` where the answer was lost: asked again the store would make another.
    ``hosts_digest`` tells the same hosts.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(
        "connections.Connection", models.CASCADE, related_name="channel_copies"
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    hosts = models.JSONField(default=list)
    hosts_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default="waiting")
    channel = models.CharField(max_length=100, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.JSONField(default=dict)
    asked_by = models.UUIDField()
    created_at = models.DateTimeField(default=wall)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_channel_copy"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(COPY_WORDS)), name="connections_channel_copy_state"
            ),
            models.UniqueConstraint(
                fields=["connection", "product", "hosts_digest"],
                condition=~Q(state="failed"),
                name="connections_channel_copy_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(due_at__isnull=False),
                name="connections_copy_due",
            )
        ]
