"""Scheduling rooms and living through them."""

from tests.web_creator.conftest import World

from yellowcart.core.instants import parse_instant
from yellowcart.live.models import Room
from yellowcart.people.models import Permit


def test_a_room_is_scheduled_in_the_platforms_zone(world: World, sign_in):
    reply = sign_in(world.creator).post(
        "/creator/rooms/new/", {"title": "Late show", "scheduled_at": "2021-11-15 24:00"}
    )
    room = Room.objects.get(title="Late show")
    assert reply.url == f"/creator/rooms/{room.id}/"
    assert room.scheduled_at == parse_instant("2021-11-16T00:00:00+08:00")


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(world: World, sign_in):
    client = sign_in(world.creator)
    wrong = {"title": "Kept", "scheduled_at": "tomorrow"}
    reply = client.post("/creator/rooms/new/", wrong)
    assert reply.status_code == 422
    assert "2021-11-15 20:00" in reply.context["form"].errors["scheduled_at"][0]
    assert 'value="Kept"' in reply.content.decode()
    wrong = {"title": "Kept", "scheduled_at": "2020-01-01T00:00", "cover_url": "javascript:x"}
    reply = client.post("/creator/rooms/new/", wrong)
    assert set(reply.context["form"].errors) == {"scheduled_at"}
    wrong["scheduled_at"] = "2021-11-17T20:00"
    reply = client.post("/creator/rooms/new/", wrong)
    assert set(reply.context["form"].errors) == {"cover_url"}
    assert not Room.objects.filter(title="Kept").exists()


def test_a_show_begins_and_ends(world: World, sign_in):
    client = sign_in(world.creator)
    assert "You are live" in client.post(world.url("live/"), follow=True).content.decode()
    client.post(world.url("end/"))
    assert Room.objects.get(id=world.room.id).state == "ended"
    reply = client.post(world.url("live/"), follow=True)
    assert "The show is over. Schedule a new one" in reply.content.decode()


def test_without_the_permit_the_desk_says_what_to_do(world: World, sign_in):
    Permit.objects.filter(permit="go_live").delete()
    client = sign_in(world.creator)
    assert "Going live needs the permit" in client.get(world.url()).content.decode()
    reply = client.post(world.url("live/"), follow=True)
    assert "Apply for it first" in reply.content.decode()
    assert Room.objects.get(id=world.room.id).state == "scheduled"


def test_a_show_is_called_off(world: World, sign_in):
    reply = sign_in(world.creator).post(world.url("cancel/"))
    assert reply.url == "/creator/rooms/"
    assert Room.objects.get(id=world.room.id).state == "cancelled"


def test_settings_are_changed(world: World, sign_in):
    client = sign_in(world.creator)
    form = {"title": "New name", "slow_mode_seconds": "5", "blocked_words": "spam\n\nscam\n"}
    client.post(world.url("edit/"), form)
    room = Room.objects.get(id=world.room.id)
    assert (room.title, room.slow_mode_seconds) == ("New name", 5)
    assert room.blocked_words == ["spam", "scam"]
    reply = client.post(world.url("edit/"), {**form, "slow_mode_seconds": "-1"})
    assert reply.status_code == 422


def test_the_list_says_how_each_room_stands(world: World, sign_in):
    page = sign_in(world.creator).get("/creator/rooms/").content.decode()
    assert "Tonight" in page
    assert "Scheduled" in page
