"""A catalogue file of any known format as a stream of drafts, refusals and notes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import IO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.sources.files import columns, plain, shopify_csv, taobao_csv, woocommerce_csv
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal
from yellowcart.sources.files.sheets import Sheet, is_workbook
from yellowcart.sources.files.spool import Spool
from yellowcart.sources.files.tables import Row, Rows, Table

FORMATS = ("auto", "yellowcart", "shopify", "woocommerce", "taobao", "columns")
"""``columns`` is a file of any header, read by the meanings given to its columns."""
MOST_SKUS = 2_048
"""Variants of one product, the largest number that any of the formats allows (Shopify's)."""
SAMPLE = 50
"""Rows by which the meaning of columns is guessed."""

_REPORT_EVERY = 500
#: In the order in which they are tried: Taobao's English names have a title and a price too.
_READERS = {"taobao": taobao_csv, "shopify": shopify_csv, "woocommerce": woocommerce_csv}

Progress = Callable[[str, int, int], None]
"""Called with the phase (``reading`` in bytes or rows, ``writing`` in products), done and total."""


def _silent(_phase: str, _done: int, _total: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file turned out to be, its number of products, and once: its items.

    After the last item, ``lines`` holds those of every product of which a row was refused.
    """

    format: str
    encoding: str
    delimiter: str
    products: int
    items: Iterator[Item]
    lines: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Header:
    """A file's columns, its first rows, and its format; ``columns`` where it is nobody's."""

    format: str
    names: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


def open_rows(file: IO[bytes]) -> Rows:
    """A seekable file's rows, whether it is a workbook or delimited text. Release it after use.

    Raises ``workbook_unreadable`` or ``sheet_too_large``.
    """
    return Sheet(file) if is_workbook(file) else Table(file)


def format_of(file: IO[bytes], wanted: str = "auto") -> str:
    """The format of a file by its header alone; raises as :func:`read_catalogue` does."""
    rows = open_rows(file)
    try:
        return _format(rows, wanted)
    finally:
        rows.release()


def header_of(file: IO[bytes], wanted: str = "auto") -> Header:
    """A file's header and sample; a format that is not known is no error here.

    Raises ``catalogue_empty``, ``catalogue_columns_missing``, ``format_unknown`` or what
    :func:`open_rows` raises.
    """
    rows = open_rows(file)
    try:
        try:
            found = _format(rows, wanted)
        except Problem as problem:
            if problem.code != "catalogue_format_unknown":
                raise
            found = "columns"
        sample = []
        for row in rows.rows() if found == "columns" else ():
            if isinstance(row, Row):
                sample.append(tuple(row.cells))
            if len(sample) == SAMPLE:
                break
        return Header(found, rows.header, tuple(sample))
    finally:
        rows.release()


def rows_at(file: IO[bytes], lines: set[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The cells of some lines of a file, first of all its header as line 0."""
    rows = open_rows(file)
    try:
        yield 0, rows.header
        for row in rows.rows() if lines else ():
            if row.line in lines:
                yield row.line, tuple(row.cells)
    finally:
        rows.release()


def read_catalogue(
    file: IO[bytes],
    *,
    wanted: str = "auto",
    mapping: Sequence[str] = (),
    currency: str,
    zone: ZoneInfo,
    progress: Progress = _silent,
) -> Catalogue:
    """Read a whole seekable file; the items come by product as they are asked for.

    ``mapping`` names a field of :data:`columns.CHOICES` for each column of a file whose format is
    ``columns``. Raises ``catalogue_format_unknown``, ``catalogue_columns_missing``,
    ``catalogue_empty`` or what :func:`open_rows` raises. Finish the items (or close their
    iterator) to let go of the temporary file behind them.
    """
    table = open_rows(file)
    try:
        found = _format(table, "columns" if mapping and wanted == "auto" else wanted)
        reading = _reading(table, found, mapping, currency, zone)
        spool = Spool()
        lost: list[Item] = []
        rows = _rows(table, lost, progress)
        if reading is not None:
            refused = plain.keep(reading.keys, rows, spool)
        else:
            refused = _READERS[found].keep(table.header, rows, spool)
        spool.resolve()
    finally:
        table.release()
    lines: set[int] = set()
    items = _drafts(found, spool, currency, zone, reading)
    return Catalogue(
        format=found,
        encoding=table.encoding.name,
        delimiter=table.delimiter,
        products=spool.count(),
        items=_items(
            spool,
            [*lost, *refused],
            items,
            lines,
            corrected=columns.tells_reasons(table.header),
        ),
        lines=lines,
    )


def _reading(
    table: Rows, found: str, mapping: Sequence[str], currency: str, zone: ZoneInfo
) -> plain.Reading | None:
    """How to read a file of one row a variant; ``None`` for the other formats."""
    if found == "yellowcart":
        keys = plain.keys_of_own(table.header)
    elif found == "columns":
        keys = plain.keys_of(table.header, mapping)
        if not {"title", "price"} <= set(keys):
            raise Problem(
                "columns_unnamed",
                422,
                _("Say which column holds the name of a product and which its price."),
            )
    else:
        return None
    return plain.Reading(
        keys=tuple(keys),
        header=table.header,
        currency=currency,
        zone=zone,
        most_skus=MOST_SKUS,
        own=found == "yellowcart",
    )


def _format(table: Rows, wanted: str) -> str:
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
        if plain.is_own(table.header):
            return "yellowcart"
        found = next((name for name, reader in _READERS.items() if reader.fits(table.header)), None)
        if found is None:
            raise Problem(
                "catalogue_format_unknown",
                422,
                _(
                    "These are not the columns of a Shopify, WooCommerce or Taobao Assistant"
                    " export, nor our own; say what each means on the import page. The first ones"
                    " are: %(columns)s."
                ),
                params={"columns": ", ".join(table.header[:8])},
            )
        return found
    missing = _missing(table.header, wanted)
    if missing:
        raise Problem(
            "catalogue_columns_missing",
            422,
            _("The file lacks the columns %(columns)s. Export it with all columns, in English."),
            params={"columns": ", ".join(missing)},
        )
    return wanted


def _missing(header: Sequence[str], wanted: str) -> list[str]:
    if wanted in _READERS:
        missing: list[str] = _READERS[wanted].missing_columns(header)
        return missing
    if wanted == "yellowcart" and not plain.is_own(header):
        return [columns.FIELDS[name].heading for name in ("product_id", "sku_id")]
    return []


def _rows(table: Rows, lost: list[Item], progress: Progress) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(table.rows()):
        if count % _REPORT_EVERY == 0:
            progress("reading", min(table.position, table.size), table.size)
        if isinstance(row, Row):
            yield row.line, row.cells
        else:
            lost.append(row)
    progress("reading", table.size, table.size)


def _drafts(
    found: str, spool: Spool, currency: str, zone: ZoneInfo, reading: plain.Reading | None
) -> Iterator[Item]:
    if reading is not None:
        return plain.read(spool, reading)
    if found == "shopify":
        return shopify_csv.read(spool, currency, MOST_SKUS)
    if found == "taobao":
        return taobao_csv.read(spool, currency, MOST_SKUS)
    return woocommerce_csv.read(spool, currency, zone, MOST_SKUS)


def _items(
    spool: Spool, lost: list[Item], drafts: Iterable[Item], lines: set[int], *, corrected: bool
) -> Iterator[Item]:
    """The items, and when they have ended, the ``lines`` of products with a refused row.

    A file of refused rows that comes back may have lost their siblings: what is missing in it is
    never taken for gone.
    """
    refused: list[int] = []
    with spool:
        for item in sorted(lost, key=lambda one: one.line):
            refused.append(item.line)
            yield item
        for item in drafts:
            if isinstance(item, Refusal):
                refused.append(item.line)
            yield _kept_open(item) if corrected and isinstance(item, ProductDraft) else item
        lines.update(spool.together(refused))


def _kept_open(draft: ProductDraft) -> ProductDraft:
    return replace(draft, complete=False)
