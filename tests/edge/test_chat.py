"""Chat over real sockets: who may speak, how fast, and what is hidden."""

from datetime import timedelta

import pytest
from tests.factories import make_account
from tests.rooms import Server, eventually, make_room, pass_for, relayed

from yellowcart.core import clock, outbox
from yellowcart.live.actions import do_add_moderator, do_change_room, do_end_room
from yellowcart.live.models import ChatMessage
from yellowcart.live.moderation import do_hide_message, do_mute


def test_what_is_said_is_kept_and_heard_by_everybody(server: Server) -> None:
    room, ming = make_room(), make_account(display_name="小明")
    with server.viewer(room, pass_for(room, ming)) as speaker, server.viewer(room) as guest:
        speaker.snapshot()
        guest.snapshot()
        speaker.say("  你好\u202e \n 大家 ")
        eventually(lambda: relayed(room, "chat"))
        heard = guest.event("chat")
        assert heard == speaker.event("chat")
        assert (heard["text"], heard["name"], heard["role"]) == ("你好 大家", "小明", "viewer")
        message = ChatMessage.objects.get(id=heard["id"])
        assert (message.account_id, message.text) == (ming.id, "你好 大家")
        assert server.snapshot(room)["chat"][-1]["id"] == heard["id"]
        do_hide_message(room.creator, room.id, message.id)
        outbox.relay_all()
        assert guest.event("chat.removed")["id"] == heard["id"]
        assert server.snapshot(room)["chat"] == []


def test_refusals_come_back_to_the_speaker_alone_in_their_language(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as guest:
        guest.snapshot()
        guest.say("hi", ref=17)
        frame = guest.until(lambda frame: frame if "error" in frame else None)
        assert frame["ref"] == 17
        assert frame["error"]["code"] == "sign_in_to_chat"
        assert frame["error"]["detail"] == "Sign in to chat; guests can watch."
    assert not ChatMessage.objects.filter(room_id=room.id).exists()


@pytest.mark.parametrize(("text", "code"), [(" \n ", "chat_empty"), ("长" * 201, "chat_too_long")])
def test_messages_are_short_and_not_empty(server: Server, text: str, code: str) -> None:
    room = make_room()
    with server.viewer(room, pass_for(room, make_account())) as viewer:
        viewer.snapshot()
        viewer.say(text)
        assert viewer.error()["code"] == code


def test_slow_mode_holds_for_a_person_over_all_sockets(servers: list[Server]) -> None:
    room, ming, mei = make_room(slow_mode_seconds=60), make_account(), make_account()
    moderator = make_account()
    do_add_moderator(room.creator, room.id, moderator.id)
    with (
        servers[0].viewer(room, pass_for(room, ming)) as here,
        servers[1].viewer(room, pass_for(room, ming)) as there,
        servers[1].viewer(room, pass_for(room, mei)) as other,
        servers[0].viewer(room, pass_for(room, moderator, role="moderator")) as keeper,
    ):
        here.snapshot()
        here.say("one")
        eventually(lambda: ChatMessage.objects.filter(account_id=ming.id).exists())
        for viewer in (here, there):
            viewer.say("two")
            error = viewer.error()
            assert error["code"] == "chat_too_fast"
            assert 0 < error["retry_after_ms"] <= 60_000
        other.say("three")
        eventually(lambda: ChatMessage.objects.filter(account_id=mei.id).exists())
        keeper.say("four")
        keeper.say("five")
        eventually(lambda: ChatMessage.objects.filter(account_id=moderator.id).count() == 2)


def test_two_at_once_are_one_under_slow_mode(server: Server) -> None:
    room, ming = make_room(slow_mode_seconds=60), make_account()
    with (
        server.viewer(room, pass_for(room, ming)) as one,
        server.viewer(room, pass_for(room, ming)) as two,
    ):
        one.say("a")
        two.say("b")
        eventually(
            lambda: [
                viewer
                for viewer in (one, two)
                if "error" in viewer.read() and viewer.frames[-1]["error"]["code"]
            ]
        )
    assert ChatMessage.objects.filter(room_id=room.id).count() == 1


def test_words_and_mutes_of_the_room(server: Server) -> None:
    room, ming = make_room(), make_account()
    do_change_room(room.creator, room.id, blocked_words=["vx"])
    with server.viewer(room, pass_for(room, ming)) as viewer:
        viewer.snapshot()
        viewer.say("add my V X")
        assert viewer.error()["code"] == "chat_blocked_word"
        mute = do_mute(room.creator, room.id, ming.id, 5)
        viewer.say("hello")
        assert viewer.error()["code"] == "chat_muted"
        mute.until = clock.now() - timedelta(seconds=1)
        mute.save()
        viewer.say("hello")
        eventually(lambda: ChatMessage.objects.filter(room_id=room.id).exists())
        do_end_room(room.creator, room.id)
        viewer.say("bye")
        assert viewer.error()["code"] == "chat_closed"


def test_a_blocked_account_is_silent_at_once(server: Server) -> None:
    room, ming = make_room(), make_account()
    with server.viewer(room, pass_for(room, ming)) as viewer:
        viewer.snapshot()
        ming.blocked_at = clock.now()
        ming.save()
        viewer.say("hello")
        assert viewer.error()["code"] == "account_blocked"


def test_many_speak_at_once(server: Server) -> None:
    room = make_room()
    accounts = [make_account() for _ in range(12)]
    sockets = [server.viewer(room, pass_for(room, account)) for account in accounts]
    viewers = [socket.__enter__() for socket in sockets]
    try:
        for number, viewer in enumerate(viewers):
            viewer.say(f"message {number}")
        eventually(lambda: ChatMessage.objects.filter(room_id=room.id).count() == 12)
        outbox.relay_all()
        heard = {tuple(event["text"] for event in viewer.events_up_to(12)) for viewer in viewers}
        assert len(heard) == 1
        assert sorted(heard.pop()) == sorted(f"message {number}" for number in range(12))
    finally:
        for socket in sockets:
            socket.__exit__(None, None, None)
