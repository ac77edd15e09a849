"""What follows after the sale where a supplier will not send what was sold."""

from uuid import UUID

from django.db import transaction

from yellowcart.aftersales import queries, rules
from yellowcart.aftersales.actions import begin, new_case
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.orders.actions import lock_order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import TO_SHIP, Party


@transaction.atomic
def do_open_for_supplier(
    *, shop_id: UUID, order_id: UUID, line_nos: set[int], words: str
) -> Case | None:
    """Ask the shop, in the buyer's stead, for the money of lines that the supplier gave back.

    The shop answers in its usual time: it gives the money back, or refuses and sends the goods
    from elsewhere. None where nothing of them is to be sent any more, or a case is open already.
    """
    order = lock_order(shop_id, order_id)
    if order.state not in TO_SHIP:
        return None
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
    sums = {line_no: amount for line_no, (_count, amount) in amounts.items()}
    case = new_case(order, Kind.REFUND_ONLY, "cannot_send", sums, words)
    begin(case, order, amounts, None, party=Party.PLATFORM)
    return case
