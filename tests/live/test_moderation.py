"""Who may do what to whom to keep order, what becomes of it, and what the log says."""

from uuid import UUID, uuid4

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator
from tests.rooms import make_creator, make_room, relayed

from yellowcart.core.problems import Problem
from yellowcart.live import moderation, passes, queries
from yellowcart.live.actions import do_add_moderator
from yellowcart.live.models import ChatMessage, Room, RoomEvent
from yellowcart.people.actions import do_grant_role
from yellowcart.people.blocking import do_block_account, do_unblock_account
from yellowcart.people.models import Account
from yellowcart.people.roles import Role

pytestmark = pytest.mark.django_db


def say(room: Room, account: Account, text: str = "hello") -> ChatMessage:
    return ChatMessage.objects.create(
        room_id=room.id, account_id=account.id, name=account.display_name, role="viewer", text=text
    )


def make_moderator(room: Room) -> Account:
    account = make_account()
    do_add_moderator(room.creator, room.id, account.id)
    return account


def make_platform() -> Account:
    account = make_account()
    do_grant_role(account, Role.MODERATOR)
    return account


class Cast:
    """Everybody around a room."""

    def __init__(self) -> None:
        self.room = make_room()
        self.viewer = make_account()
        self.people = {
            "stranger": make_account(),
            "moderator": make_moderator(self.room),
            "other room's host": make_creator(),
            "other room's moderator": make_moderator(make_room()),
            "host": self.room.creator,
            "platform": make_platform(),
        }

    def calls(self, target: Account) -> list[tuple[str, str, dict]]:
        """Everything that keeps order, done to somebody."""
        base, message = f"/rooms/{self.room.id}", say(self.room, target)
        return [
            ("POST", f"{base}/mutes", {"account_id": str(target.id), "minutes": 5}),
            ("DELETE", f"{base}/mutes/{target.id}", {}),
            ("PUT", f"{base}/blocks/{target.id}", {"note": "enough"}),
            ("DELETE", f"{base}/blocks/{target.id}", {}),
            ("PUT", f"{base}/chat/pinned", {"message_id": str(message.id)}),
            ("POST", f"{base}/chat/{message.id}/hide", {"note": "rude"}),
        ]


@pytest.mark.parametrize("who", ["moderator", "host", "platform"])
def test_those_who_keep_order_may_do_all_of_it_to_a_viewer(who: str) -> None:
    cast = Cast()
    caller = Caller(cast.people[who])
    for method, path, body in cast.calls(cast.viewer):
        status, answer = caller(method, path, body)
        assert status in {201, 204}, (method, path, answer)
    assert caller("GET", f"/rooms/{cast.room.id}/mutes")[0] == 200
    assert caller("GET", f"/rooms/{cast.room.id}/blocks")[0] == 200


@pytest.mark.parametrize("who", ["stranger", "other room's host", "other room's moderator", None])
def test_nobody_else_may_do_any_of_it(who: str | None) -> None:
    cast = Cast()
    caller = Caller(cast.people[who] if who else None)
    for method, path, body in cast.calls(cast.viewer):
        assert caller(method, path, body)[0] == (403 if who else 401), (method, path)
    for what in ("mutes", "blocks", "moderation", "moderators"):
        assert caller("GET", f"/rooms/{cast.room.id}/{what}")[0] == (403 if who else 401), what


@pytest.mark.parametrize(
    ("who", "target"),
    [("moderator", "host"), ("moderator", "platform"), ("host", "platform"), ("moderator", "self")],
)
def test_nobody_reaches_above_themselves(who: str, target: str) -> None:
    cast = Cast()
    actor = cast.people[who]
    aim = actor if target == "self" else cast.people[target]
    for deed in (
        lambda: moderation.do_mute(actor, cast.room.id, aim.id, 5),
        lambda: moderation.do_block_viewer(actor, cast.room.id, aim.id),
    ):
        with pytest.raises(Problem, match="viewers only"):
            deed()


def test_a_pinned_message_stays_until_another_or_its_deletion() -> None:
    room, viewer = make_room(), make_account()
    first, second = say(room, viewer, "one"), say(room, viewer, "two")
    moderation.do_pin_message(room.creator, room.id, first.id)
    moderation.do_pin_message(room.creator, room.id, second.id)
    assert queries.snapshot(room.id, "en")["pinned_message"].text == "two"
    moderation.do_hide_message(room.creator, room.id, second.id)
    assert queries.snapshot(room.id, "en")["pinned_message"] is None
    with pytest.raises(Problem, match="no such message"):
        moderation.do_pin_message(room.creator, room.id, second.id)
    assert relayed(room, "chat.pinned")
    told = RoomEvent.objects.filter(room_id=room.id, type="chat.pinned").order_by("seq")
    assert [row.payload["message"] and row.payload["message"]["text"] for row in told] == [
        "one",
        "two",
        None,
    ]


def test_whoever_was_put_out_gets_no_pass_until_let_in_again() -> None:
    room, viewer = make_room(), make_account()
    moderation.do_block_viewer(room.creator, room.id, viewer.id, "spam")
    status, problem = Caller(viewer)("POST", f"/rooms/{room.id}/pass")
    assert (status, problem["code"]) == (403, "blocked_from_room")
    assert Caller(viewer)("POST", f"/rooms/{make_room().id}/pass")[0] == 200
    moderation.do_unblock_viewer(room.creator, room.id, viewer.id)
    assert Caller(viewer)("POST", f"/rooms/{room.id}/pass")[0] == 200


def test_a_guest_can_be_put_out_too() -> None:
    room, guest = make_room(), Caller()
    entry = guest("POST", f"/rooms/{room.id}/pass")[1]
    moderation.do_block_viewer(room.creator, room.id, UUID(entry["viewer_id"]))
    assert guest("POST", f"/rooms/{room.id}/pass")[1]["code"] == "blocked_from_room"


def test_a_pass_that_was_taken_back_is_refused_where_it_counts() -> None:
    room, other, viewer = make_room(), make_room(), make_account()
    tokens = [passes.issue(room=r.id, sub=viewer.id, name="a")[0] for r in (room, other)]
    try:
        passes.take_back(frozenset({(room.id, viewer.id)}), frozenset())
        with pytest.raises(Problem, match="can't take part"):
            passes.bearer(f"Bearer {tokens[0]}")
        assert passes.verify(tokens[1]).sub == viewer.id
        passes.take_back(frozenset(), frozenset({viewer.id}))
        with pytest.raises(Problem, match="blocked"):
            passes.verify(tokens[1])
    finally:
        passes.take_back(frozenset(), frozenset())
    assert passes.verify(tokens[0]).sub == viewer.id


def test_the_log_says_who_did_what_and_why_to_host_and_platform_only() -> None:
    cast = Cast()
    moderator = cast.people["moderator"]
    message = say(cast.room, cast.viewer, "rude words")
    moderation.do_hide_message(moderator, cast.room.id, message.id, "insults")
    moderation.do_mute(moderator, cast.room.id, cast.viewer.id, 10)
    moderation.do_block_viewer(cast.people["platform"], cast.room.id, cast.viewer.id, "again")
    for who in ("host", "platform"):
        log = Caller(cast.people[who])("GET", f"/rooms/{cast.room.id}/moderation")[1]
        assert [(line["verb"], line["role"], line["note"]) for line in log] == [
            ("block", "platform", "again"),
            ("mute", "moderator", ""),
            ("hide", "moderator", "insults"),
        ]
        assert log[2]["text"] == "rude words"
        assert {line["target"] for line in log} == {cast.viewer.display_name}
    assert Caller(moderator)("GET", f"/rooms/{cast.room.id}/moderation")[0] == 403


def test_a_note_has_at_most_two_hundred_characters() -> None:
    room, viewer = make_room(), make_account()
    with pytest.raises(Problem, match="at most 200"):
        moderation.do_mute(room.creator, room.id, viewer.id, 5, "x" * 201)
    moderation.do_mute(room.creator, room.id, viewer.id, 5, "x" * 200)


def test_the_platform_blocks_an_account_from_everything() -> None:
    platform, viewer, room = make_platform(), make_account(), make_room()
    do_block_account(platform, viewer.id, "fraud")
    assert Caller(viewer)("GET", "/people/me")[1]["code"] == "account_blocked"
    assert (
        Caller(viewer)("POST", f"/rooms/{room.id}/chat/{uuid4()}/reports", {"category": "spam"})[0]
        == 403
    )
    do_unblock_account(platform, viewer.id)
    viewer.refresh_from_db()
    assert Caller(viewer)("GET", "/people/me")[0] == 200


@pytest.mark.parametrize("who", ["stranger", "moderator", "host", None])
def test_only_the_platform_blocks_accounts(who: str | None) -> None:
    cast = Cast()
    caller = Caller(cast.people[who] if who else None)
    path = f"/people/accounts/{cast.viewer.id}/block"
    assert caller("PUT", path, {"reason": "x"})[0] == (403 if who else 401)
    assert caller("DELETE", path)[0] == (403 if who else 401)


def test_the_platforms_moderators_do_not_block_staff_nor_anybody_oneself() -> None:
    moderator, operator = make_platform(), make_operator()
    for actor, target in (
        (moderator, operator),
        (moderator, make_platform()),
        (operator, operator),
    ):
        with pytest.raises(Problem, match="can't act"):
            do_block_account(actor, target.id, "x")
    do_block_account(operator, moderator.id, "left the company")
