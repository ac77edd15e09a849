"""What the worker does for settlement: follow what happened, settle what is due."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from yellowcart.core import clock
from yellowcart.core.models import PLATFORM
from yellowcart.core.outbox import Event
from yellowcart.orders.models import Conversion
from yellowcart.settlement.bills import follow_conversions, follow_orders
from yellowcart.settlement.models import Waiting
from yellowcart.settlement.settling import BATCH, do_settle_due, next_due

log = logging.getLogger(__name__)

#: Orders followed in one transaction.
FOLLOW_BATCH = 200
#: Looks at an order that can't be followed before it is left for a person.
MOST_FAULTS = 5


def on_order_events(events: Sequence[Event]) -> None:
    """Note that something happened to orders; the worker's duty looks what."""
    rows = []
    for event in events:
        named = event.payload.get("orders") or [event.payload.get("order_id")]
        rows += [
            Waiting(kind="order", shop_id=event.shop_id, subject_id=UUID(order_id))
            for order_id in named
            if order_id
        ]
    Waiting.objects.bulk_create(rows)


def on_conversions(events: Sequence[Event]) -> None:
    """Note that another platform told of sales."""
    for event in events:
        found = Conversion.objects.filter(
            source=event.payload["source"], external_order_id=event.payload["external_order_id"]
        ).values_list("shop_id", "id")
        Waiting.objects.bulk_create(
            Waiting(kind="conversion", shop_id=shop_id or PLATFORM, subject_id=subject_id)
            for shop_id, subject_id in found
        )


def do_follow(limit: int = FOLLOW_BATCH) -> int:
    """Bring bills to what happened; how many notes were taken.

    Where a batch fails its orders are followed one by one, so that one that can't be followed
    holds up no other.
    """
    try:
        return _follow(limit)
    except Exception:
        log.exception("bills could not be followed together; they are followed one by one")
    done = 0
    for row in Waiting.objects.filter(faults__lt=MOST_FAULTS).order_by("id")[:limit]:
        try:
            with transaction.atomic():
                _follow_rows([row])
        except Exception:
            log.exception("a bill could not be followed", extra={"subject": str(row.subject_id)})
            Waiting.objects.filter(id=row.id).update(faults=F("faults") + 1)
        done += 1
    return done


@transaction.atomic
def _follow(limit: int) -> int:
    rows = list(
        Waiting.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(faults__lt=MOST_FAULTS)
        .order_by("id")[:limit]
    )
    _follow_rows(rows)
    return len(rows)


def _follow_rows(rows: Sequence[Waiting]) -> None:
    orders = {(row.shop_id, row.subject_id) for row in rows if row.kind == "order"}
    if orders:
        follow_orders(sorted(orders))
    conversions = {row.subject_id for row in rows if row.kind == "conversion"}
    if conversions:
        follow_conversions(sorted(conversions))
    Waiting.objects.filter(id__in=[row.id for row in rows]).delete()


def stuck() -> int:
    """How many notes could not be followed again and again; somebody should look at the log."""
    return Waiting.objects.filter(faults__gte=MOST_FAULTS).count()


def settle_duty() -> datetime | None:
    """Follow everything, then settle what is due; the instant at which the next share is."""
    while do_follow() >= FOLLOW_BATCH:
        pass
    while do_settle_due(clock.now()) >= BATCH:
        pass
    due = next_due()
    return due if due is not None and due > clock.now() else None
