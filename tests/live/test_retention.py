"""A room's record goes when its time is over, and not before."""

from datetime import timedelta

import pytest
from tests.rooms import make_room

from yellowcart.core import clock
from yellowcart.live import numbering, retention
from yellowcart.live.models import Room, RoomEvent, RoomSequence
from yellowcart.live.retention import Retention, do_forget_events

pytestmark = pytest.mark.django_db


def ended(days_ago: int, events: int = 3) -> Room:
    at = clock.now()
    room = make_room(state="ended", ended_at=at - timedelta(days=days_ago))
    numbering.number(
        [numbering.Unnumbered(room.id, "chat.removed", {"id": str(n)}, at) for n in range(events)]
    )
    return room


def kept(room: Room) -> int:
    return RoomEvent.objects.filter(room_id=room.id).count()


def test_records_are_kept_for_as_long_as_the_law_wants_and_no_longer(settings) -> None:
    settings.ROOM_EVENT_DAYS = 1_096
    old, young = ended(1_097), ended(1_095)
    live = make_room(scheduled_at=clock.now() - timedelta(days=2_000))
    numbering.number([numbering.Unnumbered(live.id, "chat.removed", {"id": "x"}, clock.now())])
    Retention()()
    assert (kept(old), kept(young), kept(live)) == (0, 3, 1)
    assert RoomSequence.objects.get(room_id=old.id).seq == 3


def test_many_go_in_batches_and_the_duty_rests_when_none_is_left(settings, monkeypatch) -> None:
    settings.ROOM_EVENT_DAYS = 30
    monkeypatch.setattr(retention, "BATCH", 4)
    rooms = [ended(31) for _ in range(3)]
    duty = Retention()
    assert duty() <= clock.now()
    assert sum(map(kept, rooms)) == 5
    duty()
    assert duty() > clock.now() + timedelta(minutes=59)
    assert sum(map(kept, rooms)) == 0
    late = ended(31)
    duty()
    assert kept(late) == 3
    assert do_forget_events(clock.now()) == 3
