"""What buyers ask for after a sale, and what shops answer. Each verb is one transaction.

Locks: the order, then its case, then what the order locks. Whatever goes back goes back in the
same transaction as the step that decides it; the provider is asked by a job of payments.
"""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales import queries, rules
from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.queries import SeenCase, access_case
from yellowcart.aftersales.rulepacks import installed_rules
from yellowcart.aftersales.rules import LONGEST_WORDS, Asked, Reason, is_instant
from yellowcart.aftersales.states import Kind, check_step
from yellowcart.aftersales.steps import PLATFORM, lock_case, note, set_deadline, take_step
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.orders import refunding
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order
from yellowcart.orders.queries import access_order, lines_of
from yellowcart.orders.rules import clean_address, missing_parts
from yellowcart.orders.states import Party
from yellowcart.orders.timers import in_force
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop

_BUYER = frozenset({Party.BUYER})
_SELLER = frozenset({Party.SELLER})


# The buyer


@transaction.atomic
def do_open(
    *,
    actor: Account,
    order_id: UUID,
    kind: Kind,
    reason: str,
    lines: Mapping[int, Asked],
    words: str = "",
    is_intact: bool = False,
) -> Case:
    """The buyer asks for something about lines of an order; what is asked for each by line number.

    What was not sent and is cheap enough is granted at once. Problems: ``order_not_found``,
    ``forbidden``, and those of :mod:`rules`: ``nothing_to_ask``, ``reason_unknown``,
    ``too_late``, ``return_not_supported``, ``pieces_unavailable``, ``amount_unavailable``; and
    ``case_open`` with the case that is open about one of the lines.
    """
    order = lock_own_order(actor, order_id)
    amounts, known = _check(order, kind, reason, lines, is_intact=is_intact)
    instant = in_force(installed_rules().instants, settings.PLATFORM, now())
    at_once = not known.is_sent and is_instant(
        instant,
        order_state=order.state,
        paid_minor=order.paid_minor,
        currency=order.currency,
    )
    case = new_case(order, kind, reason, amounts, words)
    case.special, case.is_intact = "instant" if at_once else "", is_intact
    begin(case, order, {no: (lines[no].quantity, amounts[no]) for no in amounts}, actor.id)
    if at_once:
        take_step(case, order, "grant", PLATFORM)
    return case


def new_case(order: Order, kind: Kind, reason: str, amounts: Mapping[int, int], words: str) -> Case:
    """A case that is not written yet, for an amount of each line."""
    at = now()
    return Case(
        shop_id=order.shop_id,
        id=new_id(),
        order_id=order.id,
        buyer_id=order.buyer_id,
        kind=kind.value,
        reason=reason,
        words=words.strip()[:LONGEST_WORDS],
        amount_minor=sum(amounts.values()),
        currency=order.currency,
        opened_at=at,
        stepped_at=at,
    )


def begin(
    case: Case,
    order: Order,
    lines: Mapping[int, tuple[int, int]],
    actor_id: UUID | None,
    party: Party = Party.BUYER,
) -> None:
    """Write a new case about pieces and amounts by line, and stop the order's clocks."""
    set_deadline(case, case.opened_at)
    case.save(force_insert=True)
    _write_lines(case, order, lines)
    refunding.do_case_opened(order)
    note(case, "open", {party}, actor_id=actor_id, words=case.words, detail=_asked(lines))


def _asked(lines: Mapping[int, tuple[int, int]]) -> dict[str, object]:
    return {
        "lines": {
            str(no): {"quantity": quantity, "amount_minor": amount}
            for no, (quantity, amount) in lines.items()
        }
    }


def lock_own_order(actor: Account, order_id: UUID) -> Order:
    """The buyer's order, locked."""
    seen = access_order(actor, order_id)
    if Party.BUYER not in seen.parties:
        raise Problem("forbidden", 403, _("Only the buyer asks for this."))
    return lock_order(seen.order.shop_id, order_id)


def _check(
    order: Order, kind: Kind, reason: str, lines: Mapping[int, Asked], *, is_intact: bool
) -> tuple[dict[int, int], Reason]:
    """The amount for each line asked about, and the reason; :class:`Problem` with what is wrong."""
    known = rules.check_ask(queries.sale_of(order), kind, reason, queries.window_of(order), now())
    if reason == "no_reason":
        products = {
            line.product_id for line in lines_of([order])[order.id] if line.line_no in lines
        }
        for rule in queries.return_rules(order, products).values():
            rules.check_no_reason(rule, is_intact)
    return _amounts(order, kind, known, lines), known


def _amounts(
    order: Order, kind: Kind, reason: Reason, lines: Mapping[int, Asked]
) -> dict[int, int]:
    """The amount for each line asked about, in order of the lines."""
    own = {line.line_no: line for line in lines_of([order]).get(order.id, [])}
    if not lines or not set(lines) <= set(own):
        raise Problem(
            "pieces_unavailable",
            422,
            _("Name at least one line of the order, and none that it does not have."),
        )
    return {
        no: rules.check_line(queries.facts_of(own[no]), lines[no], kind, reason)
        for no in sorted(lines)
    }


def _write_lines(case: Case, order: Order, lines: Mapping[int, tuple[int, int]]) -> None:
    """Write what a case is about; ``case_open`` where another open one is about a line too."""
    for no, case_id in queries.open_cases_of(order).items():
        if no in lines and case_id != case.id:
            raise Problem(
                "case_open",
                409,
                _("A case about this is open already. Change that one, or withdraw it first."),
                extra={"case_id": str(case_id)},
            )
    CaseLine.objects.bulk_create(
        CaseLine(
            shop_id=case.shop_id,
            case_id=case.id,
            line_no=no,
            order_id=case.order_id,
            quantity=quantity,
            amount_minor=amount,
        )
        for no, (quantity, amount) in sorted(lines.items())
    )


@transaction.atomic
def do_change(
    *,
    actor: Account,
    case_id: UUID,
    kind: Kind,
    reason: str,
    lines: Mapping[int, Asked],
    words: str = "",
    is_intact: bool = False,
) -> Case:
    """The buyer asks for something else, before the shop answered or after it refused.

    The shop has its whole time to answer again. Problems as with :func:`do_open`.
    """
    case, order = _own_case(actor, case_id)
    check_step("change", case.state, kind, _BUYER)
    CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id).delete()
    amounts, _known = _check(order, kind, reason, lines, is_intact=is_intact)
    case.kind, case.reason, case.is_intact = kind.value, reason, is_intact
    case.words = words.strip()[:LONGEST_WORDS]
    case.amount_minor = sum(amounts.values())
    wanted = {no: (lines[no].quantity, amounts[no]) for no in amounts}
    _write_lines(case, order, wanted)
    take_step(
        case,
        order,
        "change",
        _BUYER,
        actor_id=actor.id,
        words=words,
        detail={**_asked(wanted), "kind": kind.value, "reason": reason},
    )
    return case


@transaction.atomic
def do_withdraw(*, actor: Account, case_id: UUID) -> Case:
    """The buyer asks for nothing any more."""
    case, order = _own_case(actor, case_id)
    take_step(case, order, "withdraw", _BUYER, actor_id=actor.id)
    return case


@transaction.atomic
def do_ask_platform(*, actor: Account, case_id: UUID, words: str) -> Case:
    """The buyer does not accept a refusal and lets the platform decide."""
    case, order = _own_case(actor, case_id)
    take_step(case, order, "ask_platform", _BUYER, actor_id=actor.id, words=said(words))
    return case


@transaction.atomic
def do_send_back(*, actor: Account, case_id: UUID, carrier: str, tracking_no: str) -> Case:
    """The buyer handed the goods over to a carrier. Problem ``shipment_incomplete``."""
    case, order = _own_case(actor, case_id)
    case.return_carrier, case.return_tracking_no = parcel(carrier, tracking_no)
    take_step(case, order, "send_back", _BUYER, actor_id=actor.id)
    return case


@transaction.atomic
def do_receive_replacement(*, actor: Account, case_id: UUID) -> Case:
    """The buyer has the replacement."""
    case, order = _own_case(actor, case_id)
    take_step(case, order, "receive_replacement", _BUYER, actor_id=actor.id)
    return case


# The shop


@transaction.atomic
def do_agree(
    *, actor: Account, case_id: UUID, return_to: Mapping[str, str] | None = None, words: str = ""
) -> Case:
    """The shop agrees: the money goes back, or the goods first.

    ``return_to`` is where to (``name``, ``phone``, ``address``, …); without it where the shop had
    goods sent last. Problem ``return_to_required`` where nobody knows.
    """
    seen, case, order = _shops_case(actor, case_id, "refund")
    if case.kind == Kind.REFUND_ONLY:
        take_step(case, order, "agree", _SELLER, actor_id=actor.id, words=words)
        return case
    check_step("agree_return", case.state, case.kind, seen.parties)
    case.return_to = _return_to(case, return_to)
    take_step(case, order, "agree_return", _SELLER, actor_id=actor.id, words=words)
    return case


def _return_to(case: Case, given: Mapping[str, str] | None) -> dict[str, str]:
    address = clean_address(given) if given else queries.latest_return_address(case.shop_id)
    missing = missing_parts(address)
    if missing:
        raise Problem(
            "return_to_required",
            422,
            _("Say where the goods go back to: name, phone and address."),
            extra={"missing": missing},
        )
    return address


@transaction.atomic
def do_refuse(*, actor: Account, case_id: UUID, words: str) -> Case:
    """The shop refuses, and says why (``words_missing``)."""
    _seen, case, order = _shops_case(actor, case_id, "refund")
    take_step(case, order, "refuse", _SELLER, actor_id=actor.id, words=said(words))
    return case


@transaction.atomic
def do_take_back(*, actor: Account, case_id: UUID) -> Case:
    """The goods are back: the money goes back, or a replacement is to be sent."""
    _seen, case, order = _shops_case(actor, case_id, "refund")
    verb = "take_back_to_exchange" if case.kind == Kind.EXCHANGE else "take_back"
    take_step(case, order, verb, _SELLER, actor_id=actor.id)
    return case


@transaction.atomic
def do_dispute_return(*, actor: Account, case_id: UUID, words: str) -> Case:
    """What came back is not what was sent: the platform decides."""
    _seen, case, order = _shops_case(actor, case_id, "refund")
    take_step(case, order, "dispute_return", _SELLER, actor_id=actor.id, words=said(words))
    return case


@transaction.atomic
def do_refund_instead(*, actor: Account, case_id: UUID) -> Case:
    """The shop has nothing to replace it with: the money goes back."""
    _seen, case, order = _shops_case(actor, case_id, "refund")
    take_step(case, order, "refund_instead", _SELLER, actor_id=actor.id)
    return case


@transaction.atomic
def do_give(
    *, actor: Account, order_id: UUID, reason: str, lines: Mapping[int, Asked], words: str
) -> Case:
    """The shop gives money back without being asked, at once: for what it can't send
    (``cannot_send``), or to make up for something (``goodwill``).

    Problems: ``order_not_found``, ``shop_forbidden``, and as with :func:`do_open`.
    """
    seen = access_order(actor, order_id)
    if not may_in_shop(actor, seen.order.shop_id, "refund"):
        raise _role_forbidden()
    order = lock_order(seen.order.shop_id, order_id)
    kind = Kind.REFUND_ONLY
    known = rules.check_ask(
        queries.sale_of(order), kind, reason, None, now(), reasons=rules.SHOPS_REASONS
    )
    amounts = _amounts(order, kind, known, lines)
    case = new_case(order, kind, reason, amounts, said(words))
    begin(
        case,
        order,
        {no: (lines[no].quantity, amounts[no]) for no in amounts},
        actor.id,
        party=Party.SELLER,
    )
    take_step(case, order, "agree", _SELLER, actor_id=actor.id)
    return case


# What several verbs need


def _own_case(actor: Account, case_id: UUID) -> tuple[Case, Order]:
    """The buyer's case and its order, locked."""
    seen = access_case(actor, case_id)
    if Party.BUYER not in seen.parties:
        raise Problem("forbidden", 403, _("This step of a case is not yours to take."))
    return lock_case(seen.case)


def _shops_case(actor: Account, case_id: UUID, capability: str) -> tuple[SeenCase, Case, Order]:
    """A case of the actor's shop and its order, locked, for who may do this there."""
    seen = access_shops_case(actor, case_id, capability)
    return seen, *lock_case(seen.case)


def access_shops_case(actor: Account, case_id: UUID, capability: str) -> SeenCase:
    """A case, for a member of its shop whose role reaches."""
    seen = access_case(actor, case_id)
    if not seen.may(capability):
        raise _role_forbidden()
    return seen


def _role_forbidden() -> Problem:
    return Problem(
        "shop_forbidden",
        403,
        _("Your role in this shop doesn't allow this. Ask the shop's owner."),
    )


def said(words: str) -> str:
    """Words that were said; ``words_missing`` 422 where there are none."""
    if not words.strip():
        raise Problem("words_missing", 422, _("Say why, in a sentence the other side can answer."))
    return words.strip()[:LONGEST_WORDS]


def parcel(carrier: str, tracking_no: str) -> tuple[str, str]:
    """How a parcel travels, trimmed; ``shipment_incomplete`` where something is missing."""
    if not carrier.strip() or not tracking_no.strip():
        raise Problem("shipment_incomplete", 422, _("Name the carrier and the tracking number."))
    return carrier.strip()[:40], tracking_no.strip()[:60]
