"""Stock and the holds on it, keyed by shop like everything a sale touches."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now, wall
from yellowcart.core.ids import new_id


class Stock(models.Model):
    """How much of one SKU there is: ``on_hand = sold + reserved + free``.

    ``on_hand`` is what lies in the warehouse, ``reserved`` what unpaid orders hold, ``sold`` what
    paid orders await. Shipping lowers ``on_hand`` and ``sold`` together. The database refuses to
    promise more than there is.
    """

    pk = models.CompositePrimaryKey("shop_id", "sku_id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "inventory_stock"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reserved__gte=0)
                & Q(sold__gte=0)
                & Q(on_hand__gte=F("reserved") + F("sold")),
                name="inventory_never_oversold",
            )
        ]


class Hold(models.Model):
    """Stock set aside for one order line: pending, then captured, voided or expired.

    A captured hold is shipped in the end, or voided where the order is cancelled before that. It
    may go piece by piece: ``shipped`` pieces left the warehouse, ``released`` ones are free again,
    and the rest is still promised. When nothing is left the state says what became of it.
    """

    pk = models.CompositePrimaryKey("shop_id", "order_id", "line_no")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_no = models.PositiveSmallIntegerField()
    stock_shop_id = models.UUIDField()
    stock_sku_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0, db_default=0)
    released = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=16, default="pending")
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "inventory_hold"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "captured", "shipped", "voided", "expired"]),
                name="inventory_hold_state",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_hold_some"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped") + F("released")),
                name="inventory_hold_parts",
            ),
        ]


class StockMove(models.Model):
    """Why a stock row changed by other means than an order; appended.

    ``idempotency_key`` makes a delta repeatable.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    delta = models.BigIntegerField()
    on_hand_after = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    idempotency_key = models.CharField(max_length=100, null=True)
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "inventory_stock_move"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "sku_id", "idempotency_key"], name="inventory_move_once"
            )
        ]


IMPORT_STATES = ["waiting", "running", "mapping", "ready", "done", "failed", "dropped"]


class ImportRun(models.Model):
    """A catalogue file that somebody handed in, how far its import is, and the report at the end.

    ``goal`` is ``preview`` (say what would change) or ``import``. A file whose columns nobody knows
    waits in ``mapping`` until they are named, one that was previewed in ``ready`` until somebody
    lets it in. ``content`` is kept until the import has ended, so that any process can do it;
    ``progress`` is written with each batch, so that another goes on where one died. ``report`` and
    ``problem`` hold their sentences by language, ``refused`` the rows to correct (see
    ``inventory.refused``).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    actor_id = models.UUIDField()
    file_name = models.CharField(max_length=200)
    wanted = models.CharField(max_length=20, default="auto")
    goal = models.CharField(max_length=8, default="import")
    content = models.BinaryField()
    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    state = models.CharField(max_length=16, default="waiting")
    phase = models.CharField(max_length=16, default="", blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    progress = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    refused = models.BinaryField(default=b"")
    begun_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(default=wall)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inventory_import_run"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting",
                        "running",
                        "mapping",
                        "ready",
                        "done",
                        "failed",
                        "dropped",
                    ]
                ),
                name="inventory_import_state",
            ),
            models.CheckConstraint(
                condition=Q(goal__in=["preview", "import"]), name="inventory_import_goal"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "-begun_at"], name="inventory_import_shop"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="inventory_import_open",
            ),
        ]


class ImportColumns(models.Model):
    """What a shop said the columns of a foreign file mean, for the next file with that header.

    ``signature`` is a hash of the header's names; ``columns`` maps a column's plain name to a
    field (see ``sources.columns``).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop_id = models.UUIDField()
    signature = models.CharField(max_length=64)
    columns = models.JSONField()
    actor_id = models.UUIDField()
    named_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "inventory_import_columns"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop_id", "signature"], name="inventory_columns_once")
        ]
