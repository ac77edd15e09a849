"""What Doudian answers and pushes, as its documentation names it, and what it means here.

Prices are in fen, times Unix seconds; 0 is no time.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from yellowcart.sources.connector import Conversion, Happening, Level, SourceError
from yellowcart.sources.connectors.answers import checked, pieces
from yellowcart.sources.connectors.mainland import Text
from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

SOURCE: Final = "doudian"


class Token(msgspec.Struct):
    """Tokens, and the shop they are of. ``expires_in`` in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str = ""
    shop_id: Text = ""
    shop_name: str = ""


class Row(msgspec.Struct):
    """A row of the list of products."""

    product_id: Text


class Listed(msgspec.Struct):
    """A page of products."""

    data: list[Row] = []
    total: int = 0
    cursor_id: Text = ""


class Property(msgspec.Struct):
    """One value of a variant, such as 颜色: 红."""

    property_name: str = ""
    value_name: str = ""


class SpecPrice(msgspec.Struct):
    """A variant. ``sku_type``: 0 usual stock, 1 by region, 10 in steps."""

    sku_id: Text
    price: int
    stock_num: int = 0
    sku_type: int = 0
    stock_num_map: dict[str, int] = {}
    code: Text = ""
    spec_detail_ids: list[int] = []
    sell_properties: list[Property] = []


class Value(msgspec.Struct):
    """A value that an option can have."""

    id: int
    name: str = ""


class Spec(msgspec.Struct):
    """An option and its values."""

    name: str = ""
    values: list[Value] = []


class Category(msgspec.Struct):
    """The path of a product's category."""

    first_cname: str = ""
    second_cname: str = ""
    third_cname: str = ""
    fourth_cname: str = ""


class Detail(msgspec.Struct):
    """A product. ``status``: 0 online, 1 offline, 2 deleted; ``check_status``: 3 passed."""

    product_id: Text
    name: str
    description: str = ""
    status: int = 0
    check_status: int = 3
    pic: list[str] = []
    specs: list[Spec] = []
    spec_prices: list[SpecPrice] = []
    category_detail: Category = msgspec.field(default_factory=Category)


class Channel(msgspec.Struct):
    """Where a copy of a product is sold."""

    channel_id: Text


class Made(msgspec.Struct):
    """A new channel copy."""

    channel: Channel


class Failed(msgspec.Struct):
    """A host that could not be given the copy, and why."""

    id: Text = ""
    reason: str = ""


class Bound(msgspec.Struct):
    """Who was given the copy."""

    success: int = 0
    failed: list[Failed] = []


class Order(msgspec.Struct):
    """An order: 1 unpaid, 105 paid, 2 prepared, 101 sent in part, 3 sent, 4 cancelled, 5 done."""

    order_id: Text
    order_status: int
    create_time: int
    update_time: int = 0
    pay_time: int = 0
    pay_amount: int = 0


class Orders(msgspec.Struct):
    """A page of orders."""

    shop_order_list: list[Order] = []
    total: int = 0


class Pushed(msgspec.Struct):
    """One message of a push; ``data`` is an object, or JSON in a text."""

    tag: Text
    msg_id: Text = ""
    data: str | dict[str, Any] = ""


_STATES: Final[dict[int, Literal[12, 13, 14]]] = {105: 12, 2: 12, 101: 12, 3: 12, 5: 14, 4: 13}
_PROBE: Final = "0"
_PRODUCT_CHANGED: Final = "400"


def draft(detail: Detail) -> Item:
    """A product as the house takes it over, or why it can't."""
    values = {value.id: (spec.name, value.name) for spec in detail.specs for value in spec.values}
    said = [(sku, _options(sku, values)) for sku in detail.spec_prices]
    names = tuple(dict.fromkeys(name for _sku, options in said for name in options))
    path = detail.category_detail
    return checked(
        ProductDraft(
            key=str(detail.product_id),
            line=0,
            title=detail.name,
            skus=tuple(
                SkuDraft(
                    key=str(sku.sku_id),
                    line=0,
                    price_minor=sku.price,
                    options=tuple(options.get(name, "") for name in names),
                    code=str(sku.code),
                    stock=_stock(sku),
                )
                for sku, options in said
            ),
            description_html=detail.description,
            category=path.fourth_cname or path.third_cname or path.second_cname or path.first_cname,
            images=tuple(detail.pic),
            option_names=names,
            published=detail.status == 0 and detail.check_status == 3,
        )
    )


def levels(detail: Detail) -> list[Level]:
    """Stock and price of each of its variants."""
    return [
        Level(str(detail.product_id), str(sku.sku_id), _stock(sku), sku.price)
        for sku in detail.spec_prices
    ]


def sale(order: Order) -> Conversion | None:
    """An order as a sale; ``None`` where it was never paid."""
    status = _STATES.get(order.order_status)
    if status is None or (status == 13 and not order.pay_time):
        return None
    if order.pay_amount < 0:
        raise SourceError(SOURCE, f"{order.pay_amount} is no amount", code="malformed")
    return Conversion(
        order_id=str(order.order_id),
        status=status,
        amount_minor=order.pay_amount,
        ordered_at=_at(order.create_time),
        updated_at=_at(order.update_time or order.create_time),
    )


def happenings(told: Sequence[Pushed], shop_id: str) -> tuple[Happening, ...]:
    """What the messages of one shop tell, as hints to ask again."""
    found = []
    for one in told:
        data = _data(one)
        tag = str(one.tag)
        if tag == _PROBE or str(data.get("shop_id", shop_id)) != shop_id:
            continue
        if tag == _PRODUCT_CHANGED:
            found.append(Happening("product", str(data.get("product_id", ""))))
        elif tag.startswith(("1", "2")) and len(tag) == 3:
            found.append(Happening("conversion", str(data.get("p_id", ""))))
        else:
            found.append(Happening("other"))
    return tuple(found)


def _options(sku: SpecPrice, values: dict[int, tuple[str, str]]) -> dict[str, str]:
    if sku.sell_properties:
        return {one.property_name: one.value_name for one in sku.sell_properties}
    return dict(values[one] for one in sku.spec_detail_ids if one in values)


def _stock(sku: SpecPrice) -> int:
    """Pieces to sell; those of all regions where stock is kept by region."""
    return pieces(sum(sku.stock_num_map.values()) if sku.sku_type == 1 else sku.stock_num)


def _data(one: Pushed) -> dict[str, Any]:
    if isinstance(one.data, dict):
        return one.data
    try:
        data = json.loads(one.data or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _at(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SourceError(SOURCE, f"{seconds} is no instant", code="malformed") from error
