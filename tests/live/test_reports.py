"""What viewers report reaches the platform once, and nobody else; what it does about it happens."""

import pytest
from tests.callers import Caller
from tests.factories import make_account
from tests.live.test_moderation import Cast, make_platform, say
from tests.rooms import make_room

from yellowcart.core.problems import Problem
from yellowcart.live import reports
from yellowcart.live.models import ChatMessage, ModerationEntry, Room

pytestmark = pytest.mark.django_db


def test_many_reports_of_one_message_are_one_case() -> None:
    room, author = make_room(), make_account()
    message = say(room, author, "buy my fake pills")
    tellers = [make_account() for _ in range(3)]
    for teller in (*tellers, tellers[0]):
        caller = Caller(teller)
        path = f"/rooms/{room.id}/chat/{message.id}/reports"
        status, answer = caller("POST", path, {"category": "fraud", "note": "look"})
        assert (status, answer) == (201, {"state": "open"})
    (case,) = Caller(make_platform())("GET", "/reports")[1]
    assert (case["count"], case["text"], case["account_id"]) == (
        3,
        "buy my fake pills",
        str(author.id),
    )
    assert {voice["reporter_id"] for voice in case["voices"]} == {str(one.id) for one in tellers}


def test_those_most_told_of_come_first() -> None:
    quiet, loud = make_room(), make_room()
    reports.do_report_room(make_account(), quiet.id, "vulgar")
    for _ in range(2):
        reports.do_report_room(
            make_account(), loud.id, "counterfeit", "fake", "https://e.example/1"
        )
    cases = Caller(make_platform())("GET", "/reports")[1]
    assert [case["room_id"] for case in cases] == [str(loud.id), str(quiet.id)]
    assert cases[0]["voices"][0]["evidence_url"] == "https://e.example/1"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"category": "boring"}, "category_unknown"),
        ({"category": "fraud", "note": "x" * 501}, "note_too_long"),
        ({"category": "fraud", "evidence_url": "javascript:alert(1)"}, "evidence_invalid"),
    ],
)
def test_a_report_that_says_nothing_useful_is_refused(fields: dict, code: str) -> None:
    room = make_room()
    status, problem = Caller(make_account())("POST", f"/rooms/{room.id}/reports", fields)
    assert (status, problem["code"]) == (422, code)
    own = Caller(room.creator)("POST", f"/rooms/{room.id}/reports", {"category": "fraud"})
    assert own[1]["code"] == "report_own"


@pytest.mark.parametrize(
    "who", ["stranger", "moderator", "host", "other room's host", "other room's moderator", None]
)
def test_nobody_but_the_platform_reads_or_settles_reports(who: str | None) -> None:
    cast = Cast()
    case = reports.do_report_message(
        make_account(), cast.room.id, say(cast.room, cast.viewer).id, "abuse"
    )
    caller = Caller(cast.people[who] if who else None)
    wanted = 403 if who else 401
    assert caller("GET", "/reports")[0] == wanted
    decision = {"uphold": True, "reason": "x"}
    assert caller("POST", f"/reports/{case.id}/decision", decision)[0] == wanted


def test_a_stranger_reports_only_once_signed_in() -> None:
    room = make_room()
    assert Caller()("POST", f"/rooms/{room.id}/reports", {"category": "fraud"})[0] == 401


@pytest.mark.parametrize("measure", ["none", "hide", "end", "block_account"])
def test_what_the_platform_decides_happens_and_the_host_reads_why(measure: str) -> None:
    room, author, platform = make_room(), make_account(), make_platform()
    message = say(room, author)
    case = reports.do_report_message(make_account(), room.id, message.id, "abuse")
    status, answer = Caller(platform)(
        "POST",
        f"/reports/{case.id}/decision",
        {"uphold": True, "reason": "against the rules", "measure": measure},
    )
    assert (status, answer["state"], answer["measure"]) == (200, "upheld", measure)
    author.refresh_from_db()
    hidden = ChatMessage.objects.get(id=message.id).hidden_at is not None
    ended = Room.objects.get(id=room.id).state == "ended"
    assert (hidden, ended, author.blocked_at is not None) == (
        measure == "hide",
        measure == "end",
        measure == "block_account",
    )
    notes = list(ModerationEntry.objects.filter(room=room).values_list("note", flat=True))
    assert notes == ([] if measure == "none" else ["against the rules"])
    log = Caller(room.creator)("GET", f"/rooms/{room.id}/moderation")[1]
    assert str(case.voices.get().reporter_id) not in str(log)


def test_a_case_is_settled_once_and_a_later_report_opens_another() -> None:
    room, platform = make_room(), make_platform()
    case = reports.do_report_room(make_account(), room.id, "fraud")
    reports.do_decide_report(platform, case.id, uphold=False, reason="nothing to see")
    with pytest.raises(Problem, match="settled already"):
        reports.do_decide_report(platform, case.id, uphold=True, reason="on second thoughts")
    assert reports.do_report_room(make_account(), room.id, "fraud").id != case.id


@pytest.mark.parametrize(
    ("uphold", "reason", "measure"),
    [(True, " ", "none"), (False, "no", "end"), (True, "yes", "exile"), (True, "yes", "hide")],
)
def test_a_decision_needs_a_reason_and_a_measure_that_fits(
    uphold: bool, reason: str, measure: str
) -> None:
    case = reports.do_report_room(make_account(), make_room().id, "fraud")
    with pytest.raises(Problem):
        reports.do_decide_report(
            make_platform(), case.id, uphold=uphold, reason=reason, measure=measure
        )
