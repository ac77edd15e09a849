"""A shop's orders as a table, a row for each line; addresses only for whoever may send parcels."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.conf import settings
from django.utils.translation import gettext as _

from yellowcart.core.tabular import Cell, Sheet
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import STATE_WORDS
from yellowcart.shops.models import Shop

#: Orders read at once.
CHUNK: Final = 500
ADDRESS: Final = ("name", "phone", "region", "address", "postcode", "note")


def orders_sheet(shop: Shop, *, with_address: bool) -> Sheet:
    """Every order of a shop, the newest first, headed in the language now active.

    ``with_address``: who lives where is for those who send it there, once it is paid.
    """
    heading = [
        _("Order"),
        _("State"),
        _("Placed at"),
        _("Paid at"),
        _("Shipped at"),
        _("Completed at"),
        _("Sold in"),
        _("Source"),
        _("Product"),
        _("SKU ID"),
        _("Pieces"),
        _("Price"),
        _("Discount"),
        _("Refunded"),
        _("Order total"),
        _("Currency"),
    ]
    if with_address:
        heading += [
            _("Recipient"),
            _("Phone"),
            _("Region"),
            _("Address"),
            _("Postcode"),
            _("Note for the shop"),
        ]
    return Sheet(_("Orders"), heading, _rows(shop, with_address=with_address))


def _rows(shop: Shop, *, with_address: bool) -> Iterator[list[Cell]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    orders = Order.objects.filter(shop_id=shop.id).order_by("-placed_at", "-id")
    found = orders.iterator(chunk_size=CHUNK)
    while batch := list(islice(found, CHUNK)):
        lines = lines_of(batch)
        for order in batch:
            for line in lines.get(order.id, []):
                cells = _cells(order, line, zone)
                if with_address:
                    ship_to = order.ship_to if order.paid_at is not None else {}
                    cells += [ship_to.get(part, "") for part in ADDRESS]
                yield cells


def _cells(order: Order, line: OrderLine, zone: ZoneInfo) -> list[Cell]:
    instants = (order.placed_at, order.paid_at, order.shipped_at, order.completed_at)
    times = [at.astimezone(zone).isoformat(" ", "seconds") if at else "" for at in instants]
    scale = -get_currency_precision(order.currency)

    def money(minor: int) -> Decimal:
        return Decimal(minor).scaleb(scale)

    return [
        str(order.id),
        str(STATE_WORDS[order.state]),
        *times,
        str(SURFACE_NAMES.get(order.surface, order.surface)),
        order.source,
        line.title,
        str(line.sku_id),
        line.quantity,
        money(line.unit_price_minor),
        money(line.discount_minor),
        money(line.refunded_minor),
        money(order.amount_minor),
        order.currency,
    ]
