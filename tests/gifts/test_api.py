"""Coins and gifts over HTTP, by role."""

import json
import subprocess
import sys

import pytest
from tests.callers import Caller
from tests.factories import make_account
from tests.gifts.worlds import key, make_stage, rich
from tests.rooms import make_creator

pytestmark = pytest.mark.django_db


def test_the_catalogue_is_public_in_both_languages() -> None:
    status, told = Caller(language="zh-Hans")("GET", "/gifts/catalogue")
    assert status == 200
    assert told["gifts"][0]["name"] == "比心"
    assert told["packs"][0] == {"coins": 60, "price": 600, "price_display": "¥6.00"}
    assert Caller()("GET", "/gifts/catalogue")[1]["gifts"][0]["name"] == "Heart"


def test_from_the_top_up_to_the_host() -> None:
    stage, viewer = make_stage(), make_account()
    caller = Caller(viewer)
    status, begun = caller("POST", "/gifts/top-ups", {"coins": 60, "idempotency_key": key()})
    assert (status, begun["amount"]) == (201, 600)
    assert "/sandbox/" in begun["pay_url"] or "sbx_" in begun["pay_url"]
    path = f"/gifts/top-ups/{begun['top_up_id']}"
    assert caller("GET", path)[1]["state"] == "asked"
    assert Caller(make_account())("GET", path)[0] == 404
    giver = rich(100)
    body = {"gift": "rose", "quantity": 2, "idempotency_key": key()}
    status, sent = Caller(giver)("POST", f"/gifts/rooms/{stage.room.id}/gifts", body)
    assert (status, sent["combo"], sent["left"]) == (201, 2, 60)
    assert Caller(giver)("GET", "/gifts/wallet")[1]["coins"] == 60
    stage.events("gift")
    told = Caller(stage.host)("GET", f"/gifts/rooms/{stage.room.id}/received")[1]
    assert (told["coins"], told["by_gift"]) == (40, {"rose": 2})
    assert told["givers"][0]["coins"] == 40


def test_only_the_host_sees_what_a_room_was_given() -> None:
    stage = make_stage()
    path = f"/gifts/rooms/{stage.room.id}/received"
    assert Caller(make_creator())("GET", path)[0] == 403
    assert Caller(make_account())("GET", path)[0] == 403
    assert Caller()("GET", path)[0] == 401
    assert Caller(make_account())("GET", "/gifts/income")[0] == 403
    assert Caller(stage.host)("GET", "/gifts/income") == (200, [])


def test_guests_send_nothing() -> None:
    stage = make_stage()
    body = {"gift": "rose", "idempotency_key": key()}
    assert Caller()("POST", f"/gifts/rooms/{stage.room.id}/gifts", body)[0] == 401


def test_the_command_checks_a_draw_without_a_database() -> None:
    from yellowcart.gifts import draw

    hashed = draw.entrants_hash([draw.Entrant("a" * 16, "0" * 32)])
    told = {
        "bag_id": "b",
        "winners_wanted": 1,
        "closes_at": "t",
        "commit": draw.commitment("ab" * 32, "b", 1, "t"),
        "seed": "ab" * 32,
        "entrants_hash": hashed,
        "entrants": [{"pseudonym": "a" * 16, "nonce": "0" * 32}],
        "winners": [{"pseudonym": "a" * 16}],
    }
    for change, faults in (({}, []), ({"seed": "cd" * 32}, ["commit"])):
        done = subprocess.run(
            [sys.executable, "-m", "yellowcart", "bag", "verify", "-", "--json"],
            input=json.dumps({**told, **change}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert json.loads(done.stdout) == {"holds": not faults, "faults": faults}
        assert done.returncode == bool(faults)
