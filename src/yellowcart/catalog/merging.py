"""What a new import may change: a three-way merge of the last file, the new file and the shop's
own edits. Pure.

A field that the file has not changed since the last import keeps what the shop made of it. A
field that the file changed is taken over, unless the shop edited it too: then the shop's words
stay, and the report says so.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from yellowcart.catalog.rules import clean_html
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft

Fields = dict[str, Any]

_encode = msgspec.json.Encoder(order="sorted").encode

#: What a row of our own files marks, in this order, then its stock.
MARKED_PRODUCT = (
    *("title", "description_html", "vendor", "category", "tags", "images", "option_names"),
    "on_shelf",
)
MARKED_SKU = (
    *("code", "barcode", "options", "price_minor", "compare_at_minor", "sale_price_minor"),
    *("sale_from", "sale_until", "weight_grams", "image_url", "active"),
)
MARKED = (*MARKED_PRODUCT, *MARKED_SKU, "stock")
_SHORT = 6


def product_fields(draft: ProductDraft) -> Fields:
    """The product's columns as a file wants them."""
    return {
        "title": draft.title,
        "description_html": clean_html(draft.description_html),
        "vendor": draft.vendor,
        "category": draft.category,
        "tags": list(draft.tags),
        "images": list(draft.images),
        "option_names": list(draft.option_names),
        "on_shelf": draft.published,
    }


def sku_fields(draft: SkuDraft, position: int) -> Fields:
    """A SKU's columns as a file wants them."""
    return {
        "position": position,
        "code": draft.code,
        "barcode": draft.barcode,
        "options": list(draft.options),
        "price_minor": draft.price_minor,
        "compare_at_minor": draft.compare_at_minor,
        "sale_price_minor": draft.sale_price_minor,
        "sale_from": draft.sale_from,
        "sale_until": draft.sale_until,
        "weight_grams": draft.weight_grams,
        "image_url": draft.image_url,
        "active": draft.active,
    }


def mark(value: Any) -> str:
    """A short mark of a value, equal for equal values."""
    if isinstance(value, datetime):
        value = value.timestamp()
    return hashlib.blake2b(_encode(value), digest_size=6).hexdigest()


def short_mark(value: Any) -> str:
    """The beginning of a mark, which is enough where a person's edits are told apart."""
    return mark(value)[:_SHORT]


def marks(fields: Mapping[str, Any]) -> dict[str, str]:
    """The marks of all fields."""
    return {name: mark(value) for name, value in fields.items()}


def said(fields: Fields, names: frozenset[str] | None) -> Fields:
    """Those of the columns that a file speaks of."""
    if names is None:
        return fields
    return {name: value for name, value in fields.items() if name in names}


def exported_marks(draft: ProductDraft, sku: SkuDraft) -> str:
    """The marks of a row of our own files, of what their reader makes of it."""
    values = {**product_fields(draft), **sku_fields(sku, 0), "stock": sku.stock}
    return "1:" + "".join(short_mark(values[name]) for name in MARKED)


def exported_base(marks: tuple[str, ...] | None) -> dict[str, str] | None:
    """What was exported, by column; ``None`` where it is not known."""
    if marks is None or len(marks) != len(MARKED):
        return None
    return dict(zip(MARKED, marks, strict=True))


def base_of(draft: ProductDraft, fields: Fields) -> dict[str, Any]:
    """What ``Product.import_base`` keeps of a file."""
    return {
        "product": marks(fields),
        "skus": {
            sku.key: marks(said(sku_fields(sku, n), draft.said)) for n, sku in enumerate(draft.skus)
        },
        "stock": {sku.key: sku.stock for sku in draft.skus if sku.stock is not None},
    }


def digest_of(draft: ProductDraft) -> str:
    """A mark of everything a file says of a product but the lines it says it on.

    Of the words as they came, because a store is read again and again and hardly ever changed:
    this is nearly all that a product that did not change costs.
    """
    return hashlib.blake2b(
        _encode(replace(draft, line=0, skus=_lineless(draft))), digest_size=32
    ).hexdigest()


def _lineless(draft: ProductDraft) -> tuple[SkuDraft, ...]:
    if not any(sku.line for sku in draft.skus):
        return draft.skus
    return tuple(replace(sku, line=0) for sku in draft.skus)


@dataclass(slots=True)
class Merged:
    """The fields to write, and the names of those where the shop's edit was kept instead."""

    changes: Fields = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def merge(base: Mapping[str, str], wanted: Fields, ours: Fields) -> Merged:
    """What of ``wanted`` (the file) to write over ``ours``, given the marks of the last file."""
    merged = Merged()
    for name, value in wanted.items():
        if value == ours[name]:
            continue
        last = base.get(name)
        if last is not None and last == mark(value):
            continue
        if last is not None and last != mark(ours[name]):
            merged.kept.append(name)
        else:
            merged.changes[name] = value
    return merged


def merge_edit(base: Mapping[str, str] | None, wanted: Fields, ours: Fields) -> Merged:
    """The same for one of our own files, ``base`` being what was exported: a cell that was changed
    in the file is an edit, unless the shop edited the same here since. Without a base, what differs
    is an edit."""
    merged = Merged()
    for name, value in wanted.items():
        if value == ours[name]:
            continue
        last = base.get(name) if base is not None else None
        if last is None:
            merged.changes[name] = value
        elif last == short_mark(value):
            continue
        elif last in {short_mark(one) for one in _as_read(ours[name])}:
            merged.changes[name] = value
        else:
            merged.kept.append(name)
    return merged


def _as_read(value: Any) -> Iterable[Any]:
    """A value, and as it comes out of a file, which knows no blanks around it."""
    return (value, clean_html(value.strip())) if isinstance(value, str) else (value,)
