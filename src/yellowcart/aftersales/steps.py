"""Taking a step of a case: the state, the deadline that follows, the money, the history."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from yellowcart.aftersales import events, queries
from yellowcart.aftersales.models import Case, CaseEvent, CaseLine
from yellowcart.aftersales.rulepacks import installed_rules
from yellowcart.aftersales.rules import ALL_REASONS, LONGEST_WORDS, LineFacts, deadline_of
from yellowcart.aftersales.states import ENDS, GIVES_MONEY, Kind, check_step
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.orders import refunding
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.refunding import Back
from yellowcart.orders.states import Party

PLATFORM = frozenset({Party.PLATFORM})


def lock_case(case: Case) -> tuple[Case, Order]:
    """The case and its order, locked until the transaction ends, the order first."""
    order = lock_order(case.shop_id, case.order_id)
    locked = Case.objects.select_for_update(no_key=True).get(shop_id=case.shop_id, id=case.id)
    return locked, order


def take_step(
    case: Case,
    order: Order,
    verb: str,
    parties: frozenset[Party],
    *,
    actor_id: UUID | None = None,
    words: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Take a step with a locked case of a locked order, and all that follows from it.

    The next deadline is set; with a step that gives money back it goes back; at an end the
    order's clocks go on. See :func:`states.check_step` for what is refused.
    """
    step = check_step(verb, case.state, case.kind, parties)
    at = now()
    case.state, case.stepped_at = step.after, at
    set_deadline(case, at)
    if verb in GIVES_MONEY:
        _give_money_back(case, order, actor_id)
    if case.state in ENDS:
        case.closed_at = at
        CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id).update(is_open=False)
        refunding.do_case_closed(order)
    case.save(update_fields=_CHANGING)
    note(case, verb, parties & step.by, actor_id=actor_id, words=words, detail=detail)


def set_deadline(case: Case, at: datetime) -> None:
    """Say what follows by itself from where a case stands since ``at``."""
    deadlines = installed_rules().deadlines
    deadline = deadline_of(deadlines, settings.PLATFORM, case.state, case.kind, at)
    case.deadline_at = at + timedelta(seconds=deadline.seconds) if deadline else None
    case.deadline_verb = deadline.verb if deadline else ""


_CHANGING = [
    "kind",
    "special",
    "reason",
    "words",
    "is_intact",
    "state",
    "amount_minor",
    "refunded_minor",
    "deadline_at",
    "deadline_verb",
    "return_to",
    "return_carrier",
    "return_tracking_no",
    "replacement_carrier",
    "replacement_tracking_no",
    "stepped_at",
    "closed_at",
    "restocked_at",
]


def note(
    case: Case,
    verb: str,
    parties: Iterable[Party],
    *,
    actor_id: UUID | None = None,
    words: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Append to the case's history, and announce it."""
    CaseEvent.objects.create(
        shop_id=case.shop_id,
        case_id=case.id,
        verb=verb,
        state=case.state,
        party=min(parties, key=list(Party).index).value,
        actor_id=actor_id,
        words=words.strip()[:LONGEST_WORDS],
        detail=dict(detail or {}),
        at=now(),
    )
    outbox.append_all([events.stepped(case, verb)])


def _give_money_back(case: Case, order: Order, actor_id: UUID | None) -> None:
    own = CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id).order_by("line_no")
    lines = {line.line_no: line for line in lines_of([order])[order.id]}
    back = {one.line_no: _back(case, one, queries.facts_of(lines[one.line_no])) for one in own}
    refunding.do_give_money_back(
        order, back, reason=case.reason, reference=f"case:{case.id}", actor_id=actor_id
    )
    case.refunded_minor = sum(one.amount_minor for one in back.values())


def _back(case: Case, own: CaseLine, line: LineFacts) -> Back:
    """What goes back of a line. A part of the price, with the goods kept, is for no piece."""
    if case.special == "price_protection":
        return Back(own.amount_minor)
    if not ALL_REASONS[case.reason].is_sent:
        return Back(own.amount_minor, own.quantity, own.quantity)
    is_whole = own.amount_minor == line.most_minor(own.quantity)
    gone = case.kind != Kind.REFUND_ONLY or is_whole
    return Back(own.amount_minor, own.quantity if gone else 0)
