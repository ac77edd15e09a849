"""What the platform does about cases: operators decide, and steps that are due are taken."""

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales import queries
from yellowcart.aftersales.actions import said
from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.queries import access_case
from yellowcart.aftersales.steps import PLATFORM, lock_case, take_step
from yellowcart.core.outbox import audit
from yellowcart.core.problems import Problem
from yellowcart.orders.models import Order
from yellowcart.orders.rules import missing_parts
from yellowcart.orders.states import Party
from yellowcart.people.access import access_operator
from yellowcart.people.models import Account

log = logging.getLogger(__name__)

BATCH = 100
"""Cases looked at in one go; each is a transaction of its own."""
DECISIONS: Final = {
    "refund": "decide_refund",
    "return": "decide_return",
    "refusal": "decide_refusal",
}
_OPERATOR = frozenset({Party.OPERATOR})


@transaction.atomic
def do_step_in(*, actor: Account, case_id: UUID, words: str) -> Case:
    """An operator takes a case over before anybody asked."""
    case, order = _operators_case(actor, case_id)
    take_step(case, order, "step_in", _OPERATOR, actor_id=actor.id, words=said(words))
    audit(actor.id, "case.step_in", f"case:{case.id}")
    return case


@transaction.atomic
def do_decide(
    *,
    actor: Account,
    case_id: UUID,
    decision: str,
    words: str,
    amount_minor: int | None = None,
    return_to: dict[str, str] | None = None,
) -> Case:
    """An operator decides: ``refund`` (all, or ``amount_minor`` of it), ``return`` or ``refusal``.

    ``return`` sends the goods to ``return_to``, or where the shop had goods sent last. Problems:
    ``decision_unknown``, ``words_missing``, ``amount_unavailable``, ``return_to_required``.
    """
    case, order = _operators_case(actor, case_id)
    if decision not in DECISIONS:
        raise Problem(
            "decision_unknown",
            422,
            _("Decide for a refund, a return or a refusal."),
            extra={"decisions": list(DECISIONS)},
        )
    told = said(words)
    if decision == "refund" and amount_minor is not None:
        _lower(case, amount_minor)
    if decision == "return":
        case.return_to = return_to or case.return_to or queries.latest_return_address(case.shop_id)
        if missing := missing_parts(case.return_to):
            raise Problem(
                "return_to_required",
                422,
                _("Say where the goods go back to: name, phone and address."),
                extra={"missing": missing},
            )
    take_step(
        case,
        order,
        DECISIONS[decision],
        _OPERATOR,
        actor_id=actor.id,
        words=told,
        detail={"amount_minor": case.amount_minor} if decision == "refund" else None,
    )
    audit(actor.id, "case.decide", f"case:{case.id}", decision=decision)
    return case


def _operators_case(actor: Account, case_id: UUID) -> tuple[Case, Order]:
    access_operator(actor)
    return lock_case(access_case(actor, case_id).case)


def _lower(case: Case, amount_minor: int) -> None:
    """Spread a lower amount over a case's lines, each by its share, the last takes the rest."""
    if not 0 < amount_minor <= case.amount_minor:
        raise Problem(
            "amount_unavailable",
            422,
            _("Decide on an amount from nothing up to what was asked."),
            extra={"most": case.amount_minor},
        )
    lines = list(CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id).order_by("line_no"))
    left = amount_minor
    for line in lines[:-1]:
        share = line.amount_minor * amount_minor // case.amount_minor
        left -= share
        line.amount_minor = share
    lines[-1].amount_minor = left
    for line in lines:
        CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id, line_no=line.line_no).update(
            amount_minor=line.amount_minor
        )
    case.amount_minor = amount_minor


def do_step_due(at: datetime, limit: int = BATCH) -> int:
    """Take the steps that were due by ``at``; how many cases were looked at.

    A step that can't be taken (money or an address is missing) gives the case to the platform,
    so that no case waits for ever and none stands in the way of others.
    """
    due = Case.objects.filter(deadline_at__lte=at).order_by("deadline_at")
    keys = list(due.values_list("shop_id", "id")[:limit])
    for shop_id, case_id in keys:
        try:
            _step_due(shop_id, case_id, at, None)
        except Problem as problem:
            log.warning("a due step was refused", extra={"case": str(case_id), "why": problem.code})
            _step_due(shop_id, case_id, at, problem.code)
    return len(keys)


@transaction.atomic
def _step_due(shop_id: UUID, case_id: UUID, at: datetime, trouble: str | None) -> None:
    case, order = lock_case(Case.objects.get(shop_id=shop_id, id=case_id))
    if case.deadline_at is None or case.deadline_at > at:
        # Somebody was quicker.
        return
    verb = case.deadline_verb
    if verb == "agree_return":
        case.return_to = queries.latest_return_address(case.shop_id)
        if missing_parts(case.return_to):
            trouble = "return_to_required"
    if trouble:
        take_step(case, order, "step_in", PLATFORM, detail={"why": trouble, "due": verb})
        return
    take_step(case, order, verb, PLATFORM, detail={"due_at": case.deadline_at.isoformat()})
