"""Which clocks a step of an order starts; see ``docs/orders.md``."""

from datetime import datetime
from typing import Any

from django.conf import settings

from yellowcart.catalog.models import Product
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.timerpacks import installed_timers
from yellowcart.orders.timers import (
    LateShipping,
    Promise,
    ReceiptTimer,
    in_force,
    receipt_look,
    ship_by,
)


def started_by(verb: str, order: Order, at: datetime) -> dict[str, Any]:
    """The columns that a step sets beside its state and stamp."""
    match verb:
        case "pay":
            return {"ship_by": _promised(order, at)}
        case "ship" | "drop_rest":
            rule = receipt_timer(at)
            look = receipt_look(rule.after_days, at, 0, order.extended_days) if rule else None
            return {"receipt_at": look, "receipt_stage": 0}
        case _:
            return {}


def receipt_timer(shipped_at: datetime) -> ReceiptTimer | None:
    """What governs the receipt of what was shipped then; None where nothing does."""
    return in_force(installed_timers().receipt, settings.PLATFORM, shipped_at)


def late_rule(paid_at: datetime) -> LateShipping | None:
    """What a broken promise costs of what was paid then; None where nothing."""
    return in_force(installed_timers().late_shipping, settings.PLATFORM, paid_at)


def _promised(order: Order, at: datetime) -> datetime | None:
    products = OrderLine.objects.filter(shop_id=order.shop_id, order_id=order.id).values(
        "product_id"
    )
    promises = [
        Promise(*row)
        for row in Product.objects.filter(id__in=products).values_list(
            "ship_within_seconds", "presale_days"
        )
    ]
    rule = in_force(installed_timers().promise, settings.PLATFORM, at)
    # Goods that left the catalogue since promise what goods that say nothing do.
    return ship_by(at, promises or [Promise(None, None)], rule)
