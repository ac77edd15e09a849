"""What happened in rooms and is written down nowhere else: who came in, what they had before their
eyes, how much was said. Added up a minute; orders and jump-outs are read where they stand."""

from typing import ClassVar

from django.db import models


class RoomMinute(models.Model):
    """One minute of a room: viewers who came for the first time, entries of all, the most that
    watched at once, and messages said."""

    pk = models.CompositePrimaryKey("room_id", "minute")
    room_id = models.UUIDField()
    minute = models.DateTimeField()
    viewers = models.PositiveIntegerField(default=0, db_default=0)
    entries = models.PositiveIntegerField(default=0, db_default=0)
    online = models.PositiveIntegerField(default=0, db_default=0)
    messages = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "insights_room_minute"


class ListingMinute(models.Model):
    """One listing in one minute of a room: how many viewers had it before their eyes, and how many
    opened it to buy or to leave through its link; each viewer once a minute."""

    pk = models.CompositePrimaryKey("room_id", "listing_id", "minute")
    room_id = models.UUIDField()
    listing_id = models.UUIDField()
    minute = models.DateTimeField()
    seen = models.PositiveIntegerField(default=0, db_default=0)
    opened = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "insights_listing_minute"


class RoomViewer(models.Model):
    """One viewer of one room, an account or a guest, so that each counts once.

    ``last_at`` is when they last came or left; ``seconds`` adds up their finished visits. A row
    with its index takes about 170 bytes: a million viewers of one room 170 MB.
    """

    pk = models.CompositePrimaryKey("room_id", "viewer_id")
    room_id = models.UUIDField()
    viewer_id = models.UUIDField()
    guest = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    entries = models.PositiveIntegerField(default=1)
    seconds = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "insights_room_viewer"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_at__gte=models.F("first_at")),
                name="insights_room_viewer_order",
            )
        ]


class RoomKept(models.Model):
    """What a statement said of a room with many orders; see :mod:`insights.room_kept`.

    ``shop_id`` is 0 for the whole room. ``text`` is JSON, empty while nothing is kept, and good
    until ``fresh_until`` of the wall clock, null: until an order changes. Each change counts
    ``version`` up.
    """

    pk = models.CompositePrimaryKey("room_id", "shop_id", "part")
    room_id = models.UUIDField()
    shop_id = models.UUIDField()
    part = models.CharField(max_length=16)
    version = models.PositiveBigIntegerField(default=0)
    text = models.TextField(default="")
    fresh_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "insights_room_kept"


class KeptDay(models.Model):
    """A day that is over; see :mod:`insights.days_kept`.

    ``dated`` says whether it is of the orders ``placed`` in it or of those ``paid`` in it. Its sums
    hold while ``is_kept``.
    """

    pk = models.CompositePrimaryKey("dated", "starts_at")
    dated = models.CharField(max_length=8)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_kept = models.BooleanField(default=False)

    class Meta:
        db_table = "insights_kept_day"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="insights_kept_day_order",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["ends_at"], name="insights_kept_day_end"),
            models.Index(
                fields=["ends_at"],
                name="insights_day_to_keep",
                condition=models.Q(is_kept=False),
            ),
        ]


class KeptBuyer(models.Model):
    """The number that stands for a buyer in what is kept: small, so that very many are told apart
    quickly."""

    number = models.AutoField(primary_key=True)
    buyer_id = models.UUIDField(unique=True)

    class Meta:
        db_table = "insights_kept_buyer"


class KeptSales(models.Model):
    """What the orders of a kept day add up to: those of all shops, under the ``shop_id`` 0, and
    those of each shop that had many.

    ``buyers`` holds its buyer's number for each order, four bytes each, the least first.
    """

    pk = models.CompositePrimaryKey(
        "starts_at", "dated", "shop_id", "source", "integration", "surface", "currency"
    )
    starts_at = models.DateTimeField()
    dated = models.CharField(max_length=8)
    shop_id = models.UUIDField()
    source = models.CharField(max_length=40)
    integration = models.CharField(max_length=16)
    surface = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    sales = models.PositiveIntegerField()
    buyers = models.BinaryField()

    class Meta:
        db_table = "insights_kept_sales"
