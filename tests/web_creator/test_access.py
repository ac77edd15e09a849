"""Who may open the creator's console."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.web_creator.conftest import World

from yellowcart.live.models import Room

OPEN = ["", "notices/", "money/", "jump-outs/"]
CREATORS = ["rooms/", "rooms/new/", "videos/"]
DESK = ["", "edit/", "cart/", "figures/", "order/"]


@pytest.mark.parametrize("path", [*OPEN, *CREATORS])
def test_a_stranger_is_sent_to_sign_in(world: World, sign_in, path: str):
    reply = sign_in(None).get(f"/creator/{path}")
    assert reply.status_code == 302
    assert reply.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("path", CREATORS)
@pytest.mark.parametrize("who", ["buyer", "operator"])
def test_rooms_are_for_creators(world: World, sign_in, path: str, who: str):
    assert sign_in(getattr(world, who)).get(f"/creator/{path}").status_code == 403


@pytest.mark.parametrize("path", OPEN)
def test_whoever_is_signed_in_may_become_a_creator(world: World, sign_in, path: str):
    assert sign_in(world.buyer).get(f"/creator/{path}").status_code == 200


@pytest.mark.parametrize("path", DESK)
def test_a_desk_is_its_hosts_alone(world: World, sign_in, path: str):
    assert sign_in(world.rival).get(world.url(path)).status_code == 403
    assert sign_in(world.buyer).get(world.url(path)).status_code == 403
    assert sign_in(None).get(world.url(path)).status_code == 302
    assert sign_in(world.creator).get(world.url(path)).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "path", ["", "rooms/", "rooms/new/", "videos/", "notices/", "money/", "jump-outs/"]
)
def test_every_page_opens_in_both_languages(world: World, sign_in, path: str, language: str):
    page = sign_in(world.creator, language).get(f"/creator/{path}").content.decode()
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page


def test_a_rival_changes_nothing(world: World, sign_in):
    client = sign_in(world.rival)
    for path in (f"cart/mount/{world.native.id}/", "live/", "cart/convert/"):
        assert client.post(world.url(path)).status_code == 403
    assert world.cart() == []
    assert Room.objects.get(id=world.room.id).state == "scheduled"


def test_a_form_without_its_token_changes_nothing(world: World):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.creator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(world.url("live/")).status_code == 403
    assert Room.objects.get(id=world.room.id).state == "scheduled"
