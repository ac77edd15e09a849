"""What refunds take of a bill's shares: less to settle, and a clawback of what is settled.

The rows are changed in memory; whoever locked the bill writes them (see ``writing``).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from yellowcart.core.clock import now
from yellowcart.core.money import share as rate_of
from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.ledger.fees import Figures, Occasion, fee_of
from yellowcart.orders.timers import in_force
from yellowcart.payments.models import Refund
from yellowcart.settlement.models import Bill, Move, Share
from yellowcart.settlement.money import Movement, Till, against
from yellowcart.settlement.rules import Role, give_back_by
from yellowcart.settlement.termpacks import installed_terms


def follow_refund(
    bill: Bill,
    shares: Sequence[Share],
    refunded_minor: int,
    *,
    reason: str = "",
    unearned: Mapping[UUID, int] = MappingProxyType({}),
) -> None:
    """Take what went back off the shares of a locked bill, in proportion to what stands of each.

    A supplier gives back what the pieces cost that went back: ``unearned`` says by share what it is
    not paid in all. The others part the rest. Settled shares are clawed back in one entry,
    ``clawback:<order>:<refunded by now>``: out of what the party can take out, and what that lacks
    is owed and netted against what comes next. The platform gives its fee back as far as its rules
    say; what it keeps, the merchant bears.
    """
    before = _snapshot(shares)
    given = give_back_by(
        refunded_minor - bill.refunded_minor,
        [one.amount_minor - one.returned_minor for one in shares],
        {
            place: unearned[one.id] - one.returned_minor
            for place, one in enumerate(shares)
            if one.id in unearned
        },
    )
    for one, back in zip(shares, given, strict=True):
        one.returned_minor += back
    bill.refunded_minor = refunded_minor
    _keep_fees(bill, shares)
    _adjust(shares, unearned)
    _claw_back(
        f"clawback:{bill.id}:{refunded_minor}",
        f"Refund after settlement of {bill.id}",
        bill,
        before,
        reason,
    )


def follow_supplier(bill: Bill, shares: Sequence[Share], unearned: Mapping[UUID, int]) -> None:
    """Bring what suppliers of a locked bill are not paid to ``unearned``, from or to the merchant,
    where no refund of the buyer's did. Settled shares move at once, ``supplied:<order>:<number>``.
    """
    before = _snapshot(shares)
    _adjust(shares, unearned)
    if any(one.adjusted_minor != was.adjusted for one, was in before):
        number = Move.objects.filter(share_id__in=list(unearned), kind="supplied").count()
        _claw_back(
            f"supplied:{bill.id}:{number}", f"A supplier's part of {bill.id}", bill, before, ""
        )


class _Was(NamedTuple):
    """What of a share had gone back and was adjusted."""

    returned: int
    adjusted: int


def _snapshot(shares: Sequence[Share]) -> list[tuple[Share, _Was]]:
    return [(one, _Was(one.returned_minor, one.adjusted_minor)) for one in shares]


def _claw_back(
    reference: str, description: str, bill: Bill, before: Sequence[tuple[Share, _Was]], reason: str
) -> None:
    """Post what changed of shares that are settled."""
    settled = [(one, was) for one, was in before if one.state == "completed"]
    if not settled:
        return
    why = reason or _reason(bill)
    # What a supplier gives up or gets back beyond a refund is the merchant's.
    supplied = sum(
        one.adjusted_minor - was.adjusted for one, was in before if one.role == Role.SUPPLIER
    )
    till = Till({(one.party, one.currency) for one, _was in settled}, now())
    movements = []
    for one, was in settled:
        adjusted = one.adjusted_minor - was.adjusted
        own = {Role.SUPPLIER: adjusted, Role.MERCHANT: -supplied}.get(Role(one.role), 0)
        for amount, kind in (
            (was.returned - one.returned_minor, "clawback"),
            (adjusted - own, "refund_fee"),
            (own, "supplied"),
        ):
            movements.append(
                Movement(one.party, one.role, amount, kind, share_id=one.id, reason=why)
            )
    till.post(reference, description, bill.currency, against(bill), movements)
    till.close()


def _adjust(shares: Sequence[Share], unearned: Mapping[UUID, int]) -> None:
    """What suppliers are not paid beyond what refunds took from them is the merchant's."""
    for one in shares:
        if one.id in unearned:
            adjusted = one.returned_minor - unearned[one.id]
            _bear(shares, adjusted - one.adjusted_minor)
            one.adjusted_minor = adjusted


def _keep_fees(bill: Bill, shares: Sequence[Share]) -> None:
    """What the platform keeps of the fee that refunds took from it, by now, the merchant bears."""
    if not any(one.role == Role.MERCHANT for one in shares):
        return
    for one in shares:
        if one.role == Role.PLATFORM:
            kept = _kept_fee(bill, one.returned_minor)
            _bear(shares, kept - one.adjusted_minor)
            one.adjusted_minor = kept


def _bear(shares: Sequence[Share], amount: int) -> None:
    """The merchant gives what another gets, or gets what another gives."""
    for one in shares:
        if one.role == Role.MERCHANT:
            one.adjusted_minor -= amount


def _kept_fee(bill: Bill, returned: int) -> int:
    """What the platform keeps of a fee of which refunds took so much."""
    at = now()
    rule = in_force(installed_terms().fee_return, settings.PLATFORM, at)
    kept = returned - rate_of(returned, rule.rate_bps if rule else 10_000)
    kept += fee_of(
        shipped_fees(),
        settings.PLATFORM,
        Occasion.REFUND,
        Figures(amount=bill.goods_minor, sale_fee=returned, sku_count=bill.line_count),
        at,
    ).minor
    return min(kept, returned)


def follow_lateness(bill: Bill, shares: Sequence[Share], late_minor: int) -> None:
    """Take what a merchant owes for shipping late off its share; it is never settled by then."""
    for one in shares:
        if one.role == Role.MERCHANT and one.state != "completed":
            one.adjusted_minor -= late_minor - bill.late_minor
    bill.late_minor = late_minor


def _reason(bill: Bill) -> str:
    """Why the latest refund was given."""
    latest = (
        Refund.objects.filter(shop_id=bill.shop_id, order_id=bill.id)
        .order_by("-asked_at", "-id")
        .first()
    )
    return latest.reason if latest else ""


def cancel_rest(bill: Bill, shares: Sequence[Share]) -> None:
    """Close open shares of a locked bill of which nothing stands any more.

    A sale that cost its buyer nothing has no refund to follow: its shares end here as well.
    """
    for one in shares:
        if one.state in {"completed", "cancelled"}:
            continue
        if bill.paid_minor == 0:
            one.returned_minor = one.amount_minor
            one.adjusted_minor = -bill.late_minor if one.role == Role.MERCHANT else 0
        if one.net_minor == 0:
            one.state = "cancelled"
