"""Publishers of whom nothing is heard."""

from datetime import timedelta

import pytest
from tests.media.worlds import key_of, on_air, opened
from tests.rooms import make_room

from yellowcart.core import clock
from yellowcart.media import actions, duties
from yellowcart.media.models import Broadcast

pytestmark = pytest.mark.django_db


def after(broadcast: Broadcast, seconds: int) -> Broadcast:
    """The broadcast, that long after anything was heard of it."""
    Broadcast.objects.filter(id=broadcast.id).update(
        seen_wall_at=clock.wall() - timedelta(seconds=seconds)
    )
    duties.look_after_broadcasts()
    broadcast.refresh_from_db()
    return broadcast


def test_whoever_never_came_is_forgotten() -> None:
    broadcast = opened(key_of(make_room()))
    assert after(broadcast, 5).state == "waiting"
    assert (after(broadcast, 60).state, broadcast.reason) == ("ended", "never_started")


def test_an_engine_that_died_loses_its_publishers() -> None:
    broadcast = on_air()
    assert after(broadcast, 5).state == "live"
    assert after(broadcast, 60).state == "lost"


def test_nobody_is_waited_for_forever(settings) -> None:
    broadcast = on_air()
    actions.do_broadcast_lost(broadcast.id)
    assert after(broadcast, 60).state == "lost"
    settings.MEDIA_LOST_SECONDS = 0
    assert (after(broadcast, 60).state, broadcast.reason) == ("ended", "lost")
