"""Rooms over HTTP: passes, cookies, CSRF, and who is refused what."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.factories import make_account, make_operator
from tests.rooms import make_creator, make_goods, make_link, make_room, mount

from yellowcart.core import clock
from yellowcart.live import passes, viewers
from yellowcart.live.actions import do_add_moderator
from yellowcart.live.models import ChatMessage, Room

pytestmark = pytest.mark.django_db


def client(account=None, **options: Any) -> Client:
    made = Client(headers={"accept-language": "en"}, **options)
    if account is not None:
        made.force_login(account)
    return made


def send(who: Client, method: str, path: str, body: Any = None):
    return who.generic(
        method, f"/api/v1/rooms{path}", json.dumps(body or {}), content_type="application/json"
    )


def enter(who: Client, room: Room, **headers: str):
    return who.post(f"/api/v1/rooms/{room.id}/pass", headers=headers)


def test_a_guest_may_watch_and_stays_the_same_guest() -> None:
    room, other = make_room(), make_room()
    guest = client(enforce_csrf_checks=True)
    answer = enter(guest, room).json()
    assert (answer["can_chat"], answer["can_buy"], answer["guest"]) == (False, False, True)
    held = passes.verify(answer["pass"])
    assert (held.room, str(held.sub), held.role) == (room.id, answer["viewer_id"], "viewer")
    assert held.guest
    assert enter(guest, other).json()["viewer_id"] == answer["viewer_id"]
    assert enter(client(), room).json()["viewer_id"] != answer["viewer_id"]


def test_a_member_may_chat_and_buy() -> None:
    room, member = make_room(), make_account()
    answer = enter(client(member), room).json()
    assert (answer["can_chat"], answer["can_buy"], answer["guest"]) == (True, True, False)
    assert answer["viewer_id"] == str(member.id)
    assert passes.verify(answer["pass"]).name == member.display_name


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_nothing_is_said_or_sold_after_the_show(state: str) -> None:
    answer = enter(client(make_account()), make_room(state=state)).json()
    assert (answer["can_chat"], answer["can_buy"]) == (False, False)


def test_a_pass_says_the_role() -> None:
    room, moderator = make_room(), make_account()
    do_add_moderator(room.creator, room.id, moderator.id)
    roles = {
        name: passes.verify(enter(client(account), room).json()["pass"]).role
        for name, account in {
            "host": room.creator,
            "moderator": moderator,
            "operator": make_operator(),
            "viewer": make_creator(),
        }.items()
    }
    assert roles == {
        "host": "host",
        "moderator": "moderator",
        "operator": "moderator",
        "viewer": "viewer",
    }


def test_a_session_needs_the_csrf_token() -> None:
    room, member = make_room(), make_account()
    who = client(member, enforce_csrf_checks=True)
    assert enter(who, room).json()["code"] == "csrf_failed"
    who.get("/accounts/login/")
    who.cookies["yellowcart_csrf"] = "a" * 32
    assert enter(who, room, **{"x-csrftoken": "a" * 32}).status_code == 200
    refused = send(client(member, enforce_csrf_checks=True), "POST", f"/{room.id}/live")
    assert refused.status_code in {401, 403}


def test_who_signs_out_is_a_new_guest_not_their_account() -> None:
    room, member = make_room(), make_account()
    who = client(member)
    enter(who, room)
    who.logout()
    assert enter(who, room).json()["viewer_id"] != str(member.id)


def test_cookies_are_ours_or_nothing() -> None:
    viewer = viewers.guest_of(None)
    assert viewers.unsealed(viewers.sealed(viewer)) == viewer
    assert viewers.guest_of(viewers.sealed(viewer)) == viewer
    for forged in (None, "", "x", f"g{viewer.id.hex}", viewers.sealed(viewer) + "x", "x" * 300):
        assert viewers.unsealed(forged) is None
    account = viewers.Viewer(viewer.id, guest=False)
    assert viewers.guest_of(viewers.sealed(account)).id != account.id


def test_there_is_no_pass_to_no_room() -> None:
    missing = client().post(f"/api/v1/rooms/{make_account().id}/pass")
    assert (missing.status_code, missing.json()["code"]) == (404, "room_not_found")
    assert missing["content-type"] == "application/problem+json"


def test_a_host_runs_a_show_over_http() -> None:
    host = make_creator()
    who = client(host)
    body = {"title": "Tea", "scheduled_at": clock.now().isoformat()}
    made = send(who, "POST", "", body)
    assert made.status_code == 201
    room_id = made.json()["room_id"]
    goods, link = make_goods(), make_link()
    first = send(who, "POST", f"/{room_id}/cart", {"product_id": str(goods.id)}).json()
    second = send(who, "POST", f"/{room_id}/cart", {"product_id": str(link.id)}).json()
    assert second["jump_url"] == f"/go/{second['listing_id']}"
    ids = [second["listing_id"], first["listing_id"]]
    assert send(who, "PUT", f"/{room_id}/cart/order", {"order": ids}).status_code == 204
    assert send(who, "POST", f"/{room_id}/live").json()["state"] == "live"
    pinned = send(who, "PUT", f"/{room_id}/pin", {"listing_id": ids[0]}).json()
    assert pinned["pinned_listing_id"] == ids[0]
    assert send(who, "DELETE", f"/{room_id}/cart/{ids[0]}").status_code == 204
    changed = send(who, "PATCH", f"/{room_id}", {"slow_mode_seconds": 3}).json()
    assert (changed["slow_mode_seconds"], changed["title"]) == (3, "Tea")
    assert [room["room_id"] for room in client().get("/api/v1/rooms").json()] == [room_id]
    assert send(who, "POST", f"/{room_id}/end").json()["state"] == "ended"
    assert client().get("/api/v1/rooms").json() == []


def test_times_need_a_zone() -> None:
    body = {"title": "Tea", "scheduled_at": "2099-01-01T20:00:00"}
    assert send(client(make_creator()), "POST", "", body).json()["code"] == "zone_missing"


def test_strangers_other_hosts_and_members_are_refused_everywhere() -> None:
    room, viewer = make_room(), make_account()
    listing = mount(room, make_goods())
    said = ChatMessage.objects.create(
        room_id=room.id, account_id=viewer.id, name="n", role="viewer", text="t"
    )
    product = {"product_id": str(make_goods().id)}
    asked: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"title": "mine"}),
        ("POST", "/live", None),
        ("POST", "/end", None),
        ("POST", "/cancel", None),
        ("PUT", "/pin", {"listing_id": None}),
        ("POST", "/cart", product),
        ("PUT", "/cart/order", {"order": [str(listing.id)]}),
        ("DELETE", f"/cart/{listing.id}", None),
        ("POST", f"/chat/{said.id}/hide", None),
        ("POST", "/mutes", {"account_id": str(viewer.id), "minutes": 5}),
        ("DELETE", f"/mutes/{viewer.id}", None),
        ("PUT", f"/moderators/{viewer.id}", None),
        ("DELETE", f"/moderators/{viewer.id}", None),
    ]
    blocked = make_account(blocked_at=clock.now())
    for who, status in (
        (client(), 401),
        (client(make_account()), 403),
        (client(make_creator()), 403),
        (client(blocked), 403),
    ):
        for method, path, body in asked:
            answer = send(who, method, f"/{room.id}{path}", body)
            assert (method, path, answer.status_code) == (method, path, status)
    room.refresh_from_db()
    assert (room.state, room.title) == ("live", "A room")


def test_profile_and_shop_listings_over_http() -> None:
    creator, stranger = make_creator(), make_creator()
    product = make_link()
    path = f"/api/v1/listings/profile/{creator.id}"
    body = json.dumps({"product_id": str(product.id)})

    def post(who: Client):
        return who.generic("POST", path, body, content_type="application/json")

    assert post(client()).status_code == 401
    assert post(client(stranger)).json()["code"] == "not_your_profile"
    made = post(client(creator))
    assert made.status_code == 201
    listing_id = made.json()["listing_id"]
    assert [item["listing_id"] for item in client().get(path).json()] == [listing_id]
    assert client().get(f"/api/v1/listings/{listing_id}").json()["title"] == "youzan"
    wrong = client(creator).generic(
        "DELETE", f"/api/v1/listings/live_room/{creator.id}/{listing_id}"
    )
    assert wrong.json()["code"] == "surface_unknown"
    assert client(creator).delete(f"{path}/{listing_id}").status_code == 204
    gone = client().get(f"/api/v1/listings/{listing_id}")
    assert (gone.status_code, gone.json()["code"]) == (404, "listing_not_found")
