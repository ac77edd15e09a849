import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.money import display_minor, parse_minor, share


@given(st.integers(-(10**12), 10**12), st.integers(0, 10_000))
def test_a_share_and_its_rest_are_within_half_a_unit(amount: int, rate: int) -> None:
    assert abs(share(amount, rate) * 10_000 - amount * rate) <= 5_000
    assert share(-amount, rate) == -share(amount, rate)


@given(st.integers(-(10**9), 10**9))
def test_what_is_written_is_read_back(minor: int) -> None:
    assert parse_minor(f"{minor / 100:.2f}", "CNY") == minor


@pytest.mark.parametrize("text", ["1.005", "ten", "", "NaN", "1e-9"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount of money|smallest unit"):
        parse_minor(text, "CNY")


def test_display() -> None:
    assert display_minor(123450, "CNY", "zh-hans") == "¥1,234.50"
    assert display_minor(500, "JPY", "en") == "¥500"
