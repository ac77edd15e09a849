"""What a buyer can ask about an order now, line by line; for the page that asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from yellowcart.aftersales import queries, rules
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.protecting import owed_of
from yellowcart.aftersales.queries import cases_of_order, facts_of, open_cases_of
from yellowcart.aftersales.rulepacks import installed_rules
from yellowcart.core.clock import now
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import Seen, lines_of
from yellowcart.orders.states import Party
from yellowcart.orders.timers import in_force


@dataclass(frozen=True, slots=True)
class Askable:
    """What may be asked about one line of an order.

    ``unsent`` and ``with_buyer`` are pieces, the amounts beside them what they are worth. Empty
    where a case is open about the line: ``open_case``. ``no_reason_until`` ends returns without
    a reason; None where it has not begun to run out, and see ``return_rule``.
    """

    line: OrderLine
    unsent: int
    unsent_minor: int
    with_buyer: int
    with_buyer_minor: int
    return_rule: str
    no_reason_until: datetime | None
    protected_minor: int
    open_case: UUID | None


@dataclass(frozen=True, slots=True)
class Asking:
    """An order, what may be asked about it now, and its cases, the latest first.

    ``is_instant`` says that what was not sent would be refunded at once. ``claim_until`` ends
    every claim; None where it has not begun to run out.
    """

    order: Order
    lines: list[Askable]
    cases: list[Case]
    is_instant: bool
    claim_until: datetime | None

    @property
    def is_possible(self) -> bool:
        """Whether anything can be asked about anything."""
        return any(one.unsent or one.with_buyer for one in self.lines)


def asking(seen: Seen) -> Asking:
    """What may be asked about an order that :func:`orders.queries.access_order` let somebody see.

    Empty for everybody but the buyer, who alone asks.
    """
    order, at = seen.order, now()
    sale, window = queries.sale_of(order), queries.window_of(order)
    claim_until = no_reason_until = None
    if window and sale.completed_at:
        claim_until = sale.completed_at + timedelta(days=window.claim_days)
    if window and sale.delivered_at:
        no_reason_until = sale.delivered_at + timedelta(days=window.no_reason_days)
    is_over = claim_until is not None and claim_until <= at
    is_askable = Party.BUYER in seen.parties and order.state in rules.ASKABLE and not is_over
    lines = lines_of([order]).get(order.id, [])
    ways_back = queries.return_rules(order, {line.product_id for line in lines})
    owed = owed_of(order) if Party.BUYER in seen.parties else {}
    open_cases = open_cases_of(order)
    instant = in_force(installed_rules().instants, settings.PLATFORM, at)
    return Asking(
        order=order,
        lines=[
            _askable(
                line,
                is_askable and line.line_no not in open_cases,
                ways_back[line.product_id],
                no_reason_until,
                owed.get(line.line_no, 0),
                open_cases.get(line.line_no),
            )
            for line in lines
        ],
        cases=cases_of_order(order),
        is_instant=rules.is_instant(
            instant,
            order_state=order.state,
            paid_minor=order.paid_minor,
            currency=order.currency,
        ),
        claim_until=claim_until,
    )


def _askable(
    line: OrderLine,
    is_open: bool,
    return_rule: str,
    no_reason_until: datetime | None,
    protected_minor: int,
    open_case: UUID | None,
) -> Askable:
    facts = facts_of(line)
    unsent = facts.unsent if is_open else 0
    with_buyer = facts.with_buyer if is_open else 0
    return Askable(
        line=line,
        unsent=unsent,
        unsent_minor=facts.most_minor(unsent) if unsent else 0,
        with_buyer=with_buyer,
        with_buyer_minor=facts.most_minor(with_buyer) if with_buyer else 0,
        return_rule=return_rule,
        no_reason_until=no_reason_until,
        protected_minor=protected_minor,
        open_case=open_case,
    )
