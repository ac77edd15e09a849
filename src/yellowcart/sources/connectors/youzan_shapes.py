"""What Youzan cloud answers and pushes, as its documentation names it, and what it means here."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import unquote_plus

import msgspec

from yellowcart.sources.connector import Conversion, Happening, Level, SourceError
from yellowcart.sources.connectors.answers import checked, pieces, shaped
from yellowcart.sources.connectors.mainland import Text, beijing, fen, without_nulls
from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

SOURCE: Final = "youzan"


class Listed(msgspec.Struct):
    """A row of the list of products; the item itself tells its variants."""

    item_id: int
    update_time: str = ""


class OnSale(msgspec.Struct):
    """A page of the products on sale."""

    items: list[Listed] = []
    count: int = 0


class Image(msgspec.Struct):
    """A picture of a product."""

    url: str = ""


class Sku(msgspec.Struct):
    """``properties_name_json`` is JSON in a text: ``[{"k": "颜色", "v": "红", …}]``."""

    sku_id: int
    price: int
    quantity: int = 0
    properties_name_json: str = ""
    item_no: str = ""


class Product(msgspec.Struct):
    """A product as ``youzan.item.get`` gives it; prices in fen."""

    item_id: int
    title: str
    price: int = 0
    quantity: int = 0
    desc: str = ""
    item_no: str = ""
    pic_url: str = ""
    is_listing: bool = True
    item_imgs: list[Image] = []
    skus: list[Sku] = []


class OrderInfo(msgspec.Struct):
    """What a trade is and how far; times are Beijing's."""

    tid: Text
    status: str
    created: str
    update_time: str = ""
    pay_time: str = ""


class PayInfo(msgspec.Struct):
    """What was paid, in yuan, freight included."""

    payment: Text = "0"


class Trade(msgspec.Struct):
    """A trade, the parts that are read."""

    order_info: OrderInfo
    pay_info: PayInfo = msgspec.field(default_factory=PayInfo)


class Held(msgspec.Struct):
    """A trade in the wrapping it comes in."""

    full_order_info: Trade


class Sold(msgspec.Struct):
    """A page of trades."""

    full_order_info_list: list[Held] = []
    total_results: int = 0


class Token(msgspec.Struct):
    """``expires`` is the instant of expiry in Unix milliseconds, not a number of seconds."""

    access_token: str
    expires: int
    refresh_token: str = ""
    authority_id: Text = ""


class Push(msgspec.Struct):
    """The envelope of a message; ``msg`` is url-encoded JSON, or an object in the newest."""

    client_id: Text = ""
    kdt_id: int = 0
    id: Text = ""
    type: str = ""
    msg: str | dict[str, Any] = ""
    msg_id: str = ""
    version: int = 0
    sign: str = ""
    test: bool = False


#: What became of a trade, in the alliances' states; a trade still to be paid is no sale.
_STATES: Final[dict[str, Literal[12, 13, 14]]] = {
    "TRADE_PAID": 12,
    "WAIT_CONFIRM": 12,
    "WAIT_SELLER_SEND_GOODS": 12,
    "WAIT_BUYER_CONFIRM_GOODS": 12,
    "TRADE_SUCCESS": 14,
    "TRADE_CLOSED": 13,
}


def draft(product: Product) -> Item:
    """A product as the house takes it over, or why it can't."""
    names, rows = _options(product)
    skus = tuple(
        SkuDraft(
            key=str(sku.sku_id),
            line=0,
            price_minor=sku.price,
            options=options,
            code=sku.item_no,
            stock=pieces(sku.quantity),
        )
        for sku, options in rows
    ) or (
        SkuDraft(
            key=str(product.item_id),
            line=0,
            price_minor=product.price,
            code=product.item_no,
            stock=pieces(product.quantity),
        ),
    )
    images = [image.url for image in product.item_imgs] or [product.pic_url]
    return checked(
        ProductDraft(
            key=str(product.item_id),
            line=0,
            title=product.title,
            skus=skus,
            description_html=product.desc,
            images=tuple(images),
            option_names=names,
            published=product.is_listing,
        )
    )


def _options(product: Product) -> tuple[tuple[str, ...], list[tuple[Sku, tuple[str, ...]]]]:
    """The names of the options, and each variant with its values in their order."""
    said = [(sku, _properties(sku.properties_name_json)) for sku in product.skus]
    names = tuple(dict.fromkeys(name for _sku, values in said for name in values))
    return names, [(sku, tuple(values.get(name, "") for name in names)) for sku, values in said]


def _properties(text: str) -> dict[str, str]:
    try:
        rows = json.loads(text or "[]")
        return {str(row["k"]): str(row["v"]) for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise SourceError(SOURCE, f"not as documented: {error}", code="malformed") from error


def levels(product: Product) -> list[Level]:
    """Stock and price of each of its variants."""
    key = str(product.item_id)
    if not product.skus:
        return [Level(key, key, pieces(product.quantity), product.price)]
    return [Level(key, str(sku.sku_id), pieces(sku.quantity), sku.price) for sku in product.skus]


def sale(trade: Trade) -> Conversion | None:
    """A trade as a sale; ``None`` where it was never paid."""
    info = trade.order_info
    status = _STATES.get(info.status)
    if status is None or (status == 13 and not info.pay_time):
        return None
    try:
        ordered = beijing(info.created)
        return Conversion(
            order_id=str(info.tid),
            status=status,
            amount_minor=fen(trade.pay_info.payment),
            ordered_at=ordered,
            updated_at=beijing(info.update_time) if info.update_time else ordered,
        )
    except ValueError as error:
        raise SourceError(SOURCE, f"not as documented: {error}", code="malformed") from error


def happenings(push: Push, reliable: bool) -> tuple[Happening, ...]:
    """What a push tells; its trade counts only where all of it is signed (``reliable``)."""
    try:
        message = push.msg if isinstance(push.msg, dict) else json.loads(unquote_plus(push.msg))
    except ValueError:
        message = {}
    if not isinstance(message, dict):
        message = {}
    kind = push.type
    if kind in {"ITEM_INFO", "ITEM_STATE"}:
        return (Happening("product", str(push.id)),)
    if kind == "ITEM_SKU_INFO" or kind.startswith("youzan_item_"):
        return (Happening("stock", str(push.id)),)
    if kind.startswith(("trade_", "youzan_trade_")):
        tid = str(message.get("tid") or push.id)
        return (Happening("conversion", tid, conversion=_told_sale(message) if reliable else None),)
    return (Happening("other", str(push.id)),)


def _told_sale(message: Mapping[str, Any]) -> Conversion | None:
    """The sale of a message that brings the whole trade along, as those of payment do."""
    try:
        return sale(shaped(SOURCE, without_nulls(message), Held).full_order_info)
    except SourceError:
        return None
