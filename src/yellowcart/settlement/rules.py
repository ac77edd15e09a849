"""Who gets what of a sale, and who gives back what of a refund. Pure; to the minor unit.

The money of a sale is what the buyer paid and what the platform adds for coupons it bears. It is
parted into shares, one for each party and reason, that add up to what the buyer paid: the
platform's part of a coupon is a share below zero.

* the merchant sells: goods and freight, less the coupons it bears;
* of that, the promotion commission goes to the creator, a service provider's share of the goods
  by contract, and the supply price to the supplier whose goods were listed;
* the platform's fee comes out of the commission where the rule takes it of the commission, else
  out of the merchant's money;
* the MCN, and a service provider that works for the creator, have their share of what is left of
  the commission; the creator bears its own coupons;
* a tax within the price is kept back from the merchant, one on earnings from whoever earns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from yellowcart.core.money import share
from yellowcart.ledger.fees import Base, FeeRule, Figures, Occasion, fee_of


class Role(StrEnum):
    """What a share is for."""

    MERCHANT = "merchant"
    PLATFORM = "platform"
    SUBSIDY = "subsidy"
    """What the platform adds for coupons it bears: at or below zero."""
    CREATOR = "creator"
    MCN = "mcn"
    SERVICE = "service"
    SUPPLIER = "supplier"
    TAX = "tax"
    """What is kept back for the tax office."""


class ContractKind(StrEnum):
    """What somebody is paid for by contract."""

    MCN = "mcn"
    """An agency's share of its creator's commission."""
    SERVICE = "service"
    """A service provider's share of a merchant's goods, or of a creator's commission."""


class ContractBase(StrEnum):
    """What a contract's rate is taken of."""

    GOODS = "goods"
    COMMISSION = "commission"


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms in ``[effective_from, effective_until)``: ``payer`` leaves ``payee`` a share."""

    id: str
    payer: str
    payee: str
    kind: ContractKind
    base: ContractBase
    rate_bps: int
    effective_from: datetime
    effective_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.effective_from <= at and (
            self.effective_until is None or at < self.effective_until
        )


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax kept back: within what the buyer paid (``is_included``), or of what these roles
    earn. ``rate_bps`` is of the price without it, or of the earnings."""

    is_included: bool
    rate_bps: int
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One SKU of a sale: its price before coupons, its share of them, and what it costs.

    ``supply_minor`` is what the supplier asks for all its pieces; ``supplier`` its party.
    """

    goods_minor: int
    discount_minor: int = 0
    commission_bps: int = 0
    supplier: str | None = None
    supply_minor: int = 0
    line_no: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale's figures in minor units. ``borne`` says what of the coupons each bearer bears."""

    merchant: str
    currency: str
    lines: tuple[SaleLine, ...]
    creator: str | None = None
    freight_minor: int = 0
    borne: Mapping[str, int] = field(default_factory=dict)
    source: str = "native"
    integration: str = "native"

    @property
    def goods_minor(self) -> int:
        """The goods before coupons."""
        return sum(line.goods_minor for line in self.lines)

    @property
    def paid_minor(self) -> int:
        """What the buyer pays."""
        return self.goods_minor + self.freight_minor - sum(self.borne.values())

    @property
    def received_minor(self) -> int:
        """What the seller receives for goods, before anyone's share: less its own coupons."""
        return self.goods_minor - self.borne.get("merchant", 0)


@dataclass(frozen=True, slots=True)
class Share:
    """What one party has of a sale, for one role; below zero where it owes.

    ``parts`` say what it is made of, and add up to it; so do ``lines``, by line number, of a
    supplier's share.
    """

    role: Role
    party: str
    amount_minor: int
    parts: Mapping[str, int]
    rule: str = ""
    contract: str = ""
    lines: Mapping[int, int] = field(default_factory=dict)


class Split(NamedTuple):
    """A sale parted. The shares add up to what the buyer paid."""

    shares: tuple[Share, ...]
    fee_rule: FeeRule | None


@dataclass(slots=True)
class _Pot:
    """Money that shares are taken out of, one after the other."""

    left: int

    def take(self, wanted: int) -> int:
        """As much of it as there is."""
        taken = min(max(wanted, 0), max(self.left, 0))
        self.left -= taken
        return taken


def split(
    sale: Sale,
    contracts: Iterable[Contract],
    fees: Iterable[FeeRule],
    *,
    platform: str,
    at: datetime,
    taxes: Sequence[Tax] = (),
) -> Split:
    """Part a sale made at an instant, by the contracts and fees in force then.

    Rates round half up, in the order of the module's list; nobody is given more than is left, and
    what rounding leaves stays with the merchant and the creator.
    """
    own = sale.borne.get("merchant", 0)
    commission = _commission(sale, own) if sale.creator else 0
    included = sum(_included(sale.paid_minor, tax.rate_bps) for tax in taxes if tax.is_included)
    fee = fee_of(fees, platform, Occasion.SALE, _figures(sale, commission, included), at)
    money = _Pot(sale.received_minor + sale.freight_minor)
    shares: list[Share] = []
    included = money.take(included)
    commission = money.take(commission)
    of_commission = fee.rule is not None and fee.rule.base is Base.NET_COMMISSION
    pot = _Pot(commission)
    taken = (pot if of_commission else money).take(fee.minor)
    rule = fee.rule.key if fee.rule else ""
    if taken:
        shares.append(Share(Role.PLATFORM, "platform", taken, {"fee": taken}, rule))
    in_force = sorted(
        (each for each in contracts if each.holds(at)), key=lambda each: (each.payee, each.id)
    )
    goods = _by_contract(in_force, sale.merchant, ContractBase.GOODS, sale.received_minor, money)
    supplied = _supplied(sale, money)
    shares += [*goods, *supplied]
    merchant = {
        "goods": sale.goods_minor,
        "freight": sale.freight_minor,
        "discount": -own,
        "commission": -commission,
        "fee": 0 if of_commission else -taken,
        "service": -sum(each.amount_minor for each in goods),
        "supply": -sum(each.amount_minor for each in supplied),
        "tax": -included,
    }
    shares.insert(0, _share(Role.MERCHANT, sale.merchant, merchant, rule))
    if sale.creator:
        shares += _creator(sale, sale.creator, commission, taken if of_commission else 0, in_force)
    # A creator's coupon on a sale nobody promoted is the platform's to bear.
    subsidy = sale.borne.get("platform", 0)
    if not sale.creator:
        subsidy += sale.borne.get("creator", 0)
    if included:
        shares.append(Share(Role.TAX, "tax", included, {"tax": included}))
    if subsidy:
        shares.append(Share(Role.SUBSIDY, "platform", -subsidy, {"discount": -subsidy}))
    return Split(_withheld(shares, taxes), fee.rule)


def _figures(sale: Sale, commission: int, tax: int) -> Figures:
    return Figures(
        amount=sale.received_minor,
        source=sale.source,
        integration=sale.integration,
        promoted=commission > 0,
        commission=commission,
        payment=sale.paid_minor,
        platform_discount=sale.borne.get("platform", 0),
        tax=tax,
    )


def split_conversion(
    *,
    source: str,
    integration: str,
    amount_minor: int,
    commission_minor: int,
    source_fee_minor: int,
    creator: str | None,
    contracts: Iterable[Contract],
    fees: Iterable[FeeRule],
    platform: str,
    at: datetime,
    taxes: Sequence[Tax] = (),
) -> Split:
    """Part the commission another platform pays for a sale of its own.

    The shares add up to the commission less what that platform keeps of it; without a creator
    the platform keeps the rest.
    """
    fee = fee_of(
        fees,
        platform,
        Occasion.SALE,
        Figures(
            amount=amount_minor,
            source=source,
            integration=integration,
            promoted=True,
            commission=commission_minor,
            source_fee=source_fee_minor,
            payment=amount_minor,
        ),
        at,
    )
    pot = _Pot(max(commission_minor - source_fee_minor, 0))
    whole = pot.left
    taken = pot.take(fee.minor if creator else whole)
    rule = fee.rule.key if fee.rule else ""
    shares = [Share(Role.PLATFORM, "platform", taken, {"fee": taken}, rule)] if taken else []
    if creator:
        in_force = sorted(
            (each for each in contracts if each.holds(at)), key=lambda each: (each.payee, each.id)
        )
        parts = _creator_parts(creator, whole, taken, in_force)
        shares += parts
    return Split(_withheld(shares, taxes), fee.rule)


def _included(paid_minor: int, rate_bps: int) -> int:
    """The tax within a price, rounded half up."""
    whole = 10_000 + rate_bps
    return (2 * paid_minor * rate_bps + whole) // (2 * whole)


def _withheld(shares: Sequence[Share], taxes: Iterable[Tax]) -> tuple[Share, ...]:
    """The shares less what is kept back of earnings, which is a share of its own."""
    rates = [(tax.roles, tax.rate_bps) for tax in taxes if not tax.is_included]
    found, kept = [], 0
    for each in shares:
        rate = min(sum(bps for roles, bps in rates if each.role.value in roles), 10_000)
        tax = share(max(each.amount_minor, 0), rate)
        if tax:
            parts = {**each.parts, "tax": each.parts.get("tax", 0) - tax}
            found.append(replace(each, amount_minor=each.amount_minor - tax, parts=parts))
            kept += tax
        else:
            found.append(each)
    if kept:
        found.append(Share(Role.TAX, "tax", kept, {"tax": kept}))
    return tuple(found)


def _commission(sale: Sale, own: int) -> int:
    """The promised commission: of each line, less its part of the merchant's coupons."""
    discounts = [line.discount_minor for line in sale.lines]
    mine = apportion(min(own, sum(discounts)), discounts)
    return sum(
        share(line.goods_minor - less, line.commission_bps)
        for line, less in zip(sale.lines, mine, strict=True)
    )


def _by_contract(
    contracts: Iterable[Contract], payer: str, base: ContractBase, of: int, pot: _Pot
) -> list[Share]:
    shares = []
    for each in contracts:
        if each.payer == payer and each.base is base:
            amount = pot.take(share(of, each.rate_bps))
            if amount:
                role = Role.MCN if each.kind is ContractKind.MCN else Role.SERVICE
                part = "mcn" if role is Role.MCN else "service"
                shares.append(Share(role, each.payee, amount, {part: amount}, contract=each.id))
    return shares


def _supplied(sale: Sale, money: _Pot) -> list[Share]:
    wanted: dict[str, dict[int, int]] = {}
    for line in sale.lines:
        if line.supplier is not None and line.supplier != sale.merchant:
            mine = wanted.setdefault(line.supplier, {})
            mine[line.line_no] = mine.get(line.line_no, 0) + line.supply_minor
    found = []
    for party, lines in sorted(wanted.items()):
        amount = money.take(sum(lines.values()))
        if amount:
            parted = dict(zip(lines, apportion(amount, list(lines.values())), strict=True))
            share_of = Share(Role.SUPPLIER, party, amount, {"supply": amount}, lines=parted)
            found.append(share_of)
    return found


def _creator(
    sale: Sale, creator: str, commission: int, fee: int, contracts: Sequence[Contract]
) -> list[Share]:
    borne = sale.borne.get("creator", 0)
    return _creator_parts(creator, commission, fee, contracts, borne)


def _creator_parts(
    creator: str, commission: int, fee: int, contracts: Sequence[Contract], borne: int = 0
) -> list[Share]:
    pot = _Pot(commission - fee)
    others = _by_contract(contracts, creator, ContractBase.COMMISSION, pot.left, pot)
    parts = {
        "commission": commission,
        "fee": -fee,
        "mcn": -sum(each.amount_minor for each in others if each.role is Role.MCN),
        "service": -sum(each.amount_minor for each in others if each.role is Role.SERVICE),
        "discount": -borne,
    }
    mine = _share(Role.CREATOR, creator, parts)
    return [mine, *others] if mine.amount_minor or mine.parts else others


def _share(role: Role, party: str, parts: Mapping[str, int], rule: str = "") -> Share:
    kept = {name: amount for name, amount in parts.items() if amount}
    return Share(role, party, sum(kept.values()), kept, rule)


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Part an amount by weights, none of which is below zero, without rest.

    Each gets its exact part rounded down; what is left goes one unit each to those who lost most
    by that, the earlier first. So nobody gets more than its weight while the amount is no more
    than all weights together.
    """
    total = sum(weights)
    if total <= 0:
        if amount:
            raise ValueError("there is nothing to part an amount by")
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    rests = sorted(
        range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place)
    )
    for place in rests[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def give_back(refund_minor: int, left: Sequence[int]) -> list[int]:
    """How much each share gives back of a refund: ``left`` is what stands of each by now.

    The answer is signed like the shares: one above zero gives up a part of it, never more than
    stands; one below zero (the platform's part of a coupon, a creator's debt) is relieved in
    proportion, all of it when everything goes back. The parts add up to the refund.
    """
    whole = sum(left)
    if not 0 <= refund_minor <= whole:
        raise ValueError(f"{refund_minor} of {whole} can't go back")
    if refund_minor == 0:
        return [0] * len(left)
    relieved = [amount * refund_minor // whole if amount < 0 else 0 for amount in left]
    if refund_minor == whole:
        relieved = [min(amount, 0) for amount in left]
    owing = [max(amount, 0) for amount in left]
    given = apportion(refund_minor - sum(relieved), owing)
    return [gives + less for gives, less in zip(given, relieved, strict=True)]


def unearned(lines: Mapping[int, int], back: Mapping[int, tuple[int, int]], told_minor: int) -> int:
    """What a supplier is not paid of its share, whose parts by line are ``lines``.

    It is paid for pieces that were sold and kept: ``back`` says by line how many went back of how
    many. Where it says that it gave back more than these pieces cost (``told_minor``), that much.
    """
    pieces = sum(
        cost * min(gone, quantity) // quantity
        for line_no, cost in lines.items()
        for gone, quantity in [back.get(line_no, (0, 1))]
    )
    return min(max(pieces, told_minor), sum(lines.values()))


def give_back_by(refund_minor: int, left: Sequence[int], wanted: Mapping[int, int]) -> list[int]:
    """As :func:`give_back`, where the shares at some places give a sum of their own: ``wanted``.

    They give that much as far as the refund and the others leave room for it; the others part the
    rest. Where nothing fits, all give in proportion.
    """
    whole, mine = sum(left), sum(left[place] for place in wanted)
    others = whole - mine
    if not wanted or others < 0 or not 0 <= refund_minor <= whole:
        return give_back(refund_minor, left)
    sums = {place: min(max(amount, 0), left[place]) for place, amount in wanted.items()}
    own = max(min(sum(sums.values()), refund_minor), refund_minor - others)
    places = list(wanted)
    if own <= sum(sums.values()):
        parts = apportion(own, [sums[place] for place in places])
    else:
        more = apportion(own - sum(sums.values()), [left[place] - sums[place] for place in places])
        parts = [sums[place] + one for place, one in zip(places, more, strict=True)]
    rest = iter(give_back(refund_minor - own, [one for k, one in enumerate(left) if k not in sums]))
    given = dict(zip(places, parts, strict=True))
    return [given[k] if k in given else next(rest) for k in range(len(left))]


#: Whose share it is, and for what.
PartyKey = tuple[str, str]


class Reparted(NamedTuple):
    """What is taken of each settled share, and what each party lacks."""

    taken: list[int]
    missing: dict[PartyKey, int]


def repart(settled: Sequence[tuple[PartyKey, int]], wanted: Mapping[PartyKey, int]) -> Reparted:
    """Bring settled shares to what each party should have. The earlier of a party's shares stay
    first; nothing is taken and given back at once."""
    left = dict(wanted)
    taken = []
    for key, amount in settled:
        keeps = min(amount, left.get(key, 0))
        taken.append(amount - keeps)
        if keeps:
            left[key] -= keeps
    return Reparted(taken, {key: amount for key, amount in left.items() if amount})


def settle_parts(amount_minor: int, owed_minor: int, payable_minor: int) -> tuple[int, int]:
    """How an amount moves a party's accounts: ``(on payable, on what it owes)``, both signed.

    What comes in pays first what is owed. What is taken back comes first out of what is payable;
    the rest is owed.
    """
    if amount_minor >= 0:
        netted = min(amount_minor, owed_minor)
        return amount_minor - netted, -netted
    taken = min(-amount_minor, max(payable_minor, 0))
    return -taken, -amount_minor - taken
