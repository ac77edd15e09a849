"""Products from a file of one row a variant: our own, or any other once its columns are named.

Rows with the same product (its id, its number, else its name) are one; what the first row says of
the product holds. A file says only what it has columns for: the rest stays as it is. In our own
files a last column keeps marks of what was exported, so that a cell that nobody changed is never
taken for an edit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.tabular import unguarded
from yellowcart.sources.files import cells, columns
from yellowcart.sources.files.cells import CellError
from yellowcart.sources.files.drafts import Item, Note, ProductDraft, Refusal, SkuDraft
from yellowcart.sources.files.spool import Kept, Spool

#: Which columns of the shop's tables a field of a file speaks of.
_SAID: Final = {
    "title": "title",
    "description": "description_html",
    "vendor": "vendor",
    "category": "category",
    "tags": "tags",
    "images": "images",
    "published": "on_shelf",
    "code": "code",
    "barcode": "barcode",
    "price": "price_minor",
    "compare_at": "compare_at_minor",
    "weight": "weight_grams",
    "image": "image_url",
    "active": "active",
}
_SALE: Final = frozenset({"sale_price_minor", "sale_from", "sale_until"})
_OPTIONS: Final = frozenset({"options", "option_names"})

_LISTED = re.compile(r"[\s,;|]+(?=https?://)")


def is_own(header: Sequence[str]) -> bool:
    """Whether a header is of one of our own files."""
    known = {columns.own(name) for name in header}
    return {"product_id", "sku_id"} <= known


def keys_of_own(header: Sequence[str]) -> list[str]:
    """What each column of one of our own files tells; empty for those that tell nothing."""
    return ["" if columns.is_aside(name) else columns.own(name) or "" for name in header]


def keys_of(header: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """The same for a foreign header whose columns were named; options get numbers."""
    keys: list[str] = []
    options = 0
    for column, _name in enumerate(header):
        told = mapping[column] if column < len(mapping) else ""
        if told == columns.OPTION:
            options += 1
            told = f"option{options}"
        keys.append(told)
    return keys


def said_by(keys: Sequence[str]) -> frozenset[str]:
    """The columns of the shop's tables that a file with these keys speaks of."""
    told = set(keys)
    said = {_SAID[key] for key in told if key in _SAID}
    if "sale_price" in told:
        said |= _SALE
    if any(key.startswith("option") for key in told):
        said |= _OPTIONS
    return frozenset(said)


def keep(keys: Sequence[str], rows: Iterator[tuple[int, list[str]]], spool: Spool) -> list[Item]:
    """Put rows into the spool by product; what had to be refused at once."""
    refused: list[Item] = []
    for line, values in rows:
        row: dict[str, str] = {}
        for key, value in zip(keys, values, strict=True):
            if key and value and key not in row:
                row[key] = unguarded(value)
        name = row.get("product_id") or row.get("key") or row.get("title", "")
        if not name:
            refused.append(
                Refusal(line, _("The row names no product; write its number or its name."))
            )
            continue
        spool.claim(name, line)
        spool.add(line, row, ref=name)
    return refused


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the rows: what the columns tell and what a bare number means."""

    keys: tuple[str, ...]
    header: tuple[str, ...]
    currency: str
    zone: ZoneInfo
    most_skus: int
    own: bool

    @property
    def said(self) -> frozenset[str]:
        """See :func:`said_by`."""
        return said_by(self.keys)

    def heading(self, key: str) -> str:
        """What the file calls a column."""
        found = (name for told, name in zip(self.keys, self.header, strict=False) if told == key)
        return next(found, columns.FIELDS[key].heading)

    def option_names(self) -> dict[int, str]:
        """Of a foreign file: the header above each option."""
        return {
            int(key[6:]): name[:100]
            for key, name in zip(self.keys, self.header, strict=False)
            if not self.own and key.startswith("option")
        }


def read(spool: Spool, reading: Reading) -> Iterator[Item]:
    """The products of a resolved spool, each after the refusals and notes about its rows."""
    for group in spool.groups():
        yield from product_of(group, reading)


def product_of(rows: Iterator[Kept], reading: Reading) -> Iterator[Item]:
    """One product's remarks, then its draft, if there is one."""
    return _Product(reading).items(rows)


@dataclass(slots=True)
class _Product:
    """One product on its way from rows to a draft."""

    reading: Reading
    first: Kept | None = None
    names: dict[int, str] = field(default_factory=dict)
    skus: dict[object, SkuDraft] = field(default_factory=dict)
    remarks: list[Item] = field(default_factory=list)
    refused: bool = False

    def items(self, rows: Iterator[Kept]) -> Iterator[Item]:
        kept = list(rows)[: self.reading.most_skus + 1]
        self.first = kept[0]
        self.names = self._option_names(kept)
        for row in kept:
            self._take(row)
        draft = self._draft(kept[0])
        yield from self.remarks
        if draft is not None:
            yield draft

    def _option_names(self, rows: list[Kept]) -> dict[int, str]:
        """The options this product has: named, and with a value in some row."""
        numbers = sorted(
            {
                int(key[6:])
                for row in rows
                for key in row.cells
                if key.startswith("option") and key[6:].isdigit()
            }
        )
        given = self.reading.option_names()
        names: dict[int, str] = {}
        for number in numbers:
            own = next((row.cells.get(f"option{number}_name", "") for row in rows), "")
            names[number] = (own or given.get(number, ""))[:100]
        return names

    def _take(self, row: Kept) -> None:
        try:
            sku = self._sku(row)
        except CellError as error:
            self._refuse(row.line, error.words, **error.params)
            return
        twin = self.skus.get(sku.id or sku.options)
        if twin is not None:
            self._refuse(
                row.line,
                _("The row repeats the variant on line %(line)s; change its options or remove it."),
                line=twin.line,
            )
        elif len(self.skus) >= self.reading.most_skus:
            self._refuse(
                row.line,
                _("A product has at most %(most)s variants."),
                most=self.reading.most_skus,
            )
        else:
            self.skus[sku.id or sku.options] = sku

    def _sku(self, row: Kept) -> SkuDraft:
        found = row.cells
        currency = self._currency(found)
        options = self._options(found)
        prices = self._prices(found, currency)
        begins = _instant(found.get("sale_from", ""), self.reading.zone, "Sale from", end=False)
        ends = _instant(found.get("sale_until", ""), self.reading.zone, "Sale until", end=True)
        if begins and ends and ends <= begins:
            raise CellError(_("The sale ends before it starts; correct one of its dates."))
        stock = None
        if found.get("stock"):
            stock = cells.whole_number(found["stock"], self.reading.heading("stock"))
            if stock < 0:
                raise CellError(_("The stock is %(stock)s; write 0 or more."), stock=stock)
        on_sale = prices["sale_price"] is not None
        return SkuDraft(
            key=(" / ".join(options) or found.get("sku_id") or "Default Title")[:300],
            line=row.line,
            id=_id(found.get("sku_id", ""), "SKU ID"),
            price_minor=prices["price"] or 0,
            options=options,
            code=found.get("code", "")[:200],
            barcode=found.get("barcode", "")[:64],
            compare_at_minor=prices["compare_at"],
            sale_price_minor=prices["sale_price"],
            sale_from=begins if on_sale else None,
            sale_until=ends if on_sale else None,
            weight_grams=cells.grams(found.get("weight", "0"), "g"),
            image_url=cells.web_address(found.get("image", "")),
            stock=stock,
            active=cells.truth(found.get("active", ""), default=True),
            marks=_marks(found.get("marks", "")),
        )

    def _prices(self, found: dict[str, str], currency: str) -> dict[str, int | None]:
        prices: dict[str, int | None] = {}
        for key in ("price", "compare_at", "sale_price"):
            text = found.get(key, "")
            heading = self.reading.heading(key)
            prices[key] = cells.price(text, currency, heading) if text else None
        if prices["price"] is None and "price" in self.reading.keys:
            raise CellError(_("The variant has no price; write one, like 12.50."))
        sale = prices["sale_price"]
        if sale is not None and prices["price"] is not None and sale > prices["price"]:
            raise CellError(_("A sale price lies between 0 and the regular price."))
        return prices

    def _options(self, found: dict[str, str]) -> tuple[str, ...]:
        values = []
        for number, name in self.names.items():
            value = found.get(f"option{number}", "")
            if not name:
                raise CellError(
                    _("Option%(number)s Value has no Option%(number)s Name."), number=number
                )
            if not value:
                raise CellError(
                    _("The variant has no value for the option %(option)s; write one."), option=name
                )
            values.append(value[:200])
        return tuple(values)

    def _currency(self, found: dict[str, str]) -> str:
        code = found.get("currency", "").upper()
        if code and code not in get_global("all_currencies"):
            raise CellError(
                _("%(code)s is no currency. Write its three letters, such as CNY or USD."),
                code=code[:20],
            )
        return code or self.reading.currency

    def _draft(self, first: Kept) -> ProductDraft | None:
        found = first.cells
        if not self.skus:
            return None
        try:
            key_id = _id(found.get("product_id", ""), "Product ID")
            currency = self._currency(found)
        except CellError as error:
            for sku in self.skus.values():
                self._refuse(sku.line, error.words, **error.params)
            return None
        if not found.get("title") and "title" in self.reading.keys:
            for sku in self.skus.values():
                self._refuse(sku.line, _("The product has no name; write one."))
            return None
        tags = cells.listed(found.get("tags", "").replace("，", ","))
        return ProductDraft(
            key=(found.get("key") or found.get("product_id") or found["title"])[:200],
            line=first.line,
            title=found.get("title", "")[:300],
            skus=tuple(self.skus.values()),
            description_html=found.get("description", ""),
            vendor=found.get("vendor", "")[:200],
            category=found.get("category", "")[:300],
            tags=tuple(dict.fromkeys(tags))[:250],
            images=self._images(first),
            option_names=tuple(self.names.values()),
            published=cells.truth(found.get("published", ""), default=True),
            complete=not self.refused,
            id=key_id,
            currency=currency,
            said=self.reading.said,
            own=self.reading.own,
            marks=_marks(found.get("marks", "")),
        )

    def _images(self, row: Kept) -> tuple[str, ...]:
        found = [one for one in _LISTED.split(row.cells.get("images", "")) if one]
        urls = [cells.web_address(one) for one in found]
        if not all(urls):
            self.remarks.append(
                Note(row.line, _("The picture has no web address and was left out."))
            )
        return tuple(dict.fromkeys(url for url in urls if url))[:60]

    def _refuse(self, line: int, words: str | Promise, /, **params: object) -> None:
        self.refused = True
        self.remarks.append(Refusal(line, words, params))


def _id(text: str, column: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise CellError(
            _("%(column)s is “%(text)s”; leave it as it was exported, or empty for new goods."),
            column=column,
            text=text[:60],
        ) from None


def _instant(text: str, zone: ZoneInfo, column: str, *, end: bool) -> datetime | None:
    """An instant as we write it, with its zone; else a day as people do."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    return cells.sale_end(text, zone, column) if end else cells.sale_start(text, zone, column)


def _marks(text: str) -> tuple[str, ...] | None:
    """The marks of an exported row; ``None`` where there are none or somebody wrote in them."""
    found = re.fullmatch(r"1:((?:[0-9a-f]{6})+)", text)
    return tuple(re.findall(".{6}", found[1])) if found else None
