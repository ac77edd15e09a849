"""A sale elsewhere comes to something else, or turns out to be somebody else's: its commission is
parted anew, whatever of it is settled.

Shares that are not settled are simply other ones. What is settled stays with whoever should have it
by the latest word, is taken from whoever should not in one balanced entry, and what is missing is
settled in its turn: at once where that share of the bill had been settled already.
"""

from collections.abc import Sequence
from uuid import UUID

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.settlement.models import Bill, Move, Share
from yellowcart.settlement.money import Movement, Till, against
from yellowcart.settlement.rules import PartyKey, Split, repart
from yellowcart.settlement.writing import save_shares


def is_parted_so(shares: Sequence[Share], found: Split) -> bool:
    """Whether every party has what it should."""
    standing: dict[PartyKey, int] = {}
    for one in shares:
        key = (one.role, one.party)
        standing[key] = standing.get(key, 0) + one.net_minor
    return {key: amount for key, amount in standing.items() if amount} == targets(found)


def targets(found: Split) -> dict[PartyKey, int]:
    """What each party should have of a sale, by its role."""
    wanted: dict[PartyKey, int] = {}
    for one in found.shares:
        key = (str(one.role), one.party)
        wanted[key] = wanted.get(key, 0) + one.amount_minor
    return {key: amount for key, amount in wanted.items() if amount}


def part_anew(bill: Bill, shares: Sequence[Share], found: Split) -> list[Share]:
    """Part a locked bill of a sale elsewhere anew; its shares afterwards. Joins the caller's
    transaction, who places the new ones.

    The entry is ``recredit:<conversion>:<number of movements before>``, so that none is another.
    """
    at = now()
    settled = [one for one in shares if one.state == "completed"]
    was_whole = bool(settled) and len(settled) == len(shares)
    roles = {one.role for one in settled}
    taken, missing = repart(
        [((one.role, one.party), one.net_minor) for one in settled], targets(found)
    )
    Share.objects.filter(
        shop_id=bill.shop_id, bill_id=bill.id, id__in=[one.id for one in shares]
    ).exclude(state="completed").delete()
    number = max((one.share_no for one in settled), default=-1) + 1
    fresh = [
        _fresh(bill, key, amount, found, number + offset, is_first=key not in _keys(settled))
        for offset, (key, amount) in enumerate(missing.items())
    ]
    lost = sum(taken) > sum(missing.values())
    movements = []
    for one, back in zip(settled, taken, strict=True):
        one.returned_minor += back
        why = "revoked" if lost else "recredited"
        movements.append(
            Movement(one.party, one.role, -back, "clawback", share_id=one.id, reason=why)
        )
    for one in fresh:
        if was_whole or one.role in roles:
            one.state, one.settled_at = "completed", at
            movements.append(
                Movement(one.party, one.role, one.amount_minor, "settled", share_id=one.id)
            )
    _post(bill, [*settled, *fresh], movements)
    save_shares(settled)
    Share.objects.bulk_create(fresh)
    kept = [*settled, *fresh]
    bill.paid_minor = sum(one.amount_minor for one in kept)
    bill.refunded_minor = sum(one.returned_minor for one in kept)
    return kept


def _keys(shares: Sequence[Share]) -> set[PartyKey]:
    return {(one.role, one.party) for one in shares}


def _fresh(
    bill: Bill, key: PartyKey, amount: int, found: Split, number: int, *, is_first: bool
) -> Share:
    """A share that is not written yet. One beside an earlier one of the same party says no more
    than that it was parted anew."""
    model = next(one for one in found.shares if (str(one.role), one.party) == key)
    return Share(
        id=new_id(),
        shop_id=bill.shop_id,
        bill_id=bill.id,
        share_no=number,
        role=key[0],
        party=key[1],
        currency=bill.currency,
        amount_minor=amount,
        parts=dict(model.parts) if is_first and amount == model.amount_minor else {"anew": amount},
        rule_key=model.rule,
        contract_id=UUID(model.contract) if model.contract else None,
        sold_at=bill.sold_at,
    )


def _post(bill: Bill, shares: Sequence[Share], movements: Sequence[Movement]) -> None:
    if not any(one.amount_minor for one in movements):
        return
    number = Move.objects.filter(share_id__in=[one.id for one in shares]).count()
    till = Till({(one.party, one.currency) for one in shares}, now())
    till.post(
        f"recredit:{bill.id}:{number}",
        f"Commission of {bill.kind} {bill.id} parted anew",
        bill.currency,
        against(bill),
        movements,
    )
    till.close()
