"""Parts put together: sums, and buyers told apart however the orders are cut up."""

from array import array
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.insights import parts
from yellowcart.insights.parts import FRESH, Numbers, Part
from yellowcart.insights.rules import Dimension

#: Orders: which part they are in, who bought, what for, and whether they still count.
ORDERS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(0, 9), st.booleans()))


def row(*numbers: int) -> "array[int]":
    return array("I", numbers)


def ids(*numbers: int) -> bytes:
    return b"".join(UUID(int=one).bytes for one in numbers)


@given(ORDERS)
def test_what_is_taken_away_again_is_as_if_it_had_never_been(
    orders: list[tuple[int, int, int, bool]],
) -> None:
    cut = [
        Part(
            ("native",),
            "CNY",
            sum(amount for _part, _buyer, amount, _counts in some),
            len(some),
            row(*(buyer for _part, buyer, _amount, _counts in some)),
        )
        for number in range(3)
        if (some := [one for one in orders if one[0] == number])
    ]
    gone = [one for one in orders if not one[3]]
    less = Part(
        ("native",),
        "CNY",
        -sum(one[2] for one in gone),
        -len(gone),
        lost=row(*(one[1] for one in gone)),
    )
    left = [one for one in orders if one[3]]
    found = parts.figures([*cut, less], [Dimension.SOURCE])
    assert [(one.gmv_minor, one.sales, one.buyers) for one in found] == (
        [(sum(one[2] for one in left), len(left), len({one[1] for one in left}))] if left else []
    )


def test_keys_and_currencies_are_kept_apart() -> None:
    found = parts.figures(
        [
            Part(("b",), "CNY", 1, 1, row(1)),
            Part(("a",), "USD", 20, 1, row(1)),
            Part(("a",), "CNY", 300, 2, row(1, 1)),
            Part(("b",), "CNY", 4_000, 1, row(2)),
        ],
        [Dimension.SOURCE],
    )
    assert [(*one.key.values(), one.currency, one.gmv_minor, one.buyers) for one in found] == [
        ("a", "CNY", 300, 1),
        ("a", "USD", 20, 1),
        ("b", "CNY", 4_001, 2),
    ]
    untold = parts.figures([Part((), "CNY", 1, 1, row(1))], (), with_buyers=False)
    assert [one.buyers for one in untold] == [0]


def test_known_buyers_keep_their_numbers_and_others_get_fresh_ones() -> None:
    asked: list[set[bytes]] = []

    def look_up(new: set[bytes]) -> dict[bytes, int]:
        asked.append(set(new))
        return {ids(1): 7} if ids(1) in new else {}

    numbers = Numbers(look_up)
    numbers.learn([ids(1, 2), b"", ids(1)])
    numbers.learn([ids(2, 3)])
    assert asked == [{ids(1), ids(2)}, {ids(3)}]
    known, second, again, third = [*numbers.of(ids(1, 2, 1)), *numbers.of(ids(3))]
    assert (known, again) == (7, 7)
    assert {second, third} == {FRESH, FRESH + 1}


@pytest.mark.parametrize("order", ["little", "big"])
def test_numbers_are_kept_the_least_byte_first(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    native = parts.sys.byteorder
    monkeypatch.setattr(parts.sys, "byteorder", order)
    kept = parts.packed(row(1, FRESH))
    assert parts.unpacked(kept) == row(1, FRESH)
    if order == native:
        assert kept == b"\x01\x00\x00\x00\x00\x00\x00\x80"
