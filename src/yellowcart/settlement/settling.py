"""Settles what is due: from held to payable, each party at its own time, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction

from yellowcart.settlement import deposits
from yellowcart.settlement.bills import follow_orders
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.money import Movement, Till, against
from yellowcart.settlement.rules import Role
from yellowcart.settlement.sales import Key
from yellowcart.settlement.writing import save_shares

#: Shares looked at in one transaction.
BATCH = 500


@transaction.atomic
def do_settle_due(at: datetime, limit: int = BATCH) -> int:
    """Settle shares due by ``at``, up to about ``limit``; how many shares found their end.

    The shares of a bill that are due together are one balanced entry, ``settle:<order>``; those
    that come at another time have their number behind it. Their orders are looked at once more
    before, so that nothing is settled that went back or is in dispute. Bills that somebody else
    is at work on are left for the next look.
    """
    due = list(
        Share.objects.filter(state="received", due_at__lte=at)
        .order_by("due_at", "id")
        .values_list("shop_id", "bill_id")[:limit]
    )
    if not due:
        return 0
    bills = {
        (row.shop_id, row.id): row
        for row in Bill.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(shop_id__in={key[0] for key in due}, id__in=[key[1] for key in due])
        .order_by("shop_id", "id")
    }
    follow_orders([key for key, row in bills.items() if row.kind == "order"])
    shares = list(
        Share.objects.filter(
            shop_id__in={key[0] for key in bills},
            bill_id__in=[key[1] for key in bills],
            state="received",
            due_at__lte=at,
        ).order_by("shop_id", "bill_id", "share_no")
    )
    blocked = deposits.blocked_parties({(one.party, one.currency) for one in shares}, at)
    held = [one for one in shares if (one.party, one.currency) in blocked]
    for one in held:
        one.state, one.reason = "held", "deposit"
    save_shares(held)
    free = [one for one in shares if one.state == "received"]
    _settle(bills, free, at)
    return len(shares)


def _settle(bills: Mapping[Key, Bill], shares: Sequence[Share], at: datetime) -> None:
    till = Till({(one.party, one.currency) for one in shares}, at)
    for key, group in groupby(shares, key=lambda one: (one.shop_id, one.bill_id)):
        bill, together = bills[key], list(group)
        suffix = f":{together[0].share_no}" if together[0].share_no else ""
        till.post(
            f"settle:{bill.id}{suffix}",
            f"Settlement of {bill.kind} {bill.id}",
            bill.currency,
            against(bill),
            [
                Movement(
                    one.party,
                    one.role,
                    one.net_minor,
                    "settled",
                    share_id=one.id,
                    sales_minor=bill.goods_minor if one.role == Role.MERCHANT else 0,
                )
                for one in together
            ],
        )
    till.close()
    for one in shares:
        one.state, one.settled_at = "completed", at
    save_shares(shares)


def next_due() -> datetime | None:
    """When the next share is due."""
    return (
        Share.objects.filter(state="received")
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
