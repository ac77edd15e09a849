"""What follows after the sale from what a supplier says: that it won't send, or gave money back."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from yellowcart.aftersales import queries, rules
from yellowcart.aftersales.actions import begin, new_case
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import ALL_REASONS, Asked
from yellowcart.aftersales.states import Kind
from yellowcart.aftersales.steps import PLATFORM, lock_case, take_step
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import TO_SHIP, Party

SPECIAL = "supplier"


@transaction.atomic
def do_open_for_supplier(
    *, shop_id: UUID, order_id: UUID, line_nos: set[int], words: str, at_once: bool = False
) -> Case | None:
    """Ask the shop, in the buyer's stead, for the money of lines that the supplier gave back.

    ``at_once`` where the supplier had taken them and cancelled before it sent anything: the money
    goes back now, also where the buyer had asked for it. Else the shop answers in its usual time:
    it gives the money back, or sends the goods from elsewhere. None where nothing of them is to be
    sent any more, or a case is open already.
    """
    order = lock_order(shop_id, order_id)
    if order.state not in TO_SHIP:
        return None
    if at_once:
        _grant_what_was_asked(order, line_nos)
    busy = queries.open_cases_of(order)
    amounts = {}
    for line in lines_of([order]).get(order.id, []):
        if line.line_no in line_nos and line.unsent and line.line_no not in busy:
            reason = rules.SHOPS_REASONS["cannot_send"]
            asked = Asked(line.unsent)
            facts = queries.facts_of(line)
            amount = rules.check_line(facts, asked, Kind.REFUND_ONLY, reason)
            amounts[line.line_no] = (line.unsent, amount)
    if not amounts:
        return None
    case = _ask(order, "cannot_send", amounts, words)
    if at_once:
        take_step(case, order, "grant", PLATFORM)
    return case


def _ask(order: Order, reason: str, amounts: Mapping[int, tuple[int, int]], words: str) -> Case:
    sums = {line_no: amount for line_no, (_count, amount) in amounts.items()}
    case = new_case(order, Kind.REFUND_ONLY, reason, sums, words)
    case.special = SPECIAL
    begin(case, order, amounts, None, party=Party.PLATFORM)
    return case


def _grant_what_was_asked(order: Order, line_nos: set[int]) -> None:
    """What a buyer waits for an answer about, of goods that won't be sent, goes back now."""
    for line_no, case_id in queries.open_cases_of(order).items():
        if line_no not in line_nos:
            continue
        case, _order = lock_case(Case.objects.get(shop_id=order.shop_id, id=case_id))
        waits = case.state == "awaiting_seller" and case.kind == Kind.REFUND_ONLY
        if waits and not ALL_REASONS[case.reason].is_sent:
            take_step(case, order, "grant", PLATFORM)


@transaction.atomic
def do_ask_for_supplier(
    *, shop_id: UUID, order_id: UUID, amounts: Mapping[int, int], words: str
) -> Case | None:
    """Ask the shop, in the buyer's stead, for money that the supplier gave back; by line number.

    The goods stay where they are, or are still to come. None where a case about one of the lines
    is open, so that it is asked again later, or nothing of the money is left to ask for.
    """
    order = lock_order(shop_id, order_id)
    if set(queries.open_cases_of(order)) & set(amounts):
        return None
    found = {}
    for line in lines_of([order]).get(order.id, []):
        facts = queries.facts_of(line)
        pieces = facts.with_buyer or facts.unsent
        # All that unsent pieces cost goes back with the pieces, which is another question.
        most = facts.most_minor(pieces) - (0 if facts.with_buyer else 1)
        amount = min(amounts.get(line.line_no, 0), most)
        if pieces and amount > 0:
            found[line.line_no] = (pieces, amount)
    return _ask(order, "supplier_refunded", found, words) if found else None


@transaction.atomic
def do_send_after_all(*, shop_id: UUID, order_id: UUID, line_nos: set[int]) -> int:
    """The goods of these lines are sent after all: what was asked in the buyer's stead, because
    they would not be, is asked no more. How many cases were closed."""
    order = lock_order(shop_id, order_id)
    closed = 0
    for line_no, case_id in queries.open_cases_of(order).items():
        case, _order = lock_case(Case.objects.get(shop_id=shop_id, id=case_id))
        mine = line_no in line_nos and case.special == SPECIAL and case.reason == "cannot_send"
        if mine and case.state in {"awaiting_seller", "refused"}:
            take_step(case, order, "send_after_all", PLATFORM)
            closed += 1
    return closed
