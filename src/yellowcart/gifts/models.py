"""Coins, what they buy, and what is given away in rooms."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.gifts.rules import bearer_of


class Wallet(models.Model):
    """One account's coins, and the money they were paid with.

    ``worth_minor`` is what of the ledger's ``coins`` is behind them: coins that were bought at
    different prices are spent at their average. ``spent_coins`` is what was given on ``spent_day``
    (a day of the platform's zone); ``touched_at`` is when coins last left.
    """

    account_id = models.UUIDField(primary_key=True)
    currency = models.CharField(max_length=3, default="CNY")
    coins = models.BigIntegerField(default=0)
    worth_minor = models.BigIntegerField(default=0)
    spent_day = models.DateField(null=True)
    spent_coins = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "gifts_wallet"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins__gte=0)
                & Q(worth_minor__gte=0)
                & (Q(coins__gt=0) | Q(worth_minor=0))
                & Q(spent_coins__gte=0),
                name="gifts_wallet_never_below_zero",
            )
        ]


class TopUp(models.Model):
    """Coins that somebody buys: asked for, paid by a payment of the stage ``coins``, or refunded
    while nothing of them was used."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account_id = models.UUIDField()
    coins = models.PositiveBigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, default="asked")
    idempotency_key = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "gifts_top_up"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account_id", "idempotency_key"], name="gifts_top_up_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "paid", "refunded"])
                & Q(coins__gt=0)
                & Q(amount_minor__gt=0),
                name="gifts_top_up_sane",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account_id", "-asked_at"], name="gifts_top_ups")]


class CoinMove(models.Model):
    """Coins that came into a wallet or left it otherwise than as a gift; appended.

    ``kind``: ``top_up``, ``refund``, ``packet_funded``, ``packet_claimed``, ``packet_returned``,
    ``bag_funded``, ``bag_won`` or ``bag_returned``. ``reference`` makes it repeatable.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    coins = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "gifts_coin_move"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account_id", "reference"], name="gifts_coin_move_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["account_id", "-at"], name="gifts_coin_moves"),
        ]


class Combo(models.Model):
    """The same gift from the same viewer in quick succession, shown as one."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=60)
    gift = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField(default=0)
    coins = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "gifts_combo"
        indexes: ClassVar = [
            models.Index(fields=["room_id", "-last_at", "-id"], name="gifts_combo_room"),
            models.Index(
                fields=["room_id", "account_id", "gift", "-last_at"], name="gifts_combo_running"
            ),
        ]


class GiftSent(models.Model):
    """One gift, or several of a kind at once: the coins it cost and the money behind them.

    ``batch_id`` is the settlement that parted its money; null while that is still to come.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    host_id = models.UUIDField()
    account_id = models.UUIDField()
    combo_id = models.UUIDField()
    gift = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    coins = models.PositiveBigIntegerField()
    worth_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    idempotency_key = models.CharField(max_length=100)
    at = models.DateTimeField(default=now)
    batch_id = models.UUIDField(null=True)

    class Meta:
        db_table = "gifts_sent"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account_id", "idempotency_key"], name="gifts_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(coins__gt=0) & Q(worth_minor__gte=0),
                name="gifts_sent_sane",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["room_id", "at"], name="gifts_unsettled", condition=Q(batch_id__isnull=True)
            ),
            models.Index(fields=["account_id", "-at"], name="gifts_sent_by"),
            models.Index(fields=["host_id", "-at"], name="gifts_sent_to"),
        ]


class GiftBatch(models.Model):
    """The gifts of a room over some time, parted together: tax, the host's share, the rest."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    host_id = models.UUIDField()
    gifts = models.PositiveIntegerField()
    coins = models.PositiveBigIntegerField()
    worth_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    host_minor = models.BigIntegerField()
    platform_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "gifts_batch"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(worth_minor=F("tax_minor") + F("host_minor") + F("platform_minor")),
                name="gifts_batch_parted",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["host_id", "-at"], name="gifts_batch_host")]


class RoomTally(models.Model):
    """What a room was given in all, as its viewers were told. Written by the relay alone."""

    room_id = models.UUIDField(primary_key=True)
    gifts = models.PositiveBigIntegerField(default=0)
    coins = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "gifts_room_tally"


class Packet(models.Model):
    """A red packet: coins set aside for those in a room who tap, in shares drawn beforehand.

    ``funder`` is the party that paid: ``wallet``, ``creator``, ``shop:<id>`` or ``platform``. It
    can be claimed in ``[opens_at, expires_at)``; what is left then goes back.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    funder = models.CharField(max_length=80)
    made_by = models.UUIDField()
    made_by_name = models.CharField(max_length=60)
    coins = models.PositiveBigIntegerField()
    worth_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    pieces = models.PositiveIntegerField()
    split = models.CharField(max_length=8)
    entry = models.CharField(max_length=12)
    opens_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")
    returned_coins = models.PositiveBigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    idempotency_key = models.CharField(max_length=100)
    made_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "gifts_packet"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["made_by", "idempotency_key"], name="gifts_packet_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "ended"])
                & Q(split__in=["equal", "lucky"])
                & Q(entry__in=["all", "followers", "commented"])
                & Q(pieces__gt=0)
                & Q(coins__gte=F("pieces"))
                & Q(expires_at__gt=F("opens_at"))
                & Q(returned_coins__lte=F("coins"))
                & Q(returned_minor__lte=F("worth_minor")),
                name="gifts_packet_sane",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room_id", "-made_at"], name="gifts_packet_room"),
            models.Index(fields=["expires_at"], name="gifts_packet_due", condition=Q(state="open")),
        ]

    @property
    def bearer(self) -> str:
        """Who pays for it; see :func:`rules.bearer_of`."""
        return bearer_of(self.funder)


class PacketShare(models.Model):
    """One piece of a red packet. Whoever claims it writes their name on it; nobody on two."""

    pk = models.CompositePrimaryKey("packet_id", "number")
    packet_id = models.UUIDField()
    number = models.PositiveIntegerField()
    coins = models.PositiveBigIntegerField()
    worth_minor = models.BigIntegerField()
    claimed_by = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "gifts_packet_share"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["packet_id", "claimed_by"], name="gifts_packet_one_each"
            ),
            models.CheckConstraint(
                condition=Q(coins__gt=0) & Q(worth_minor__gte=0), name="gifts_packet_share_some"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["packet_id", "number"],
                name="gifts_packet_left",
                condition=Q(claimed_by__isnull=True),
            )
        ]


class Bag(models.Model):
    """A lucky bag: prizes for some of those who enter, drawn so that anybody can check it.

    ``commit`` is published when it opens; ``seed`` stays secret until the list of entrants is
    fixed by ``entrants_hash``, and is shown then. See :mod:`gifts.draw`.

    ``prize`` is ``coins`` (``coins_each``, of ``fund_coins`` set aside), ``coupon``
    (``coupon_id``) or ``product`` (pieces of ``sku_id`` held, one for each :class:`Prize`).
    ``funder`` is the party that pays for it, as of a packet.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    host_id = models.UUIDField()
    title = models.CharField(max_length=120)
    prize = models.CharField(max_length=8)
    winners = models.PositiveIntegerField()
    coins_each = models.PositiveBigIntegerField(default=0)
    fund_coins = models.PositiveBigIntegerField(default=0)
    fund_minor = models.BigIntegerField(default=0)
    funder = models.CharField(max_length=80, default="", blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    coupon_id = models.UUIDField(null=True)
    listing_id = models.UUIDField(null=True)
    shop_id = models.UUIDField(null=True)
    sku_id = models.UUIDField(null=True)
    must_follow = models.BooleanField(default=False)
    must_say = models.CharField(max_length=60, default="", blank=True)
    must_watch_seconds = models.PositiveIntegerField(default=0)
    must_buy = models.BooleanField(default=False)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")
    commit = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    entrants = models.PositiveIntegerField(default=0)
    entrants_hash = models.CharField(max_length=64, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=100)

    class Meta:
        db_table = "gifts_bag"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room_id"],
                condition=Q(state__in=["open", "closed"]),
                name="gifts_bag_one_active",
            ),
            models.UniqueConstraint(fields=["host_id", "idempotency_key"], name="gifts_bag_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "drawn", "void"])
                & Q(winners__gt=0)
                & Q(closes_at__gt=F("opens_at"))
                & (
                    Q(prize="coins", coins_each__gt=0)
                    | Q(prize="coupon", coupon_id__isnull=False)
                    | Q(prize="product", sku_id__isnull=False, shop_id__isnull=False)
                ),
                name="gifts_bag_sane",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room_id", "-opens_at"], name="gifts_bag_room"),
            models.Index(
                fields=["closes_at"],
                name="gifts_bag_due",
                condition=Q(state__in=["open", "closed"]),
            ),
        ]

    @property
    def bearer(self) -> str:
        """Who pays for its prizes; goods are always their shop's."""
        return "merchant" if self.prize == "product" else bearer_of(self.funder)


class BagEntry(models.Model):
    """Somebody who entered: under a name that says nothing of them, with a number of their own
    choosing that is mixed into the draw."""

    id = models.UUIDField(primary_key=True, default=new_id)
    bag_id = models.UUIDField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=60)
    pseudonym = models.CharField(max_length=16)
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "gifts_bag_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bag_id", "account_id"], name="gifts_bag_entered_once"),
            models.UniqueConstraint(fields=["bag_id", "pseudonym"], name="gifts_bag_pseudonym"),
        ]
        indexes: ClassVar = [models.Index(fields=["account_id", "-at"], name="gifts_bag_entries")]


class Prize(models.Model):
    """One prize of a bag. Until the draw nobody's; its id is the id of the order that brings a
    product, under which its piece is held from the start.

    ``open`` until the draw; ``won`` until a product's winner says where the parcel goes, before
    ``claim_until``; then ``given``. ``lapsed``: never won or not claimed, and back where it came
    from.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    bag_id = models.UUIDField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default="open")
    account_id = models.UUIDField(null=True)
    name = models.CharField(max_length=60, default="", blank=True)
    pseudonym = models.CharField(max_length=16, default="", blank=True)
    claim_until = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "gifts_prize"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bag_id", "number"], name="gifts_prize_once"),
            models.UniqueConstraint(fields=["bag_id", "account_id"], name="gifts_prize_one_each"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "won", "given", "lapsed"])
                & (Q(state__in=["open", "lapsed"]) | Q(account_id__isnull=False)),
                name="gifts_prize_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["claim_until"], name="gifts_prize_due", condition=Q(state="won")),
            models.Index(fields=["account_id", "-claim_until"], name="gifts_prize_mine"),
        ]


class Watch(models.Model):
    """How long an account has watched since a bag opened, as its beats told; see
    :func:`rules.watched`."""

    pk = models.CompositePrimaryKey("bag_id", "account_id")
    bag_id = models.UUIDField()
    account_id = models.UUIDField()
    seconds = models.FloatField(default=0)
    beat_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "gifts_watch"
