"""A sale elsewhere turns out to be somebody else's: its commission is parted anew, once.

The whole does not change, only whose it is. Before anything of it is settled the shares are simply
other ones; after that one balanced entry takes from those who had it and gives to those it belongs
to, so that nothing is ever posted twice.
"""

from collections.abc import Sequence

from yellowcart.core.clock import now
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.money import Movement, Till
from yellowcart.settlement.rules import Split


def is_credited_otherwise(shares: Sequence[Share], found: Split) -> bool:
    """Whether other parties have the shares than those who should."""
    standing = {(one.role, one.party) for one in shares if one.amount_minor != one.returned_minor}
    return standing != {(str(one.role), one.party) for one in found.shares if one.amount_minor}


def recredit(bill: Bill, shares: Sequence[Share], fresh: Sequence[Share]) -> None:
    """Take settled shares of a locked bill back and settle ``fresh`` ones in their stead.

    The entry is ``recredit:<conversion>:<first number of the new shares>``. Nothing of the bill
    may have been revoked, and both must add up to the same.
    """
    number = max((one.share_no for one in shares), default=-1) + 1
    at = now()
    taken: list[Movement] = []
    given: list[Movement] = []
    for one in shares:
        back = one.net_minor
        one.returned_minor = one.amount_minor + one.adjusted_minor
        taken.append(
            Movement(one.party, one.role, -back, "clawback", share_id=one.id, reason="recredited")
        )
    for offset, one in enumerate(fresh):
        one.share_no, one.state, one.settled_at = number + offset, "completed", at
        given.append(Movement(one.party, one.role, one.amount_minor, "settled", share_id=one.id))
    Share.objects.bulk_create(fresh)
    till = Till({(one.party, one.currency) for one in (*shares, *fresh)}, at)
    till.post(
        f"recredit:{bill.id}:{number}",
        f"Another click led to {bill.kind} {bill.id}",
        bill.currency,
        None,
        [*taken, *given],
    )
    till.close()
