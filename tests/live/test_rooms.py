"""The verbs of a room: who may do what, when, and what is announced."""

from datetime import timedelta

import pytest
from tests.factories import make_account, make_operator, make_rule
from tests.rooms import cart, make_creator, make_goods, make_link, make_room, mount

from yellowcart.core import clock, outbox
from yellowcart.core.models import AuditEntry
from yellowcart.core.problems import Problem
from yellowcart.listings.actions import do_unmount
from yellowcart.live import actions, moderation, queries
from yellowcart.live.models import ChatMessage, ChatMute, Room, RoomEvent
from yellowcart.people.models import Account, Permit
from yellowcart.policy.actions import do_write_rule

pytestmark = pytest.mark.django_db


def refused(code: str, verb, *arguments, **named) -> None:
    with pytest.raises(Problem) as caught:
        verb(*arguments, **named)
    assert caught.value.code == code


def told(room: Room) -> list[str]:
    outbox.relay_all()
    return list(
        RoomEvent.objects.filter(room_id=room.id).order_by("seq").values_list("type", flat=True)
    )


def test_a_show_from_plan_to_end() -> None:
    host = make_creator()
    room = actions.do_schedule_room(host, title="  Tea \n night ", scheduled_at=clock.now())
    assert (room.title, room.state) == ("Tea night", "scheduled")
    room = actions.do_go_live(host, room.id)
    assert (room.state, room.started_at is not None) == ("live", True)
    room = actions.do_end_room(host, room.id)
    assert (room.state, room.ended_at is not None) == ("ended", True)
    assert told(room) == ["room.state"] * 3
    assert set(
        AuditEntry.objects.filter(target=f"room:{room.id}").values_list("verb", flat=True)
    ) == {
        "room.schedule",
        "room.go_live",
        "room.end",
    }


def test_a_plan_must_make_sense() -> None:
    host, soon = make_creator(), clock.now() + timedelta(hours=1)
    schedule = actions.do_schedule_room
    refused("title_invalid", schedule, host, title=" ", scheduled_at=soon)
    refused("title_invalid", schedule, host, title="x" * 121, scheduled_at=soon)
    refused("cover_invalid", schedule, host, title="t", scheduled_at=soon, cover_url="javascript:1")
    past = clock.now() - timedelta(hours=1)
    refused("time_passed", schedule, host, title="t", scheduled_at=past)
    refused("forbidden", schedule, make_account(), title="t", scheduled_at=soon)


@pytest.mark.parametrize("state", ["live", "ended", "cancelled"])
def test_only_a_scheduled_show_begins(state: str) -> None:
    room = make_room(state=state)
    refused("room_state", actions.do_go_live, room.creator, room.id)
    refused("room_state", actions.do_cancel_room, room.creator, room.id)


@pytest.mark.parametrize(
    ("state", "ends_in_days", "may"),
    [
        ("granted", None, True),
        ("pilot", 1, True),
        ("pilot", -1, False),
        ("paused", None, False),
        ("withdrawn", None, False),
        ("refused", None, False),
    ],
)
def test_going_live_needs_a_permit_that_holds_now(state, ends_in_days, may) -> None:
    host = make_creator("sell_own")
    until = clock.now() + timedelta(days=ends_in_days) if ends_in_days else None
    Permit.objects.create(account=host, permit="go_live", state=state, until=until)
    room = make_room(host, state="scheduled")
    if may:
        assert actions.do_go_live(host, room.id).state == "live"
    else:
        refused("permit_missing", actions.do_go_live, host, room.id)
        assert Room.objects.get(id=room.id).state == "scheduled"


def test_a_pilot_sells_live_so_often_a_week() -> None:
    host = make_creator("go_live", "promote")
    Permit.objects.filter(account=host, permit="promote").update(
        state="pilot",
        until=clock.now() + timedelta(days=30),
        limits={"selling_lives_per_week": 2, "zone": "UTC"},
    )
    goods = make_goods()
    first, second, third = (make_room(host, state="scheduled") for _ in range(3))
    actions.do_mount(host, first.id, goods.id)
    actions.do_go_live(host, first.id)
    actions.do_go_live(host, second.id)
    actions.do_mount(host, second.id, goods.id)
    actions.do_mount(host, second.id, make_goods().id)
    actions.do_go_live(host, third.id)
    refused("pilot_used_up", actions.do_mount, host, third.id, goods.id)
    fourth = make_room(host, state="scheduled")
    actions.do_mount(host, fourth.id, goods.id)
    refused("pilot_used_up", actions.do_go_live, host, fourth.id)
    Permit.objects.filter(account=host, permit="promote").update(state="granted")
    assert actions.do_go_live(host, fourth.id).state == "live"


@pytest.fixture
def actors() -> dict[str, Account]:
    return {
        "stranger": make_account(),
        "other host": make_creator(),
        "operator": make_operator(),
        "moderator": make_account(),
    }


def test_only_the_host_runs_the_room(actors: dict[str, Account]) -> None:
    room = make_room(state="scheduled")
    listing = mount(room, make_goods())
    actions.do_add_moderator(room.creator, room.id, actors["moderator"].id)
    for actor in actors.values():
        for verb, arguments in (
            (actions.do_go_live, ()),
            (actions.do_cancel_room, ()),
            (actions.do_change_room, ()),
            (actions.do_pin, (listing.id,)),
            (actions.do_add_moderator, (actor.id,)),
            (actions.do_remove_moderator, (actor.id,)),
            (queries.access_cart, ()),
        ):
            refused("not_your_room", verb, actor, room.id, *arguments)


def test_the_platform_may_end_a_show_and_a_moderator_may_not(actors: dict[str, Account]) -> None:
    room = make_room()
    actions.do_add_moderator(room.creator, room.id, actors["moderator"].id)
    refused("not_a_moderator", actions.do_end_room, actors["stranger"], room.id)
    refused("not_your_room", actions.do_end_room, actors["moderator"], room.id)
    assert actions.do_end_room(actors["operator"], room.id).state == "ended"


def test_a_pin_needs_an_offer_that_stands() -> None:
    room = make_room()
    goods, link = mount(room, make_goods()), mount(room, make_link())
    elsewhere = mount(make_room(), make_goods())
    pin = actions.do_pin
    assert pin(room.creator, room.id, goods.id).pinned_listing_id == goods.id
    refused("listing_not_found", pin, room.creator, room.id, elsewhere.id)
    do_write_rule(make_rule("no-youzan", sources=["youzan"], surfaces=["live_room"]), by=None)
    refused("barred_by_policy", pin, room.creator, room.id, link.id)
    assert pin(room.creator, room.id, None).pinned_listing_id is None


def test_a_pin_never_outlives_its_listing() -> None:
    room = make_room()
    listing = mount(room, make_goods())
    actions.do_pin(room.creator, room.id, listing.id)
    do_unmount(room.creator, cart(room), listing.id)
    assert told(room) == ["listing.pinned", "listing.unmounted", "listing.pinned"]
    assert RoomEvent.objects.get(room_id=room.id, seq=3).payload == {"listing_id": None}
    assert Room.objects.get(id=room.id).pinned_listing_id is None


def test_a_pin_ends_with_the_show() -> None:
    room = make_room()
    actions.do_pin(room.creator, room.id, mount(room, make_goods()).id)
    actions.do_end_room(room.creator, room.id)
    assert told(room) == ["listing.pinned", "listing.pinned", "room.state"]
    refused("room_state", actions.do_pin, room.creator, room.id, None)


def test_changes_stay_within_their_limits() -> None:
    room = make_room()
    change = actions.do_change_room
    refused("slow_mode_invalid", change, room.creator, room.id, slow_mode_seconds=601)
    refused("blocked_words_invalid", change, room.creator, room.id, blocked_words=["x" * 41])
    room = change(room.creator, room.id, slow_mode_seconds=3, blocked_words=[" vx "])
    assert (room.title, room.slow_mode_seconds, room.blocked_words) == ("A room", 3, ["vx"])


def say(room: Room, account: Account) -> ChatMessage:
    return ChatMessage.objects.create(
        room_id=room.id, account_id=account.id, name="n", role="viewer", text="t"
    )


def test_moderators_reach_viewers_and_nobody_else(actors: dict[str, Account]) -> None:
    room, viewer = make_room(), make_account()
    moderator, operator = actors["moderator"], actors["operator"]
    actions.do_add_moderator(room.creator, room.id, moderator.id)
    message = say(room, viewer)
    for actor in (actors["stranger"], actors["other host"]):
        refused("not_a_moderator", moderation.do_hide_message, actor, room.id, message.id)
        refused("not_a_moderator", moderation.do_mute, actor, room.id, viewer.id, 5)
        refused("not_a_moderator", moderation.do_unmute, actor, room.id, viewer.id)
    for target in (room.creator, operator, moderator):
        refused("out_of_reach", moderation.do_mute, moderator, room.id, target.id, 5)
    refused("out_of_reach", moderation.do_hide_message, moderator, room.id, say(room, operator).id)
    moderation.do_mute(operator, room.id, room.creator_id, 5)
    moderation.do_mute(moderator, room.id, viewer.id, 5)
    moderation.do_mute(room.creator, room.id, moderator.id, 5)
    moderation.do_hide_message(moderator, room.id, message.id)
    moderation.do_hide_message(moderator, room.id, message.id)
    assert told(room) == ["chat.removed"]
    assert queries.snapshot(room.id, "en")["chat"][0].account_id == operator.id


def test_a_moderator_of_one_room_is_nobody_in_another(actors: dict[str, Account]) -> None:
    room, other = make_room(), make_room()
    actions.do_add_moderator(room.creator, room.id, actors["moderator"].id)
    message = say(other, make_account())
    refused(
        "message_not_found", moderation.do_hide_message, actors["moderator"], room.id, message.id
    )
    refused(
        "not_a_moderator", moderation.do_hide_message, actors["moderator"], other.id, message.id
    )


def test_everybody_takes_back_their_own_words() -> None:
    room, viewer = make_room(), make_account()
    moderation.do_hide_message(viewer, room.id, say(room, viewer).id)
    assert told(room) == ["chat.removed"]


def test_a_mute_is_replaced_and_lifted() -> None:
    room, viewer = make_room(), make_account()
    refused("mute_invalid", moderation.do_mute, room.creator, room.id, viewer.id, 0)
    moderation.do_mute(room.creator, room.id, viewer.id, 5)
    moderation.do_mute(room.creator, room.id, viewer.id, 50)
    mute = ChatMute.objects.get(room_id=room.id)
    assert mute.until > clock.now() + timedelta(minutes=40)
    moderation.do_unmute(room.creator, room.id, viewer.id)
    assert not ChatMute.objects.exists()
