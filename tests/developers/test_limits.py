"""An application that calls too often is told when to come back."""

import pytest

from tests.developers.worlds import make_program, owner_with_shop
from yellowcart.developers import limits
from yellowcart.developers.limits import WINDOW_SECONDS, Limiter


def test_a_window_counts_each_application_for_itself() -> None:
    at = [0.0]
    limiter = Limiter(lambda: at[0])
    assert [limiter.take(1, 2).left for _call in range(3)] == [1, 0, -1]
    assert limiter.take(2, 2).left == 1
    at[0] = 12.5
    assert limiter.take(1, 2).seconds == 48
    at[0] = float(WINDOW_SECONDS)
    again = limiter.take(1, 2)
    assert (again.left, again.seconds) == (1, WINDOW_SECONDS)


def test_what_is_over_is_forgotten_once_there_is_much() -> None:
    at = [0.0]
    limiter = Limiter(lambda: at[0])
    for key in range(10_002):
        limiter.take(key, 1)
    at[0] = float(WINDOW_SECONDS)
    limiter.take(99_999, 1)
    assert len(limiter._windows) == 1


@pytest.mark.django_db
def test_answers_say_what_is_left_and_a_refusal_when_to_come_back(settings, monkeypatch) -> None:
    monkeypatch.setattr(limits, "_limiter", Limiter(lambda: 0.0))
    settings.API_CALLS_A_MINUTE = 2
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    other = make_program(owner, f"shop:{shop.id}").log_in()
    first = program.call("GET", "/api/v1/shops/mine")
    assert first.headers["RateLimit-Policy"] == '"application";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"application";r=1;t=')
    assert program("GET", "/shops/mine")[0] == 200
    refused = program.call("GET", "/api/v1/shops/mine")
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert '"application";r=0;' in refused.headers["RateLimit"]
    assert other("GET", "/shops/mine")[0] == 200
    assert "RateLimit" not in program.client.get("/api/v1/policy/rules").headers
