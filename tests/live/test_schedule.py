"""Shows to come: reminders that are told once, postponing, series, and the calendar file."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from tests.callers import Caller
from tests.factories import make_account
from tests.live.test_spotlight import code, stand_at
from tests.rooms import make_creator, make_room

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.live import actions, schedule
from yellowcart.live.calendar import calendar
from yellowcart.live.models import Room
from yellowcart.notices.models import Notice
from yellowcart.notices.shows import SOON, remind_due

HOUR = timedelta(hours=1)


def told(account) -> list[str]:
    return list(
        Notice.objects.filter(account=account)
        .order_by("sent_at", "id")
        .values_list("stage", flat=True)
    )


def coming(**fields) -> Room:
    return make_room(state="scheduled", scheduled_at=now() + HOUR, **fields)


@pytest.mark.django_db
def test_who_asked_is_told_shortly_before_and_at_the_start_and_once() -> None:
    room, fan, other = coming(), make_account(), make_account()
    for account, wanted in ((fan, True), (fan, True), (other, True), (other, False)):
        schedule.do_remind(account, room.id, wanted=wanted)
    assert schedule.reminder_of(fan, room.id) == (True, 1)
    assert remind_due() == room.scheduled_at - SOON
    assert told(fan) == []
    stand_at(room.scheduled_at - SOON)
    for _again in range(2):
        remind_due()
    assert told(fan) == ["show_soon"]
    actions.do_go_live(room.creator, room.id)
    for _again in range(2):
        remind_due()
    assert told(fan) == ["show_soon", "show_start"]
    assert told(other) == []


@pytest.mark.django_db
def test_a_show_that_begins_early_is_told_at_its_start_alone() -> None:
    room, fan = coming(), make_account()
    schedule.do_remind(fan, room.id, wanted=True)
    actions.do_go_live(room.creator, room.id)
    remind_due()
    assert told(fan) == ["show_start"]
    with pytest.raises(Problem) as refused:
        schedule.do_remind(make_account(), room.id, wanted=True)
    assert code(refused) == "room_state"


@pytest.mark.django_db
def test_a_show_is_postponed_three_times_and_they_are_told() -> None:
    room, fan = coming(), make_account()
    schedule.do_remind(fan, room.id, wanted=True)
    stand_at(room.scheduled_at - SOON)
    remind_due()
    for day in range(1, 4):
        schedule.do_postpone(room.creator, room.id, room.scheduled_at + timedelta(days=day))
        outbox.relay_all()
    assert told(fan) == ["show_soon", *["show_moved"] * 3]
    with pytest.raises(Problem) as refused:
        schedule.do_postpone(room.creator, room.id, room.scheduled_at + timedelta(days=9))
    assert code(refused) == "postponed_too_often"
    stand_at(room.scheduled_at + timedelta(days=3) - SOON)
    remind_due()
    actions.do_cancel_room(room.creator, room.id)
    outbox.relay_all()
    assert told(fan)[-2:] == ["show_soon", "show_off"]


@pytest.mark.django_db
def test_nobody_is_reminded_of_practice() -> None:
    room = coming(practice=True)
    with pytest.raises(Problem) as refused:
        schedule.do_remind(make_account(), room.id, wanted=True)
    assert code(refused) == "room_not_found"
    with pytest.raises(Problem):
        schedule.do_remind(room.creator, room.id, wanted=True)
    assert Caller(room.creator).client.get(f"/rooms/{room.id}/show.ics").status_code == 404


@pytest.mark.django_db
def test_a_series_is_a_show_a_week_each_a_room() -> None:
    host = make_creator()
    status, shows = Caller(host)(
        "POST",
        "/rooms/series",
        {"title": "Friday", "first_at": (now() + HOUR).isoformat(), "weeks": 3},
    )
    assert status == 201
    rooms = list(Room.objects.filter(creator=host).order_by("scheduled_at"))
    assert [str(room.id) for room in rooms] == [show["room_id"] for show in shows]
    assert len({room.series_id for room in rooms}) == 1
    assert {b.scheduled_at - a.scheduled_at for a, b in pairwise(rooms)} == {timedelta(days=7)}


def test_a_weekly_show_keeps_its_hour_over_summer_time() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 3, 23, 20, tzinfo=zone).astimezone(UTC)
    weeks = schedule.weekly(first, 3, zone)
    assert {at.astimezone(zone).hour for at in weeks} == {20}
    assert weeks[0].hour != weeks[1].hour


@pytest.mark.django_db
def test_who_may_do_what() -> None:
    room, fan = coming(), make_account()
    path = f"/rooms/{room.id}"
    body = {"scheduled_at": (now() + 2 * HOUR).isoformat()}
    assert Caller()("GET", f"{path}/reminder") == (200, {"reminded": False, "count": 0})
    assert Caller(fan)("PUT", f"{path}/reminder") == (200, {"reminded": True, "count": 1})
    assert Caller(fan)("DELETE", f"{path}/reminder") == (200, {"reminded": False, "count": 0})
    for other in (fan, make_creator()):
        assert Caller(other)("POST", f"{path}/postpone", body)[1]["code"] == "not_your_room"
    assert Caller(room.creator)("POST", f"{path}/postpone", body)[1]["postponed"] == 1
    assert (
        Caller(fan)(
            "POST", "/rooms/series", {"title": "x", "first_at": body["scheduled_at"], "weeks": 2}
        )[0]
        == 403
    )


@pytest.mark.django_db
def test_the_page_of_reminders_reads_what_one_was_told() -> None:
    room, fan = coming(), make_account()
    schedule.do_remind(fan, room.id, wanted=True)
    stand_at(room.scheduled_at - SOON)
    remind_due()
    client = Caller(fan).client
    assert "Begins soon" in client.get("/reminders/").content.decode()
    assert not Notice.objects.filter(account=fan, read_at__isnull=True).exists()
    text = client.get(f"/rooms/{room.id}/show.ics").content.decode()
    assert f"DTSTART:{room.scheduled_at:%Y%m%dT%H%M%SZ}" in text


def test_a_calendar_file_is_folded_and_escaped() -> None:
    text = calendar(
        uid="1",
        title="茶, 一；" * 20 + "\nend; now",
        begins=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        url="https://example.com/rooms/1/",
        host="Li",
        postponed=2,
        cancelled=False,
        written=datetime(2026, 1, 1, tzinfo=UTC),
    )
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    whole = text.replace("\r\n ", "")
    assert "SEQUENCE:2" in whole
    assert "\\nend\\; now · Li" in whole
