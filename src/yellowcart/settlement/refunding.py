"""What refunds take of a bill's shares: less to settle, and a clawback of what is settled.

The rows are changed in memory; whoever locked the bill writes them (see ``writing``).
"""

from collections.abc import Sequence

from django.conf import settings

from yellowcart.core.clock import now
from yellowcart.core.money import share as rate_of
from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.ledger.fees import Figures, Occasion, fee_of
from yellowcart.orders.timers import in_force
from yellowcart.payments.models import Refund
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.money import Movement, Till, against
from yellowcart.settlement.rules import Role, give_back
from yellowcart.settlement.termpacks import installed_terms


def follow_refund(
    bill: Bill, shares: Sequence[Share], refunded_minor: int, *, reason: str = ""
) -> None:
    """Take what went back off the shares of a locked bill, in proportion to what stands of each.

    Settled shares are clawed back in one entry, ``clawback:<order>:<refunded by now>``: out of
    what the party can take out, and what that lacks is owed and netted against what comes next.
    The platform gives its fee back as far as its rules say; what it keeps, the merchant bears.
    """
    before = [one.adjusted_minor for one in shares]
    given = give_back(
        refunded_minor - bill.refunded_minor,
        [one.amount_minor - one.returned_minor for one in shares],
    )
    for one, back in zip(shares, given, strict=True):
        one.returned_minor += back
    _keep_fees(bill, shares)
    bill.refunded_minor = refunded_minor
    settled = [
        (one, back, one.adjusted_minor - kept)
        for one, back, kept in zip(shares, given, before, strict=True)
        if one.state == "completed"
    ]
    if not settled:
        return
    why = reason or _reason(bill)
    till = Till({(one.party, one.currency) for one, _back, _kept in settled}, now())
    movements = []
    for one, back, kept in settled:
        movements.append(
            Movement(one.party, one.role, -back, "clawback", share_id=one.id, reason=why)
        )
        movements.append(
            Movement(one.party, one.role, kept, "refund_fee", share_id=one.id, reason=why)
        )
    till.post(
        f"clawback:{bill.id}:{refunded_minor}",
        f"Refund after settlement of {bill.id}",
        bill.currency,
        against(bill),
        movements,
    )
    till.close()


def _keep_fees(bill: Bill, shares: Sequence[Share]) -> None:
    """What the platform keeps of the fee that refunds took from it, by now."""
    fee = next((one for one in shares if one.role == Role.PLATFORM), None)
    merchant = next((one for one in shares if one.role == Role.MERCHANT), None)
    if fee is None or merchant is None:
        return
    at = now()
    rule = in_force(installed_terms().fee_return, settings.PLATFORM, at)
    returned = fee.returned_minor
    kept = returned - rate_of(returned, rule.rate_bps if rule else 10_000)
    kept += fee_of(
        shipped_fees(),
        settings.PLATFORM,
        Occasion.REFUND,
        Figures(amount=bill.goods_minor, sale_fee=returned, sku_count=bill.line_count),
        at,
    ).minor
    kept = min(kept, returned)
    fee.adjusted_minor, merchant.adjusted_minor = kept, -kept - bill.late_minor


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
        if one.net_minor == 0:
            one.state = "cancelled"
