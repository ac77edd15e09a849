"""Red packets: who may give and claim, never more than there is, and the rest goes back."""

from datetime import timedelta

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.gifts.worlds import Stage, coins_of, key, make_stage, rich, top_up
from tests.rivals import Together
from tests.rooms import make_goods, mount
from tests.settlement.worlds import on_books, prove

from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.gifts import packets
from yellowcart.gifts.models import Packet, PacketShare
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.live.models import ChatMessage
from yellowcart.people.models import Follow
from yellowcart.settlement import parties
from yellowcart.settlement.gifts import do_settle_tip

pytestmark = pytest.mark.django_db


def give(stage: Stage, actor=None, **fields) -> Packet:
    values = {
        "coins": 100,
        "pieces": 4,
        "split": "lucky",
        "entry": "all",
        "funder": "wallet",
        "idempotency_key": key(),
        **fields,
    }
    return packets.do_give_packet(actor=actor or stage.host, room_id=stage.room.id, **values)


def refused(call) -> str:
    with pytest.raises(Problem) as problem:
        call()
    return problem.value.code


def stage_with_coins(coins: int = 500) -> Stage:
    stage = make_stage()
    top_up(stage.host, coins)
    return stage


def earn(party: str, minor: int) -> None:
    """Money that a creator can take out, as tips leave it."""
    lines = [
        Line("provider:sandbox", Kind.CASH, "CNY", minor * 5 // 2),
        Line("platform", Kind.TIPS, "CNY", -minor * 5 // 2),
    ]
    do_post(f"earn:{party}:{key()}", "Earned", lines)
    do_settle_tip(
        key(),
        creator_id=parties.read(party)[1],
        amount_minor=minor * 5 // 2,
        currency="CNY",
    )


def later(**time) -> None:
    clock.set_timeline(clock.starting_at(now() + timedelta(**time)))


def test_everybody_gets_one_piece_and_the_rest_goes_back() -> None:
    stage = stage_with_coins()
    packet = give(stage)
    assert coins_of(stage.host) == 400
    viewers = [make_account() for _ in range(3)]
    taken = [packets.do_claim(actor=one, packet_id=packet.id) for one in viewers]
    again = packets.do_claim(actor=viewers[0], packet_id=packet.id)
    assert again.number == taken[0].number
    assert coins_of(viewers[0]) == taken[0].coins
    prove()
    told = stage.events("packet")
    assert told[-1]["packet"]["taken"] == 3
    assert told[-1]["packet"]["pieces"] == 4
    later(minutes=11)
    assert refused(lambda: packets.do_claim(actor=make_account(), packet_id=packet.id)) == (
        "packet_over"
    )
    packets.end_duty()
    packets.end_duty()
    given = sum(one.coins for one in taken)
    assert coins_of(stage.host) == 400 + 100 - given
    assert stage.events("packet")[-1]["packet"]["state"] == "ended"
    prove()


@pytest.mark.django_db(transaction=True)
def test_rivals_never_get_more_than_the_pieces_or_the_sum() -> None:
    stage = stage_with_coins()
    packet = give(stage, pieces=5)
    rivals = [make_account() for _ in range(12)]
    calls = [
        lambda one=one: packets.do_claim(actor=one, packet_id=packet.id).coins for one in rivals
    ]
    results = Together([*calls, calls[0], calls[0]]).go()
    shares = PacketShare.objects.filter(packet_id=packet.id)
    assert shares.filter(claimed_by__isnull=False).count() == 5
    assert sum(coins_of(one) for one in rivals) == 100
    assert len([one for one in results if one == "packet_over"]) >= 7
    prove()


@pytest.mark.django_db(transaction=True)
def test_ending_and_claiming_at_once_loses_nothing() -> None:
    stage = stage_with_coins()
    packet = give(stage, pieces=8, split="equal")
    Packet.objects.filter(id=packet.id).update(expires_at=now(), opens_at=now() - timedelta(1))
    rivals = [make_account() for _ in range(4)]
    calls = [lambda one=one: packets.do_claim(actor=one, packet_id=packet.id) for one in rivals]
    Together([*calls, packets.end_duty, packets.end_duty]).go()
    packets.end_duty()
    assert coins_of(stage.host) + sum(map(coins_of, rivals)) == 500
    prove()


def test_out_of_what_the_host_earned_and_back() -> None:
    stage = make_stage()
    host = parties.creator(stage.host.id)
    earn(host, 1_500)
    assert refused(lambda: give(stage, funder="creator", coins=151)) == "not_enough"
    give(stage, funder="creator", coins=100)
    assert on_books(host, Kind.PAYABLE) == -500
    assert on_books("platform", Kind.COINS) == -1_000
    later(minutes=11)
    packets.end_duty()
    assert on_books(host, Kind.PAYABLE) == -1_500
    assert on_books("platform", Kind.COINS) == 0
    prove()


def test_the_platform_bears_what_it_gives_and_shops_give_where_they_sell() -> None:
    stage, operator, owner = make_stage(), make_operator(), make_account()
    give(stage, operator, funder="platform")
    assert on_books("platform", Kind.EXPENSE) == 1_000
    shop = make_shop(owner)
    pays = f"shop:{shop.id}"
    assert refused(lambda: give(stage, owner, funder=pays)) == "shop_not_in_room"
    mount(stage.room, make_goods(shop))
    assert refused(lambda: give(stage, owner, funder=pays)) == "not_enough"
    assert refused(lambda: give(stage, make_account(), funder=pays)) == "shop_forbidden"
    assert refused(lambda: give(stage, funder="platform")) == "forbidden"
    assert refused(lambda: give(stage, rich(200))) == "not_your_room"
    assert refused(lambda: give(stage, funder="bank")) == "funder_invalid"
    prove()


def test_conditions_of_entry() -> None:
    stage = stage_with_coins()
    for_fans, for_talkers = give(stage, entry="followers"), give(stage, entry="commented")
    viewer = make_account()
    for packet in (for_fans, for_talkers):
        assert refused(lambda p=packet: packets.do_claim(actor=viewer, packet_id=p.id)) == (
            "packet_entry"
        )
    Follow.objects.create(follower=viewer, followee=stage.host)
    ChatMessage.objects.create(
        room_id=stage.room.id, account_id=viewer.id, name="V", role="viewer", text="hi"
    )
    for packet in (for_fans, for_talkers):
        assert packets.do_claim(actor=viewer, packet_id=packet.id).coins >= 1
    assert refused(lambda: packets.do_claim(actor=stage.host, packet_id=for_fans.id)) == (
        "not_to_yourself"
    )


def test_it_opens_at_its_instant() -> None:
    stage, viewer = stage_with_coins(), make_account()
    packet = give(stage, opens_at=now() + timedelta(seconds=60))
    assert refused(lambda: packets.do_claim(actor=viewer, packet_id=packet.id)) == "packet_not_open"
    later(seconds=61)
    packets.do_claim(actor=viewer, packet_id=packet.id)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"pieces": 0}, "pieces"),
        ({"pieces": 101, "coins": 100}, "coins"),
        ({"split": "fair"}, "split"),
        ({"entry": "friends"}, "entry"),
    ],
)
def test_what_a_packet_can_not_be(fields, why) -> None:
    stage = stage_with_coins()
    with pytest.raises(Problem) as problem:
        give(stage, **fields)
    assert problem.value.extra["why"] == why
    assert coins_of(stage.host) == 500


def test_over_http() -> None:
    stage, viewer = stage_with_coins(), make_account()
    body = {"coins": 10, "pieces": 2, "split": "equal", "idempotency_key": key()}
    path = f"/gifts/rooms/{stage.room.id}/packets"
    assert Caller(viewer)("POST", path, body)[0] == 403
    status, packet = Caller(stage.host)("POST", path, body)
    assert status == 201
    assert Caller(stage.host)("POST", path, body)[1] == packet
    assert coins_of(stage.host) == 490
    claim = f"/gifts/packets/{packet['packet_id']}/claim"
    assert Caller()("POST", claim)[0] == 401
    assert Caller(viewer)("POST", claim)[1] == {"coins": 5, "wallet": 5}
    luck = Caller(viewer)("GET", f"/gifts/packets/{packet['packet_id']}/luck")[1]
    assert luck[0]["coins"] == 5
    assert "*" in luck[0]["name"]
