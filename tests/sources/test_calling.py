"""A connector's calls: the source's pace, its waits, and what is sent."""

from collections.abc import Mapping

import pytest

from yellowcart.core.fetching import Answer
from yellowcart.sources.connectors.calling import TRIES, AskedToWaitError, Caller, Pace, retry_after


class World:
    """A source that gives prepared answers, and a clock that sleeping moves."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.at = 100.0
        self.asked: list[tuple[float, str, str, bytes | None, Mapping[str, str]]] = []

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: object,
        content: bytes | None,
    ) -> Answer:
        self.asked.append((self.at, method, url, content, headers))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def caller(self, calls_a_second: float = 0) -> Caller:
        return Caller(Pace(calls_a_second), self.fetch, lambda: self.at, self.sleep)


FINE = Answer(200, {}, b"{}")


def busy(wait: str) -> Answer:
    return Answer(429, {"retry-after": wait}, b"")


def test_calls_keep_the_sources_pace() -> None:
    world = World(FINE)
    caller = world.caller(calls_a_second=2)
    for _ in range(4):
        caller.get("https://shop.example/items")
    assert [at for at, *_rest in world.asked] == [100.0, 100.5, 101.0, 101.5]


def test_a_short_wait_is_slept_and_the_call_made_again() -> None:
    world = World(busy("3"), FINE)
    assert world.caller().get("https://shop.example/").fine
    assert [at for at, *_rest in world.asked] == [100.0, 103.0]


def test_a_long_wait_is_handed_to_the_job() -> None:
    world = World(busy("90"))
    with pytest.raises(AskedToWaitError) as caught:
        world.caller().get("https://shop.example/")
    assert caught.value.seconds == 90
    assert len(world.asked) == 1


def test_a_source_that_is_always_busy_is_not_asked_for_ever() -> None:
    world = World(busy("1"))
    with pytest.raises(AskedToWaitError):
        world.caller().get("https://shop.example/")
    assert len(world.asked) == TRIES


def test_a_refusal_is_an_answer() -> None:
    world = World(Answer(404, {}, b"gone"))
    assert world.caller().get("https://shop.example/").status == 404
    assert len(world.asked) == 1


def test_json_and_forms_are_sent_as_such() -> None:
    world = World(FINE)
    world.caller().post("https://shop.example/", {"名": 1})
    world.caller().post("https://shop.example/", form={"a": "b c"})
    (_, _, _, json, json_headers), (_, _, _, form, form_headers) = world.asked
    assert json == '{"名":1}'.encode()
    assert json_headers["Content-Type"] == "application/json"
    assert form == b"a=b+c"
    assert form_headers["Content-Type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("999999", 3600.0),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", 1.0),
        ("", 1.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(said: str, seconds: float) -> None:
    at_noon = 1_795_694_400.0
    assert retry_after({"retry-after": said} if said else {}, at_noon) == seconds
