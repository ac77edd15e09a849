"""The screen beside the camera, and the report: who opens them and what leads there."""

import json
from datetime import timedelta

import pytest
from tests.web_creator.conftest import EVENING, World

from yellowcart.live.models import Room


def go(world: World, state: str) -> None:
    ended = EVENING if state == "ended" else None
    Room.objects.filter(id=world.room.id).update(
        state=state, started_at=EVENING - timedelta(hours=1), ended_at=ended
    )


@pytest.mark.parametrize("path", ["screen/", "report/"])
def test_they_are_the_hosts_alone(world: World, sign_in, path: str):
    go(world, "live")
    assert sign_in(world.creator).get(world.url(path)).status_code == 200
    for other in (world.rival, world.buyer, world.operator):
        assert sign_in(other).get(world.url(path)).status_code == 403
    assert sign_in(None).get(world.url(path)).status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_live_rooms_screen_has_its_first_figures(world: World, sign_in, language: str):
    go(world, "live")
    page = sign_in(world.creator, language).get(world.url("screen/"))
    figures = page.context["figures"]
    assert (figures["state"], figures["gmv"]) == ("live", [])
    assert len(figures["minutes"]) >= 60
    assert json.dumps(figures["room_id"]) in page.content.decode()
    desk = sign_in(world.creator).get(world.url()).content.decode()
    assert world.url("screen/") in desk


def test_a_room_that_is_over_has_its_report(world: World, sign_in):
    go(world, "ended")
    client = sign_in(world.creator)
    assert client.get(world.url("screen/")).url == world.url("report/")
    assert client.get(world.url("report/")).context["report"]["state"] == "ended"
    for page in (world.url(), "/creator/rooms/"):
        assert world.url("report/") in client.get(page).content.decode()


def test_a_room_to_come_says_when_they_begin(world: World, sign_in):
    client = sign_in(world.creator)
    assert client.get(world.url("screen/")).context["figures"] is None
    assert "report" not in client.get(world.url("report/")).context
