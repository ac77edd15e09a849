"""Products in the columns of other systems: what is written here, our readers read back the same.

What a format has no column for stays out (see docs/files.md); a product whose variants it cannot
say at all is refused rather than bent. Cells are guarded against formulas where they are written to
a file (``core.tabular``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.core.tabular import Cell
from yellowcart.sources.files import taobao_csv
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft

Row = dict[str, Cell]

_SECOND: Final = timedelta(seconds=1)


class UnfitError(Problem):
    """A product that a format can't say."""

    def __init__(self, draft: ProductDraft, why: "str | Promise") -> None:
        super().__init__(
            "not_in_format",
            409,
            _("“%(title)s” can't be written in these columns: %(why)s Take our own columns."),
            params={"title": draft.title[:80], "why": why},
        )


@dataclass(slots=True)
class Book:
    """What the rows of one file have in common. ``options`` is the most that a product has;
    ``used`` are ids and codes that a row has already, where each may stand once."""

    currency: str
    zone: ZoneInfo
    options: int
    used: set[str] = field(default_factory=set)

    def money(self, minor: int | None) -> Decimal | None:
        """An amount as people write it."""
        precision = get_currency_precision(self.currency)
        return None if minor is None else Decimal(minor).scaleb(-precision)

    def once(self, text: str) -> str:
        """The text where no row had it before, else nothing."""
        key = text.lower()
        if not text or key in self.used:
            return ""
        self.used.add(key)
        return text


class Columns(NamedTuple):
    """A format: its heading, and the rows of a product under it."""

    heading: Callable[[Book], list[str]]
    rows: Callable[[ProductDraft, Book], Iterator[Row]]


def _on_sale(draft: ProductDraft) -> list[SkuDraft]:
    return [sku for sku in draft.skus if sku.active]


def _check_options(draft: ProductDraft, skus: Sequence[SkuDraft], most: int | None = None) -> None:
    """Variants are told apart by a value for each option."""
    count = len(draft.option_names)
    if most is not None and count > most:
        raise UnfitError(draft, _("it has more than three options."))
    seen = {sku.options for sku in skus}
    whole = all(len(sku.options) == count and all(sku.options) for sku in skus)
    if not whole or len(seen) < len(skus) or not all(draft.option_names):
        raise UnfitError(draft, _("its variants are not told apart by a value for each option."))


def _listed(texts: Sequence[str]) -> str:
    # A backslash at an end would take the comma after it along; blanks around parts don't count.
    parts = (text.replace(",", "\\,") for text in texts)
    return ", ".join(f"{part} " if part.endswith("\\") else part for part in parts)


# Shopify

_SHOPIFY: Final = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams"),
    *("Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy"),
    *("Variant Fulfillment Service", "Variant Price", "Variant Compare At Price"),
    *("Variant Requires Shipping", "Variant Taxable", "Variant Barcode"),
    *("Image Src", "Image Position", "Variant Image", "Variant Weight Unit", "Status"),
]


def _shopify(draft: ProductDraft, book: Book) -> Iterator[Row]:
    skus = _on_sale(draft)
    _check_options(draft, skus, most=3)
    if not skus:
        return
    first: Row = {
        "Title": draft.title,
        "Body (HTML)": draft.description_html,
        "Vendor": draft.vendor,
        "Type": draft.category,
        "Tags": _listed(draft.tags),
        "Published": "TRUE" if draft.published else "FALSE",
        "Status": "active" if draft.published else "draft",
    }
    names = draft.option_names or ("Title",)
    first |= {f"Option{n} Name": name for n, name in enumerate(names, start=1)}
    for place in range(max(len(skus), len(draft.images))):
        row: Row = {"Handle": draft.key, **(first if place == 0 else {})}
        if place < len(skus):
            row |= _shopify_variant(skus[place], book)
        if place < len(draft.images):
            row |= {"Image Src": draft.images[place], "Image Position": place + 1}
        yield row


def _shopify_variant(sku: SkuDraft, book: Book) -> Row:
    values = sku.options or ("Default Title",)
    above = sku.compare_at_minor is not None and sku.compare_at_minor > sku.price_minor
    return {
        **{f"Option{n} Value": value for n, value in enumerate(values, start=1)},
        "Variant SKU": sku.code,
        "Variant Grams": sku.weight_grams,
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": sku.stock,
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": book.money(sku.price_minor),
        "Variant Compare At Price": book.money(sku.compare_at_minor) if above else None,
        "Variant Requires Shipping": "TRUE",
        "Variant Taxable": "TRUE",
        "Variant Barcode": sku.barcode,
        "Variant Image": sku.image_url,
        "Variant Weight Unit": "g",
    }


# WooCommerce


def _woocommerce_heading(book: Book) -> list[str]:
    attributes = [
        f"Attribute {n} {what}"
        for n in range(1, book.options + 1)
        for what in ("name", "value(s)", "visible", "global")
    ]
    return [
        *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Description"),
        *("Date sale price starts", "Date sale price ends", "In stock?", "Stock"),
        *("Backorders allowed?", "Weight (kg)", "Sale price", "Regular price", "Categories"),
        *("Tags", "Images", "Parent", "Brands", *attributes),
    ]


def _woocommerce(draft: ProductDraft, book: Book) -> Iterator[Row]:
    skus = list(draft.skus) if draft.option_names else _on_sale(draft)
    _check_options(draft, skus)
    if not skus:
        return
    key = book.once(draft.key)
    if not key:
        raise UnfitError(draft, _("another product of the file has its id."))
    head: Row = {
        "ID": key,
        "Name": escape(draft.title, quote=False),
        "Published": int(draft.published),
        "Description": draft.description_html.replace("\\n", "\\\\n").replace("\n", "\\n"),
        "Categories": _listed([draft.category] if draft.category else []),
        "Tags": _listed(draft.tags),
        "Brands": _listed([draft.vendor] if draft.vendor else []),
        "Images": _listed(draft.images),
    }
    if not draft.option_names:
        yield {**head, **_woocommerce_sku(skus[0], book), "Type": "simple"}
        return
    parent = f"id:{key}" if key.isdecimal() and key.isascii() else key
    yield {
        **head,
        "Type": "variable",
        # What variations name; a number is named as an id.
        "SKU": "" if parent != key else key,
        **_attributes(
            draft,
            [
                _listed(list(dict.fromkeys(sku.options[n] for sku in skus)))
                for n in range(len(draft.option_names))
            ],
        ),
    }
    for sku in skus:
        values = [_listed([value]) for value in sku.options]
        yield {
            **_woocommerce_sku(sku, book),
            **_attributes(draft, values),
            "ID": book.once(sku.key) if sku.key.isdecimal() else "",
            "Type": "variation",
            "Name": escape(draft.title, quote=False),
            "Published": int(sku.active),
            "Images": _listed([sku.image_url] if sku.image_url else []),
            "Parent": parent,
        }


def _attributes(draft: ProductDraft, values: Sequence[str]) -> Row:
    row: Row = {}
    for n, (name, value) in enumerate(zip(draft.option_names, values, strict=True), start=1):
        row |= {
            f"Attribute {n} name": name,
            f"Attribute {n} value(s)": value,
            f"Attribute {n} visible": 1,
            f"Attribute {n} global": 0,
        }
    return row


def _woocommerce_sku(sku: SkuDraft, book: Book) -> Row:
    sale = sku.sale_price_minor
    is_below = sale is not None and sale < sku.price_minor
    return {
        "SKU": book.once(sku.code),
        "GTIN, UPC, EAN, or ISBN": sku.barcode,
        "Date sale price starts": _written(sku.sale_from, book) if is_below else "",
        "Date sale price ends": _last(sku.sale_until, book) if is_below else "",
        "In stock?": int(bool(sku.stock)),
        "Stock": sku.stock,
        "Backorders allowed?": 0,
        "Weight (kg)": Decimal(sku.weight_grams).scaleb(-3) if sku.weight_grams else None,
        "Sale price": book.money(sale) if is_below else None,
        "Regular price": book.money(sku.price_minor),
    }


def _written(at: datetime | None, book: Book) -> str:
    return at.astimezone(book.zone).isoformat(" ", "seconds") if at else ""


def _last(until: datetime | None, book: Book) -> str:
    """A sale's end as WooCommerce writes it: the last second of a day, where it ends with one."""
    if until is None:
        return ""
    local = until.astimezone(book.zone)
    is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return _written(until - _SECOND if is_midnight else until, book)


# Taobao Assistant

_TAOBAO: Final = [
    *("宝贝名称", "宝贝类目", "宝贝价格", "宝贝数量", "放入仓库", "宝贝描述", "新图片"),
    *("销售属性组合", "商家编码", "自定义属性值", "销售属性名称", "数字ID", "物流重量"),
    *("商品条形码", "sku 条形码"),
]
_PIDS: Final = {name: pid for pid, name in taobao_csv.PROPERTIES.items()}


def _taobao(draft: ProductDraft, book: Book) -> Iterator[Row]:
    skus = _on_sale(draft)
    _check_options(draft, skus)
    if not skus:
        return
    texts = [*draft.option_names]
    texts += [text for sku in skus for text in (*sku.options, sku.code, sku.barcode)]
    if draft.option_names and any(";" in text for text in texts):
        raise UnfitError(draft, _("it has a semicolon in an option or a code."))
    pictures = [f"{n}:1:{n}:|{url};" for n, url in enumerate(draft.images)]
    row: Row = {
        "宝贝名称": draft.title,
        "宝贝类目": draft.category,
        "宝贝价格": book.money(min(sku.price_minor for sku in skus)),
        "宝贝数量": sum(sku.stock or 0 for sku in skus),
        "放入仓库": "1" if draft.published else "2",
        "宝贝描述": draft.description_html,
        "新图片": "".join(pictures),
        "数字ID": draft.key,
        "物流重量": Decimal(skus[0].weight_grams).scaleb(-3) if skus[0].weight_grams else None,
    }
    if draft.option_names:
        row |= _taobao_variants(draft, skus, book)
    else:
        row |= {"商家编码": skus[0].code, "商品条形码": skus[0].barcode}
    yield row


def _taobao_variants(draft: ProductDraft, skus: Sequence[SkuDraft], book: Book) -> Row:
    """Properties and values by number: Taobao's own where there is one, else below zero."""
    pids = [_PIDS.get(name, str(-n)) for n, name in enumerate(draft.option_names, start=1)]
    values: list[dict[str, str]] = [{} for _name in pids]
    variants = []
    for sku in skus:
        pairs = []
        for pid, known, value in zip(pids, values, sku.options, strict=True):
            pairs.append(f"{pid}:{known.setdefault(value, str(-len(known) - 1))}")
        price = format(book.money(sku.price_minor) or Decimal(0), "f")
        variants.append(f"{price}:{sku.stock or 0}:{sku.code}:{';'.join(pairs)};")
    named = [
        f"{pid}:{number}:{value};"
        for pid, known in zip(pids, values, strict=True)
        for value, number in known.items()
    ]
    return {
        "销售属性组合": "".join(variants),
        "自定义属性值": "".join(named),
        "销售属性名称": "".join(
            f"{pid}:{name};" for pid, name in zip(pids, draft.option_names, strict=True)
        ),
        "sku 条形码": ";".join(sku.barcode for sku in skus),
    }


FORMATS: Final[dict[str, Columns]] = {
    "shopify": Columns(lambda _book: _SHOPIFY, _shopify),
    "woocommerce": Columns(_woocommerce_heading, _woocommerce),
    "taobao": Columns(lambda _book: _TAOBAO, _taobao),
}
