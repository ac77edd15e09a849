"""Shares add up to what the buyer paid, whatever the sale, the contracts and the fees."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.settlement.rules import (
    Contract,
    ContractBase,
    ContractKind,
    Role,
    Sale,
    SaleLine,
    Tax,
    apportion,
    give_back,
    give_back_by,
    settle_parts,
    split,
    split_conversion,
    unearned,
)

AT = datetime(2021, 11, 20, tzinfo=UTC)
BEFORE = AT - timedelta(days=400)


def contract(payer: str, payee: str, rate_bps: int, **fields: object) -> Contract:
    is_mcn = payee.startswith("mcn")
    values: dict[str, object] = {
        "id": f"{payer}>{payee}",
        "kind": ContractKind.MCN if is_mcn else ContractKind.SERVICE,
        "base": ContractBase.GOODS if payer.startswith("shop") else ContractBase.COMMISSION,
        "effective_from": BEFORE,
        **fields,
    }
    return Contract(payer=payer, payee=payee, rate_bps=rate_bps, **values)  # type: ignore[arg-type]


LINES = st.lists(
    st.integers(0, 10**7).flatmap(
        lambda goods: st.builds(
            SaleLine,
            goods_minor=st.just(goods),
            discount_minor=st.integers(0, goods),
            commission_bps=st.integers(0, 9_000),
            supplier=st.sampled_from([None, "shop:s", "shop:m"]),
            supply_minor=st.integers(0, 2 * 10**7),
        )
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    lines = draw(LINES)
    discount = sum(line.discount_minor for line in lines)
    first = draw(st.integers(0, discount))
    second = draw(st.integers(0, discount - first))
    return Sale(
        merchant="shop:m",
        currency="CNY",
        lines=lines,
        creator=draw(st.sampled_from([None, "creator:c"])),
        freight_minor=draw(st.integers(0, 5_000)),
        borne={"merchant": first, "platform": second, "creator": discount - first - second},
        source=draw(st.sampled_from(["native", "youzan", "mokuai"])),
    )


CONTRACTS = st.lists(
    st.builds(
        contract,
        st.sampled_from(["shop:m", "creator:c", "creator:other"]),
        st.sampled_from(["mcn:a", "mcn:b", "service:p", "service:q"]),
        st.integers(0, 10_000),
    ),
    max_size=4,
)
TAXES = st.lists(
    st.one_of(
        st.builds(Tax, is_included=st.just(True), rate_bps=st.integers(0, 3_000)),
        st.builds(
            Tax,
            is_included=st.just(False),
            rate_bps=st.integers(0, 10_000),
            roles=st.frozensets(st.sampled_from(["creator", "merchant", "mcn"]), min_size=1),
        ),
    ),
    max_size=2,
)
PLATFORMS = st.sampled_from(["kuaishou", "tiktok-us", "jamble", "none"])


@given(sales(), CONTRACTS, PLATFORMS, TAXES)
def test_the_shares_of_any_sale_add_up(
    sale: Sale, contracts: list[Contract], platform: str, taxes: list[Tax]
):
    found = split(sale, contracts, shipped_fees(), platform=platform, at=AT, taxes=taxes).shares
    assert sum(each.amount_minor for each in found) == sale.paid_minor
    for each in found:
        assert sum(each.parts.values()) == each.amount_minor
        if each.role is Role.SUBSIDY:
            nobody = 0 if sale.creator else sale.borne["creator"]
            assert each.amount_minor == -sale.borne["platform"] - nobody
        elif each.role is not Role.CREATOR:
            assert each.amount_minor >= 0
    owing = [each for each in found if each.amount_minor < 0 and each.role is Role.CREATOR]
    assert all(-each.amount_minor <= sale.borne["creator"] for each in owing)


@given(sales(), CONTRACTS, PLATFORMS)
def test_parting_the_same_sale_again_gives_the_same(
    sale: Sale, contracts: list[Contract], platform: str
):
    one = split(sale, contracts, shipped_fees(), platform=platform, at=AT)
    other = split(sale, contracts[::-1], shipped_fees(), platform=platform, at=AT)
    if len({each.id for each in contracts}) == len(contracts):
        assert one == other


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_what_is_apportioned_has_no_rest_and_nobody_gets_more_than_its_weight(
    amount: int, weights: list[int]
):
    assume(sum(weights) > 0)
    parts = apportion(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = amount * weight / sum(weights)
        assert abs(part - exact) < 1 + 1e-6 * exact
        if amount <= sum(weights):
            assert part <= weight


@given(
    st.lists(st.integers(-(10**6), 10**7), min_size=1, max_size=6),
    st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
)
def test_refunds_take_back_what_stands_and_no_more(shares: list[int], cuts: list[int]):
    assume(sum(shares) > 0)
    left = list(shares)
    for cut in [*cuts, 10_000]:
        refund = sum(left) * cut // 10_000
        given_up = give_back(refund, left)
        assert sum(given_up) == refund
        for gives, stands in zip(given_up, left, strict=True):
            assert min(stands, 0) <= gives <= max(stands, 0)
        left = [stands - gives for gives, stands in zip(given_up, left, strict=True)]
    assert left == [0] * len(shares)


def test_more_than_was_paid_can_not_go_back():
    with pytest.raises(ValueError, match="can't go back"):
        give_back(11, [10])


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_is_owed_is_netted_first(amount: int, owed: int, payable: int):
    on_payable, on_owed = settle_parts(amount, owed, payable)
    assert on_payable - on_owed == amount
    assert payable + on_payable >= 0
    assert owed + on_owed >= 0


class TestOneSale:
    """¥100 of goods with a commission of 20 %, as read by hand."""

    def shares(self, *contracts: Contract, **fields: object) -> dict[str, int]:
        line = SaleLine(goods_minor=10_000, **fields.pop("line", {}))  # type: ignore[arg-type]
        sale = Sale(merchant="shop:m", currency="CNY", lines=(line,), **fields)  # type: ignore[arg-type]
        found = split(sale, contracts, shipped_fees(), platform="kuaishou", at=AT).shares
        assert sum(each.amount_minor for each in found) == sale.paid_minor
        return {f"{each.role}:{each.party}": each.amount_minor for each in found}

    def test_without_commission_the_merchant_pays_five_percent(self):
        assert self.shares() == {"merchant:shop:m": 9_500, "platform:platform": 500}

    def test_with_commission_the_platform_takes_half_of_it(self):
        assert self.shares(creator="creator:c", line={"commission_bps": 2_000}) == {
            "merchant:shop:m": 8_000,
            "platform:platform": 1_000,
            "creator:creator:c": 1_000,
        }

    def test_an_mcn_has_its_share_of_what_the_creator_keeps(self):
        found = self.shares(
            contract("creator:c", "mcn:a", 3_000),
            creator="creator:c",
            line={"commission_bps": 2_000},
        )
        assert found["creator:creator:c"] == 700
        assert found["mcn:mcn:a"] == 300

    def test_a_service_provider_is_paid_of_the_goods_or_of_the_commission(self):
        found = self.shares(
            contract("shop:m", "service:p", 200),
            contract("creator:c", "service:q", 1_000),
            creator="creator:c",
            line={"commission_bps": 2_000},
        )
        assert (found["service:service:p"], found["service:service:q"]) == (200, 100)
        assert (found["merchant:shop:m"], found["creator:creator:c"]) == (7_800, 900)

    def test_a_contract_counts_from_its_instant_to_before_its_end(self):
        begins = contract("shop:m", "service:p", 200, effective_from=AT)
        ended = contract("shop:m", "service:q", 200, effective_until=AT)
        assert set(self.shares(begins, ended)) == {
            "merchant:shop:m",
            "platform:platform",
            "service:service:p",
        }

    def test_a_supplier_has_its_supply_price_and_the_merchant_the_margin(self):
        found = self.shares(line={"supplier": "shop:s", "supply_minor": 7_000})
        assert found == {
            "merchant:shop:m": 2_500,
            "supplier:shop:s": 7_000,
            "platform:platform": 500,
        }

    def test_each_bearer_bears_its_own_coupon(self):
        found = self.shares(
            creator="creator:c",
            line={"commission_bps": 2_000, "discount_minor": 600},
            borne={"merchant": 100, "platform": 200, "creator": 300},
        )
        # The commission and its half are of the 99.00 that the merchant sells for.
        assert found == {
            "merchant:shop:m": 9_900 - 1_980,
            "platform:platform": 990,
            "creator:creator:c": 990 - 300,
            "subsidy:platform": -200,
        }


def test_taxes_are_kept_back_from_the_price_and_from_earnings():
    line = SaleLine(goods_minor=11_000, commission_bps=2_000)
    sale = Sale(merchant="shop:m", currency="CNY", lines=(line,), creator="creator:c")
    taxes = [Tax(True, 1_000), Tax(False, 2_000, frozenset({"creator"}))]
    found = split(sale, [], shipped_fees(), platform="kuaishou", at=AT, taxes=taxes).shares
    assert [(each.role.value, each.amount_minor) for each in found] == [
        ("merchant", 11_000 - 1_000 - 2_200),
        ("platform", 1_100),
        ("creator", 880),
        ("tax", 1_000),
        ("tax", 220),
    ]


def test_another_platforms_commission_is_parted_after_what_it_keeps():
    found = split_conversion(
        source="taobao",
        integration="link",
        amount_minor=10_000,
        commission_minor=2_000,
        source_fee_minor=500,
        creator="creator:c",
        contracts=[contract("creator:c", "mcn:a", 2_000)],
        fees=shipped_fees(),
        platform="kuaishou",
        at=AT,
    )
    assert {each.party: each.amount_minor for each in found.shares} == {
        "platform": 750,
        "creator:c": 600,
        "mcn:a": 150,
    }


@given(
    shares=st.lists(st.integers(-500, 5_000), min_size=1, max_size=7),
    wanted=st.dictionaries(st.integers(0, 6), st.integers(-100, 6_000), max_size=3),
    part=st.integers(0, 100),
)
def test_shares_with_a_sum_of_their_own_leave_the_whole_as_it_is(shares, wanted, part):
    whole = sum(shares)
    assume(whole >= 0)
    wanted = {k: v for k, v in wanted.items() if k < len(shares) and shares[k] >= 0}
    refund = whole * part // 100
    given_by = give_back_by(refund, shares, wanted)
    assert sum(given_by) == refund
    for left, back in zip(shares, given_by, strict=True):
        assert min(left, 0) <= back <= max(left, 0)
    if refund == whole:
        assert given_by == shares
    others = whole - sum(shares[k] for k in wanted)
    sums = {k: min(max(v, 0), shares[k]) for k, v in wanted.items()}
    if sum(sums.values()) <= refund <= others + sum(sums.values()) and others >= 0:
        assert all(given_by[k] == sums[k] for k in sums)


def test_a_supplier_is_paid_for_pieces_that_were_kept():
    lines = {1: 900, 2: 100}
    assert unearned(lines, {}, 0) == 0
    assert unearned(lines, {1: (1, 3)}, 0) == 300
    assert unearned(lines, {1: (1, 3)}, 250) == 300
    assert unearned(lines, {1: (1, 3)}, 350) == 350
    assert unearned(lines, {1: (9, 3), 2: (1, 1)}, 9_999) == 1_000
