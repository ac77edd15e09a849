"""A catalogue file of any known format as a stream of drafts, refusals and notes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.sources import shopify_csv, woocommerce_csv
from yellowcart.sources.drafts import Item
from yellowcart.sources.spool import Spool
from yellowcart.sources.tables import Row, Table

FORMATS = ("auto", "shopify", "woocommerce")
MOST_SKUS = 2_048
"""Variants of one product, the largest number that any of the formats allows (Shopify's)."""

_REPORT_EVERY = 500
_READERS = {"shopify": shopify_csv, "woocommerce": woocommerce_csv}

Progress = Callable[[str, int, int], None]
"""Called with the phase (``reading`` in bytes, ``writing`` in products), done and total."""


def _silent(_phase: str, _done: int, _total: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file turned out to be, its number of products, and once: its items."""

    format: str
    encoding: str
    delimiter: str
    products: int
    items: Iterator[Item]


def format_of(file: IO[bytes], wanted: str = "auto") -> str:
    """The format of a file by its header alone; raises as :func:`read_catalogue` does."""
    table = Table(file)
    try:
        return _format(table, wanted)
    finally:
        table.release()


def read_catalogue(
    file: IO[bytes],
    *,
    wanted: str = "auto",
    currency: str,
    zone: ZoneInfo,
    progress: Progress = _silent,
) -> Catalogue:
    """Read a whole seekable file; the items come by product as they are asked for.

    Raises ``catalogue_format_unknown``, ``catalogue_columns_missing`` or ``catalogue_empty``.
    Finish the items (or close their iterator) to let go of the temporary file behind them.
    """
    table = Table(file)
    try:
        found = _format(table, wanted)
        spool = Spool()
        lost: list[Item] = []
        rows = _rows(table, lost, progress)
        refused = _READERS[found].keep(table.header, rows, spool)
        spool.resolve()
    finally:
        table.release()
    return Catalogue(
        format=found,
        encoding=table.encoding.name,
        delimiter=table.delimiter,
        products=spool.count(),
        items=_items(found, spool, [*lost, *refused], currency, zone),
    )


def _format(table: Table, wanted: str) -> str:
    if not table.header:
        raise Problem(
            "catalogue_empty", 422, _("The file is empty; export the products once more.")
        )
    if wanted not in FORMATS:
        raise Problem(
            "format_unknown",
            422,
            _("%(format)s is not a format. Choose one of: %(formats)s."),
            params={"format": wanted, "formats": ", ".join(FORMATS)},
        )
    if wanted == "auto":
        found = next((name for name, reader in _READERS.items() if reader.fits(table.header)), None)
        if found is None:
            raise Problem(
                "catalogue_format_unknown",
                422,
                _(
                    "These are not the columns of a Shopify or WooCommerce export in English. The"
                    " first ones are: %(columns)s."
                ),
                params={"columns": ", ".join(table.header[:8])},
            )
        return found
    missing = _READERS[wanted].missing_columns(table.header)
    if missing:
        raise Problem(
            "catalogue_columns_missing",
            422,
            _("The file lacks the columns %(columns)s. Export it with all columns, in English."),
            params={"columns": ", ".join(missing)},
        )
    return wanted


def _rows(table: Table, lost: list[Item], progress: Progress) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(table.rows()):
        if count % _REPORT_EVERY == 0:
            progress("reading", min(table.position, table.size), table.size)
        if isinstance(row, Row):
            yield row.line, row.cells
        else:
            lost.append(row)
    progress("reading", table.size, table.size)


def _items(
    found: str, spool: Spool, refused: list[Item], currency: str, zone: ZoneInfo
) -> Iterator[Item]:
    with spool:
        yield from sorted(refused, key=lambda item: item.line)
        if found == "shopify":
            yield from shopify_csv.read(spool, currency, MOST_SKUS)
        else:
            yield from woocommerce_csv.read(spool, currency, zone, MOST_SKUS)
