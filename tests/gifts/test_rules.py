"""Decisions about coins, packets and bags, and the draw that anybody can check."""

from collections import Counter
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yellowcart.gifts import draw, rules
from yellowcart.gifts.draw import Entrant
from yellowcart.gifts.packs import read_catalogue, read_terms
from yellowcart.gifts.rules import Deeds, Need, Needs, Purse

AT = datetime(2026, 1, 1, tzinfo=UTC)
HEX = st.text("0123456789abcdef", min_size=16, max_size=16)


@given(st.integers(1, 10**9), st.integers(0, 10**10), st.data())
def test_coins_never_take_more_money_than_is_behind_them(coins, worth, data) -> None:
    purse = Purse(coins, worth)
    while purse.coins:
        taken = data.draw(st.integers(max(1, purse.coins // 3), purse.coins))
        money = rules.worth_of(purse, taken)
        assert 0 <= money <= purse.worth_minor
        purse = Purse(purse.coins - taken, purse.worth_minor - money)
    assert purse.worth_minor == 0


@given(st.integers(1, 300), st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_lucky_shares_add_up_and_nobody_gets_nothing(pieces, more, random: Random) -> None:
    shares = rules.lucky_shares(pieces + more, pieces, random.randrange)
    assert len(shares) == pieces
    assert sum(shares) == pieces + more
    assert min(shares) >= 1
    assert sum(rules.worths(7 * (pieces + more) + 3, shares)) == 7 * (pieces + more) + 3
    assert sum(rules.equal_shares(pieces + more, pieces)) == pieces + more


def test_no_place_in_a_lucky_packet_is_better_than_another() -> None:
    random, sums = Random(7), Counter()
    for _packet in range(4_000):
        sums.update(dict(enumerate(rules.lucky_shares(1_000, 10, random.randrange))))
    averages = [sums[place] / 4_000 for place in range(10)]
    assert all(92 < average < 108 for average in averages), averages


@pytest.mark.parametrize(
    ("needs", "deeds", "missing"),
    [
        (Needs(False, "", 0, False), Deeds(False, frozenset(), 0, False), []),
        (
            Needs(True, "Hi", 60, True),
            Deeds(False, frozenset(), 59.9, False),
            [Need.FOLLOW, Need.SAY, Need.WATCH, Need.BUY],
        ),
        (Needs(True, "Tea  PLEASE", 60, True), Deeds(True, frozenset({"teaplease"}), 60, True), []),
    ],
)
def test_conditions(needs: Needs, deeds: Deeds, missing: list[Need]) -> None:
    assert rules.unmet(needs, deeds) == missing


def test_only_what_passes_between_beats_is_watched() -> None:
    assert rules.watched(0, None, AT, 1) == 0
    assert rules.watched(10, AT, AT + timedelta(seconds=30), 1) == 40
    assert rules.watched(10, AT, AT + timedelta(seconds=76), 1) == 10
    assert rules.watched(10, AT, AT - timedelta(seconds=5), 1) == 10
    assert rules.watched(10, AT, AT + timedelta(seconds=600), 60) == 610


@pytest.mark.parametrize(
    ("text", "found"), [("要福袋", False), ("gift please!", False), ("hi 😀", True), ("❤️", True)]
)
def test_emoji(text: str, found: bool) -> None:
    assert rules.has_emoji(text) is found


def test_words_that_are_no_prize() -> None:
    words = read_terms_shipped().bag[0].barred_words
    assert rules.barred_word("京东礼品卡 100元", words)
    assert rules.barred_word("A Gift Card of the shop", words)
    assert rules.barred_word("A cashmere scarf", words) is None


def test_age() -> None:
    born = date(2008, 3, 1)
    assert rules.is_too_young(born, 18, date(2026, 2, 28))
    assert not rules.is_too_young(born, 18, date(2026, 3, 1))
    assert not rules.is_too_young(None, 18, date(2026, 3, 1))


def test_masked_names() -> None:
    assert [rules.masked(name) for name in ("李", "李华", "李大华", "Alexandra")] == [
        "李*",
        "李*",
        "李*华",
        "A***a",
    ]


def read_terms_shipped():
    from yellowcart.gifts.packs import _HOME

    return read_terms(_HOME / "terms.toml")


def test_what_ships_can_be_read() -> None:
    from yellowcart.gifts.packs import _HOME

    coins = read_terms_shipped().coins[0]
    assert coins.price_minor(10) == 100
    assert coins.coins_for(100) == 10
    catalogue = read_catalogue(_HOME / "catalogue.toml")
    assert catalogue["castle"].coins == 10_000


def published(names: list[str], winners: int, seed: str = "ab" * 32) -> dict:
    entrants = [Entrant(name, f"{place:032x}") for place, name in enumerate(names)]
    hashed = draw.entrants_hash(entrants)
    return {
        "bag_id": "bag",
        "winners_wanted": winners,
        "closes_at": "2026-01-01T00:00:00Z",
        "commit": draw.commitment(seed, "bag", winners, "2026-01-01T00:00:00Z"),
        "seed": seed,
        "entrants_hash": hashed,
        "entrants": [one._asdict() for one in entrants],
        "winners": [{"pseudonym": name} for name in draw.draw(seed, hashed, names, winners)],
    }


@given(st.lists(HEX, min_size=1, max_size=40, unique=True), st.integers(1, 50))
def test_the_same_seed_and_list_draw_the_same_winners_in_any_order(names, winners) -> None:
    first = published(names, winners)
    assert draw.faults(first) == []
    drawn = [one["pseudonym"] for one in first["winners"]]
    assert len(drawn) == min(winners, len(names))
    assert set(drawn) <= set(names)
    assert len(set(drawn)) == len(drawn)
    assert draw.draw(first["seed"], first["entrants_hash"], reversed(names), winners) == drawn


@given(st.lists(HEX, min_size=3, max_size=12, unique=True), st.data())
def test_whatever_is_changed_afterwards_shows(names, data) -> None:
    told = deepcopy(published(names, 2))
    match data.draw(st.sampled_from(["seed", "nonce", "added", "removed", "winner", "terms"])):
        case "seed":
            told["seed"] = "cd" * 32
        case "nonce":
            told["entrants"][0]["nonce"] = "f" * 32
        case "added":
            told["entrants"].append({"pseudonym": "f" * 17, "nonce": "0" * 32})
        case "removed":
            told["entrants"].pop()
        case "winner":
            told["winners"].reverse()
        case "terms":
            told["winners_wanted"] = 3
    assert draw.faults(told)
    assert draw.faults({}) == ["malformed"]
    assert draw.faults({**told, "seed": ""}) == ["unfinished"]


@settings(max_examples=3)
@given(st.integers(0, 2**64))
def test_everybody_wins_equally_often(start: int) -> None:
    """By the chi-squared test with 9 degrees of freedom: above 40 once in 100,000 runs."""
    names = [f"{number:016x}" for number in range(10)]
    wins: Counter[str] = Counter()
    for number in range(2_000):
        wins.update(draw.draw(f"{start + number:064x}", "h", names, 3))
    expected = 2_000 * 3 / 10
    assert sum((wins[name] - expected) ** 2 / expected for name in names) < 40
