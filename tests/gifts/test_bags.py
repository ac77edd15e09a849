"""Lucky bags: conditions, one at a time, a draw that holds, and prizes that arrive or go back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.gifts.worlds import Stage, coins_of, key, make_stage, top_up
from tests.orders.worlds import ADDRESS
from tests.rivals import Together
from tests.rooms import make_creator, make_goods, make_room, mount
from tests.settlement.worlds import prove, work

from yellowcart.aftersales import actions as cases
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.gifts import bags, draw, drawing, prizes
from yellowcart.gifts.models import Bag, BagEntry, Prize, Watch
from yellowcart.gifts.values import NewBag
from yellowcart.inventory.models import Hold, Stock
from yellowcart.listings.models import Listing
from yellowcart.live.models import ChatMessage, RoomModerator
from yellowcart.notices.actions import do_appeal
from yellowcart.notices.models import Notice
from yellowcart.orders.models import Order, OrderLine
from yellowcart.people.models import Follow
from yellowcart.promotions.actions import NewCoupon, do_give_coupon
from yellowcart.promotions.models import CouponClaim

pytestmark = pytest.mark.django_db


def open_bag(stage: Stage, actor=None, **fields: Any) -> Bag:
    values = {"title": "Coins", "prize": "coins", "winners": 2, "seconds": 300, "coins_each": 50}
    word = fields.pop("idempotency_key", key())
    return bags.do_open_bag(
        actor=actor or stage.host,
        room_id=stage.room.id,
        wanted=NewBag(**{**values, **fields}),
        idempotency_key=word,
    )


def stage_with_coins() -> Stage:
    stage = make_stage()
    top_up(stage.host, 1_000)
    return stage


def refused(call) -> Problem:
    with pytest.raises(Problem) as problem:
        call()
    return problem.value


def later(**time) -> None:
    clock.set_timeline(clock.starting_at(now() + timedelta(**time)))


def end(bag: Bag) -> Bag:
    """Its time passes, and the worker looks twice."""
    later(seconds=(bag.closes_at - now()).total_seconds() + 1)
    drawing.draw_duty()
    later(seconds=3)
    drawing.draw_duty()
    bag.refresh_from_db()
    return bag


def published(bag: Bag) -> dict[str, Any]:
    return Caller()("GET", f"/gifts/bags/{bag.id}/draw")[1]


def test_from_the_commit_to_the_winners() -> None:
    stage = stage_with_coins()
    bag = open_bag(stage)
    assert coins_of(stage.host) == 900
    told = published(bag)
    assert (told["commit"], told["seed"], told["entrants"]) == (bag.commit, "", [])
    viewers = [make_account() for _ in range(5)]
    mine = [
        bags.do_enter(actor=one, bag_id=bag.id, nonce=f"{place:016x}")
        for place, one in enumerate(viewers)
    ]
    assert stage.events("bag")[-1]["bag"]["entrants"] == 5
    later(seconds=301)
    drawing.draw_duty()
    fixed = published(bag)
    assert (fixed["state"], fixed["seed"]) == ("closed", "")
    assert fixed["entrants_hash"]
    assert refused(lambda: bags.do_enter(actor=make_account(), bag_id=bag.id)).code == "bag_over"
    later(seconds=3)
    drawing.draw_duty()
    told = published(bag)
    assert draw.faults(told) == []
    page = Caller().client.get(f"/bags/{bag.id}/").content.decode()
    assert bag.seed in page
    assert Caller().client.get(f"/bags/{key()}/").status_code == 404
    assert {one["pseudonym"] for one in told["entrants"]} == {one.pseudonym for one in mine}
    assert told["entrants_hash"] == fixed["entrants_hash"]
    winners = {one["pseudonym"] for one in told["winners"]}
    for viewer, entry in zip(viewers, mine, strict=True):
        assert coins_of(viewer) == (50 if entry.pseudonym in winners else 0)
    event = stage.events("bag")[-1]["bag"]
    assert event["state"] == "drawn"
    assert {one["pseudonym"] for one in event["winners"]} == winners
    assert "seed" not in event
    assert outbox_won() == 2
    prove()


def outbox_won() -> int:
    from yellowcart.core.models import OutboxEvent

    return OutboxEvent.objects.filter(topic="gifts.won").count()


def test_the_seed_is_nowhere_before_the_draw() -> None:
    stage = stage_with_coins()
    bag = open_bag(stage)
    bags.do_enter(actor=make_account(), bag_id=bag.id)
    seed = Bag.objects.get(id=bag.id).seed
    host = Caller(stage.host)
    for path in ("draw", "mine", "entrants"):
        assert seed not in str(host("GET", f"/gifts/bags/{bag.id}/{path}")[1])
    assert seed not in str(stage.events("bag"))
    from yellowcart.live.queries import snapshot

    assert seed not in str(snapshot(stage.room.id, "en"))


def test_too_few_entrants_give_the_rest_back() -> None:
    stage, viewer = stage_with_coins(), make_account()
    bag = open_bag(stage, winners=3)
    bags.do_enter(actor=viewer, bag_id=bag.id)
    end(bag)
    assert (coins_of(viewer), coins_of(stage.host)) == (50, 950)
    assert sorted(Prize.objects.values_list("state", flat=True)) == ["given", "lapsed", "lapsed"]
    empty = end(open_bag(stage))
    assert empty.state == "drawn"
    assert coins_of(stage.host) == 950
    prove()


def test_one_at_a_time_for_hosts_of_live_rooms() -> None:
    stage, other = stage_with_coins(), make_creator()
    word = key()
    bag = open_bag(stage, idempotency_key=word)
    assert open_bag(stage, idempotency_key=word).id == bag.id
    assert refused(lambda: open_bag(stage)).code == "bag_active"
    assert coins_of(stage.host) == 900
    for actor in (other, make_account(), make_operator()):
        assert refused(lambda a=actor: open_bag(stage, a)).code == "not_your_room"
    end(bag)
    open_bag(stage)
    quiet = Stage(make_room(other, "scheduled"), other)
    assert refused(lambda: open_bag(quiet)).code == "room_not_live"


@pytest.mark.django_db(transaction=True)
def test_rivals_open_one_bag_and_enter_once() -> None:
    stage, viewer = stage_with_coins(), make_account()
    opened = Together([lambda: str(open_bag(stage).id)] * 4).go()
    assert opened.count("bag_active") == 3
    bag = Bag.objects.get()
    assert coins_of(stage.host) == 900
    names = Together([lambda: bags.do_enter(actor=viewer, bag_id=bag.id).pseudonym] * 6).go()
    assert len(set(names)) == 1
    assert BagEntry.objects.count() == 1
    later(seconds=301)
    Together([drawing.draw_duty] * 3).go()
    later(seconds=3)
    Together([drawing.draw_duty] * 3).go()
    assert coins_of(viewer) == 50
    prove()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "Cash for you"}, "barred"),
        ({"title": " "}, "title"),
        ({"winners": 0}, "winners"),
        ({"seconds": 30}, "duration"),
        ({"must_say": "hi 😀"}, "emoji"),
        ({"must_watch_seconds": 181}, "watch"),
        ({"must_buy": True}, "buy"),
        ({"coins_each": 0}, "coins"),
        ({"prize": "coupon"}, "coupon"),
        ({"prize": "product"}, "listing"),
        ({"prize": "cash"}, "prize"),
    ],
)
def test_what_a_bag_can_not_be(fields, why) -> None:
    stage = stage_with_coins()
    assert refused(lambda: open_bag(stage, **fields)).extra["why"] == why
    assert coins_of(stage.host) == 1_000


def test_conditions_are_looked_up_on_the_server() -> None:
    stage, viewer = stage_with_coins(), make_account()
    bag = open_bag(
        stage, seconds=300, must_follow=True, must_say="Tea please", must_watch_seconds=60
    )

    def enter() -> Any:
        return bags.do_enter(actor=viewer, bag_id=bag.id)

    assert refused(enter).extra["unmet"] == ["follow", "say", "watch"]
    Follow.objects.create(follower=viewer, followee=stage.host)
    ChatMessage.objects.create(
        room_id=stage.room.id,
        account_id=viewer.id,
        name="V",
        role="viewer",
        text="tea  please",
        at=now(),
    )
    for _beat in range(20):
        bags.do_beat(actor=viewer, bag_id=bag.id)
    assert refused(enter).extra["unmet"] == ["watch"]
    later(seconds=40)
    bags.do_beat(actor=viewer, bag_id=bag.id)
    later(seconds=30)
    assert bags.do_beat(actor=viewer, bag_id=bag.id) >= 60
    assert enter().pseudonym
    hidden = make_account()
    Follow.objects.create(follower=hidden, followee=stage.host)
    Watch.objects.create(bag_id=bag.id, account_id=hidden.id, seconds=99)
    said = ChatMessage.objects.create(
        room_id=stage.room.id,
        account_id=hidden.id,
        name="H",
        role="viewer",
        text="Tea please",
        at=now(),
        hidden_at=now(),
    )
    assert said.hidden_at
    assert refused(lambda: bags.do_enter(actor=hidden, bag_id=bag.id)).extra["unmet"] == ["say"]


def test_who_takes_no_part() -> None:
    stage, helper = stage_with_coins(), make_account()
    RoomModerator.objects.create(room=stage.room, account=helper)
    bag = open_bag(stage)
    for actor in (stage.host, helper, make_operator()):
        problem = refused(lambda a=actor: bags.do_enter(actor=a, bag_id=bag.id))
        assert problem.code == "host_may_not_enter"
    child = make_account(birth_date=now().date() - timedelta(days=3_000))
    assert refused(lambda: bags.do_enter(actor=child, bag_id=bag.id)).code == "too_young"
    bad = refused(lambda: bags.do_enter(actor=make_account(), bag_id=bag.id, nonce="XYZ"))
    assert bad.code == "nonce_invalid"


def with_goods(stage: Stage, stock: int = 3) -> tuple[dict[str, Any], Stock]:
    product = make_goods(make_shop(stage.host), stock=stock)
    listing, sku = mount(stage.room, product), product.skus.get()
    fields = {"prize": "product", "listing_id": listing.id, "sku_id": sku.id, "coins_each": 0}
    return fields, Stock.objects.get(sku_id=sku.stock_sku_id)


def test_goods_are_held_sent_and_paid_by_nobody() -> None:
    stage, winner = make_stage(), make_account()
    fields, stock = with_goods(stage)
    bag = open_bag(stage, winners=2, **fields)
    stock.refresh_from_db()
    assert (stock.reserved, stock.sold) == (2, 0)
    bags.do_enter(actor=winner, bag_id=bag.id)
    end(bag)
    stock.refresh_from_db()
    assert stock.reserved == 1
    prize = Prize.objects.get(account_id=winner.id)
    caller, path = Caller(winner), f"/gifts/prizes/{prize.id}/claim"
    assert caller("POST", path, {})[1]["code"] == "ship_to_required"
    assert Caller(make_account())("POST", path, ADDRESS)[1]["code"] == "prize_not_found"
    status, given = caller("POST", path, ADDRESS)
    assert (status, given["state"]) == (200, "given")
    assert caller("POST", path, ADDRESS)[1] == given
    order = Order.objects.get(id=given["order_id"])
    assert (order.state, order.amount_minor, order.ship_to) == ("paid", 0, ADDRESS)
    assert OrderLine.objects.get(order_id=order.id).quantity == 1
    stock.refresh_from_db()
    assert (stock.reserved, stock.sold) == (0, 1)
    page = caller.client.get("/prizes/").content.decode()
    assert f"/orders/{order.id}/" in page
    assert f"/bags/{bag.id}/" in page
    work()
    prove()


def test_what_nobody_claims_in_48_hours_is_free_again() -> None:
    stage, winner = make_stage(), make_account()
    fields, stock = with_goods(stage)
    bag = open_bag(stage, winners=1, **fields)
    bags.do_enter(actor=winner, bag_id=bag.id)
    end(bag)
    prize = Prize.objects.get(account_id=winner.id)
    client = Caller(winner).client
    assert "/prizes/" in client.get("/orders/").content.decode()
    assert 'name="address"' in client.get("/prizes/").content.decode()
    assert client.post(f"/prizes/{prize.id}/claim/", {"name": "Li"}).status_code == 302
    prize.refresh_from_db()
    assert prize.state == "won"
    later(hours=48, seconds=1)

    def claim() -> Any:
        return prizes.do_claim_prize(actor=winner, prize_id=prize.id, ship_to=ADDRESS)

    assert refused(claim).code == "prize_lapsed"
    drawing.draw_duty()
    stock.refresh_from_db()
    assert stock.reserved == 0
    assert Hold.objects.get(order_id=prize.id).state == "voided"
    assert refused(claim).code == "prize_lapsed"
    goods = Listing.objects.get(id=bag.listing_id).product.title
    assert {one[0]: one[2] for one in notices_of(winner)} == {
        "won": f"You won: {goods}",
        "lapsed": f"Not claimed in time: {goods}",
    }
    assert {one[0] for one in notices_of(stage.host)} == {"drawn", "unclaimed"}
    assert "it went back to the shop" in client.get("/prizes/").content.decode()


def test_the_order_of_a_prize_says_so_and_the_desk_names_who_won() -> None:
    stage, winner = make_stage(), make_account(display_name="Lian")
    fields, _stock = with_goods(stage)
    bag = open_bag(stage, winners=1, **fields)
    bags.do_enter(actor=winner, bag_id=bag.id)
    end(bag)
    desk = Caller(stage.host).client
    page = desk.get(f"/creator/rooms/{stage.room.id}/giving/").content.decode()
    assert "Won by: Lian (not claimed yet)" in page
    prize = Prize.objects.get(account_id=winner.id)
    prizes.do_claim_prize(actor=winner, prize_id=prize.id, ship_to=ADDRESS)
    page = desk.get(f"/creator/rooms/{stage.room.id}/giving/").content.decode()
    assert "Won by: Lian<" in page
    page = Caller(winner).client.get(f"/orders/{prize.id}/").content.decode()
    assert f"A prize of the lucky bag “{bag.title}”" in page


def test_a_winner_may_give_up_what_was_not_sent_yet() -> None:
    stage, winner = make_stage(), make_account()
    fields, stock = with_goods(stage)
    bag = open_bag(stage, winners=1, **fields)
    bags.do_enter(actor=winner, bag_id=bag.id)
    end(bag)
    prize = Prize.objects.get(account_id=winner.id)
    prizes.do_claim_prize(actor=winner, prize_id=prize.id, ship_to=ADDRESS)
    case = cases.do_open(
        actor=winner,
        order_id=prize.id,
        kind=Kind.REFUND_ONLY,
        reason="not_wanted",
        lines={1: Asked(1)},
    )
    assert (case.state, case.amount_minor) == ("succeeded", 0)
    work()
    assert Order.objects.get(id=prize.id).state == "closed"
    stock.refresh_from_db()
    assert (stock.reserved, stock.sold) == (0, 0)
    prove()


def test_more_than_there_is_can_not_be_promised_nor_others_goods() -> None:
    stage, thief = make_stage(), make_stage()
    fields, _stock = with_goods(stage, stock=1)
    assert refused(lambda: open_bag(stage, winners=2, **fields)).code == "sold_out"
    product = make_goods(make_shop())
    other = mount(thief.room, product)
    theirs = {**fields, "listing_id": other.id, "sku_id": product.skus.get().id}
    assert refused(lambda: open_bag(thief, **theirs)).extra["why"] == "listing"


def test_a_coupon_goes_to_the_winners_alone() -> None:
    stage, winner = make_stage(), make_account()
    coupon = do_give_coupon(
        stage.host,
        NewCoupon(
            title="For the lucky",
            bearer="creator",
            budget_minor=1_000,
            off_minor=500,
            most_uses=2,
            claim_until=now() + timedelta(seconds=1),
            use_until=now() + timedelta(days=3),
        ),
    )
    later(seconds=2)
    bag = open_bag(stage, prize="coupon", coupon_id=coupon.id, winners=2)
    bags.do_enter(actor=winner, bag_id=bag.id)
    end(bag)
    assert CouponClaim.objects.get(coupon_id=coupon.id).buyer_id == winner.id
    too_many = refused(lambda: open_bag(stage, prize="coupon", coupon_id=coupon.id, winners=3))
    assert too_many.extra["why"] == "coupon"


def test_over_http() -> None:
    stage, viewer = stage_with_coins(), make_account()
    body = {
        "title": "Coins for fans",
        "prize": "coins",
        "coins_each": 10,
        "winners": 1,
        "seconds": 60,
        "idempotency_key": key(),
    }
    path = f"/gifts/rooms/{stage.room.id}/bags"
    assert Caller(viewer)("POST", path, body)[0] == 403
    status, bag = Caller(stage.host)("POST", path, body)
    assert status == 201
    assert "seed" not in bag
    entry = Caller(viewer)("POST", f"/gifts/bags/{bag['bag_id']}/entry", {"nonce": "ab" * 16})[1]
    assert entry["nonce"] == "ab" * 16
    assert Caller(viewer)("GET", f"/gifts/bags/{bag['bag_id']}/entrants")[0] == 403
    assert len(Caller(stage.host)("GET", f"/gifts/bags/{bag['bag_id']}/entrants")[1]) == 1
    end(Bag.objects.get())
    mine = Caller(viewer)("GET", f"/gifts/bags/{bag['bag_id']}/mine")[1]
    assert (mine["prize"]["state"], mine["prize"]["coins"]) == ("given", 10)
    assert Caller(viewer)("GET", "/gifts/prizes")[1][0]["title"] == "Coins for fans"
    outbox.relay_all()


def notices_of(account) -> list[tuple[str, str, str]]:
    outbox.relay_all()
    rows = Notice.objects.filter(account=account).order_by("sent_at", "stage")
    return [(row.stage, row.party, row.title_en) for row in rows]


def test_winners_and_the_host_hear_of_the_draw_once() -> None:
    stage, viewer, other = stage_with_coins(), make_account(), make_account()
    bag = open_bag(stage, winners=2, coins_each=1, title="Luck")
    bags.do_enter(actor=viewer, bag_id=bag.id)
    end(bag)
    assert notices_of(viewer) == [("won", "viewer", "You won: 1 coin")]
    assert notices_of(stage.host) == [("drawn", "creator", "Drawn: Luck")]
    assert notices_of(other) == []
    told = Notice.objects.get(account=stage.host)
    assert "1 of 2 prizes went to 1 entrants" in told.body_en
    assert "1人参与，2份奖品送出1份" in told.body_zh
    with transaction.atomic():
        OutboxEvent.objects.update(relayed_at=None)
    assert len(notices_of(viewer)) == len(notices_of(stage.host)) == 1
    prize = Prize.objects.get(account_id=viewer.id)
    page = Caller(viewer).client.get("/reminders/").content.decode()
    assert f"/prizes/#prize-{prize.id}" in page
    assert f'id="prize-{prize.id}"' in Caller(viewer).client.get("/prizes/").content.decode()
    desk = Caller(stage.host).client
    page = desk.get(f"/creator/notices/{told.id}/").content.decode()
    assert f"/bags/{bag.id}/" in page
    assert refused(lambda: do_appeal(stage.host, told.id, "Again")).code == "appeal_elsewhere"


def test_a_bag_that_nobody_entered_is_told_to_its_host() -> None:
    stage = stage_with_coins()
    end(open_bag(stage, title="Luck"))
    assert notices_of(stage.host) == [("drawn", "creator", "Drawn: Luck")]
