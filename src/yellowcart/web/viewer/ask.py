"""The dialogue in which a buyer asks for money back, a return or an exchange."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yellowcart.aftersales import actions, evidence, protecting, queries
from yellowcart.aftersales.asking import Askable, Asking, asking
from yellowcart.aftersales.images import LARGEST, MOST_PICTURES, check_picture
from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.rules import LONGEST_WORDS, REASONS, RETURN_RULE_WORDS, Asked
from yellowcart.aftersales.states import KIND_WORDS, Kind
from yellowcart.core.money import parse_minor
from yellowcart.core.problems import Problem
from yellowcart.orders.models import Order
from yellowcart.orders.queries import access_order, lines_of
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.web.backoffice.fields import MoneyField
from yellowcart.web.backoffice.replies import is_mendable, sentence
from yellowcart.web.trade.reads import LineCard, order_cards
from yellowcart.web.trade.words import KINDS_EXPLAINED

#: Of a line with more pieces the page does not work out what each number of them is worth.
MOST_WORKED_OUT = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A line to choose, with what was chosen of it."""

    card: LineCard
    askable: Askable
    chosen: bool
    quantity: int
    amount: str
    worth: str

    @property
    def most(self) -> int:
        """The most pieces that can be asked about."""
        return max(self.askable.unsent, self.askable.with_buyer)

    @property
    def rule(self) -> str:
        """How the goods may be given back."""
        return str(RETURN_RULE_WORDS.get(self.askable.return_rule, ""))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Ask about an order; ``?line=`` is chosen already."""
    buyer = access_person(request.user)
    seen = access_order(buyer, order_id)
    found = asking(seen)
    if request.method == "POST":
        try:
            case = _open(buyer, seen.order, request)
        except Problem as problem:
            if not is_mendable(problem):
                raise
            return _page(request, found, sentence(problem), None)
        _tell(request, case)
        return redirect(reverse("viewer:case", args=[case.id]))
    return _page(request, found, "", None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask for something else in a case that the shop has not answered, or has refused."""
    buyer = access_person(request.user)
    seen = queries.access_case(buyer, case_id)
    case = seen.case
    order_seen = access_order(buyer, case.order_id, shop_id=case.shop_id)
    found = asking(order_seen)
    problem = ""
    if request.method == "POST":
        try:
            actions.do_change(
                actor=buyer, case_id=case.id, **_asked(request, order_seen.order, case)
            )
        except Problem as refusal:
            if not is_mendable(refusal):
                raise
            problem = sentence(refusal)
        else:
            messages.success(request, _("Changed. The shop answers what you ask for now."))
            return redirect(reverse("viewer:case", args=[case.id]))
    elif "change" not in seen.steps:
        return redirect(reverse("viewer:case", args=[case.id]))
    return _page(request, found, problem, case)


@require_POST
def protect(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Get back by how much a protected price fell."""
    buyer = access_person(request.user)
    try:
        case = protecting.do_protect_price(actor=buyer, order_id=order_id)
    except Problem as problem:
        if not is_mendable(problem):
            raise
        messages.warning(request, sentence(problem))
        return redirect(reverse("viewer:order", args=[order_id]))
    return redirect(reverse("viewer:case", args=[case.id]))


def read_pictures(request: HttpRequest) -> list[bytes]:
    """The pictures a form sent, each checked before anything is written."""
    found = []
    for file in request.FILES.getlist("pictures")[:MOST_PICTURES]:
        # One byte more than allowed is enough to know that it is too large.
        data = file.read(LARGEST + 1)
        check_picture(data)
        found.append(data)
    return found


def _open(buyer: Account, order: Order, request: HttpRequest) -> Case:
    pictures = read_pictures(request)
    case = actions.do_open(actor=buyer, order_id=order.id, **_asked(request, order, None))
    if case.closed_at is None:
        for data in pictures:
            evidence.do_add_picture(actor=buyer, case_id=case.id, data=data)
    return case


def _tell(request: HttpRequest, case: Case) -> None:
    if case.special == "instant":
        messages.success(request, _("Done: your money is on its way back."))
    else:
        messages.success(request, _("Asked. The shop answers here."))


def _asked(request: HttpRequest, order: Order, case: Case | None) -> dict[str, Any]:
    """What the form says, for the verbs; :class:`Problem` 422 where it can't be read."""
    data = request.POST
    reason = data.get("reason", "")
    known = REASONS.get(reason)
    try:
        kind = Kind(data.get("kind", ""))
    except ValueError as error:
        raise Problem("kind_unknown", 422, _("Choose what you ask for.")) from error
    # What was never sent goes back whole: its amount is not the buyer's to say.
    takes_amount = known is not None and known.is_sent and kind != Kind.EXCHANGE
    chosen = [int(number) for number in data.getlist("line") if number.isdecimal()]
    return {
        "kind": kind,
        "reason": reason,
        "lines": {number: _of_line(data, number, order, takes_amount) for number in chosen},
        "words": data.get("words", "")[:LONGEST_WORDS],
        "is_intact": data.get("intact") == "yes",
    }


def _of_line(data: Mapping[str, str], number: int, order: Order, takes_amount: bool) -> Asked:
    pieces = data.get(f"pieces-{number}", "")
    quantity = int(pieces) if pieces.isdecimal() and len(pieces) < 7 else 0
    text = data.get(f"amount-{number}", "").replace(",", "").replace("，", "").strip()
    if not takes_amount or not text:
        return Asked(quantity)
    try:
        return Asked(quantity, parse_minor(text, order.currency))
    except ValueError as error:
        raise Problem(
            "amount_unreadable", 422, _("Write the amount like 12.50, without a currency sign.")
        ) from error


def _page(request: HttpRequest, found: Asking, problem: str, case: Case | None) -> HttpResponse:
    order = found.order
    askables = _askables(found, case)
    choices = _choices(request, order, askables, case)
    sent = any(one.with_buyer for one in askables)
    unsent = any(one.unsent for one in askables)
    reasons = {code: one for code, one in REASONS.items() if (sent if one.is_sent else unsent)}
    kinds = [kind for kind in Kind if any(kind in one.kinds for one in reasons.values())]
    kind = request.POST.get("kind") or (case.kind if case else "")
    context = {
        "order": order,
        "case": case,
        "choices": choices,
        "kinds": [(one.value, KIND_WORDS[one], KINDS_EXPLAINED[one]) for one in kinds],
        "kind": kind if kind in set(kinds) else next(iter(kinds), ""),
        "reasons": [
            (code, one.words, " ".join(sorted(one.kinds)), "sent" if one.is_sent else "unsent")
            for code, one in reasons.items()
        ],
        "reason": request.POST.get("reason") or (case.reason if case else ""),
        "words": request.POST.get("words") or (case.words if case else ""),
        "intact": request.POST.get("intact") == "yes" or bool(case and case.is_intact),
        "no_reason_until": next((one.no_reason_until for one in askables), None),
        "is_instant": found.is_instant and not sent,
        "claim_until": found.claim_until,
        "problem": problem,
        "most_pictures": MOST_PICTURES,
        "longest": LONGEST_WORDS,
        "shop": order_cards([order], {})[0].shop,
    }
    return render(request, "viewer/ask.html", context, status=422 if problem else 200)


def _askables(found: Asking, case: Case | None) -> list[Askable]:
    """The lines about which something can be asked: those of the changed case too."""
    if case is None:
        return [one for one in found.lines if one.unsent or one.with_buyer]
    freed = [_freed(one) if one.open_case == case.id else one for one in found.lines]
    return [one for one in freed if one.unsent or one.with_buyer]


def _freed(one: Askable) -> Askable:
    """A line as it is once the case about it is out of the way."""
    facts = queries.facts_of(one.line)
    return replace(
        one,
        unsent=facts.unsent,
        unsent_minor=facts.most_minor(facts.unsent) if facts.unsent else 0,
        with_buyer=facts.with_buyer,
        with_buyer_minor=facts.most_minor(facts.with_buyer) if facts.with_buyer else 0,
        open_case=None,
    )


def _choices(
    request: HttpRequest, order: Order, askables: list[Askable], case: Case | None
) -> list[Choice]:
    lines = lines_of([order]).get(order.id, [])
    cards = {row.line.line_no: row for row in order_cards([order], {order.id: lines})[0].lines}
    wanted = set(request.POST.getlist("line")) or {request.GET.get("line", "")}
    in_case = _lines_of(case) if case else {}
    choices = []
    for one in askables:
        number = one.line.line_no
        most = max(one.unsent, one.with_buyer)
        asked = in_case.get(number)
        quantity = request.POST.get(f"pieces-{number}", "")
        worth = _worth(one)
        amount = MoneyField(currency=order.currency).prepare_value(
            asked.amount_minor if asked else max(one.unsent_minor, one.with_buyer_minor)
        )
        chosen = str(number) in wanted or len(askables) == 1
        if asked and not request.POST:
            chosen = True
        choices.append(
            Choice(
                card=cards[number],
                askable=one,
                chosen=chosen,
                quantity=int(quantity)
                if quantity.isdecimal()
                else (asked.quantity if asked else most),
                amount=request.POST.get(f"amount-{number}", amount),
                worth=json.dumps(worth),
            )
        )
    return choices


def _lines_of(case: Case) -> dict[int, CaseLine]:
    rows = CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id)
    return {row.line_no: row for row in rows}


def _worth(one: Askable) -> dict[str, list[int]]:
    """What 1, 2, … pieces are worth in minor units, of those sent and of those not sent."""
    facts = queries.facts_of(one.line)

    def of(pieces: int) -> list[int]:
        return [facts.most_minor(count) for count in range(1, min(pieces, MOST_WORKED_OUT) + 1)]

    return {"sent": of(one.with_buyer), "unsent": of(one.unsent)}
