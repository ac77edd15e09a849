"""Where a shop's goods are offered, as a table."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from yellowcart.core.tabular import Cell, Sheet
from yellowcart.listings.models import Listing
from yellowcart.listings.words import STATE_WORDS, SURFACE_NAMES
from yellowcart.shops.models import Shop

#: Listings read at once.
CHUNK: Final = 1_000


def listings_sheet(shop: Shop) -> Sheet:
    """Every listing of a shop's goods, those of today first, headed in the language now active."""
    heading = [
        _("Listing"),
        _("Product"),
        _("Product ID"),
        _("Place"),
        _("Place ID"),
        _("Source"),
        _("State"),
        _("Rule"),
        _("Commission (%)"),
        _("Limit a buyer"),
        _("Mounted at"),
        _("Taken out at"),
    ]
    return Sheet(_("Listings"), heading, _rows(shop))


def _rows(shop: Shop) -> Iterator[list[Cell]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    rows = Listing.objects.filter(shop=shop).select_related("product")
    for one in rows.order_by("-mounted_at", "-id").iterator(chunk_size=CHUNK):
        times = [
            at.astimezone(zone).isoformat(" ", "seconds") if at else ""
            for at in (one.mounted_at, one.unmounted_at)
        ]
        yield [
            str(one.id),
            one.product.title,
            str(one.product_id),
            str(SURFACE_NAMES.get(one.surface, one.surface)),
            str(one.container_id),
            one.source,
            str(STATE_WORDS[one.state]),
            f"{one.barred_rule}@{one.barred_revision}" if one.barred_rule else "",
            Decimal(one.commission_bps) / 100,
            one.purchase_limit,
            *times,
        ]
