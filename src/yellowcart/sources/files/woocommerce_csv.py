"""Products from a WooCommerce export (its own exporter's columns, in English).

A ``variable`` product's variations name it in ``Parent``, by ``id:44`` or by SKU, and may stand
anywhere in the file. Lists are comma-separated with ``\\,`` for a comma; a cell that begins with
one of ``=+-@`` carries an apostrophe before it; line breaks in descriptions are written ``\\n``.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.tabular import unguarded
from yellowcart.sources.files import cells
from yellowcart.sources.files.cells import CellError
from yellowcart.sources.files.drafts import Item, Note, ProductDraft, Refusal, SkuDraft
from yellowcart.sources.files.spool import Kept, Spool

FORMAT = "woocommerce"

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "type": ("type",),
    "sku": ("sku",),
    "barcode": ("gtin, upc, ean, or isbn",),
    "name": ("name",),
    "published": ("published",),
    "short": ("short description",),
    "description": ("description",),
    "sale_from": ("date sale price starts",),
    "sale_until": ("date sale price ends",),
    "in_stock": ("in stock?",),
    "stock": ("stock",),
    "backorders": ("backorders allowed?",),
    "sale_price": ("sale price",),
    "price": ("regular price",),
    "categories": ("categories",),
    "tags": ("tags",),
    "brands": ("brands",),
    "images": ("images",),
    "parent": ("parent",),
}
_BY_NAME = {name: key for key, names in COLUMNS.items() for name in names}
_ATTRIBUTE = re.compile(r"attribute (\d{1,3}) (name|value\(s\))\Z")
_WEIGHT = re.compile(r"weight(?: \((\w+)\))?\Z")
_TOO_MANY = _("A product has at most %(most)s variants.")
_REPEATS = _("The row repeats the variant on line %(line)s; change its options or remove it.")
_BLOCKS = re.compile(r"<(?:p|div|ul|ol|table|h[1-6]|br)\b", re.IGNORECASE)


def fits(header: Sequence[str]) -> bool:
    """Whether a header is of a WooCommerce product export."""
    names = {name.lower() for name in header}
    return "name" in names and "regular price" in names


def missing_columns(header: Sequence[str]) -> list[str]:
    """The columns without which nothing can be read."""
    names = {name.lower() for name in header}
    return [name for name in ("Name", "Regular price") if name.lower() not in names]


def _column(name: str) -> str | None:
    lower = name.lower()
    attribute = _ATTRIBUTE.match(lower)
    if attribute:
        return f"{'name' if attribute[2] == 'name' else 'values'}{attribute[1]}"
    weight = _WEIGHT.match(lower)
    if weight:
        return f"weight:{weight[1] or 'kg'}"
    return _BY_NAME.get(lower)


def keep(header: Sequence[str], rows: Iterator[tuple[int, list[str]]], spool: Spool) -> list[Item]:
    """Put rows into the spool by product; what had to be refused at once."""
    keys = [_column(name) for name in header]
    refused: list[Item] = []
    for line, values in rows:
        row = {
            key: unguarded(value) for key, value in zip(keys, values, strict=True) if key and value
        }
        refusal = _keep_row(line, row, spool)
        if refusal is not None:
            refused.append(refusal)
    return refused


def _keep_row(line: int, row: dict[str, str], spool: Spool) -> Refusal | None:
    kinds = {kind.lower() for kind in cells.listed(row.get("type", ""))}
    parent = row.get("parent", "")
    if "grouped" in kinds:
        return Refusal(
            line, _("A grouped product has nothing of its own to sell; its items are their own.")
        )
    if "external" in kinds:
        return Refusal(
            line, _("This product is sold elsewhere; paste its link to offer it as one.")
        )
    own = [f"id:{row['id']}"] if row.get("id") else []
    own += [f"sku:{row['sku'].lower()}"] if row.get("sku") else []
    for name in own:
        first = spool.claim(name, line)
        if first != line:
            return Refusal(
                line,
                _("%(name)s is used on line %(line)s already; give each row its own."),
                {"name": name.partition(":")[2], "line": first},
            )
    if "variation" not in kinds:
        spool.add(line, row)
        return None
    if not parent:
        return Refusal(line, _("The variation names no parent; write its SKU or id:44 in Parent."))
    by_id = re.fullmatch(r"id:\s*(\d+)", parent, re.IGNORECASE)
    spool.add(line, row, ref=f"id:{by_id[1]}" if by_id else f"sku:{parent.lower()}")
    return None


def read(spool: Spool, currency: str, zone: ZoneInfo, most_skus: int) -> Iterator[Item]:
    """The products of a resolved spool, each after the refusals and notes about its rows."""
    for line, ref in spool.orphans():
        yield Refusal(
            line,
            _("The parent %(parent)s is not in this file; add its row or correct Parent."),
            {"parent": ref if ref.startswith("id:") else ref.partition(":")[2]},
        )
    for group in spool.groups():
        rows: list[Kept] = []
        for row in group:
            # A product's rows are in memory at once; this keeps them few.
            if _is_variation(row) and len(rows) > most_skus:
                yield Refusal(row.line, _TOO_MANY, {"most": most_skus})
            else:
                rows.append(row)
        rows.sort(key=lambda row: (_is_variation(row), row.line))
        yield from _Product(currency, zone, most_skus).items(rows)


def product(rows: list[Kept], currency: str, zone: ZoneInfo, most_skus: int) -> Iterator[Item]:
    """One product from its rows, the parent's first, however they came here."""
    yield from _Product(currency, zone, most_skus).items(rows)


def _is_variation(row: Kept) -> bool:
    return "variation" in row.cells.get("type", "").lower()


@dataclass(slots=True)
class _Product:
    """One product on its way from rows to a draft."""

    currency: str
    zone: ZoneInfo
    most_skus: int
    skus: list[SkuDraft] = field(default_factory=list)
    remarks: list[Item] = field(default_factory=list)
    refused: bool = False

    def items(self, rows: list[Kept]) -> Iterator[Item]:
        """The remarks about the rows, then the draft, if there is one."""
        head, *variations = rows
        names: list[str] = []
        if _is_variation(head):
            # The name in Parent is a variation's, or that of a row that was refused.
            for row in rows:
                self._refuse(row, _("Its parent is no product that could be taken over."))
        elif not head.cells.get("name"):
            for row in rows:
                self._refuse(row, _("The product has no name; write one."))
        else:
            names = self._option_names(head, variations)
            if variations:
                self._variations(head, variations, names)
            else:
                self._single(head)
        yield from self.remarks
        if self.skus:
            yield self._draft(head, tuple(names))

    def _single(self, head: Kept) -> None:
        if "variable" in head.cells.get("type", "").lower():
            self._refuse(head, _("The variable product has no variations in this file."))
            return
        self._take(head, (), "")

    def _variations(self, head: Kept, variations: list[Kept], names: list[str]) -> None:
        holder = ""
        seen: dict[tuple[str, ...], int] = {}
        pool = head.cells.get("stock", "")
        for row in variations:
            options = tuple(_attributes(row.cells).get(name, _ANY)[:200] for name in names)
            if options in seen:
                self._refuse(
                    row,
                    _REPEATS,
                    line=seen[options],
                )
                continue
            if len(self.skus) >= self.most_skus:
                self._refuse(row, _TOO_MANY, most=self.most_skus)
                continue
            seen[options] = row.line
            own = row.cells.get("stock", "")
            pooled = own.lower() == "parent" or (not own and bool(pool))
            taken = self._take(row, options, holder if pooled else "", pool if pooled else None)
            if taken and pooled and not holder:
                holder = self.skus[-1].key

    def _take(
        self, row: Kept, options: tuple[str, ...], shares: str, pool: str | None = None
    ) -> bool:
        try:
            self.skus.append(self._sku(row, options, shares, pool))
        except CellError as error:
            self._refuse(row, error.words, **error.params)
            return False
        return True

    def _sku(self, row: Kept, options: tuple[str, ...], shares: str, pool: str | None) -> SkuDraft:
        found = row.cells
        if not found.get("price"):
            raise CellError(_("The row has no regular price; write one, like 12.50."))
        price = cells.price(found["price"], self.currency, "Regular price")
        sale = None
        if found.get("sale_price"):
            sale = cells.price(found["sale_price"], self.currency, "Sale price")
        begins = cells.sale_start(found.get("sale_from", ""), self.zone, "Date sale price starts")
        ends = cells.sale_end(found.get("sale_until", ""), self.zone, "Date sale price ends")
        if sale is not None and sale >= price:
            self._note(row, _("The sale price is not below the regular price and was left out."))
            sale = None
        if sale is not None and begins and ends and ends <= begins:
            raise CellError(_("The sale ends before it starts; correct one of its dates."))
        unit = next((key for key in found if key.startswith("weight:")), "weight:kg")
        images = self._images(row) if _is_variation(row) else ()
        return SkuDraft(
            key=_key(found, options),
            line=row.line,
            price_minor=price,
            options=options,
            code=found.get("sku", "")[:200],
            barcode=found.get("barcode", "")[:64],
            sale_price_minor=sale,
            sale_from=begins if sale is not None else None,
            sale_until=ends if sale is not None else None,
            weight_grams=cells.grams(found.get(unit, "0"), unit.partition(":")[2]),
            image_url=images[0] if images else "",
            stock=None if shares else self._stock(row, pool),
            shares=shares,
            active=not _is_variation(row)
            or found.get("published", "1") not in {"0", "false", "no"},
        )

    def _stock(self, row: Kept, pool: str | None) -> int | None:
        text = row.cells.get("stock", "") if pool is None else pool
        in_stock = row.cells.get("in_stock", "1").lower()
        if not text or text.lower() == "parent":
            if in_stock in {"0", "false", "no"}:
                return 0
            self._note(row, _("The file doesn't count this variant's stock; set it here."))
            return None
        stock = cells.whole_number(text, "Stock")
        oversells = row.cells.get("backorders", "0").lower() in {"1", "notify", "yes", "true"}
        if stock < 0 and not oversells:
            raise CellError(_("The stock is %(stock)s; write 0 or more."), stock=stock)
        if stock < 0:
            self._note(row, _("The stock was below 0 and counts as 0: nothing is oversold here."))
        return max(0, stock)

    def _option_names(self, head: Kept, variations: list[Kept]) -> list[str]:
        """The parent's attributes that at least one variation gives a value, in its order."""
        given: dict[str, None] = {}
        for row in variations:
            given.update({name: None for name, value in _attributes(row.cells).items() if value})
        ordered = [name for name in _attributes(head.cells, every=True) if name in given]
        return ordered + [name for name in given if name not in ordered]

    def _images(self, row: Kept) -> tuple[str, ...]:
        found = [cells.web_address(text) for text in cells.listed(row.cells.get("images", ""))]
        if not all(found):
            self._note(row, _("The picture has no web address and was left out."))
        return tuple(dict.fromkeys(url for url in found if url))

    def _draft(self, head: Kept, names: tuple[str, ...]) -> ProductDraft:
        found = head.cells
        categories = cells.listed(found.get("categories", ""))
        tags = [*cells.listed(found.get("tags", "")), *categories[1:]]
        before = len(self.remarks)
        images = self._images(head)[:60]
        del self.remarks[before:]
        return ProductDraft(
            key=_product_key(found),
            line=head.line,
            title=html.unescape(found["name"])[:300],
            skus=tuple(self.skus),
            description_html=_description(found),
            vendor=", ".join(cells.listed(found.get("brands", "")))[:200],
            category=categories[0][:300] if categories else "",
            tags=tuple(dict.fromkeys(tags))[:250],
            images=images,
            option_names=names,
            published=found.get("published", "1").lower() in {"1", "true", "yes"},
            complete=not self.refused,
        )

    def _note(self, row: Kept, words: str | Promise) -> None:
        self.remarks.append(Note(row.line, words))

    def _refuse(self, row: Kept, words: str | Promise, /, **params: object) -> None:
        self.refused = True
        self.remarks.append(Refusal(row.line, words, params))


_ANY = "*"


def _attributes(found: dict[str, str], *, every: bool = False) -> dict[str, str]:
    """Attribute names with their first value; with ``every`` also those without one."""
    result: dict[str, str] = {}
    numbers = sorted(int(key[4:]) for key in found if key.startswith("name") and key[4:].isdigit())
    for number in numbers:
        values = cells.listed(found.get(f"values{number}", ""))
        if values or every:
            result[found[f"name{number}"][:100]] = values[0] if values else ""
    return result


def _product_key(found: dict[str, str]) -> str:
    if found.get("id"):
        return found["id"][:200]
    return (f"sku:{found['sku']}" if found.get("sku") else f"name:{found['name']}")[:200]


def _key(found: dict[str, str], options: tuple[str, ...]) -> str:
    """A variant's key within its product: its id, else its SKU, else its options."""
    key = found.get("id") or (f"sku:{found['sku']}" if found.get("sku") else " / ".join(options))
    return (key or "simple")[:300]


def _description(found: dict[str, str]) -> str:
    return "\n".join(
        _paragraphs(text) for text in (found.get("short", ""), found.get("description", "")) if text
    )


def _paragraphs(text: str) -> str:
    """HTML from WordPress's text: where it has no blocks of its own, blank lines part them."""
    text = re.sub(r"\\\\n|\\n", lambda match: "\\n" if match[0] == "\\\\n" else "\n", text)
    if _BLOCKS.search(text):
        return text
    parts = [part.strip().replace("\n", "<br>") for part in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{part}</p>" for part in parts if part)
