"""Keys and the line over HTTP, and who may not touch them."""

import pytest
from django.test import Client
from tests.factories import make_account
from tests.media.worlds import on_air, silent
from tests.rooms import make_creator, make_room

from yellowcart.media import actions
from yellowcart.media.advice import advise
from yellowcart.media.models import StreamKey
from yellowcart.people.actions import do_grant_role
from yellowcart.people.models import Account
from yellowcart.people.roles import Role

pytestmark = pytest.mark.django_db


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_the_host_makes_a_key_and_sees_its_secret_once() -> None:
    room = make_room()
    host = signed_in(room.creator)
    url = f"/api/v1/media/rooms/{room.id}"
    made = host.post(f"{url}/keys", {"purpose": "studio"}, content_type="application/json")
    assert made.status_code == 201
    secret = made.json()["points"][-1]["key"]
    assert {point["protocol"] for point in made.json()["points"]} == {"whip", "rtmp"}
    seen = host.get(url)
    assert secret not in seen.content.decode()
    assert seen.json()["keys"][0]["prefix"] == secret[:7]
    key_id = made.json()["key_id"]
    assert host.delete(f"/api/v1/media/keys/{key_id}").status_code == 204
    assert host.get(url).json()["keys"] == []


def test_nobody_else_sees_or_touches_them() -> None:
    room = make_room()
    key, _secret = actions.do_make_stream_key(room.creator, room.id)
    operator = make_account()
    do_grant_role(operator, Role.OPERATOR)
    url = f"/api/v1/media/rooms/{room.id}"
    for client, status in [
        (Client(), 401),
        (signed_in(make_account()), 403),
        (signed_in(make_creator()), 403),
        (signed_in(operator), 403),
    ]:
        assert client.get(url).status_code == status
        made = client.post(f"{url}/keys", {}, content_type="application/json")
        assert made.status_code == status
        assert client.delete(f"/api/v1/media/keys/{key.id}").status_code == status
    assert StreamKey.objects.get(id=key.id).revoked_at is None


def test_a_line_that_loses_packets_is_told_to_send_less() -> None:
    broadcast = on_air()
    for seconds_ago, lost in ((0, 0), (2, 90)):
        silent(broadcast, seconds_ago)
        actions.do_report_health(broadcast.id, {"bitrate_kbps": 2_500, "lost_packets": lost})
    broadcast.refresh_from_db()
    # 2.5 Mbit/s in two seconds are some 570 packets.
    assert 10 < broadcast.health["loss_percent"] < 16
    assert advise(broadcast.health, "rtmp")[0].code == "line_too_slow"


def test_the_line_is_told_with_a_plain_word() -> None:
    broadcast = on_air()
    actions.do_report_health(broadcast.id, {"bitrate_kbps": 2_500, "loss_percent": 9.0})
    host = signed_in(broadcast.room.creator)
    told = host.get(f"/api/v1/media/rooms/{broadcast.room_id}?lang=en").json()
    assert (told["state"], told["health"]["bitrate_kbps"]) == ("live", 2_500)
    assert told["advice"][0]["code"] == "line_too_slow"
