"""Sales on the other side of a jump-out, listed for whom they concern."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yellowcart.core.tabular import Cell, Sheet
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.orders.disputes import disputed
from yellowcart.orders.models import Conversion

#: Rows read at once.
CHUNK: Final = 1_000
#: The lists, in the order of their tabs. Unmatched sales are the platform's alone to see.
LISTS: Final[Mapping[str, Promise]] = {
    "matched": gettext_lazy("Matched"),
    "unmatched": gettext_lazy("Unmatched"),
    "late": gettext_lazy("Out of the window"),
    "revoked": gettext_lazy("Revoked"),
    "disputed": gettext_lazy("Disputed"),
}
STATUS_WORDS: Final[Mapping[str, Promise]] = {
    "paid": gettext_lazy("Paid there"),
    "received": gettext_lazy("Received there"),
    "settled": gettext_lazy("Settled there"),
    "closed": gettext_lazy("Revoked"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sales: a shop's, a creator's, or with neither everybody's."""

    shop_id: UUID | None = None
    creator_id: UUID | None = None
    source: str = ""

    @property
    def is_platform(self) -> bool:
        """Whether this looks at everything."""
        return self.shop_id is None and self.creator_id is None


@dataclass(frozen=True, slots=True)
class Earned:
    """What came of a sale's commission, in minor units: what the source keeps of it, what is the
    platform's and the promoters', and what of these went back. ``settled`` once it is on the
    books."""

    kept_minor: int = 0
    platform_minor: int = 0
    promoters_minor: int = 0
    settled: bool = False


#: Knows what came of the commission of some sales; a higher layer's to say.
Earnings = Callable[[Sequence[Conversion]], Mapping[UUID, Earned]]


def conversions(scope: Scope, which: str) -> QuerySet[Conversion]:
    """A list's sales, the latest first; an unknown list is that of the matched ones."""
    rows = Conversion.objects.order_by("-ordered_at", "-id")
    if scope.shop_id is not None:
        rows = rows.filter(shop_id=scope.shop_id)
    if scope.creator_id is not None:
        rows = rows.filter(creator_id=scope.creator_id)
    if scope.source:
        rows = rows.filter(source=scope.source)
    if which == "unmatched":
        return rows.filter(click_id__isnull=True).exclude(status="closed")
    if which == "revoked":
        return rows.filter(status="closed")
    if which == "disputed":
        return rows.filter(disputed())
    rows = rows.filter(click_id__isnull=False).exclude(status="closed")
    return rows.filter(in_window=which != "late")


def conversions_sheet(rows: QuerySet[Conversion], earned: Earnings | None = None) -> Sheet:
    """A list as a table; ``earned`` tells the platform what is whose of some sales at once."""
    heading = [
        _("Source"),
        _("Order there"),
        _("State"),
        _("Ordered at"),
        _("First told at"),
        _("Amount"),
        _("Commission"),
        _("Currency"),
        _("Click"),
        _("Listing"),
        _("Place"),
        _("Plan"),
        _("Window (days)"),
        _("In the window"),
        _("Credited"),
    ]
    if earned is not None:
        heading += [_("Kept by the source"), _("Platform's"), _("Promoters'"), _("On the books")]
    return Sheet(_("Jump-outs"), heading, _rows(rows, earned))


def _rows(rows: QuerySet[Conversion], earned: Earnings | None) -> Iterator[list[Cell]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    found = rows.iterator(chunk_size=CHUNK)
    while batch := list(islice(found, CHUNK)):
        known = earned(batch) if earned is not None else {}
        for row in batch:
            yield [*_cells(row, zone), *(_money(row, known) if earned is not None else ())]


def _cells(row: Conversion, zone: ZoneInfo) -> Iterable[Cell]:
    scale = -get_currency_precision(row.currency)
    yes, no = _("yes"), _("no")
    hands = {
        "told": _("by the source"),
        "link": _("by the link, its latest click"),
        "item": _("by the product, the latest click on its links"),
        "hand": _("by hand"),
    }
    return (
        row.source,
        row.external_order_id,
        str(STATUS_WORDS[row.status]),
        row.ordered_at.astimezone(zone).isoformat(" ", "seconds"),
        row.first_told_at.astimezone(zone).isoformat(" ", "seconds"),
        Decimal(row.amount_minor).scaleb(scale),
        Decimal(row.commission_minor).scaleb(scale),
        row.currency,
        str(row.click_id or ""),
        str(row.listing_id or ""),
        str(SURFACE_NAMES.get(row.surface, row.surface)),
        row.plan,
        row.window_days,
        (yes if row.in_window else no) if row.click_id else "",
        hands.get(row.credited, ""),
    )


def _money(row: Conversion, earned: Mapping[UUID, Earned]) -> Iterable[Cell]:
    scale = -get_currency_precision(row.currency)
    one = earned.get(row.id)
    if one is None:
        return ("", "", "", "")
    parts = (one.kept_minor, one.platform_minor, one.promoters_minor)
    return (
        *(Decimal(part).scaleb(scale) for part in parts),
        _("yes") if one.settled else _("no"),
    )
