"""The shop's board: what somebody has to do, the longest waiting first."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.queries import board_of_shop, cases_of_shop
from yellowcart.connections.models import Change
from yellowcart.connections.queries import to_settle
from yellowcart.orders import lists
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.trade.cases import CaseCard, case_cards
from yellowcart.web.trade.reads import OrderCard, order_cards

FEW = 5


class Lane(NamedTuple):
    """One kind of work: how much of it there is, where all of it is, and the oldest of it."""

    name: str
    label: Promise
    icon: str
    waiting: int
    href: str
    orders: list[OrderCard]
    cases: list[CaseCard]
    changes: Iterable[Change] = ()


@shop_page()
def board(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits in the shop."""
    waits = board_of_shop(desk.account, desk.shop.id)
    context = {
        "lanes": [
            _orders(desk, "overdue", _("Overdue"), "alert", waits.overdue),
            _orders(desk, "to_ship", _("To ship"), "truck", waits.to_ship),
            _cases(desk, "awaiting_seller", _("Refunds to answer"), "refresh", waits.to_answer),
            _cases(
                desk, "awaiting_seller_receipt", _("Returns to confirm"), "box", waits.to_receive
            ),
            _cases(
                desk, "awaiting_replacement", _("Replacements to send"), "truck", waits.to_replace
            ),
            _cases(desk, "intervening", _("With the platform"), "scale", waits.before_platform),
            _settling(desk),
        ],
    }
    return show(request, desk, "merchant/todo.html", context, here="todo")


def _settling(desk: Desk) -> Lane:
    """Refunds that suppliers have to be told of by hand."""
    rows = to_settle(desk.shop.id)
    label = _("Refunds to settle with suppliers")
    return Lane("to_settle", label, "link", rows.count(), desk.url("stores"), [], [], rows[:FEW])


def _orders(desk: Desk, shelf: str, label: Promise, icon: str, count: int) -> Lane:
    cards = []
    if count:
        page = lists.shops_orders(desk.account, desk.shop.id, shelf, limit=FEW)
        cards = order_cards(page.orders, page.lines)
    return Lane(shelf, label, icon, count, f"{desk.url('orders')}?state={shelf}", cards, [])


def _cases(desk: Desk, state: str, label: Promise, icon: str, count: int) -> Lane:
    rows = []
    if count:
        rows = case_cards(cases_of_shop(desk.account, desk.shop.id, state=state, limit=FEW).cases)
    return Lane(state, label, icon, count, f"{desk.url('cases')}?state={state}", [], rows)
