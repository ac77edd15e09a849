"""Orders as the platform sees them, found by number, shop or buyer; and the cases to decide."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.aftersales import deciding, queries
from yellowcart.core.money import parse_minor
from yellowcart.core.problems import Problem
from yellowcart.orders import lists
from yellowcart.orders.queries import access_order, order_not_found, whole_order
from yellowcart.orders.rules import ADDRESS_PARTS
from yellowcart.orders.states import STATE_WORDS
from yellowcart.payments.queries import refunds_of
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.models import Account
from yellowcart.settlement.queries import shares_of_order
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import find_shop
from yellowcart.web.backoffice.replies import is_mendable, sentence
from yellowcart.web.trade.cases import case_cards, case_context
from yellowcart.web.trade.money import share_rows
from yellowcart.web.trade.reads import order_cards, whole_context

PAGE = 40


class Search(NamedTuple):
    """What the form asked for, and whom it named; ``problem`` where it named nobody."""

    shop: Shop | None = None
    buyer: Account | None = None
    problem: str = ""


def _search(shop_text: str, buyer_text: str) -> Search:
    shop = find_shop(shop_text) if shop_text else None
    if shop_text and shop is None:
        return Search(problem=_("There is no such shop. Check its id or handle."))
    buyer = find_account(buyer_text) if buyer_text else None
    if buyer_text and buyer is None:
        return Search(problem=_("Nobody has this handle, user name or id."))
    return Search(shop, buyer)


def find_account(text: str) -> Account | None:
    """The account with this handle, user name or id."""
    text = text.removeprefix("@")
    try:
        return Account.objects.filter(id=UUID(text)).first()
    except ValueError:
        found = Account.objects.filter(handle=text).first()
        return found or Account.objects.filter(username=text).first()


@operator_page
def orders(request: HttpRequest) -> HttpResponse:
    """Search: a number leads to its order, a shop or a buyer to theirs."""
    operator = access_operator(request.user)
    asked = {name: request.GET.get(name, "").strip() for name in ("id", "shop", "buyer", "state")}
    problem = ""
    if asked["id"]:
        try:
            found = access_order(operator, UUID(asked["id"]))
            return redirect("operator:order", order_id=found.order.id)
        except (ValueError, Problem):
            problem = sentence(order_not_found())
    named = _search(asked["shop"], asked["buyer"])
    page = None
    if named.shop or named.buyer:
        page = lists.found_orders(
            operator,
            shop_id=named.shop.id if named.shop else None,
            buyer_id=named.buyer.id if named.buyer else None,
            state=asked["state"] if asked["state"] in STATE_WORDS else "",
            cursor=request.GET.get("after", ""),
            limit=PAGE,
        )
    context = {
        "asked": asked,
        "problem": problem or named.problem,
        "states": STATE_WORDS.items(),
        "cards": order_cards(page.orders, page.lines) if page else [],
        "searched": page is not None,
        "next_cursor": page.next_cursor if page else None,
    }
    return render(request, "operator/orders.html", context)


@operator_page
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order with everything that hangs on it; the address is masked."""
    seen = access_order(access_operator(request.user), order_id)
    found = seen.order
    context = whole_context(whole_order(seen)) | {
        "balance_minor": found.amount_minor - found.deposit_minor,
        "buyer": Account.objects.filter(id=found.buyer_id).first(),
        "creator": found.creator_id and Account.objects.filter(id=found.creator_id).first(),
        "address": [seen.ship_to[part] for part in ADDRESS_PARTS if part in seen.ship_to],
        "refunds": refunds_of(found.shop_id, found.id),
        "cases": queries.cases_of_order(found),
        "shares": share_rows(shares_of_order(found.shop_id, found.id)),
        "currency": found.currency,
    }
    return render(request, "operator/order.html", context)


@operator_page
def cases(request: HttpRequest) -> HttpResponse:
    """What the platform is to decide, the longest waiting first."""
    operator = access_operator(request.user)
    page = queries.interventions(operator, cursor=request.GET.get("after", ""))
    context = {"rows": case_cards(page.cases), "next_cursor": page.next_cursor}
    return render(request, "operator/cases.html", context)


@operator_page
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case with what both sides said and showed."""
    return _case_page(request, case_id, "")


def _case_page(request: HttpRequest, case_id: UUID, problem: str) -> HttpResponse:
    seen = queries.access_case(access_operator(request.user), case_id)
    return_to = seen.case.return_to or queries.latest_return_address(seen.case.shop_id)
    context = case_context(seen) | {
        "as": "operator",
        "return_to": return_to,
        "problem": problem,
        "posted": request.POST,
    }
    return render(request, "operator/case.html", context, status=422 if problem else 200)


@require_POST
@operator_page
def decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Decide a case, or take it over before anybody asked."""
    operator = access_operator(request.user)
    data = request.POST
    decision, words = data.get("decision", ""), data.get("words", "")
    try:
        if decision == "step_in":
            deciding.do_step_in(actor=operator, case_id=case_id, words=words)
        else:
            deciding.do_decide(
                actor=operator,
                case_id=case_id,
                decision=decision,
                words=words,
                amount_minor=_amount(data.get("amount", ""), operator, case_id)
                if decision == "refund"
                else None,
                return_to=_address(data),
            )
    except Problem as problem:
        if not is_mendable(problem):
            raise
        return _case_page(request, case_id, sentence(problem))
    if decision == "step_in":
        messages.success(request, _("The case is with the platform now."))
        return redirect("operator:case", case_id=case_id)
    messages.success(request, _("Decided; both sides can read it now."))
    return redirect("operator:cases")


def _amount(text: str, operator: Account, case_id: UUID) -> int | None:
    if not text.strip():
        return None
    currency = queries.access_case(operator, case_id).case.currency
    try:
        return parse_minor(text.replace(",", ""), currency)
    except ValueError as error:
        raise Problem(
            "amount_unreadable", 422, _("Write the amount like 12.50, without a currency sign.")
        ) from error


def _address(data: Mapping[str, str]) -> dict[str, str] | None:
    given = {part: data.get(part, "").strip() for part in ADDRESS_PARTS}
    return {part: text for part, text in given.items() if text} or None
