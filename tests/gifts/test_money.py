"""Coins from the payment to the host's share, on balanced books."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import make_account
from tests.gifts.worlds import coins_of, key, make_stage, rich, told, top_up
from tests.rivals import Together
from tests.settlement.worlds import on_books, prove

from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.gifts import bags, packets
from yellowcart.gifts.models import GiftBatch, GiftSent, Wallet
from yellowcart.gifts.settling import settle_duty
from yellowcart.gifts.topups import do_refund, do_start
from yellowcart.gifts.values import NewBag
from yellowcart.ledger.rules import Kind
from yellowcart.live.models import RoomBlock
from yellowcart.payments import incoming
from yellowcart.settlement import parties
from yellowcart.settlement.models import Move

pytestmark = pytest.mark.django_db


def later(**time) -> None:
    clock.set_timeline(clock.starting_at(now() + timedelta(**time)))


def test_a_tip_of_1000_yuan_leaves_the_host_400() -> None:
    stage, viewer = make_stage(title="Tea from the hills"), rich(10_000)
    assert on_books("platform", Kind.COINS) == -100_000
    stage.send(viewer, "castle")
    prove()
    later(minutes=1)
    settle_duty()
    host = parties.creator(stage.host.id)
    assert on_books("platform", Kind.COINS) == 0
    assert on_books("platform", Kind.TIPS) == 0
    assert on_books("tax", Kind.TAX) == -20_000
    assert on_books(host, Kind.PAYABLE) == -40_000
    assert on_books("platform", Kind.REVENUE) == -40_000
    line = Move.objects.get(party=host)
    assert (line.kind, line.amount_minor, line.reason) == ("tip", 40_000, "Tea from the hills")
    batch = GiftBatch.objects.get(host_id=stage.host.id)
    assert (batch.coins, batch.tax_minor, batch.host_minor) == (10_000, 20_000, 40_000)
    settle_duty()
    assert Move.objects.filter(party=host).count() == 1
    prove()


def test_gifts_of_a_minute_are_one_line_of_the_statement() -> None:
    stage, viewers = make_stage(), [rich(100), rich(100)]
    for viewer in viewers * 3:
        stage.send(viewer, "rose")
    assert settle_duty() > now()
    assert not GiftBatch.objects.exists()
    later(minutes=2)
    settle_duty()
    batch = GiftBatch.objects.get()
    assert (batch.gifts, batch.coins, batch.worth_minor) == (6, 120, 1_200)
    assert not GiftSent.objects.filter(batch_id=None).exists()
    prove()


def test_the_provider_may_tell_twice() -> None:
    viewer = make_account()
    _row, payment = top_up(viewer, 60)
    incoming.record("sandbox", told(payment))
    assert coins_of(viewer) == 60
    prove()


def test_another_amount_goes_back_and_gives_no_coins() -> None:
    viewer = make_account()
    row, payment = top_up(viewer, 60, paid=False)
    incoming.record("sandbox", told(payment, amount_minor=1))
    row.refresh_from_db()
    assert (row.state, coins_of(viewer)) == ("asked", 0)
    prove()


def test_beginning_again_with_the_key_is_the_same_top_up() -> None:
    viewer, word = make_account(), key()
    first = do_start(actor=viewer, coins=60, idempotency_key=word)
    again = do_start(actor=viewer, coins=60, idempotency_key=word)
    assert first[0].id == again[0].id
    assert first[1].id == again[1].id
    with pytest.raises(Problem, match="something else"):
        do_start(actor=viewer, coins=61, idempotency_key=word)


def test_unused_coins_are_refunded_and_used_ones_are_not() -> None:
    stage, viewer = make_stage(), rich(60)
    row, _payment = top_up(viewer, 300)
    do_refund(actor=viewer, top_up_id=row.id)
    do_refund(actor=viewer, top_up_id=row.id)
    assert coins_of(viewer) == 60
    assert on_books(f"buyer:{viewer.id}", Kind.PAYABLE) == -3_000
    assert on_books("platform", Kind.COINS) == -600
    other, _payment = top_up(viewer, 300)
    later(seconds=1)
    stage.send(viewer, "heart")
    with pytest.raises(Problem) as refused:
        do_refund(actor=viewer, top_up_id=other.id)
    assert refused.value.code == "top_up_used"
    with pytest.raises(Problem) as refused:
        do_refund(actor=make_account(), top_up_id=other.id)
    assert refused.value.code == "top_up_not_found"
    prove()


def test_the_same_key_sends_once_and_means_one_thing() -> None:
    stage, viewer, word = make_stage(), rich(100), key()
    first = stage.send(viewer, idempotency_key=word)
    again = stage.send(viewer, idempotency_key=word)
    assert first.gift.id == again.gift.id
    assert coins_of(viewer) == 80
    with pytest.raises(Problem) as refused:
        stage.send(viewer, quantity=2, idempotency_key=word)
    assert refused.value.code == "key_taken"


@pytest.mark.parametrize(
    ("code", "gift", "quantity"),
    [
        ("not_enough_coins", "crown", 1),
        ("gift_unknown", "yacht", 1),
        ("gift_quantity", "heart", 0),
        ("gift_day_limit", "castle", 3),
    ],
)
def test_what_is_refused_takes_nothing(code: str, gift: str, quantity: int) -> None:
    stage, viewer = make_stage(), rich(100)
    with pytest.raises(Problem) as refused:
        stage.send(viewer, gift, quantity)
    assert refused.value.code == code
    assert coins_of(viewer) == 100
    assert not GiftSent.objects.exists()


def test_the_day_has_a_limit_and_the_next_day_another() -> None:
    stage, viewer = make_stage(), rich(30_000)
    stage.send(viewer, "castle", 2)
    with pytest.raises(Problem) as refused:
        stage.send(viewer, "heart")
    assert refused.value.extra == {"left_today": 0}
    later(days=1)
    stage.send(viewer, "heart")


def test_hosts_minors_and_closed_rooms() -> None:
    stage = make_stage()
    with pytest.raises(Problem) as refused:
        stage.send(stage.host)
    assert refused.value.code == "not_to_yourself"
    child = make_account(birth_date=now().date() - timedelta(days=17 * 365))
    for attempt in (
        lambda: stage.send(child),
        lambda: do_start(actor=child, coins=60, idempotency_key=key()),
    ):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "too_young"
    practice = make_stage(practice=True)
    with pytest.raises(Problem) as refused:
        practice.send(rich(100))
    assert refused.value.code == "room_practice"
    stage.room.state = "ended"
    stage.room.save()
    with pytest.raises(Problem) as refused:
        stage.send(rich(100, birth_date=date(1990, 1, 1)))
    assert refused.value.code == "room_not_live"


def test_the_database_itself_keeps_a_wallet_above_nothing() -> None:
    viewer = rich(10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wallet.objects.filter(account_id=viewer.id).update(coins=-1)


def test_a_gift_is_a_short_transaction() -> None:
    stage, viewer = make_stage(), rich(100)
    stage.send(viewer)
    with CaptureQueriesContext(connection) as seen:
        stage.send(viewer)
    assert len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]) <= 14


def test_who_was_blocked_in_a_room_takes_no_part_there() -> None:
    stage, viewer = make_stage(), rich(100)
    top_up(stage.host, 100)
    values = {"actor": stage.host, "room_id": stage.room.id, "idempotency_key": key()}
    packet = packets.do_give_packet(
        **values, funder="wallet", coins=10, pieces=1, split="equal", entry="all"
    )
    wanted = NewBag(title="A bag", prize="coins", winners=1, seconds=60, coins_each=1)
    bag = bags.do_open_bag(**values, wanted=wanted)
    RoomBlock.objects.create(room=stage.room, viewer_id=viewer.id, by_id=stage.host.id)
    for attempt in (
        lambda: stage.send(viewer),
        lambda: packets.do_claim(actor=viewer, packet_id=packet.id),
        lambda: bags.do_enter(actor=viewer, bag_id=bag.id),
    ):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "not_welcome"


@pytest.mark.django_db(transaction=True)
def test_rivals_never_spend_a_coin_twice() -> None:
    stage, viewer = make_stage(), rich(100)
    results = Together([lambda: stage.send(viewer, "rose").left] * 8).go()
    assert sorted(map(str, results)) == sorted(
        ["0", "20", "40", "60", "80", *["not_enough_coins"] * 3]
    )
    assert coins_of(viewer) == 0
    assert stage.events("gift")[-1]["combo"]["count"] == 5
    prove()


@pytest.mark.django_db(transaction=True)
def test_two_workers_part_a_gift_once() -> None:
    stage, viewer = make_stage(), rich(100)
    for _gift in range(3):
        stage.send(viewer)
    later(minutes=2)
    Together([settle_duty] * 4).go()
    assert on_books(parties.creator(stage.host.id), Kind.PAYABLE) == -240
    assert GiftBatch.objects.count() == 1
    prove()


def test_a_room_hears_of_a_combo_once_a_batch_with_its_whole_count() -> None:
    stage, one, two = make_stage(), rich(1_000), rich(1_000)
    for _gift in range(5):
        stage.send(one, "heart")
    stage.send(two, "rose", 3)
    events = stage.events("gift")
    assert [(e["combo"]["gift"], e["combo"]["count"]) for e in events] == [
        ("heart", 5),
        ("rose", 3),
    ]
    assert {(e["gifts"], e["coins"]) for e in events} == {(8, 65)}
    stage.send(one, "heart", 2)
    assert stage.events("gift")[-1]["combo"]["count"] == 7
    later(seconds=9)
    stage.send(one, "heart")
    assert stage.events("gift")[-1]["combo"]["count"] == 1
    assert stage.events("gift")[-1]["coins"] == 68
