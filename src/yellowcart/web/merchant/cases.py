"""After-sales at a shop's desk: what buyers ask, and what the shop answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.aftersales import actions, evidence, goods, queries
from yellowcart.aftersales.images import LARGEST, MOST_PICTURES, check_picture
from yellowcart.aftersales.queries import SeenCase
from yellowcart.aftersales.rules import Asked
from yellowcart.core.money import parse_minor
from yellowcart.core.problems import Problem
from yellowcart.orders.queries import access_order
from yellowcart.orders.rules import ADDRESS_PARTS
from yellowcart.web.backoffice.replies import told
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.merchant.orders import ADDRESS, CARRIERS
from yellowcart.web.trade.cases import case_cards, case_context

PAGE = 30

TABS: tuple[tuple[str, Promise], ...] = (
    ("awaiting_seller", _("To answer")),
    ("awaiting_seller_receipt", _("Returns to confirm")),
    ("awaiting_replacement", _("Replacements to send")),
    ("intervening", _("With the platform")),
    ("", _("All")),
)


def access_shops_case(desk: Desk, case_id: UUID) -> SeenCase:
    """A case of this shop; ``case_not_found`` for another's."""
    seen = queries.access_case(desk.account, case_id)
    if seen.case.shop_id != desk.shop.id:
        raise queries.case_not_found()
    return seen


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the shop was asked for: what waits with the longest waiting first."""
    state = request.GET.get("state", "awaiting_seller")
    page = queries.cases_of_shop(
        desk.account, desk.shop.id, state=state, cursor=request.GET.get("after", ""), limit=PAGE
    )
    context = {
        "rows": case_cards(page.cases),
        "next_cursor": page.next_cursor,
        "state": state,
        "tabs": TABS,
    }
    return show(request, desk, "merchant/cases.html", context, here="cases")


@shop_page()
def detail(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """One case of the shop."""
    seen = access_shops_case(desk, case_id)
    return_to = seen.case.return_to or queries.latest_return_address(desk.shop.id)
    context = case_context(seen) | {
        "as": "seller",
        "carriers": CARRIERS,
        "may_answer": desk.may("refund"),
        "may_restock": seen.may_restock,
        "return_fields": [
            (part, ADDRESS[part], return_to.get(part, ""), part in {"name", "phone", "address"})
            for part in ADDRESS_PARTS
            if part != "note"
        ],
    }
    return show(request, desk, "merchant/case.html", context, here="cases")


@require_POST
@shop_page("refund")
def give(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """Give money back without being asked, for one line of an order."""
    data, order = request.POST, access_order(desk.account, order_id, shop_id=desk.shop.id).order
    with told(request, _("Done: the money goes back.")):
        actions.do_give(
            actor=desk.account,
            order_id=order_id,
            reason=data.get("reason", ""),
            lines={
                _number(data.get("line", "")): Asked(
                    _number(data.get("pieces", "")),
                    _amount(data.get("amount", ""), order.currency)
                    if data.get("reason") == "goodwill"
                    else None,
                )
            },
            words=data.get("words", ""),
        )
    return redirect(desk.url("order", order_id=order_id))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _amount(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_minor(text.replace(",", ""), currency)
    except ValueError as error:
        raise Problem(
            "amount_unreadable", 422, _("Write the amount like 12.50, without a currency sign.")
        ) from error


Verb = Callable[[Desk, UUID, HttpRequest], Any]


def _agree(desk: Desk, case_id: UUID, request: HttpRequest) -> None:
    given = {part: request.POST.get(part, "") for part in ADDRESS_PARTS}
    actions.do_agree(
        actor=desk.account,
        case_id=case_id,
        return_to=given if any(given.values()) else None,
        words=request.POST.get("words", ""),
    )


def _refuse(desk: Desk, case_id: UUID, request: HttpRequest) -> None:
    words = request.POST.get("words", "")
    actions.do_refuse(actor=desk.account, case_id=case_id, words=words)


def _take_back(desk: Desk, case_id: UUID, _request: HttpRequest) -> None:
    actions.do_take_back(actor=desk.account, case_id=case_id)


def _dispute(desk: Desk, case_id: UUID, request: HttpRequest) -> None:
    words = request.POST.get("words", "")
    actions.do_dispute_return(actor=desk.account, case_id=case_id, words=words)


def _replace(desk: Desk, case_id: UUID, request: HttpRequest) -> None:
    goods.do_replace(
        actor=desk.account,
        case_id=case_id,
        carrier=request.POST.get("carrier", ""),
        tracking_no=request.POST.get("tracking_no", ""),
    )


def _refund_instead(desk: Desk, case_id: UUID, _request: HttpRequest) -> None:
    actions.do_refund_instead(actor=desk.account, case_id=case_id)


def _restock(desk: Desk, case_id: UUID, _request: HttpRequest) -> None:
    goods.do_restock(actor=desk.account, case_id=case_id)


def _show(desk: Desk, case_id: UUID, request: HttpRequest) -> None:
    for file in request.FILES.getlist("pictures")[:MOST_PICTURES]:
        # One byte more than allowed is enough to know that it is too large.
        data = file.read(LARGEST + 1)
        check_picture(data)
        evidence.do_add_picture(actor=desk.account, case_id=case_id, data=data)


#: The shop's steps by their address, and what is said when one was taken.
STEPS: dict[str, tuple[Verb, Promise | str]] = {
    "agree": (_agree, _("Agreed. The buyer sees it.")),
    "refuse": (_refuse, _("Refused. The buyer reads why, and may ask the platform to decide.")),
    "take-back": (_take_back, _("Noted: the goods are back.")),
    "dispute": (_dispute, _("The platform reads both sides and decides.")),
    "replace": (_replace, _("Noted: the replacement is on its way.")),
    "refund-instead": (_refund_instead, _("Done: the money goes back.")),
    "restock": (_restock, _("Done: the pieces are on the shelves again.")),
    "pictures": (_show, _("Added.")),
}


@require_POST
@shop_page()
def step(request: HttpRequest, desk: Desk, case_id: UUID, verb: str) -> HttpResponse:
    """Take one of :data:`STEPS`; the verbs themselves ask what the member's role allows."""
    access_shops_case(desk, case_id)
    take, done = STEPS[verb]
    with told(request, done):
        take(desk, case_id, request)
    return redirect(desk.url("case", case_id=case_id))
