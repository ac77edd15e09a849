"""Webhooks of connected stores: checked and kept at once, worked through by the lane."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.following import take_gone
from yellowcart.catalog.importing import Terms, apply_drafts
from yellowcart.catalog.models import Product
from yellowcart.connections import keeping, supplying
from yellowcart.connections.calls import BreakerOpenError, ask
from yellowcart.connections.following import look_soon, record
from yellowcart.connections.levels import apply_levels
from yellowcart.connections.models import Connection, Message, Supply
from yellowcart.connections.progress import do_note_progress
from yellowcart.connections.rules import next_try, sound
from yellowcart.connections.waking import wake
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.core.sealing import unseal
from yellowcart.sources.connector import Can, Delivery, Happening, Level, SourceError, Store
from yellowcart.sources.connectors.calling import Caller
from yellowcart.sources.files.drafts import ProductDraft
from yellowcart.sources.registry import connector_of

MOST_BYTES: Final = 1024 * 1024
#: Messages that wait of one connection; a store that sends more is told to come later.
MOST_WAITING: Final = 5_000
MOST_HAPPENINGS: Final = 500
KEPT: Final = timedelta(days=7)


def take_in(connection_id: UUID, headers: Mapping[str, str], body: bytes) -> Delivery:
    """Keep a genuine webhook, once for each id of its sender; what to answer.

    Nothing is asked of the store here, so that it has its answer at once. Problems:
    ``connection_not_found``, ``signature_invalid``, ``too_many_messages``.
    """
    row = Connection.objects.filter(id=connection_id).exclude(state="closed").first()
    connector = connector_of(row.source) if row is not None else None
    if row is None or connector is None or Can.RECEIVE_WEBHOOKS not in connector.can:
        raise Problem("connection_not_found", 404, _("No connection takes messages here."))
    store = Store(
        unseal(row.settings_sealed), Caller(), keeping.grant_of(row.grant_sealed), row.currency
    )
    try:
        delivery = connector.read_webhook(store, headers, body, wall().timestamp())
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, SourceError) as error:
        raise _not_genuine() from error
    if delivery is None:
        raise _not_genuine()
    do_keep(row, delivery)
    return delivery


def _not_genuine() -> Problem:
    return Problem(
        "signature_invalid", 401, _("This message was not signed by the connected store.")
    )


@transaction.atomic
def do_keep(connection: Connection, delivery: Delivery) -> bool:
    """Keep a message to be worked through; whether it is new."""
    if not delivery.happenings:
        return False
    waiting = Message.objects.filter(connection=connection, due_at__isnull=False)
    if waiting.count() >= MOST_WAITING:
        raise Problem("too_many_messages", 503, _("Too many messages wait. Send them again later."))
    name = delivery.message_id
    if not name or len(name) > 200:
        name = hashlib.sha256(name.encode() or repr(delivery.happenings).encode()).hexdigest()
    happenings = msgspec.to_builtins(list(delivery.happenings)[:MOST_HAPPENINGS])
    is_hint = any(_asks(one) for one in delivery.happenings)
    later = connector_of(connection.source).asked_after_seconds if is_hint else 0
    at = wall() + timedelta(seconds=later)
    message = Message(connection=connection, message_id=name, happenings=happenings, due_at=at)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    is_new = Message.objects.filter(id=message.id).exists()
    if is_new:
        wake(connection.id, at)
    return is_new


def _asks(one: Happening) -> bool:
    """Whether the source is to be asked about it, because the message itself is not enough."""
    return one.level is None and one.progress is None and one.conversion is None


def due(connection: Connection) -> datetime | None:
    """When the next message is to be worked through."""
    rows = Message.objects.filter(connection=connection, due_at__isnull=False)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def step(connection: Connection) -> None:
    """Work one message through."""
    rows = Message.objects.filter(connection=connection, due_at__isnull=False)
    message = rows.order_by("due_at", "received_at", "id").first()
    if message is None:
        return
    happenings = msgspec.convert(message.happenings, list[Happening])
    try:
        for one in happenings:
            _happened(connection, message, one)
    except BreakerOpenError:
        raise
    except Problem as error:
        attempts = message.attempts + 1
        instant = next_try(attempts, wall())
        if isinstance(error, SourceError) and not error.again:
            instant = None
        _keep_on(message, instant, attempts, words_of(error))
        return
    _keep_on(message, None, message.attempts, {})


@transaction.atomic
def _keep_on(
    message: Message, due_at: datetime | None, attempts: int, words: Mapping[str, str]
) -> None:
    Message.objects.filter(id=message.id).update(
        due_at=due_at, attempts=attempts, problem=dict(words)
    )
    if due_at is None:
        old = Message.objects.filter(
            connection_id=message.connection_id, due_at__isnull=True, received_at__lt=wall() - KEPT
        )
        Message.objects.filter(id__in=old.values("id")[:100]).delete()


def _happened(connection: Connection, message: Message, told: Happening) -> None:
    match told.kind:
        case "stock" if told.level is not None:
            _levels(connection, told.level, message.received_at)
        case "stock":
            look_soon(connection, "levels")
        case "product":
            _product(connection, told.key)
        case "product_gone":
            _gone(connection, told.key)
        case "order":
            _order(connection, told)
        case "conversion" if told.conversion is not None:
            with transaction.atomic():
                record(connection, [told.conversion])
        case "conversion":
            look_soon(connection, "conversions")
        case "access":
            # The grant may be gone: the next call says so for certain.
            look_soon(connection, "levels")
        case _:
            return


@transaction.atomic
def _levels(connection: Connection, level: Level, at: datetime) -> None:
    apply_levels(connection, [level], at)


def _product(connection: Connection, key: str) -> None:
    """A product changed: fetch it, or where single ones can't be fetched read them all soon."""
    if Can.FETCH_ITEM not in connector_of(connection.source).can or not key:
        look_soon(connection, "catalogue")
        return
    asked_at = wall()
    item = ask(connection, "item", key)
    if item is None:
        _gone(connection, key)
    elif isinstance(item, ProductDraft):
        draft = sound(item)
        if isinstance(draft, ProductDraft):
            _write(connection, draft, asked_at)


@transaction.atomic
def _write(connection: Connection, draft: ProductDraft, asked_at: datetime) -> None:
    if connection.supplier is None:
        return
    terms = Terms(connection.source, "supply", connection.currency, None, connection.approves)
    apply_drafts(connection.supplier, [draft], terms)
    levels = [
        Level(draft.key, sku.key, sku.stock, at=asked_at)
        for sku in draft.skus
        if sku.stock is not None and not sku.shares
    ]
    apply_levels(connection, levels, asked_at)


@transaction.atomic
def _gone(connection: Connection, key: str) -> None:
    if connection.supplier is None or not key:
        return
    rows = Product.objects.filter(
        shop=connection.supplier, source=connection.source, external_id=key
    )
    take_gone(connection.supplier, list(rows.values_list("id", flat=True)))


def _order(connection: Connection, told: Happening) -> None:
    key = told.key or (told.progress.external_id if told.progress else "")
    mine = Supply.objects.filter(connection=connection)
    supply = mine.filter(external_id=key).first() if key else None
    if supply is None:
        supply = mine.filter(reference=key).first()
    if supply is None:
        return
    if told.progress is not None:
        do_note_progress(supply.id, told.progress, supplying.ask_again_at(supply, wall()))
    elif supply.due_at is not None or supply.state == "sent":
        supplying.do_put_off(supply.id, wall())
