"""Reading what parties have: now, in a period, and what is still to come.

Everything here asks no permission; see :func:`access.access_party`. Amounts are minor units as
the party reads them: what it has is positive.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.core.texts import Text
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.ledger.rules import Kind
from yellowcart.settlement import deposits
from yellowcart.settlement.models import (
    OPEN_STATES,
    Bill,
    DayTotal,
    Move,
    Position,
    Share,
    Withdrawal,
)
from yellowcart.settlement.termpacks import installed_terms
from yellowcart.settlement.terms import WithdrawalTerms, withdrawal_of

PAGE = 50
MOST_IN_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Overview:
    """What a party has now. ``held`` is a shop's money that is not settled, everybody's shares of
    it included; ``earned`` is the platform's."""

    party: str
    currency: str
    held_minor: int
    payable_minor: int
    owed_minor: int
    payout_minor: int
    earned_minor: int
    deposit_minor: int
    deposit_required_minor: int
    next_due_at: datetime | None
    limits: WithdrawalTerms | None


def overview(party: str, currency: str) -> Overview:
    """See :class:`Overview`."""
    on = {row.kind: row.amount_minor for row in ledger.balances(party) if row.currency == currency}
    at = now()
    deposit = deposits.deposit(party, currency, at)
    return Overview(
        party=party,
        currency=currency,
        held_minor=-on.get(Kind.HELD, 0),
        payable_minor=-on.get(Kind.PAYABLE, 0),
        owed_minor=on.get(Kind.RECEIVABLE, 0),
        payout_minor=-on.get(Kind.PAYOUT, 0),
        earned_minor=-on.get(Kind.REVENUE, 0) - on.get(Kind.EXPENSE, 0),
        deposit_minor=deposit.lying_minor,
        deposit_required_minor=deposit.required_minor,
        next_due_at=Share.objects.filter(party=party, currency=currency, state="received")
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first(),
        limits=withdrawal_of(installed_terms().withdrawal, settings.PLATFORM, currency, at),
    )


def currencies_of(party: str) -> list[str]:
    """The currencies in which a party ever had money; the busiest need not be the first."""
    rows = Position.objects.filter(party=party).values_list("currency", flat=True)
    days = DayTotal.objects.filter(party=party).values_list("currency", flat=True).distinct()
    return sorted({*rows, *days})


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A party's share of one sale. ``parts`` (goods, freight, discount, commission, fee, mcn,
    service, supply) add up to ``amount_minor``; ``net_minor`` is less what went back."""

    share_id: UUID
    kind: str
    shop_id: UUID
    subject_id: UUID
    source: str
    role: str
    parts: Mapping[str, int]
    amount_minor: int
    returned_minor: int
    adjusted_minor: int
    net_minor: int
    fee_rule: str
    fee_summary: Text | None
    contract_id: UUID | None
    state: str
    reason: str
    sold_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement: ``settled``, ``clawback``, ``refund_fee``, ``withdrawal``,
    ``withdrawal_failed``, ``deposit_paid``, ``deposit_returned``, ``tip``, ``task``,
    ``packet``, ``packet_returned``, ``bag`` or ``bag_returned``.

    ``balance_minor`` is what the party had after it; ``reference`` the ledger's entry.
    """

    id: UUID
    at: datetime
    kind: str
    amount_minor: int
    balance_minor: int
    reference: str
    reason: str
    share: ShareLine | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A party's movements in ``[start, until)``, in their order, and what it had before and
    after: settled less owed, as the ledger has it."""

    party: str
    currency: str
    start: datetime
    until: datetime
    opening_minor: int
    closing_minor: int
    totals: Mapping[str, int]
    lines: list[StatementLine]
    next_cursor: str | None


def statement(
    party: str,
    currency: str,
    start: datetime,
    until: datetime,
    *,
    cursor: str = "",
    limit: int = PAGE,
) -> Statement:
    """A page of a statement, the oldest movement first."""
    page = movements(party, currency, start, until, cursor=cursor, limit=limit)
    opening = balance_before(party, currency, start)
    closing = balance_before(party, currency, until)
    return Statement(
        party=party,
        currency=currency,
        start=start,
        until=until,
        opening_minor=opening,
        closing_minor=closing,
        totals=_totals(party, currency, start, until),
        lines=page.lines,
        next_cursor=page.next_cursor,
    )


class Page(NamedTuple):
    """Movements and the cursor of what comes after."""

    lines: list[StatementLine]
    next_cursor: str | None


def movements(
    party: str,
    currency: str,
    start: datetime,
    until: datetime,
    *,
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """A page of movements, without the sums over the whole period."""
    limit = min(max(limit, 1), MOST_IN_PAGE)
    rows = Move.objects.filter(party=party, currency=currency, at__gte=start, at__lt=until)
    if cursor:
        after, last = _read_cursor(cursor)
        rows = rows.filter(at__gte=after).exclude(at=after, id__lte=last)
        running = balance_before(party, currency, after) + _sum(
            Move.objects.filter(party=party, currency=currency, at=after, id__lte=last)
        )
    else:
        running = balance_before(party, currency, start)
    found = list(rows.order_by("at", "id")[: limit + 1])
    moves = found[:limit]
    shares = share_lines(move.share_id for move in moves if move.share_id)
    lines = []
    for move in moves:
        running += move.amount_minor
        lines.append(
            StatementLine(
                id=move.id,
                at=move.at,
                kind=move.kind,
                amount_minor=move.amount_minor,
                balance_minor=running,
                reference=move.reference,
                reason=move.reason,
                share=shares.get(move.share_id) if move.share_id else None,
            )
        )
    more = len(found) > limit
    return Page(lines, _write_cursor(moves[-1].at, moves[-1].id) if more else None)


def balance_before(party: str, currency: str, at: datetime) -> int:
    """What a party had before an instant, by its statement: whole days, and that day's moves."""
    midnight = _midnight(at)
    days = DayTotal.objects.filter(party=party, currency=currency, day__lt=midnight.date())
    whole = int(days.aggregate(total=Sum("amount_minor"))["total"] or 0)
    return whole + _sum(
        Move.objects.filter(party=party, currency=currency, at__gte=midnight, at__lt=at)
    )


def _sum(moves: QuerySet[Move]) -> int:
    return int(moves.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _totals(party: str, currency: str, start: datetime, until: datetime) -> dict[str, int]:
    """By kind: whole days, and the moves of the two days that are cut."""
    mine = {"party": party, "currency": currency}
    first = _midnight(start)
    head, tail = first if first == start else first + timedelta(days=1), _midnight(until)
    sums: dict[str, int] = {}
    if head < tail:
        days = DayTotal.objects.filter(**mine, day__gte=head.date(), day__lt=tail.date())
        parts = [(start, head), (tail, until)]
        for kind, amount in days.values_list("kind").annotate(total=Sum("amount_minor")):
            sums[kind] = int(amount)
    else:
        parts = [(start, until)]
    for begins, ends in parts:
        moves = Move.objects.filter(**mine, at__gte=begins, at__lt=ends)
        for kind, amount in moves.values_list("kind").annotate(total=Sum("amount_minor")):
            sums[kind] = sums.get(kind, 0) + int(amount)
    return dict(sorted(sums.items()))


def _midnight(at: datetime) -> datetime:
    """The first instant of an instant's day in UTC, as days are summed."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def share_lines(ids: Iterable[UUID]) -> dict[UUID, ShareLine]:
    """Shares by id, with what their bills say of the sale."""
    shares = list(Share.objects.filter(id__in=list(ids)))
    bills = {
        (row.shop_id, row.id): row
        for row in Bill.objects.filter(
            shop_id__in={one.shop_id for one in shares}, id__in={one.bill_id for one in shares}
        )
    }
    return {one.id: _share_line(one, bills[one.shop_id, one.bill_id]) for one in shares}


def _share_line(one: Share, bill: Bill) -> ShareLine:
    return ShareLine(
        share_id=one.id,
        kind=bill.kind,
        shop_id=one.shop_id,
        subject_id=one.bill_id,
        source=bill.source,
        role=one.role,
        parts=one.parts,
        amount_minor=one.amount_minor,
        returned_minor=one.returned_minor,
        adjusted_minor=one.adjusted_minor,
        net_minor=one.net_minor,
        fee_rule=one.rule_key,
        fee_summary=_FEES.get(one.rule_key),
        contract_id=one.contract_id,
        state=one.state,
        reason=one.reason,
        sold_at=one.sold_at,
        due_at=one.due_at,
        settled_at=one.settled_at,
    )


_FEES = {rule.key: rule.summary for rule in shipped_fees()}


class Upcoming(NamedTuple):
    """Shares that are not settled yet, the oldest sale first, and the cursor of what comes
    after."""

    lines: list[ShareLine]
    next_cursor: str | None


def upcoming(party: str, currency: str, *, cursor: str = "", limit: int = PAGE) -> Upcoming:
    """What is still to be settled: waiting for its receipt, for its day, or held and why."""
    limit = min(max(limit, 1), MOST_IN_PAGE)
    rows = Share.objects.filter(party=party, currency=currency, state__in=OPEN_STATES)
    if cursor:
        after, last = _read_cursor(cursor)
        rows = rows.filter(sold_at__gte=after).exclude(sold_at=after, id__lte=last)
    found = list(rows.order_by("sold_at", "id")[: limit + 1])
    page = found[:limit]
    lines = share_lines(one.id for one in page)
    more = len(found) > limit
    return Upcoming(
        [lines[one.id] for one in page],
        _write_cursor(page[-1].sold_at, page[-1].id) if more else None,
    )


def shares_of_order(shop_id: UUID, order_id: UUID) -> list[ShareLine]:
    """How one order was parted, for whoever may see all of it."""
    ids = Share.objects.filter(shop_id=shop_id, bill_id=order_id).values_list("id", flat=True)
    found = share_lines(ids)
    return sorted(found.values(), key=lambda one: (one.role != "merchant", one.role))


class WithdrawalPage(NamedTuple):
    """Withdrawals, the newest first, and the cursor of what comes after."""

    rows: list[Withdrawal]
    next_cursor: str | None


def withdrawals(
    party: str, currency: str, *, cursor: str = "", limit: int = PAGE
) -> WithdrawalPage:
    """What a party took out."""
    limit = min(max(limit, 1), MOST_IN_PAGE)
    rows = Withdrawal.objects.filter(party=party, currency=currency)
    if cursor:
        before, last = _read_cursor(cursor)
        rows = rows.filter(Q(requested_at__lt=before) | Q(requested_at=before, id__lt=last))
    found = list(rows.order_by("-requested_at", "-id")[: limit + 1])
    page = found[:limit]
    more = len(found) > limit
    return WithdrawalPage(page, _write_cursor(page[-1].requested_at, page[-1].id) if more else None)


def withdrawals_to_pay(limit: int = MOST_IN_PAGE) -> list[Withdrawal]:
    """Withdrawals that wait for an operator to pay them, the oldest first."""
    rows = Withdrawal.objects.filter(state__in=["requested", "sent"], provider="manual")
    return list(rows.order_by("send_at", "id")[:limit])


def _write_cursor(at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _bar, row_id = text.partition("|")
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(at)
        return instant, UUID(row_id)
    except (ValueError, binascii.Error) as error:
        raise Problem(
            "cursor_unknown", 422, _("This cursor is not one of ours; start without one.")
        ) from error
