"""Products of WooCommerce's REST API as the rows that its own export would have.

So that a product is the same here, key for key, whether its shop is connected or sends a file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from yellowcart.sources.files import woocommerce_csv
from yellowcart.sources.files.catalogue import MOST_SKUS
from yellowcart.sources.files.drafts import Item
from yellowcart.sources.files.spool import Kept

_UTC = ZoneInfo("UTC")
_Id = Annotated[int, msgspec.Meta(gt=0)]


class Term(msgspec.Struct):
    """A category, tag or brand."""

    name: str = ""


class Picture(msgspec.Struct):
    """A picture's address."""

    src: str = ""


class Attribute(msgspec.Struct):
    """An attribute: a product gives ``options``, a variation its one ``option``."""

    name: str = ""
    options: tuple[str, ...] = ()
    option: str = ""


class Found(msgspec.Struct):
    """A product or a variation; what is not set is an empty text or null."""

    id: _Id
    name: str = ""
    type: str = "variation"
    status: str = "publish"
    parent_id: int = 0
    sku: str | None = ""
    global_unique_id: str | None = ""
    short_description: str | None = ""
    description: str | None = ""
    regular_price: str | None = ""
    sale_price: str | None = ""
    date_on_sale_from: str | None = None
    date_on_sale_from_gmt: str | None = None
    date_on_sale_to: str | None = None
    date_on_sale_to_gmt: str | None = None
    manage_stock: bool | str = False
    stock_quantity: float | None = None
    stock_status: str = "instock"
    backorders: str = "no"
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    brands: tuple[Term, ...] = ()
    images: tuple[Picture, ...] = ()
    image: Picture | None = None
    attributes: tuple[Attribute, ...] = ()


def items(found: Found, variations: Sequence[Found], line: int, currency: str) -> Iterator[Item]:
    """One product with its variations: remarks about it, then its draft."""
    rows = [Kept(line, _row(found))]
    rows += [Kept(line, _row(one) | {"type": "variation"}) for one in variations]
    yield from woocommerce_csv.product(rows, currency, _UTC, MOST_SKUS)


def _row(found: Found) -> dict[str, str]:
    images = [one.src for one in found.images]
    if found.image is not None:
        images.append(found.image.src)
    cells = {
        "id": str(found.id),
        "type": found.type,
        "name": found.name,
        "published": "1" if found.status == "publish" else "0",
        "sku": found.sku or "",
        "barcode": found.global_unique_id or "",
        "short": _plain(found.short_description),
        "description": _plain(found.description),
        "price": found.regular_price or "",
        "sale_price": found.sale_price or "",
        "sale_from": _local(found.date_on_sale_from, found.date_on_sale_from_gmt),
        "sale_until": _local(found.date_on_sale_to, found.date_on_sale_to_gmt),
        "in_stock": "0" if found.stock_status == "outofstock" else "1",
        "stock": _stock(found),
        "backorders": found.backorders,
        "categories": _listed(one.name for one in found.categories),
        "tags": _listed(one.name for one in found.tags),
        "brands": _listed(one.name for one in found.brands),
        "images": _listed(images),
        **_attributes(found.attributes),
    }
    return {name: text for name, text in cells.items() if text}


def _plain(text: str | None) -> str:
    """The export writes line breaks as ``\\n``; here a backslash is a backslash."""
    return (text or "").replace("\\n", "\\\\n")


def _stock(found: Found) -> str:
    if found.manage_stock == "parent":
        return "parent"
    if not found.manage_stock or found.stock_quantity is None:
        return ""
    return str(int(found.stock_quantity))


def _local(here: str | None, gmt: str | None) -> str:
    """The shop's own time with its offset, which the two ways of writing it give away."""
    if not here or not gmt:
        return ""
    try:
        ahead = datetime.fromisoformat(here[:19]) - datetime.fromisoformat(gmt[:19])
    except ValueError:
        return here
    minutes = round(ahead.total_seconds() / 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{here[:19]}{sign}{minutes // 60:02}:{minutes % 60:02}"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(part.replace(",", "\\,") for part in parts if part)


def _attributes(found: Sequence[Attribute]) -> Mapping[str, Any]:
    cells: dict[str, str] = {}
    for number, one in enumerate(found, start=1):
        values = _listed([one.option] if one.option else one.options)
        if one.name:
            cells[f"name{number}"] = one.name
            if values:
                cells[f"values{number}"] = values
    return cells
