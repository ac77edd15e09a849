"""Pure: waits, what lies in a warehouse, what is believed of a source."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connections.fakes import draft
from yellowcart.connections import rules
from yellowcart.sources.connector import Can, Parcel, Setting
from yellowcart.sources.files.drafts import ProductDraft, Refusal, SkuDraft

AT = datetime(2026, 11, 26, tzinfo=UTC)


def test_the_ladder_ends():
    waits = [rules.next_try(n, AT) for n in range(1, len(rules.LADDER) + 2)]
    assert waits[:-1] == sorted(waits[:-1], key=lambda one: one or AT)
    assert waits[-1] is None
    assert rules.next_try(1, AT, asked_to_wait=100) == AT + timedelta(seconds=100)


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000))
def test_no_piece_is_subtracted_twice(lies, reserved, sold_here, taken):
    """The supplier counts off what it took; we count off everything: free is what is neither."""
    available = max(lies - taken, 0)
    lies = available + taken
    free = rules.on_hand_of(available, taken) - reserved - sold_here - taken
    assert free == lies - taken - reserved - sold_here


def test_a_lie_about_stock_is_bounded():
    assert rules.on_hand_of(-5, 0) == 0
    assert rules.on_hand_of(10**30, 2) == rules.MOST_PIECES + 2


def test_a_late_word_does_not_count():
    assert rules.is_later(AT, None)
    assert rules.is_later(AT, AT)
    assert not rules.is_later(AT - timedelta(seconds=1), AT)


def test_secrets_are_masked():
    assert rules.masked("abcdefghijkl1234") == "••••1234"
    assert rules.masked("short") == "••••"
    fields = (Setting("url", "Address", kind="url"), Setting("key", "Key", kind="secret"))
    shown = rules.shown({"url": "https://a.example", "key": "abcdefghijkl1234"}, fields)
    assert shown == {"url": "https://a.example", "key": "••••1234"}


def test_typed_settings_are_checked_one_by_one():
    fields = (Setting("url", "Address", kind="url"), Setting("key", "Key", kind="secret"))
    found, bad = rules.cleaned({"url": " ftp://x "}, fields)
    assert [one.name for one in bad] == ["url", "key"]
    found, bad = rules.cleaned({"url": "https://x.example/", "key": " k "}, fields)
    assert (found, bad) == ({"url": "https://x.example", "key": "k"}, [])


@pytest.mark.parametrize(
    "lie",
    [
        draft(""),
        draft("k" * 201),
        draft("a", title="  "),
        draft("a", price=-1),
        draft("a", price=10**14),
        draft("a", skus=(SkuDraft("x", 0, 1), SkuDraft("x", 0, 2))),
        draft("a", skus=tuple(SkuDraft(f"s{n}", 0, 1) for n in range(601))),
    ],
)
def test_what_can_not_be_right_is_refused(lie):
    assert isinstance(rules.sound(lie), Refusal)


def test_what_is_too_much_is_cut():
    wild = draft(
        "a",
        title="t" * 900,
        images=("javascript:alert(1)", "https://pic.example/1.jpg"),
        tags=tuple("x" for _ in range(999)),
        skus=(SkuDraft("s", 0, 100, stock=-3, sale_price_minor=500, image_url="data:x"),),
    )
    kept = rules.sound(wild)
    assert isinstance(kept, ProductDraft)
    assert len(kept.title) == 300
    assert kept.images == ("https://pic.example/1.jpg",)
    assert (kept.skus[0].stock, kept.skus[0].sale_price_minor, kept.skus[0].image_url) == (
        0,
        None,
        "",
    )


def test_no_more_is_believed_sent_than_was_to_be():
    keys, left = {1: "a", 2: "b", 3: "a"}, {1: 2, 2: 0, 3: 5}
    assert rules.pieces_sent(None, keys, left) == {1: 2, 3: 5}
    assert rules.pieces_sent({"a": 3, "b": 9, "zzz": 1}, keys, left) == {1: 2, 3: 1}
    assert rules.pieces_sent({"a": -4}, keys, left) == {}


def test_tokens_are_renewed_in_time():
    assert rules.renew_at(None, AT) is None
    assert rules.renew_at(AT + timedelta(hours=48), AT) == AT + timedelta(hours=46)
    assert rules.renew_at(AT + timedelta(hours=1), AT) == AT + timedelta(minutes=30)


def test_percentiles():
    assert rules.percentile([], 0.95) is None
    assert rules.percentile([7], 0.95) == 7
    assert rules.percentile(range(1, 101), 0.95) == 95


@pytest.mark.parametrize(
    ("can", "how"),
    [
        ({Can.TAKE_ORDER, Can.CHANGE_STOCK}, "by_order"),
        ({Can.CHANGE_STOCK, Can.LIST_CATALOGUE}, "by_change"),
        ({Can.LIST_CATALOGUE, Can.FOLLOW_STOCK}, "not"),
    ],
)
def test_a_store_learns_of_our_sales_in_one_way(can, how):
    assert rules.learns(can) == how


@pytest.mark.parametrize(
    ("lines", "there", "counts"),
    [
        ([(0, 2)], 5, [2]),
        ([(0, 2), (0, 3)], 4, [2, 2]),
        ([(2, 0), (0, 3)], 1, [0, 3]),
        ([(2, 0), (0, 9)], 1, [0, 3]),
        ([(0, 2)], 0, [0]),
        ([(0, 2)], -4, [0]),
        ([(3, 1)], 0, [1]),
        ([], 5, []),
    ],
)
def test_no_more_is_taken_away_than_there_is(lines, there, counts):
    assert rules.to_tell([rules.SoldLine(*line) for line in lines], there) == counts


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6), st.integers(0, 40))
def test_telling_never_takes_the_store_below_nothing(lines, there):
    sold = [rules.SoldLine(*line) for line in lines]
    counts = rules.to_tell(sold, there)
    change = sum(line.counted for line in sold) - sum(counts)
    assert there + change >= 0
    for line, count in zip(sold, counts, strict=True):
        assert min(line.counted, line.wanted) <= count <= max(line.counted, line.wanted)
    if there >= sum(line.wanted for line in sold):
        assert counts == [line.wanted for line in sold]


@pytest.mark.parametrize(
    ("change", "there", "arrived"),
    [
        (-2, 10, False),
        (-2, 8, True),
        (-2, 7, True),
        (-2, 9, False),
        (-2, 12, False),
        (2, 10, False),
        (2, 12, True),
        (2, 11, True),
        (2, 9, False),
    ],
)
def test_whether_a_change_arrived_is_told_by_what_is_there(change, there, arrived):
    assert rules.has_arrived(change, 10, there) is arrived


def test_a_warehouse_never_holds_less_than_nothing():
    assert rules.on_hand_of(1, -3) == 0


def test_parcels_are_told_apart_by_id_number_or_place():
    parcels = [Parcel("SF", ""), Parcel("SF", "1"), Parcel("SF", "2", key="a"), Parcel("", " ")]
    assert rules.parcel_marks(parcels) == ["no:1", "", "id:a", "no:2"]
