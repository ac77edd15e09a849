"""What Kuaishou answers and pushes, by the names it uses, and what it means here.

Prices are in fen, times Unix milliseconds; 0 is no time.
"""

import json
from typing import Any, Final, Literal

import msgspec

from yellowcart.sources.connector import Conversion, Happening, Level, SourceError
from yellowcart.sources.connectors.answers import checked, pieces
from yellowcart.sources.connectors.mainland import Text, of_ms
from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

SOURCE: Final = "kuaishou"


class Token(msgspec.Struct):
    """Tokens; they live 48 hours and 180 days where nothing else is said."""

    access_token: str
    refresh_token: str = ""
    expires_in: int = 172_800
    refresh_token_expires_in: int = 15_552_000
    open_id: Text = ""


class Property(msgspec.Struct, rename="camel"):
    """One value of a variant, such as 颜色: 红."""

    prop_name: str = ""
    prop_value_name: str = ""


class WareSku(msgspec.Struct, rename="camel"):
    """A variant of a product."""

    kwai_sku_id: int
    sku_sale_price: int
    sku_stock: int = 0
    specification: str = ""
    sku_nick: Text = ""
    gtin_code: Text = ""
    image_url: str = ""
    is_valid: int = 1
    update_time: int = 0
    sku_prop: list[Property] = []


class Ware(msgspec.Struct, rename="camel"):
    """A product. ``auditStatus``: 0 waiting, 1 to be edited, 2 passed, 3 refused; ``shelfStatus``:
    1 on the shelf; ``itemStatus``: 1 there, 2 and 3 deleted by the host and by the system."""

    kwai_item_id: int
    title: str
    details: str = ""
    category_name: str = ""
    image_urls: list[str] = []
    main_image_url: str = ""
    audit_status: int = 2
    shelf_status: int = 1
    item_status: int = 1
    update_time: int = 0
    sku_list: list[WareSku] = []

    @property
    def on_sale(self) -> bool:
        """Whether buyers can see it."""
        return self.audit_status == 2 and self.shelf_status == 1 and self.item_status == 1


class Items(msgspec.Struct, rename="camel"):
    """A page of products."""

    items: list[Ware] = []
    total_page: int = 0
    total_item_count: int = 0


class OrderBase(msgspec.Struct, rename="camel"):
    """An order of the shop: 10 unpaid, 30 paid, 40 sent, 50 signed for, 70 done, 80 failed."""

    oid: Text
    status: int
    create_time: int
    total_fee: int = 0
    update_time: int = 0
    pay_time: int = 0
    send_time: int = 0
    recv_time: int = 0


class ShopOrder(msgspec.Struct, rename="camel"):
    """An order in the wrapping it comes in."""

    order_base_info: OrderBase


class ShopOrders(msgspec.Struct, rename="camel"):
    """A page of the shop's orders."""

    order_list: list[ShopOrder] = []
    cursor: str = ""


class PromotedItem(msgspec.Struct, rename="camel"):
    """What was bought through a link; ``comments`` are what the link was made with."""

    oid: Text = ""
    comments: Text = ""
    payment_fee: int = 0
    estimated_income: int = 0


class PromotedOrder(msgspec.Struct, rename="camel"):
    """An order of a promotion: 30 paid, 50 received, 60 settled, 80 not valid any more."""

    cps_order_status: int
    oid: Text = ""
    order_create_time: int = 0
    create_time: int = 0
    pay_time: int = 0
    update_time: int = 0
    settlement_amount: int = 0
    cps_kwaimoney_order_product_view: list[PromotedItem] = []


class Promoted(msgspec.Struct, rename="camel"):
    """A page of a promotion's orders."""

    order_list: list[PromotedOrder] = []
    pcursor: str = ""


class LinkMade(msgspec.Struct, rename="camel"):
    """A link of a promotion, and its share code (口令)."""

    link_url: str = ""
    link_code: str = ""


class Envelope(msgspec.Struct, rename="camel"):
    """A decrypted message; ``info`` is JSON in a text."""

    event: str
    app_key: str = ""
    event_id: Text = ""
    msg_id: Text = ""
    biz_id: Text = ""
    open_id: Text = ""
    info: str = ""
    test: bool = False


_SHOP_STATES: Final[dict[int, Literal[12, 13, 14]]] = {30: 12, 40: 12, 50: 12, 70: 14, 80: 13}
_PROMOTED_STATES: Final[dict[int, Literal[12, 13, 14, 3]]] = {30: 12, 50: 14, 60: 3, 80: 13}


def draft(ware: Ware) -> Item:
    """A product as the house takes it over, or why it can't."""
    valid = [sku for sku in ware.sku_list if sku.is_valid]
    said = [(sku, {one.prop_name: one.prop_value_name for one in sku.sku_prop}) for sku in valid]
    names = tuple(dict.fromkeys(name for _sku, values in said for name in values))
    if not names and len(valid) > 1:
        names = ("规格",)
        said = [(sku, {"规格": sku.specification}) for sku in valid]
    return checked(
        ProductDraft(
            key=str(ware.kwai_item_id),
            line=0,
            title=ware.title,
            skus=tuple(
                SkuDraft(
                    key=str(sku.kwai_sku_id),
                    line=0,
                    price_minor=sku.sku_sale_price,
                    options=tuple(values.get(name, "") for name in names),
                    code=str(sku.sku_nick),
                    barcode=str(sku.gtin_code),
                    image_url=sku.image_url,
                    stock=pieces(sku.sku_stock),
                )
                for sku, values in said
            ),
            description_html=ware.details,
            category=ware.category_name,
            images=tuple(ware.image_urls or [ware.main_image_url]),
            option_names=names,
            published=ware.on_sale,
        )
    )


def levels(ware: Ware) -> list[Level]:
    """Stock and price of each of its variants."""
    return [
        Level(
            str(ware.kwai_item_id),
            str(sku.kwai_sku_id),
            pieces(sku.sku_stock) if sku.is_valid else 0,
            sku.sku_sale_price,
        )
        for sku in ware.sku_list
    ]


def shop_sale(order: OrderBase) -> Conversion | None:
    """An order of the shop as a sale; ``None`` where it was never paid."""
    status = _SHOP_STATES.get(order.status)
    if status is None or (status == 13 and not order.pay_time):
        return None
    return Conversion(
        order_id=str(order.oid),
        status=status,
        amount_minor=_amount(order.total_fee),
        ordered_at=_at(order.create_time),
        updated_at=_at(
            order.update_time
            or max(order.create_time, order.pay_time, order.send_time, order.recv_time)
        ),
    )


def promoted_sale(order: PromotedOrder) -> Conversion | None:
    """An order of a promotion as a sale, with the click that led to it."""
    status = _PROMOTED_STATES.get(order.cps_order_status)
    if status is None:
        return None
    items = order.cps_kwaimoney_order_product_view
    oid = order.oid or next((item.oid for item in items if item.oid), "")
    ordered = order.order_create_time or order.create_time or order.pay_time
    income = sum(item.estimated_income for item in items)
    if not oid or not ordered:
        raise SourceError(SOURCE, "an order without its id or time", code="malformed")
    return Conversion(
        order_id=str(oid),
        status=status,
        amount_minor=_amount(sum(item.payment_fee for item in items)),
        ordered_at=_at(ordered),
        updated_at=_at(max(ordered, order.pay_time, order.update_time)),
        click_id=next((said for item in items if (said := str(item.comments).strip("-"))), ""),
        commission_minor=_amount(order.settlement_amount if status == 3 else income),
    )


def happenings(envelope: Envelope) -> tuple[Happening, ...]:
    """What a message tells, as hints to ask again."""
    kind = envelope.event
    key = str(_info(envelope).get("oid") or envelope.biz_id)
    if kind.startswith(("kwaishop_order_", "kwaishop_aftersales_")):
        return (Happening("conversion", key),)
    return (Happening("other", str(envelope.biz_id)),)


def _info(envelope: Envelope) -> dict[str, Any]:
    try:
        info = json.loads(envelope.info or "{}")
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def _amount(fen: int) -> int:
    if fen < 0:
        raise SourceError(SOURCE, f"{fen} is no amount", code="malformed")
    return fen


def _at(milliseconds: int) -> Any:
    try:
        return of_ms(milliseconds)
    except ValueError as error:
        raise SourceError(SOURCE, str(error), code="malformed") from error
