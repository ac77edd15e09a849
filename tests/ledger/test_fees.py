"""The field's fee vectors, to the fen; and what holds for any fee."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.instants import parse_instant
from yellowcart.core.tomlreader import FileError
from yellowcart.ledger.feepacks import read_fees, shipped_fees
from yellowcart.ledger.fees import Fee, Figures, Occasion, fee_of, part_tip


def fee(platform: str, occasion: str, when: str, **figures: object) -> Fee:
    day = parse_instant(when if "T" in when else f"{when}T12:00:00+08:00")
    return fee_of(shipped_fees(), platform, Occasion(occasion), Figures(**figures), day)  # type: ignore[arg-type]


GOLDEN = [
    # ¥100, commission 20, the source keeps 5: (20 - 5) x 50 % = 7.50
    (
        ("kuaishou", "sale", "2019-07-20"),
        {"amount": 10_000, "promoted": True, "commission": 2_000, "source_fee": 500},
        750,
    ),
    # ¥100,000 without a commission: 5,000
    (("kuaishou", "sale", "2019-07-20"), {"amount": 10_000_000}, 500_000),
    (("kuaishou", "sale", "2019-07-19"), {"amount": 10_000_000}, 0),
    # Youzan: (20 - 2) x 45 % = 8.10, more than 5 % of ¥100: 5.00
    (
        ("kuaishou", "sale", "2019-07-20"),
        {
            "amount": 10_000,
            "source": "youzan",
            "integration": "link",
            "promoted": True,
            "commission": 2_000,
            "source_fee": 200,
        },
        500,
    ),
    # Youzan below its cap: (10 - 2) x 45 % = 3.60
    (
        ("kuaishou", "sale", "2019-07-20"),
        {
            "amount": 10_000,
            "source": "youzan",
            "promoted": True,
            "commission": 1_000,
            "source_fee": 200,
        },
        360,
    ),
    # Youzan without a commission pays like all others
    (("kuaishou", "sale", "2021-11-15"), {"amount": 10_000, "source": "youzan"}, 500),
    # a source that keeps more than the commission leaves nothing
    (
        ("kuaishou", "sale", "2021-11-15"),
        {"amount": 10_000, "promoted": True, "commission": 300, "source_fee": 500},
        0,
    ),
    (("douyin", "task", "2020-08-20"), {"amount": 10_000, "integration": "link"}, 2_000),
    (("douyin", "task", "2020-08-20"), {"amount": 10_000}, 500),
    (("douyin", "task", "2020-08-19"), {"amount": 10_000, "integration": "link"}, 0),
    # TikTok US: 6 % x (40.00 + 10.00 - 3.50) = 2.79
    (
        ("tiktok-us", "sale", "2024-04-02"),
        {"amount": 5_000, "payment": 4_000, "platform_discount": 1_000, "tax": 350},
        279,
    ),
    # and 20 % of it when refunded, at most $5 a SKU
    (("tiktok-us", "refund", "2025-05-16"), {"amount": 5_000, "sale_fee": 279}, 56),
    (("tiktok-us", "refund", "2025-05-16"), {"amount": 90_000, "sale_fee": 5_400}, 500),
    (
        ("tiktok-us", "refund", "2025-05-16"),
        {"amount": 90_000, "sale_fee": 5_400, "sku_count": 2},
        1_000,
    ),
    (("tiktok-us", "refund", "2025-05-14"), {"amount": 90_000, "sale_fee": 5_400}, 0),
    (("jamble", "sale", "2025-01-01"), {"amount": 10_000}, 1_400),
    (("jamble", "refund", "2025-01-01"), {"amount": 10_000}, 0),
]


@pytest.mark.parametrize(("asked", "figures", "minor"), GOLDEN)
def test_the_fields_vectors(asked: tuple[str, str, str], figures: dict, minor: int):
    assert fee(*asked, **figures).minor == minor


def test_a_fee_names_its_rule_and_its_cap():
    taken = fee(
        "kuaishou",
        "sale",
        "2021-11-15",
        amount=10_000,
        source="youzan",
        promoted=True,
        commission=2_000,
        source_fee=200,
    )
    assert taken.is_capped
    assert taken.rule is not None
    assert taken.rule.key == "kuaishou.2019-07-20.youzan"
    assert fee("kuaishou", "sale", "2018-01-01", amount=1) == Fee(0, None, is_capped=False)


def test_a_fee_begins_at_its_instant():
    instant = parse_instant("2019-07-20T00:00:00+08:00")

    def taken(at: datetime) -> int:
        return fee_of(shipped_fees(), "kuaishou", Occasion.SALE, Figures(amount=100), at).minor

    assert (taken(instant - timedelta(microseconds=1)), taken(instant)) == (0, 5)


FIGURES = st.builds(
    Figures,
    amount=st.integers(0, 10**9),
    source=st.sampled_from(["native", "youzan", "taobao"]),
    integration=st.sampled_from(["native", "link", "supply"]),
    promoted=st.booleans(),
    commission=st.integers(0, 10**9),
    source_fee=st.integers(0, 10**9),
    payment=st.integers(0, 10**9),
    sale_fee=st.integers(0, 10**9),
    sku_count=st.integers(1, 9),
)
PLATFORMS = st.sampled_from(["kuaishou", "douyin", "tiktok-us", "jamble"])
AT = parse_instant("2026-01-01T00:00:00+08:00")


@given(PLATFORMS, st.sampled_from(Occasion), FIGURES)
def test_no_fee_is_negative_or_above_its_cap(platform: str, occasion: Occasion, figures: Figures):
    taken = fee_of(shipped_fees(), platform, occasion, figures, AT)
    assert taken.minor >= 0
    rule = taken.rule
    if rule is not None and rule.cap_bps is not None:
        assert taken.minor * 10_000 <= figures.amount * rule.cap_bps + 5_000
    if rule is not None and rule.cap_per_sku is not None:
        assert taken.minor <= rule.cap_per_sku * figures.sku_count


@given(st.integers(0, 10**9), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_tip_is_parted_without_rest(minor: int, tax_bps: int, host_bps: int):
    parts = part_tip(minor, tax_bps=tax_bps, host_bps=host_bps)
    assert sum(parts) == minor
    assert min(parts) >= 0


def test_a_thousand_yuan_of_tips():
    assert part_tip(100_000, tax_bps=2_000, host_bps=5_000) == (20_000, 40_000, 40_000)


TIED = """\
format = 1
[[fee]]
key = "a"
platform = "mine"
occasion = "sale"
base = "amount"
rate_bps = 100
effective_from = "2020-01-01T00:00:00Z"
summary = { en = "One", zh = "一" }
[[fee]]
key = "b"
platform = "mine"
occasion = "sale"
base = "amount"
rate_bps = 200
effective_from = "2021-01-01T00:00:00Z"
summary = { en = "Two", zh = "二" }
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", r"fees\.toml:16: fee 'b', effective_from: overlaps 'a'"),
        ('"sale"', '"sail"', r"fees\.toml:5: fee 'a', occasion: .*did you mean 'sale'"),
        ("rate_bps = 100", "", r"fee 'a', rate_bps: is missing"),
        ("2020-01-01T00:00:00Z", "2020-01-01", r"fees\.toml:8: .* has no zone"),
        ("rate_bps = 100", "rate = 100", r"fees\.toml:7: .*did you mean 'rate_bps'"),
    ],
)
def test_mistakes_in_a_file_are_shown(tmp_path: Path, old: str, new: str, says: str):
    path = tmp_path / "fees.toml"
    path.write_text(TIED.replace(old, new, 1) if old else TIED, encoding="utf-8")
    with pytest.raises(FileError, match=says):
        read_fees(path)
