"""Sales on the other side of a jump-out, as their sources tell of them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Click
from yellowcart.listings.paying import click_behind
from yellowcart.orders import events, rules
from yellowcart.orders.models import Conversion
from yellowcart.orders.plans import window_of
from yellowcart.payments.actions import take_receipt
from yellowcart.payments.secrets import conversion_secret
from yellowcart.sources.connectors.mokuai import verify_webhook
from yellowcart.sources.models import Source

MOST_BYTES: Final = 256 * 1024

Amount = Annotated[int, msgspec.Meta(ge=0, le=10**13)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Sale(msgspec.Struct, frozen=True):
    """One sale as a source tells it. ``status`` is the alliance's ``tk_status``: 12 paid,
    14 received, 3 settled, 13 revoked. Amounts in minor units; instants with a zone. ``plan`` is
    the source's code of the distribution plan it was promoted by, where it tells one;
    ``click_id`` the id of a click or of a paying link, ``item_id`` the product where it tells
    neither."""

    order_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    status: int
    amount: Amount
    ordered_at: Instant
    updated_at: Instant
    click_id: str = ""
    commission: Amount = 0
    plan: Annotated[str, msgspec.Meta(max_length=100)] = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = "CNY"
    item_id: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Batch(msgspec.Struct, frozen=True):
    """The body of a conversion callback."""

    orders: Annotated[list[Sale], msgspec.Meta(min_length=1, max_length=rules.MOST_CONVERSIONS)]


class Taken(msgspec.Struct, frozen=True):
    """What became of a batch: new, changed, already known or older than what is known, and how
    many of the batch no click of ours led to."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    unmatched: int = 0


def read_callback(source: str, headers: dict[str, str], body: bytes) -> tuple[str, Batch]:
    """The message id and the sales of a genuine callback (Standard Webhooks over the raw body).

    :class:`Problem` 404 for an unknown source, 401 ``signature_invalid``, 413 or 422.
    """
    if not Source.objects.filter(code=source).exists():
        raise Problem("source_unknown", 404, _("There is no such source here."))
    if len(body) > MOST_BYTES:
        raise Problem("too_large", 413, _("Send at most 100 sales in one callback."))
    message_id = headers.get("webhook-id", "")
    genuine = 0 < len(message_id) <= 200 and verify_webhook(
        message_id,
        headers.get("webhook-timestamp", ""),
        headers.get("webhook-signature", ""),
        body,
        conversion_secret(source),
        clock.wall().timestamp(),
    )
    if not genuine:
        raise Problem(
            "signature_invalid", 401, _("The signature does not fit this body, or is too old.")
        )
    try:
        batch = msgspec.json.decode(body, type=Batch)
    except msgspec.MsgspecError as error:
        raise Problem(
            "invalid_request",
            422,
            _("This callback can't be read: %(fault)s"),
            params={"fault": str(error)},
        ) from error
    unknown = sorted({sale.status for sale in batch.orders} - set(rules.CONVERSION_STATES))
    if unknown:
        raise Problem(
            "invalid_request",
            422,
            _("Unknown status %(status)s; use 12, 14, 3 or 13."),
            params={"status": unknown[0]},
        )
    return message_id, batch


@transaction.atomic
def do_record_conversions(source: str, message_id: str, body: bytes, batch: Batch) -> Taken:
    """Take in a batch. The same message again changes nothing; of one sale the source's latest
    word stands, in whatever order its words arrive."""
    first_time = take_receipt(source, message_id, hashlib.sha256(body).hexdigest())
    if not first_time:
        return Taken(unchanged=len(batch.orders))
    return do_record_sales(source, batch.orders)


@transaction.atomic
def do_record_sales(source: str, sales: Sequence[Sale], earner_id: UUID | None = None) -> Taken:
    """Take in sales of a source, however they were learned; of each its latest word stands.

    ``earner_id`` is the shop whose own account tells them and earns their commission; null: the
    platform's does, whose word stands over a shop's.
    """
    latest: dict[str, Sale] = {}
    for sale in sales:
        known = latest.get(sale.order_id)
        if known is None or rules.is_newer(_told(known), _told(sale)):
            latest[sale.order_id] = sale
    recorder = _Recorder(source, sorted(latest), earner_id)
    counts = {"created": 0, "changed": 0, "unchanged": len(sales) - len(latest)}
    for order_id in sorted(latest):
        counts[recorder.record(latest[order_id])] += 1
    outbox.append_all(recorder.announced)
    return Taken(**counts, unmatched=recorder.unmatched)


def _told(sale: Sale) -> rules.Told:
    return rules.Told(
        rules.CONVERSION_STATES[sale.status], sale.amount, sale.commission, sale.updated_at
    )


class _Recorder:
    """Writes the sales of one batch. One batch of a source at a time: its row is locked."""

    def __init__(self, source: str, order_ids: list[str], earner_id: UUID | None) -> None:
        self.earner_id = earner_id
        self.source = Source.objects.select_for_update(no_key=True).get(code=source)
        rows = Conversion.objects.filter(source=source, external_order_id__in=order_ids)
        self.known = {row.external_order_id: row for row in rows}
        self.announced: list[OutboxEvent] = []
        self.unmatched = 0

    def record(self, sale: Sale) -> str:
        """Write one sale; which count it belongs to."""
        told = _told(sale)
        row = self.known.get(sale.order_id)
        outcome = "created" if row is None else "changed"
        if row is None:
            row = Conversion(
                source=self.source.code,
                external_order_id=sale.order_id,
                currency=sale.currency,
                ordered_at=sale.ordered_at,
                first_told_at=now(),
                in_window=False,
                earner_id=self.earner_id,
            )
        elif row.earner_id != self.earner_id:
            if self.earner_id is not None:
                return "unchanged"
            row.earner_id = None
        elif not rules.is_newer(
            rules.Told(row.status, row.amount_minor, row.commission_minor, row.source_updated_at),
            told,
        ):
            return "unchanged"
        if row.click_id is None:
            self._attribute(row, sale)
        row.status = told.status
        row.amount_minor = told.amount_minor
        row.commission_minor = told.commission_minor
        row.source_updated_at = told.source_updated_at
        row.last_told_at = now()
        row.save()
        self._announce(row)
        return outcome

    def _attribute(self, row: Conversion, sale: Sale) -> None:
        """Name the click that led to a sale; one without stays, unmatched."""
        found = click_behind(
            self.source.code, sale.click_id, sale.item_id, self.earner_id, sale.ordered_at
        )
        if found is None:
            self.unmatched += 1
            return
        click, by = found
        credit(row, click, self.source, told_plan=sale.plan, by=by)

    def _announce(self, row: Conversion) -> None:
        self.announced.append(announcement(row))


def credit(row: Conversion, click: Click, source: Source, *, told_plan: str = "", by: str) -> None:
    """Name the click that led to a sale, and whether it came in time, on a row to be saved.

    The window is that of the plan the source told, else of the plan the listing is offered under,
    else the source's. What an operator credits by ``hand`` counts.
    """
    row.plan = told_plan or click.listing.task_order
    row.window_days = window_of(source, row.plan)
    row.click_id = click.id
    row.shop_id = click.shop_id
    row.listing_id = click.listing_id
    row.surface = click.surface
    row.container_id = click.container_id
    row.creator_id = click.creator_id
    row.credited = by
    row.in_window = by == "hand" or rules.in_window(click.at, row.ordered_at, row.window_days)


def announcement(row: Conversion) -> OutboxEvent:
    """That something is new about a sale elsewhere."""
    payload = {
        "source": row.source,
        "external_order_id": row.external_order_id,
        "status": row.status,
        "click_id": str(row.click_id) if row.click_id else None,
    }
    event = OutboxEvent(topic=events.CONVERTED, payload=payload)
    if row.shop_id is not None:
        event.shop_id = row.shop_id
    return event
