"""Pure: the ids of addresses, where copies are found, and when an address is asked again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.pictures import rules

AT = datetime(2026, 11, 26, tzinfo=UTC)


@given(st.text(max_size=40))
def test_whatever_goods_name_is_either_ours_or_fetched(text: str) -> None:
    url = f"https://{text}"
    assert rules.place_of(url).startswith(rules.PREFIX)
    assert all(host for host in map(rules.host_of, rules.wanted([url]).values()))
    assert rules.place_of(rules.place_of(url)) == rules.place_of(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://CDN.example/a?b#c", "cdn.example"),
        ("http://me:secret@cdn.example:8080/a", "cdn.example:8080"),
        ("https://[::1]:9/a", "::1:9"),
        ("https://x:port/a", ""),
        ("https:///a", ""),
    ],
)
def test_a_host_is_told_with_its_port(url: str, host: str) -> None:
    assert rules.host_of(url) == host


def test_the_ladder_ends_in_what_is_known() -> None:
    for has_picture, end in ((False, "failed"), (True, "kept")):
        state, attempts = "waiting", 0
        for _ in rules.LADDER:
            after = rules.after_failure(AT, attempts, has_picture=has_picture, look_seconds=9)
            assert after.due_at is not None
            attempts = after.attempts
        state = rules.after_failure(AT, attempts, has_picture=has_picture, look_seconds=9).state
        assert state == end
