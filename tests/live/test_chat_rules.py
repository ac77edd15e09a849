"""What may be said, and who may quieten whom."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.problems import Problem
from yellowcart.live.rules import (
    LONGEST_CHAT,
    Floor,
    check_chat,
    clean_chat,
    clean_words,
    folded,
    has_blocked_word,
    may_quieten,
)

NOON = datetime(2021, 11, 15, 4, tzinfo=UTC)


def floor(**fields: Any) -> Floor:
    values: dict[str, Any] = {
        "state": "live",
        "slow_mode_seconds": 5,
        "blocked_words": [],
        "muted_until": None,
        "blocked": False,
        "since_last_ms": None,
    }
    return Floor(**(values | fields))


def refusal(text: str, role: str = "viewer", **fields: Any) -> str:
    with pytest.raises(Problem) as caught:
        check_chat(text, role, floor(**fields), NOON)
    return caught.value.code


def cleaned(text: str) -> str | None:
    try:
        return clean_chat(text)
    except Problem:
        return None


@given(st.text(max_size=300))
def test_what_is_said_is_one_short_visible_line(text: str) -> None:
    line = cleaned(text)
    if line is None:
        return
    assert 1 <= len(line) <= LONGEST_CHAT
    assert line == line.strip()
    assert "  " not in line
    for char in line:
        assert char in {" ", "\u200d"} or unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp"}
    assert clean_chat(line) == line


def test_tricks_with_invisible_characters_are_undone() -> None:
    assert clean_chat("a\u202eb\u200b\x00c\r\nd") == "abc d"
    assert clean_chat("👩\u200d👧") == "👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "fields", "code"),
    [
        ("   ", {}, "chat_empty"),
        ("x" * 201, {}, "chat_too_long"),
        ("hi", {"blocked": True}, "account_blocked"),
        ("hi", {"state": "scheduled"}, "chat_closed"),
        ("hi", {"state": "ended"}, "chat_closed"),
        ("hi", {"muted_until": NOON + timedelta(seconds=1)}, "chat_muted"),
        ("hi", {"since_last_ms": 4_999}, "chat_too_fast"),
        ("add V X 1 2", {"blocked_words": ["vx"]}, "chat_blocked_word"),
    ],
)
def test_why_somebody_may_not_speak(text: str, fields: dict[str, Any], code: str) -> None:
    assert refusal(text, **fields) == code


def test_limits_end_where_they_say() -> None:
    assert check_chat("hi", "viewer", floor(since_last_ms=5_000, muted_until=NOON), NOON) == "hi"
    with pytest.raises(Problem) as caught:
        check_chat("hi", "viewer", floor(since_last_ms=3_800), NOON)
    assert caught.value.extra == {"retry_after_ms": 1_200}
    assert "2 s" in str(caught.value)


@pytest.mark.parametrize("role", ["moderator", "host"])
def test_who_keeps_order_is_not_slowed(role: str) -> None:
    strict = floor(since_last_ms=0, blocked_words=["hi"])
    assert check_chat("hi", role, strict, NOON) == "hi"
    assert refusal("hi", role, blocked=True) == "account_blocked"


def test_blocked_words_are_found_in_disguise() -> None:
    assert has_blocked_word("加 ＶＸ：123", ["vx"])
    assert not has_blocked_word("vote", ["vx", "  "])


def test_blocked_words_are_kept_once() -> None:
    assert clean_words([" a ", "a", "", "b"]) == ["a", "b"]
    with pytest.raises(Problem):
        clean_words(["x" * 41])


def test_everybody_reaches_only_those_below() -> None:
    ranks = ["viewer", "moderator", "host", "platform"]
    for low, actor in enumerate(ranks):
        for high, target in enumerate(ranks):
            assert may_quieten(actor, target) == (low > high)


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


#: What is put between letters so that a word is not found.
FILLERS = " \t\u3000\u200b\u200c\u200d\u2060\ufeff._-*·~|/\u0301\ufe0f"
BETWEEN = st.text(st.sampled_from(FILLERS), max_size=3)


@given(
    st.sampled_from(["代购", "scam", "加微信", "Straße", "ポケット", "vx123"]),
    st.lists(BETWEEN, min_size=12, max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_a_word_is_found_whatever_is_done_to_it(
    word: str, between: list[str], is_wide: bool, is_upper: bool
) -> None:
    said = word.upper() if is_upper else word
    if is_wide:
        said = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in said)
    said = "".join(char + filler for char, filler in zip(said, between, strict=False))
    assert has_blocked_word(f"看 {said} 这里", [word])


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("加 薇 信", "微信", False),
        ("🐴🐴", "🐴", True),
        ("hello", "", False),
        ("see you", "\u200b", False),
    ],
)
def test_what_is_no_word_is_not_found(text: str, word: str, found: bool) -> None:
    assert has_blocked_word(text, [word]) is found
