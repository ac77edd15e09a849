"""Connected stores, what was taken from them, and what was handed over to them.

Instants here are of the wall clock: other people's servers know no other.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.connections import sold_models as _more  # noqa: F401  Django finds their tables
from yellowcart.connections.states import (
    CHANGE_KINDS,
    CHANGE_STATES,
    SUPPLY_STATES,
    TRANSITIONS,
)
from yellowcart.core.breaker import STATES as BREAKER_STATES
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.shops.models import Shop


class Connection(models.Model):
    """A store elsewhere that a shop connected.

    ``supplier`` is the shop of type supplier that was made for it: it holds the store's goods and
    stock; null for a source that only knows links. ``settings_shown`` is what a page may show:
    plain settings, and secrets as ``••••last4``. ``identity`` tells the same store connected
    twice. ``approves``: an operator lets its goods pass without a review each. ``for_platform``: an
    operator made it the platform's own account, which links of every shop without one are made for.

    One piece of work at a time is done for a connection, its *lane*: whoever works holds
    ``lane_token`` until ``lane_until``; ``work_at`` is when something is next to be done.

    The breaker opens after ``failures`` failures in a row, until ``breaker_until``; then one call
    probes. ``waits`` counts how often the source asked us to wait. Tokens are renewed at
    ``renew_at``, by whoever claims it until ``renewing_until``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="connections")
    supplier = models.ForeignKey(Shop, models.SET_NULL, null=True, related_name="connected_from")
    source = models.CharField(max_length=40)
    name = models.CharField(max_length=120, default="")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, default="draft")
    identity = models.CharField(max_length=64)
    settings_sealed = models.BinaryField()
    settings_shown = models.JSONField(default=dict)
    grant_sealed = models.BinaryField(default=bytes)
    grant_expires_at = models.DateTimeField(null=True)
    renew_at = models.DateTimeField(null=True)
    renewing_until = models.DateTimeField(null=True)
    approves = models.BooleanField(default=False)
    for_platform = models.BooleanField(default=False, db_default=False)
    connected_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=wall)
    closed_at = models.DateTimeField(null=True)

    work_at = models.DateTimeField(null=True)
    lane_token = models.UUIDField(null=True)
    lane_until = models.DateTimeField(null=True)

    breaker = models.CharField(max_length=10, default="closed")
    failures = models.PositiveIntegerField(default=0)
    breaker_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_error = models.JSONField(default=dict)
    waits = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_connection"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(TRANSITIONS)), name="connections_connection_state"
            ),
            models.CheckConstraint(
                condition=Q(breaker__in=BREAKER_STATES), name="connections_connection_breaker"
            ),
            models.UniqueConstraint(
                fields=["shop", "source", "identity"],
                condition=~Q(state="closed"),
                name="connections_connection_once",
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(for_platform=True) & ~Q(state="closed"),
                name="connections_one_for_platform",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["work_at"], condition=Q(state="active"), name="connections_work_due"
            ),
        ]


class Following(models.Model):
    """How far we are with one thing we follow of a store: ``catalogue``, ``levels`` or
    ``conversions``.

    A round begins at ``due_at``, goes on from ``cursor`` page by page, each kept in the transaction
    that wrote its rows, and covers what changed since ``since``. ``done`` of ``total`` rows are
    through (``total`` null: the source does not say); ``counts`` is what became of them.

    ``read_at`` is when the latest round began that came to its end and was told by our clock: what
    the source said before is late for everything it covers. ``is_dated``: a row of the round named
    an instant of the source's own clock, which must not be measured by ours. ``hinted_at``: while
    the round ran something was told that its pages may not have had any more.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="followings")
    kind = models.CharField(max_length=16)
    is_running = models.BooleanField(default=False)
    cursor = models.TextField(default="")
    pages = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    counts = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    is_dated = models.BooleanField(default=False)
    hinted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_following"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "kind"], name="connections_following_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["catalogue", "levels", "conversions"]),
                name="connections_following_kind",
            ),
        ]


class SeenPage(models.Model):
    """The products on one page of a round that is being read, by their keys at the source, so that
    those on none are known to be gone. Forgotten when the round ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    following = models.ForeignKey(Following, models.CASCADE, related_name="seen")
    keys = models.JSONField()

    class Meta:
        db_table = "connections_seen_page"


class Word(models.Model):
    """The latest word of a source about one of its variants, so that a late one undoes nothing.

    A word that says the same again leaves no trace; how late one may be says
    ``Following.read_at`` as well.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="words")
    sku_id = models.UUIDField()
    available = models.BigIntegerField(null=True)
    said_at = models.DateTimeField(null=True)
    price_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_word"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "sku_id"], name="connections_word_once")
        ]


class Supply(models.Model):
    """One of our orders handed over to a connected supplier; see ``states.SUPPLY_STATES``.

    ``reference`` is what the supplier knows it by: placing it again makes no second. It is next
    looked after at ``due_at``. ``assigned_at`` is when the supplier took it: a count of stock
    from before does not know of it. ``calls_off``: it should be cancelled there. Until
    ``placing_until`` the supplier may be at it: two calls at once could make two orders of it.
    While that is set the supplier may have it, however long ago it is: an answer was lost.
    ``refunded_minor`` is what the supplier says it gave back in all, and ``followed_minor`` what of
    that the buyer's own refunds or a case followed.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="supplies")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    reference = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=12, default="unassigned")
    external_id = models.CharField(max_length=200, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    last_error = models.JSONField(default=dict)
    assigned_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    calls_off = models.BooleanField(default=False)
    placing_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    followed_minor = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=wall)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_supply"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "shop_id", "order_id"], name="connections_supply_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=SUPPLY_STATES), name="connections_supply_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(due_at__isnull=False),
                name="connections_supply_due",
            ),
            models.Index(fields=["shop_id", "order_id"], name="connections_supply_order"),
        ]


class SupplyLine(models.Model):
    """A line of our order that a supplier sends. Money in minor units of the connection.

    ``handed`` is how many pieces the supplier was asked for, 0 before it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    supply = models.ForeignKey(Supply, models.CASCADE, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    sku_id = models.UUIDField()
    product_key = models.CharField(max_length=200)
    sku_key = models.CharField(max_length=200)
    title = models.CharField(max_length=400)
    quantity = models.PositiveIntegerField()
    handed = models.PositiveIntegerField(default=0, db_default=0)
    unit_minor = models.BigIntegerField()

    class Meta:
        db_table = "connections_supply_line"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supply", "line_no"], name="connections_supply_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="connections_supply_line_some"
            ),
        ]


class Change(models.Model):
    """What was refunded here of an order that a supplier has, and whether the supplier knows.

    See ``states.CHANGE_KINDS`` and ``CHANGE_STATES``. ``pieces`` by line number; ``refunded_minor``
    is what the buyer has back for it, of which ``money_minor`` is for no piece. Nothing is taken
    up twice: what the changes of a supply name already is not named again.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="changes")
    supply = models.ForeignKey(Supply, models.CASCADE, related_name="changes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="waiting")
    pieces = models.JSONField(default=dict)
    refunded_minor = models.BigIntegerField(default=0)
    money_minor = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=wall)
    last_error = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=wall)
    ended_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        db_table = "connections_change"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supply", "number"], name="connections_change_once"),
            models.CheckConstraint(
                condition=Q(kind__in=CHANGE_KINDS) & Q(state__in=CHANGE_STATES),
                name="connections_change_known",
            ),
            # What waits has an instant at which it is told, and nothing else has.
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False)
                | (~Q(state="waiting") & Q(due_at__isnull=True)),
                name="connections_change_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(due_at__isnull=False),
                name="connections_change_waiting",
            ),
            models.Index(
                fields=["connection", "created_at"],
                condition=Q(state="todo"),
                name="connections_change_todo",
            ),
        ]


class Message(models.Model):
    """A webhook that came in: once for each id of its sender. ``happenings`` as the port's.

    It is worked through at ``due_at``, null once it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="messages")
    message_id = models.CharField(max_length=200)
    happenings = models.JSONField()
    received_at = models.DateTimeField(default=wall)
    due_at = models.DateTimeField(null=True, default=wall)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.JSONField(default=dict)

    class Meta:
        db_table = "connections_message"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "message_id"], name="connections_message_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(due_at__isnull=False),
                name="connections_message_waiting",
            )
        ]


class Call(models.Model):
    """One call of a store and how it went; kept for a day, for the health page.

    ``outcome``: ``answered``; ``refused`` by the source in its own words; ``waited``, because the
    source wants less; ``failed``. ``waited_ms`` is the time slept for the source's pace.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="calls")
    name = models.CharField(max_length=24)
    at = models.DateTimeField(default=wall)
    took_ms = models.PositiveIntegerField()
    waited_ms = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10)
    words = models.JSONField(default=dict)

    class Meta:
        db_table = "connections_call"
        indexes: ClassVar = [
            models.Index(fields=["connection", "-at"], name="connections_call_latest"),
            models.Index(fields=["at"], name="connections_call_old"),
        ]


class ListingRun(models.Model):
    """A supplier's goods on their way into a shop, as one click wanted: those of ``wanted``, or
    all where it is null. ``renames`` are the shop's words for the supplier's categories and
    options (see ``catalog.fitting``).

    Batches are written in order of the goods' ids; ``after`` is the last that was, kept in its
    batch's transaction, so that a run that was cut short goes on there.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="listing_runs")
    supplier = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    actor_id = models.UUIDField()
    wanted = models.JSONField(null=True)
    price = models.JSONField(null=True)
    renames = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    after = models.UUIDField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    in_review = models.PositiveIntegerField(default=0)
    problem = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=wall)
    touched_at = models.DateTimeField(default=wall)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections_listing_run"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]),
                name="connections_listing_run_state",
            ),
            # Two clicks at once are one run.
            models.UniqueConstraint(
                fields=["shop", "supplier"],
                condition=Q(state__in=["waiting", "running"]),
                name="connections_listing_run_one",
            ),
        ]
