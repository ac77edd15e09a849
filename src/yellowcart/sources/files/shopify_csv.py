"""Products from a Shopify export, with the old and the new names of its columns.

Every line with the same handle is one product: its first line names it, each line with a price
or an option value is a variant, a line with a picture alone adds that picture. A single variant
called "Default Title" means that there are no options.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.tabular import unguarded
from yellowcart.sources.files import cells
from yellowcart.sources.files.cells import CellError
from yellowcart.sources.files.drafts import Item, Note, ProductDraft, Refusal, SkuDraft
from yellowcart.sources.files.spool import Kept, Spool

FORMAT = "shopify"

#: What we read, and what Shopify has called it over the years (in lower case).
COLUMNS: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "standardized product type", "standard product type"),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "option1_name": ("option1 name",),
    "option1": ("option1 value",),
    "option2_name": ("option2 name",),
    "option2": ("option2 value",),
    "option3_name": ("option3 name",),
    "option3": ("option3 value",),
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "stock": ("variant inventory qty", "variant inventory quantity", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price", "compare at price"),
    "barcode": ("variant barcode", "barcode"),
    "image": ("image src", "product image url"),
    "image_position": ("image position",),
    "variant_image": ("variant image", "variant image url"),
    "gift_card": ("gift card",),
}
_BY_NAME = {name: key for key, names in COLUMNS.items() for name in names}
_OPTIONS = (("option1_name", "option1"), ("option2_name", "option2"), ("option3_name", "option3"))
_DEFAULT = ("title", "default title")


def fits(header: Sequence[str]) -> bool:
    """Whether a header is of a Shopify product export."""
    names = {name.lower() for name in header}
    priced = bool(names & {"variant price", "price"})
    # A title and a price alone may be anybody's columns.
    shopifys = bool(names & {"handle", "url handle", "variant price", "option1 value"})
    return "title" in names and priced and shopifys and "name" not in names


def missing_columns(header: Sequence[str]) -> list[str]:
    """The columns without which nothing can be read, by their present names."""
    known = {_BY_NAME.get(name.lower()) for name in header}
    return [name for key, name in (("title", "Title"), ("price", "Price")) if key not in known]


def keep(header: Sequence[str], rows: Iterator[tuple[int, list[str]]], spool: Spool) -> list[Item]:
    """Put rows into the spool by handle; what had to be refused at once."""
    keys = [_BY_NAME.get(name.lower()) for name in header]
    refused: list[Item] = []
    for line, values in rows:
        row = {
            key: unguarded(value) for key, value in zip(keys, values, strict=True) if key and value
        }
        handle = row.get("handle") or _handle_from(row.get("title", ""))
        if not handle:
            refused.append(
                Refusal(line, _("The row has no handle; repeat its product's handle in it."))
            )
            continue
        row["handle"] = handle
        spool.claim(handle, line)
        spool.add(line, row, ref=handle)
    return refused


def read(spool: Spool, currency: str, most_skus: int) -> Iterator[Item]:
    """The products of a resolved spool, each after the refusals and notes about its rows."""
    for group in spool.groups():
        yield from _Product(currency, most_skus).items(group)


def _handle_from(title: str) -> str:
    """A handle as Shopify makes it where the file has none."""
    plain = unicodedata.normalize("NFKC", title).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:200]


@dataclass(slots=True)
class _Product:
    """One product on its way from rows to a draft."""

    currency: str
    most_skus: int
    first: Kept | None = None
    names: list[str] = field(default_factory=list)
    skus: dict[str, SkuDraft] = field(default_factory=dict)
    images: list[tuple[int, int, str]] = field(default_factory=list)
    remarks: list[Item] = field(default_factory=list)
    refused: bool = False

    def items(self, rows: Iterator[Kept]) -> Iterator[Item]:
        """The remarks about the rows, then the draft, if there is one."""
        for row in rows:
            if self.first is None:
                self._begin(row)
            self._image(row)
            if self._is_variant(row.cells):
                self._variant(row)
        draft = self._draft()
        yield from self.remarks
        if draft is not None:
            yield draft

    def _begin(self, row: Kept) -> None:
        self.first = row
        names = [row.cells.get(name, "") for name, _value in _OPTIONS]
        values = [row.cells.get(value, "") for _name, value in _OPTIONS]
        if (names[0].lower(), values[0].lower()) == _DEFAULT:
            names = []
        self.names = [name[:100] for name in names if name]

    def _is_variant(self, cells_: dict[str, str]) -> bool:
        return any(cells_.get(key) for key in ("price", "option1", "sku", "stock", "barcode"))

    def _image(self, row: Kept) -> None:
        text = row.cells.get("image", "")
        if not text:
            return
        url = cells.web_address(text)
        if not url:
            self._note(row.line, _("The picture has no web address and was left out."))
            return
        position = row.cells.get("image_position", "")
        place = int(position) if position.isdecimal() and len(position) < 6 else 10**6
        self.images.append((place, row.line, url))

    def _variant(self, row: Kept) -> None:
        try:
            sku = self._sku(row)
        except CellError as error:
            self._refuse(row.line, error.words, **error.params)
            return
        twin = self.skus.get(sku.key)
        if twin is not None:
            self._refuse(
                row.line,
                _("The row repeats the variant on line %(line)s; change its options or remove it."),
                line=twin.line,
            )
        elif len(self.skus) >= self.most_skus:
            self._refuse(
                row.line, _("A product has at most %(most)s variants."), most=self.most_skus
            )
        else:
            self.skus[sku.key] = sku

    def _sku(self, row: Kept) -> SkuDraft:
        found = row.cells
        options = self._options(row)
        if not found.get("price"):
            raise CellError(_("The variant has no price; write one, like 12.50."))
        price = cells.price(found["price"], self.currency, "Price")
        compare_at = None
        if found.get("compare_at"):
            compare_at = cells.price(found["compare_at"], self.currency, "Compare-at price")
        image = found.get("variant_image", "")
        return SkuDraft(
            key=_key(options),
            line=row.line,
            price_minor=price,
            options=options,
            code=found.get("sku", "").lstrip("'")[:200],
            barcode=found.get("barcode", "").lstrip("'")[:64],
            compare_at_minor=compare_at if compare_at and compare_at > price else None,
            weight_grams=cells.grams(found.get("grams", "0"), "g"),
            image_url=cells.web_address(image) if image else "",
            stock=self._stock(row),
        )

    def _options(self, row: Kept) -> tuple[str, ...]:
        values = [row.cells.get(value, "") for _name, value in _OPTIONS]
        if not self.names:
            if values[0] and values[0].lower() != _DEFAULT[1]:
                raise CellError(_("Option1 Value has no Option1 Name on the product's first row."))
            return ()
        for number, value in enumerate(values, start=1):
            if number <= len(self.names) and not value:
                raise CellError(
                    _("The variant has no value for the option %(option)s; write one."),
                    option=self.names[number - 1],
                )
            if number > len(self.names) and value:
                raise CellError(
                    _("Option%(number)s Value has no Option%(number)s Name."), number=number
                )
        return tuple(value[:200] for value in values[: len(self.names)])

    def _stock(self, row: Kept) -> int | None:
        text = row.cells.get("stock", "")
        oversells = row.cells.get("policy", "").lower() in {"continue", "true"}
        if not text:
            if not row.cells.get("tracker"):
                self._note(row.line, _("The file doesn't count this variant's stock; set it here."))
            return None
        stock = cells.whole_number(text, "Inventory quantity")
        if stock < 0 and not oversells:
            raise CellError(
                _("The stock is %(stock)s; write 0 or more."),
                stock=stock,
            )
        if stock < 0:
            self._note(
                row.line, _("The stock was below 0 and counts as 0: nothing is oversold here.")
            )
        return max(0, stock)

    def _draft(self) -> ProductDraft | None:
        first = self.first
        if first is None:
            return None
        found = first.cells
        title = found.get("title", "")
        if not title:
            self._refuse_all(first.line, _("The product's first row has no title; write one."))
            return None
        if cells.truth(found.get("gift_card", ""), default=False):
            self._refuse_all(first.line, _("Gift cards can't be sold here."))
            return None
        if not self.skus:
            if not self.refused:
                self._refuse_all(
                    first.line, _("The product has no variant with a price; write one, like 12.50.")
                )
            return None
        status = found.get("status", "active").lower()
        images = dict.fromkeys(url for _place, _line, url in sorted(self.images))
        return ProductDraft(
            key=found["handle"][:200],
            line=first.line,
            title=title[:300],
            skus=tuple(self.skus.values()),
            description_html=found.get("body", ""),
            vendor=found.get("vendor", "")[:200],
            category=(found.get("category") or found.get("type", ""))[:300],
            tags=tuple(dict.fromkeys(cells.listed(found.get("tags", ""))))[:250],
            images=tuple(images)[:60],
            option_names=tuple(self.names),
            published=cells.truth(found.get("published", ""), default=True) and status == "active",
            complete=not self.refused,
        )

    def _note(self, line: int, words: str | Promise) -> None:
        self.remarks.append(Note(line, words))

    def _refuse(self, line: int, words: str | Promise, /, **params: object) -> None:
        self.refused = True
        self.remarks.append(Refusal(line, words, params))

    def _refuse_all(self, first: int, words: str | Promise) -> None:
        """Refuse the product: its first row with the reason, its other variants for its sake."""
        told = {item.line for item in self.remarks if isinstance(item, Refusal)}
        if first not in told:
            self._refuse(first, words)
        for sku in self.skus.values():
            if sku.line not in told | {first}:
                self._refuse(
                    sku.line,
                    _("Its product on line %(line)s was refused."),
                    line=first,
                )
        self.skus.clear()


def _key(options: tuple[str, ...]) -> str:
    """A variant's key within its product: Shopify's own variant title."""
    return (" / ".join(options) or "Default Title")[:300]
