"""A shop's products and stock as tables that can be edited and imported again.

Importing an export changes nothing: each row carries marks of what the reader of our own files
makes of its cells (``catalog.merging.exported_marks``), so a cell counts as edited only where it
reads otherwise than it did.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db.models import IntegerField, Max
from django.db.models.expressions import Func
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yellowcart.catalog.merging import exported_marks
from yellowcart.catalog.models import Product, Sku
from yellowcart.core.tabular import Cell, Sheet
from yellowcart.inventory.queries import Level, levels_of
from yellowcart.shops.models import Shop
from yellowcart.sources.files import columns, plain, writing
from yellowcart.sources.files.catalogue import MOST_SKUS
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft
from yellowcart.sources.files.spool import Kept

#: Products read at once.
CHUNK: Final = 200
_STOCK_COLUMNS: Final = ("product_id", "sku_id", "title", "code", "barcode", "stock")


def products_sheet(shop: Shop) -> Sheet:
    """Everything the shop has, a row for each variant, headed in the language now active."""
    options = _most_options(shop)
    keys = _keys(options)
    heading = [_heading(key) for key in keys]
    return Sheet(_("Products"), heading, _product_rows(shop, keys))


def stock_sheet(shop: Shop) -> Sheet:
    """What lies in the warehouse of each variant and what of it is free to sell."""
    heading = [_heading(key) for key in (*_STOCK_COLUMNS, "free", "marks")]
    heading.insert(3, _("Variant"))
    return Sheet(_("Stock"), heading, _stock_rows(shop))


def products_sheet_for(shop: Shop, form: str) -> Sheet:
    """What the shop sells in another system's columns (``files.writing.FORMATS``), with what is
    free to sell as stock. Its rows raise ``not_in_format`` where a product can't be said so."""
    form_columns = writing.FORMATS[form]
    book = writing.Book(shop.currency, ZoneInfo(settings.TIME_ZONE), _most_options(shop))
    heading = form_columns.heading(book)
    rows = (
        [row.get(name) for name in heading]
        for product, skus, levels in _chunks(shop)
        for row in form_columns.rows(_draft(product, skus, levels), book)
    )
    return Sheet(_("Products"), heading, rows)


def _draft(product: Product, skus: Sequence[Sku], levels: dict[UUID, Level]) -> ProductDraft:
    """A product as a file of its source would say it."""
    return ProductDraft(
        key=product.external_id or str(product.id),
        line=0,
        title=product.title,
        skus=tuple(
            SkuDraft(
                key=sku.external_id or str(sku.id),
                line=0,
                price_minor=sku.price_minor,
                options=tuple(sku.options),
                code=sku.code,
                barcode=sku.barcode,
                compare_at_minor=sku.compare_at_minor,
                sale_price_minor=sku.sale_price_minor,
                sale_from=sku.sale_from,
                sale_until=sku.sale_until,
                weight_grams=sku.weight_grams,
                image_url=sku.image_url,
                stock=levels[sku.id].free,
                active=sku.active,
            )
            for sku in skus
        ),
        description_html=product.description_html,
        vendor=product.vendor,
        category=product.category,
        tags=tuple(product.tags),
        images=tuple(product.images),
        option_names=tuple(product.option_names),
        published=product.on_shelf,
    )


def _keys(options: int) -> list[str]:
    keys: list[str] = []
    for key in columns.FIELDS:
        keys.append(key)
        if key == "published":
            for number in range(1, options + 1):
                keys += [f"option{number}_name", f"option{number}"]
    return [*keys, "free", "marks"]


def _heading(key: str) -> str:
    chinese = (get_language() or "").startswith("zh")
    if key.startswith("option"):
        number = key.removeprefix("option").removesuffix("_name")
        named = key.endswith("_name")
        if chinese:
            return f"规格{number}名称" if named else f"规格{number}"
        return f"Option{number} name" if named else f"Option{number} value"
    field = {"free": columns.FREE, "marks": columns.MARKS}.get(key) or columns.FIELDS[key]
    return field.chinese if chinese else field.heading


def _most_options(shop: Shop) -> int:
    length = Func("option_names", function="jsonb_array_length", output_field=IntegerField())
    most = Product.objects.filter(shop=shop).aggregate(most=Max(length))["most"]
    return max(1, most or 0)


def _product_rows(shop: Shop, keys: Sequence[str]) -> Iterator[list[Cell]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    for product, skus, levels in _chunks(shop):
        rows = [_cells(product, sku, levels[sku.id], zone) for sku in skus]
        marks = _marks(rows, keys, product.currency, zone)
        for row, mark in zip(rows, marks, strict=True):
            row["marks"] = mark
            yield [row.get(key) for key in keys]


def _stock_rows(shop: Shop) -> Iterator[list[Cell]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    keys = _keys(max(1, _most_options(shop)))
    for product, skus, levels in _chunks(shop):
        rows = [_cells(product, sku, levels[sku.id], zone) for sku in skus]
        marks = _marks(rows, keys, product.currency, zone)
        for sku, row, mark in zip(skus, rows, marks, strict=True):
            cells = [row.get(key) for key in _STOCK_COLUMNS]
            cells.insert(3, " / ".join(sku.options))
            yield [*cells, row["free"], mark]


def _chunks(shop: Shop) -> Iterator[tuple[Product, list[Sku], dict[UUID, Level]]]:
    """The shop's products with their variants and stock, by age, a few hundred at a time."""
    last: UUID | None = None
    while True:
        rows = Product.objects.filter(shop=shop).order_by("id")
        batch = list((rows.filter(id__gt=last) if last else rows)[:CHUNK])
        if not batch:
            return
        last = batch[-1].id
        skus: dict[UUID, list[Sku]] = {product.id: [] for product in batch}
        for sku in Sku.objects.filter(product_id__in=skus).order_by("position", "id"):
            skus[sku.product_id].append(sku)
        levels = levels_of(sku for group in skus.values() for sku in group)
        for product in batch:
            yield product, skus[product.id], levels


def _cells(product: Product, sku: Sku, level: Level, zone: ZoneInfo) -> dict[str, Cell]:
    """A variant's row by what its columns tell."""
    row: dict[str, Cell] = {
        "product_id": str(product.id),
        "sku_id": str(sku.id),
        "key": product.external_id,
        "title": product.title,
        "description": product.description_html,
        "vendor": product.vendor,
        "category": product.category,
        "tags": ", ".join(tag.replace(",", "\\,") for tag in product.tags),
        "images": "\n".join(product.images),
        "published": _truth(product.on_shelf),
        "code": sku.code,
        "barcode": sku.barcode,
        "price": _money(sku.price_minor, product.currency),
        "compare_at": _money(sku.compare_at_minor, product.currency),
        "sale_price": _money(sku.sale_price_minor, product.currency),
        "sale_from": _instant(sku.sale_from, zone),
        "sale_until": _instant(sku.sale_until, zone),
        "currency": product.currency,
        "weight": sku.weight_grams,
        "image": sku.image_url,
        "active": _truth(sku.active),
        "stock": level.on_hand,
        "free": level.free,
    }
    for number, (name, value) in enumerate(
        zip(product.option_names, sku.options, strict=False), start=1
    ):
        row[f"option{number}_name"], row[f"option{number}"] = name, value
    return row


def _marks(
    rows: Sequence[dict[str, Cell]], keys: Sequence[str], currency: str, zone: ZoneInfo
) -> list[str]:
    """The marks of a product's rows; empty for those that their own reader refuses."""
    reading = plain.Reading(
        keys=tuple(keys),
        header=(),
        currency=currency,
        zone=zone,
        most_skus=MOST_SKUS,
        own=True,
    )
    kept = (
        Kept(line, {key: text for key, cell in row.items() if (text := _text(cell))})
        for line, row in enumerate(rows)
    )
    marks = [""] * len(rows)
    for item in plain.product_of(kept, reading):
        if isinstance(item, ProductDraft):
            for sku in item.skus:
                marks[sku.line] = exported_marks(item, sku)
    return marks


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).replace("\x00", "").strip()


def _money(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-get_currency_precision(currency))


def _instant(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat() if at else ""


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"
