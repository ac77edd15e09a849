"""Questions about goods, in order; several hosts and one stage."""

from datetime import timedelta

import pytest
from tests.callers import Caller
from tests.checkout.test_lane import sell
from tests.factories import make_account, make_operator
from tests.live.test_spotlight import Show, code, stand_at
from tests.rooms import make_creator, make_room

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.live import cohosts, moderation, questions, spotlight
from yellowcart.live.models import Room, RoomEvent, RoomModerator
from yellowcart.live.queries import role_in, room_pass, snapshot
from yellowcart.orders.models import Order
from yellowcart.web.creator.hosts import sold_by_host

MINUTE = timedelta(minutes=1)


def closed(show: Show) -> list[dict]:
    outbox.relay_all()
    rows = RoomEvent.objects.filter(room_id=show.room.id, type="questions.closed").order_by("seq")
    return [row.payload for row in rows]


@pytest.mark.django_db
def test_questions_are_answered_in_the_order_they_came() -> None:
    show = Show()
    room, tea, cake = show.room.id, show.tea.id, show.cake.id
    one, two, three = (make_account() for _ in range(3))
    for account in (one, one, two):
        questions.do_ask(account, room, listing_id=cake)
    questions.do_ask(three, room, listing_id=tea)
    first = questions.do_ask(one, room, listing_id=tea, text="  Is it  green? ")
    second = questions.do_ask(two, room, text="Any discount?")
    queue = questions.queue_of(show.host, room)
    assert [(row["listing_id"], row["count"]) for row in queue["wanted"]] == [(cake, 2), (tea, 1)]
    assert [row["text"] for row in queue["questions"]] == ["Is it green?", "Any discount?"]
    assert queue["waiting"] == 5
    for _again in range(2):
        questions.do_close(show.host, room, first.id, answered=True)
    questions.do_close(show.host, room, second.id, answered=False)
    assert [event["state"] for event in closed(show)] == ["answered", "dismissed"]
    assert questions.do_explain(show.host, room, cake) == 2
    assert Room.objects.get(id=room).pinned_listing_id == cake
    assert len(closed(show)[-1]["ids"]) == 2
    assert {row["state"] for row in questions.mine_in(one, room)} == {"answered"}
    assert questions.queue_of(show.host, room)["waiting"] == 1


@pytest.mark.django_db
def test_nobody_floods_the_queue() -> None:
    show, fan = Show(), make_account()
    show.room.blocked_words = ["fake"]
    show.room.save()
    questions.do_ask(fan, show.room.id, text="One?")
    with pytest.raises(Problem) as refused:
        questions.do_ask(fan, show.room.id, text="Two?")
    assert code(refused) == "asked_too_often"
    for n in range(1, questions.MOST_WAITING):
        stand_at(now() + questions.PAUSE)
        questions.do_ask(fan, show.room.id, text=f"And {n}?")
    stand_at(now() + questions.PAUSE)
    for wish, why in (
        ({"text": "More?"}, "asked_too_often"),
        ({"listing_id": show.tea.id}, "asked_too_often"),
        ({"text": "Is it fake?"}, "chat_blocked_word"),
        ({"text": " "}, "chat_empty"),
    ):
        with pytest.raises(Problem) as refused:
            questions.do_ask(fan, show.room.id, **wish)
        assert code(refused) == why
    muted = make_account()
    moderation.do_mute(show.host, show.room.id, muted.id, 5)
    with pytest.raises(Problem) as refused:
        questions.do_ask(muted, show.room.id, listing_id=show.tea.id)
    assert code(refused) == "chat_muted"
    with pytest.raises(Problem) as refused:
        questions.do_ask(fan, make_room(state="scheduled").id, text="When?")
    assert code(refused) == "room_state"


@pytest.mark.django_db
def test_who_asks_and_who_answers() -> None:
    show, fan, moderator = Show(), make_account(), make_account()
    RoomModerator.objects.create(room=show.room, account=moderator)
    base = f"/rooms/{show.room.id}/questions"
    status, row = Caller(fan)("POST", base, {"listing_id": str(show.tea.id)})
    assert (status, row["state"]) == (201, "waiting")
    assert Caller(fan)("GET", f"{base}/mine")[1] == [row]
    for other in (fan, make_creator()):
        assert Caller(other)("GET", base)[1]["code"] == "not_a_moderator"
        assert Caller(other)("POST", f"{base}/{row['question_id']}/close", {})[0] == 403
        assert Caller(other)("POST", f"{base}/explain", {"listing_id": str(show.tea.id)})[0] == 403
    assert Caller(moderator)("GET", base)[1]["waiting"] == 1
    assert Caller(moderator)("POST", f"{base}/explain", {"listing_id": str(show.tea.id)})[0] == 403
    assert Caller(moderator)("POST", f"{base}/{row['question_id']}/close", {})[0] == 204
    host = Caller(show.host).client
    assert host.get(f"/creator/rooms/{show.room.id}/questions/").status_code == 200
    assert host.get(f"/creator/rooms/{show.room.id}/").status_code == 200


# Several hosts


def join(show: Show):
    guest = make_creator()
    cohosts.do_invite(show.host, show.room.id, guest.id)
    cohosts.do_accept(guest, show.room.id)
    return guest


@pytest.mark.django_db
def test_who_accepts_runs_the_cart_and_not_the_show() -> None:
    show, guest = Show(), make_creator()
    cohosts.do_invite(show.host, show.room.id, guest.id)
    assert role_in(guest, show.room) == "viewer"
    base = f"/rooms/{show.room.id}"
    caller = Caller(guest)
    assert caller("PUT", f"{base}/pin", {"listing_id": str(show.tea.id)})[0] == 403
    assert caller.client.get(f"/creator/rooms/{show.room.id}/").status_code == 403
    assert "asks you to host" in caller.client.get("/creator/rooms/").content.decode()
    assert caller("PUT", f"{base}/hosts/me")[1]["cohosts"][0]["id"] == str(guest.id)
    assert room_pass(show.room, guest, None)["role"] == "cohost"
    assert caller("PUT", f"{base}/pin", {"listing_id": str(show.tea.id)})[0] == 200
    spotlight.do_count_down(guest, show.room.id, show.tea.id, seconds=30)
    # Prices are the shop's and the creator's to set.
    with pytest.raises(Problem) as refused:
        spotlight.do_flash(guest, show.room.id, show.tea.id, percent=20)
    assert code(refused) == "shop_forbidden"
    assert caller.client.get(f"/creator/rooms/{show.room.id}/").status_code == 200
    for method, path, body in (
        ("POST", f"{base}/end", None),
        ("PATCH", base, {"title": "Mine"}),
        ("POST", f"{base}/hosts", {"account_id": str(make_creator().id)}),
        ("DELETE", f"{base}/hosts/{show.host.id}", None),
    ):
        assert caller(method, path, body)[0] in {403, 404}
    assert caller("DELETE", f"{base}/hosts/{guest.id}")[0] == 204
    assert role_in(guest, show.room) == "viewer"


@pytest.mark.django_db
def test_only_creators_are_asked_and_only_by_the_host() -> None:
    show = Show()
    for account in (make_account(), show.host, make_operator()):
        with pytest.raises(Problem) as refused:
            cohosts.do_invite(show.host, show.room.id, account.id)
        assert code(refused) == "cohost_invalid"
    with pytest.raises(Problem) as refused:
        cohosts.do_invite(make_creator(), show.room.id, make_creator().id)
    assert code(refused) == "not_your_room"
    with pytest.raises(Problem) as refused:
        cohosts.do_accept(make_creator(), show.room.id)
    assert code(refused) == "cohost_not_found"


@pytest.mark.django_db
def test_the_stage_goes_from_hand_to_hand() -> None:
    show = Show()
    one, two = join(show), join(show)
    with pytest.raises(Problem) as refused:
        cohosts.do_give_stage(one, show.room.id, one.id)
    assert code(refused) == "stage_not_yours"
    cohosts.do_give_stage(show.host, show.room.id, one.id)
    cohosts.do_give_stage(one, show.room.id, two.id)
    outbox.relay_all()
    event = RoomEvent.objects.filter(type="hosts").order_by("-seq").first()
    assert event is not None
    assert event.payload["on_stage"] == str(two.id)
    shown = snapshot(show.room.id, "en")
    assert (str(shown["on_stage"]), len(shown["cohosts"])) == (str(two.id), 2)
    cohosts.do_remove(show.host, show.room.id, two.id)
    room = Room.objects.get(id=show.room.id)
    assert room.on_stage_id is None
    assert [(who, ended is not None) for who, _began, ended in cohosts.turns_of(room)] == [
        (one.id, True),
        (two.id, True),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_sold_is_credited_to_who_has_the_stage() -> None:
    show = Show()
    guest = join(show)
    sell(show.wish(show.tea))
    cohosts.do_give_stage(show.host, show.room.id, guest.id)
    stand_at(now() + MINUTE)
    sell(show.wish(show.tea), show.wish(show.cake))
    stand_at(now() + MINUTE)
    cohosts.do_give_stage(guest, show.room.id, show.host.id)
    sell(show.wish(show.cake))
    assert Order.objects.count() == 4
    stand_at(now() + MINUTE)
    sold = {row["name"]: row["placed"] for row in sold_by_host(Room.objects.get(id=show.room.id))}
    assert sold == {show.host.display_name: 2, guest.display_name: 2}
