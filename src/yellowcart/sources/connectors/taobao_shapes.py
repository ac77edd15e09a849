"""What Taobao Alliance's calls answer, as its documentation names it, and what it means here.

Amounts are text in yuan, times are Beijing's.
"""

from datetime import datetime
from typing import Final

import msgspec

from yellowcart.sources.connector import Conversion, SourceError
from yellowcart.sources.connectors.mainland import Text, beijing, fen

SOURCE: Final = "taobao"


class Order(msgspec.Struct):
    """One row of ``tbk.order.details.get``: an order's item that a link of ours led to.

    ``tk_status``: 12 paid, 14 received, 3 settled, 13 closed. ``trade_id`` is the item's own
    number, ``trade_parent_id`` the one that the buyer sees. ``adzone_id`` is the promotion place
    whose link it was.
    """

    trade_id: Text
    tk_status: int
    tk_create_time: str
    tk_paid_time: str = ""
    tk_earning_time: str = ""
    modified_time: str = ""
    alipay_total_price: Text = "0"
    pay_price: Text = "0"
    pub_share_pre_fee: Text = "0"
    pub_share_fee: Text = "0"
    item_id: Text = ""
    adzone_id: Text = ""


class Orders(msgspec.Struct):
    """The rows in the wrapping they come in."""

    publisher_order_dto: list[Order] = []


class OrderPage(msgspec.Struct):
    """A page; ``position_index`` has to be handed back for the next one."""

    results: Orders = msgspec.field(default_factory=Orders)
    has_next: bool = False
    position_index: str = ""


class Refund(msgspec.Struct):
    """One row of ``tbk.relation.refund``. ``refund_status``: 4 begun, 2 granted, 3 refused,
    11 several, 12 and 14 money awaited, 13 taken back from us, 15 from the seller."""

    tb_trade_id: Text
    refund_status: int
    tb_trade_create_time: str
    modified_time: str = ""
    tk_refund_suit_time: str = ""
    refund_fee: Text = "0"
    tb_trade_finish_price: Text = "0"
    pub_share_fee: Text = ""
    tk_commission_fee_refund: Text = ""
    tk_subsidy_fee_refund: Text = ""


class Refunds(msgspec.Struct):
    """The rows in the wrapping they come in."""

    result: list[Refund] = []


class RefundPage(msgspec.Struct):
    """A page of refunds, which says how many there are in all."""

    results: Refunds = msgspec.field(default_factory=Refunds)
    total_count: int = 0


class Parsed(msgspec.Struct):
    """What a share code stands for, with a link that pays us."""

    num_iid: Text = ""
    click_url: str = ""


class Code(msgspec.Struct):
    """A new share code."""

    model: str = ""


_GIVEN_BACK: Final = {2, 13, 15}


def sale(order: Order, place: str) -> Conversion:
    """An order's item as a sale: once received its price is what was received for. Its item is
    told where it was sold by way of the promotion ``place`` that our links are made for."""
    if order.tk_status not in {12, 13, 14, 3}:
        raise _strange(f"tk_status {order.tk_status}")
    try:
        received = fen(order.pay_price)
        done = order.tk_status in {14, 3} and received > 0
        fee = order.pub_share_fee if order.tk_status == 3 else order.pub_share_pre_fee
        return Conversion(
            order_id=str(order.trade_id),
            status=order.tk_status,  # type: ignore[arg-type]
            amount_minor=received if done else fen(order.alipay_total_price),
            ordered_at=beijing(order.tk_create_time),
            updated_at=_latest(
                order.tk_create_time, order.tk_paid_time, order.tk_earning_time, order.modified_time
            ),
            commission_minor=fen(fee),
            item_id=str(order.item_id) if str(order.adzone_id) == place else "",
        )
    except ValueError as error:
        raise _strange(str(error)) from error


def given_back(refund: Refund) -> Conversion | None:
    """A refund as what is left of its sale; ``None`` while it is open, was refused, or leaves a
    rest whose commission the row does not tell."""
    if refund.refund_status not in _GIVEN_BACK:
        return None
    try:
        price, back = fen(refund.tb_trade_finish_price), fen(refund.refund_fee)
        created = beijing(refund.tb_trade_create_time)
        updated = _latest(
            refund.tb_trade_create_time, refund.tk_refund_suit_time, refund.modified_time
        )
        if back >= price:
            return Conversion(str(refund.tb_trade_id), 13, price, created, updated)
        if not refund.pub_share_fee or not refund.tk_commission_fee_refund:
            return None
        lost = fen(refund.tk_commission_fee_refund) + fen(refund.tk_subsidy_fee_refund)
        return Conversion(
            order_id=str(refund.tb_trade_id),
            status=3,
            amount_minor=price - back,
            ordered_at=created,
            updated_at=updated,
            commission_minor=max(0, fen(refund.pub_share_fee) - lost),
        )
    except ValueError as error:
        raise _strange(str(error)) from error


def _latest(*times: str) -> datetime:
    return max(beijing(text) for text in times if text and text != "--")


def _strange(what: str) -> SourceError:
    return SourceError(SOURCE, f"not as documented: {what}", code="malformed")
