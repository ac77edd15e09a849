"""Bills follow their orders and conversions: opened when money came, due after the receipt, less
what went back, held while a dispute is open. Nothing here decides twice: each look brings a bill
to what its order says now, whatever it missed before.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import PLATFORM
from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.orders.models import Conversion
from yellowcart.settlement import contracts
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.refunding import (
    cancel_rest,
    follow_lateness,
    follow_refund,
    follow_supplier,
)
from yellowcart.settlement.reparting import is_parted_so, part_anew
from yellowcart.settlement.rules import Contract, Role, Split, split, split_conversion
from yellowcart.settlement.sales import Key, Sold, read_conversions, read_orders
from yellowcart.settlement.termpacks import installed_terms
from yellowcart.settlement.terms import (
    Basis,
    after_dispute,
    cycle_of,
    due_at,
    source_fee_of,
    taxes_of,
)
from yellowcart.settlement.writing import Changes, save_shares


def follow_orders(keys: Sequence[Key]) -> None:
    """Bring the bills of orders to what the orders say; joins the caller's transaction."""
    sold = read_orders(keys)
    if not sold:
        return
    found = _bills([(one.order.shop_id, one.order.id) for one in sold])
    missing = [one for one in sold if (one.order.shop_id, one.order.id) not in found]
    if missing:
        _open_orders(missing)
        found = _bills([(one.order.shop_id, one.order.id) for one in sold])
    shares = shares_of(found)
    changes = Changes(found.values(), (each for some in shares.values() for each in some))
    for one in sold:
        key = (one.order.shop_id, one.order.id)
        _follow_order(one, found[key], shares[key])
    changes.save()


def _follow_order(one: Sold, bill: Bill, shares: list[Share]) -> None:
    order = one.order
    if order.late_minor != bill.late_minor:
        follow_lateness(bill, shares, order.late_minor)
    unearned = {
        share.id: one.unearned_of(share.party, {int(no): cost for no, cost in share.lines.items()})
        for share in shares
        if share.role == Role.SUPPLIER and share.lines
    }
    if one.refunded_minor > bill.refunded_minor:
        follow_refund(bill, shares, one.refunded_minor, unearned=unearned)
    else:
        follow_supplier(bill, shares, unearned)
    since = order.completed_at
    if order.state == "closed":
        since = order.closed_at or now()
        if order.paid_at is not None and one.refunded_minor == bill.paid_minor:
            cancel_rest(bill, shares)
    changed = (
        bill.since != since
        or bill.is_disputed != (order.open_cases > 0)
        or bill.dispute_closed_at != order.case_closed_at
    )
    if not changed:
        return
    bill.since, bill.is_disputed = since, order.open_cases > 0
    bill.dispute_closed_at = order.case_closed_at
    place(bill, shares, Basis.RECEIPT, at_once=order.state == "closed")


def place(bill: Bill, shares: Iterable[Share], basis: Basis, *, at_once: bool = False) -> None:
    """Give every open share its state and the instant at which it is due.

    ``at_once`` where nothing is waited for any more: the order is closed.
    """
    terms, zone = installed_terms(), ZoneInfo(settings.TIME_ZONE)
    for share in shares:
        if share.state in {"completed", "cancelled"} or bill.since is None:
            continue
        cycle = cycle_of(
            terms.cycle, settings.PLATFORM, Role(share.role), bill.source, bill.since, basis
        )
        due = bill.since if cycle is None or at_once else due_at(cycle, bill.since, zone)
        if cycle is not None and bill.dispute_closed_at is not None:
            due = after_dispute(cycle, due, bill.dispute_closed_at, zone)
        share.due_at = due
        if bill.is_disputed:
            share.state, share.reason = "held", "dispute"
        elif share.reason != "deposit":
            share.state, share.reason = "received", ""


def _bills(keys: Sequence[Key]) -> dict[Key, Bill]:
    """The bills of these keys, locked in order."""
    rows = (
        Bill.objects.select_for_update(no_key=True)
        .filter(shop_id__in={key[0] for key in keys}, id__in=[key[1] for key in keys])
        .order_by("shop_id", "id")
    )
    return {(row.shop_id, row.id): row for row in rows}


def shares_of(bills: Mapping[Key, Bill]) -> dict[Key, list[Share]]:
    """The shares of locked bills, in the order in which they were parted."""
    found: dict[Key, list[Share]] = {key: [] for key in bills}
    rows = Share.objects.filter(
        shop_id__in={key[0] for key in bills}, bill_id__in=[key[1] for key in bills]
    ).order_by("shop_id", "bill_id", "share_no")
    for row in rows:
        found[row.shop_id, row.bill_id].append(row)
    return found


def _open_orders(missing: Sequence[Sold]) -> None:
    named = contracts.of_payers(
        {party for one in missing for party in (one.sale.merchant, one.sale.creator) if party}
    )
    bills, shares = [], []
    for one in missing:
        order, sale = one.order, one.sale
        at = order.paid_at or order.closed_at or now()
        mine = [*named.get(sale.merchant, ()), *named.get(sale.creator or "", ())]
        found = split(
            sale,
            mine,
            shipped_fees(),
            platform=settings.PLATFORM,
            at=at,
            taxes=taxes_of(installed_terms().tax, settings.PLATFORM, sale.currency, at),
        )
        bills.append(
            Bill(
                shop_id=order.shop_id,
                id=order.id,
                source=order.source,
                currency=order.currency,
                goods_minor=sale.goods_minor,
                paid_minor=sale.paid_minor,
                line_count=max(len(sale.lines), 1),
                sold_at=at,
            )
        )
        shares += _shares(bills[-1], found)
    _write(bills, shares)


def _write(bills: Sequence[Bill], shares: Sequence[Share]) -> None:
    """Write bills with their shares; one that a rival wrote meanwhile stays as it is."""
    Bill.objects.bulk_create(bills, ignore_conflicts=True)
    Share.objects.bulk_create(shares, ignore_conflicts=True, batch_size=1_000)


def _shares(bill: Bill, found: Split) -> list[Share]:
    return [
        Share(
            id=new_id(),
            shop_id=bill.shop_id,
            bill_id=bill.id,
            share_no=number,
            role=one.role.value,
            party=one.party,
            currency=bill.currency,
            amount_minor=one.amount_minor,
            parts=dict(one.parts),
            lines={str(no): cost for no, cost in one.lines.items()},
            rule_key=one.rule,
            contract_id=UUID(one.contract) if one.contract else None,
            sold_at=bill.sold_at,
        )
        for number, one in enumerate(found.shares)
    ]


def follow_conversions(ids: Sequence[UUID]) -> None:
    """Bring the bills of another platform's sales to what that platform said last."""
    rows = read_conversions(ids)
    if not rows:
        return
    keys = _conversion_keys([row for row, _creator in rows])
    named = contracts.of_payers({creator for _row, creator in rows if creator})
    parted = {row.id: _parted(row, creator, named) for row, creator in rows}
    found = _bills(keys)
    _open_conversions(
        [
            (key, row, parted[row.id])
            for key, (row, _) in zip(keys, rows, strict=True)
            if key not in found
        ]
    )
    found = _bills(keys)
    shares = shares_of(found)
    changes = Changes(found.values(), (each for some in shares.values() for each in some))
    anew: list[Share] = []
    for key, (row, _creator) in zip(keys, rows, strict=True):
        anew += _follow_conversion(row, found[key], shares[key], parted[row.id])
    changes.save()
    save_shares(anew)


def _conversion_keys(rows: Sequence[Conversion]) -> list[Key]:
    """The keys of conversions' bills. One that no click led to was billed for the platform, and
    stays there when its click is named later: a second bill would pay its commission twice."""
    there = dict(
        Bill.objects.filter(id__in=[row.id for row in rows], kind="conversion").values_list(
            "id", "shop_id"
        )
    )
    return [(there.get(row.id, row.shop_id or PLATFORM), row.id) for row in rows]


def _parted(row: Conversion, creator: str | None, named: Mapping[str, Sequence[Contract]]) -> Split:
    kept = source_fee_of(
        installed_terms().source_fee, settings.PLATFORM, row.source, row.ordered_at
    )
    return split_conversion(
        source=row.source,
        integration="link",
        amount_minor=row.amount_minor,
        commission_minor=row.commission_minor,
        source_fee_minor=kept.of(row.amount_minor, row.commission_minor) if kept else 0,
        creator=creator,
        contracts=named.get(creator or "", ()),
        fees=shipped_fees(),
        platform=settings.PLATFORM,
        at=row.ordered_at,
        taxes=taxes_of(installed_terms().tax, settings.PLATFORM, row.currency, row.ordered_at),
    )


def _open_conversions(missing: Sequence[tuple[Key, Conversion, Split]]) -> None:
    bills, shares = [], []
    for key, row, found in missing:
        bills.append(
            Bill(
                shop_id=key[0],
                id=key[1],
                kind="conversion",
                source=row.source,
                currency=row.currency,
                goods_minor=row.amount_minor,
                paid_minor=sum(one.amount_minor for one in found.shares),
                sold_at=row.ordered_at,
            )
        )
        shares += _shares(bills[-1], found)
    _write(bills, shares)


def _follow_conversion(
    row: Conversion, bill: Bill, shares: list[Share], found: Split
) -> list[Share]:
    """Bring a locked bill to the source's latest word, whatever of it is settled; the shares that
    are other ones now."""
    if row.status == "closed":
        if bill.paid_minor > bill.refunded_minor:
            follow_refund(bill, shares, bill.paid_minor, reason="revoked")
        cancel_rest(bill, shares)
        return []
    anew: list[Share] = []
    if not is_parted_so(shares, found):
        before = {one.id for one in shares}
        shares = part_anew(bill, shares, found)
        anew = [one for one in shares if one.id not in before]
        bill.goods_minor = row.amount_minor
    if row.status != "settled":
        bill.since = None
    elif bill.since is None or any(one.state == "waiting" for one in shares):
        bill.since = row.source_updated_at
        place(bill, shares, Basis.SOURCE)
    return anew
