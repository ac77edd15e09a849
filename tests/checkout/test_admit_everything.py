"""Any mixture of everything a flash sale needs: what must be true of every answer to it."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checkout.worlds import NOON, basket, offer, snapshot

from yellowcart.checkout.rules import admit
from yellowcart.checkout.values import (
    Line,
    Offered,
    OrderKey,
    Placed,
    Refusal,
    Refused,
    Same,
    Special,
    StockKey,
    Why,
)
from yellowcart.promotions.rules import Terms, WhyNot

BUYERS = [UUID(int=n) for n in range(1, 3)]
SHOPS = [UUID(int=n) for n in range(11, 13)]
CREATOR, ROOM = UUID(int=21), UUID(int=31)
HOUR = timedelta(hours=1)


def terms(bearer: str, **changes) -> Terms:
    values = {
        "id": uuid4(),
        "bearer": bearer,
        "shop_id": None,
        "creator_id": None,
        "room_id": None,
        "listing_id": None,
        "fans_only": False,
        "currency": "CNY",
        "off_minor": 50,
        "off_bps": None,
        "threshold_minor": 0,
        "left_minor": 1_000,
        "left_uses": None,
        "per_buyer": 1,
        "use_from": NOON - HOUR,
        "use_until": NOON + HOUR,
        "ended": False,
        **changes,
    }
    return Terms(**values)


@st.composite
def coupons(draw):
    shop = draw(st.none() | st.sampled_from(SHOPS))
    bearer = "merchant" if shop else draw(st.sampled_from(["platform", "creator"]))
    return terms(
        bearer,
        shop_id=shop,
        creator_id=CREATOR if bearer == "creator" else None,
        fans_only=draw(st.booleans()),
        off_minor=draw(st.integers(1, 400)),
        off_bps=draw(st.none() | st.integers(1, 10_000)),
        threshold_minor=draw(st.sampled_from([0, 0, 300])),
        left_minor=draw(st.integers(0, 600)),
        left_uses=draw(st.none() | st.integers(0, 3)),
        per_buyer=draw(st.integers(1, 2)),
    )


@st.composite
def sales(draw):
    """A room with goods of two shops, some of them special, and baskets of three buyers."""
    shared = StockKey(uuid4(), uuid4())
    limit = draw(st.sampled_from([None, None, 3, 8]))
    offers = [
        offer(
            shop_id=draw(st.sampled_from(SHOPS)),
            container_id=ROOM,
            creator_id=CREATOR,
            source=draw(st.sampled_from(["native", "mokuai"])),
            integration="supply",
            price_minor=draw(st.integers(0, 300)),
            purchase_limit=draw(st.sampled_from([None, None, 2, 5])),
            room_limit=limit,
            reserves=draw(st.sampled_from([True, True, False])),
            has_waiting=True,
            **({"stock": shared} if number < 2 else {}),
        )
        for number in range(3)
    ]
    places = [(each.listing_id, each.sku_id) for each in offers]
    specials = {
        place: tuple(
            Special(
                SHOPS[0],
                uuid4(),
                draw(st.integers(0, 200)),
                draw(st.booleans()),
                draw(st.none() | st.integers(0, 4)),
            )
            for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
        )
        for place in places
    }
    waiting = {
        (*place, buyer): Offered(SHOPS[0], uuid4(), each.stock, draw(st.integers(1, 3)))
        for place, each in zip(places, offers, strict=True)
        for buyer in BUYERS
        if draw(st.integers(0, 2)) == 0
    }
    papers = draw(st.lists(coupons(), max_size=3))
    picture = snapshot(
        *offers,
        free={each.stock: draw(st.integers(0, 6)) for each in offers},
        specials=specials,
        waiting=waiting,
        coupons={paper.id: paper for paper in papers},
        claims={
            (paper.id, buyer): draw(st.integers(0, 1))
            for paper in papers
            for buyer in BUYERS
            if draw(st.booleans())
        },
        fans=frozenset((buyer, CREATOR) for buyer in BUYERS if draw(st.booleans())),
    )
    prices = {
        place: [each.price_minor, *(one.price_minor for one in specials[place])]
        for place, each in zip(places, offers, strict=True)
    }
    requests = []
    for _ in range(draw(st.integers(1, 20))):
        chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
        lines = [
            Line(
                *place, draw(st.sampled_from([1, 1, 2, 3, 0])), draw(st.sampled_from(prices[place]))
            )
            for place in chosen
        ]
        used = draw(st.lists(st.sampled_from(papers), unique=True, max_size=2)) if papers else []
        requests.append(
            basket(
                *lines,
                container=ROOM,
                buyer=draw(st.sampled_from(BUYERS)),
                key=draw(st.sampled_from("abcde")),
                coupons=tuple(paper.id for paper in used),
            )
        )
    return requests, picture


def placed_of(decisions) -> list[Placed]:
    return [one for one in decisions if isinstance(one, Placed)]


def lines_of(decisions):
    return [
        (one, order, line)
        for one in placed_of(decisions)
        for order in one.orders
        for line in order.lines
    ]


@given(sales())
def test_nothing_is_promised_twice(sale) -> None:
    requests, picture = sale
    decisions = admit(requests, picture)
    reserved: Counter[StockKey] = Counter()
    allocated: Counter[UUID] = Counter()
    bought: Counter[tuple[UUID, UUID]] = Counter()
    in_room: Counter[UUID] = Counter()
    for one, _order, line in lines_of(decisions):
        if line.offer.reserves:
            reserved[line.offer.stock] += line.quantity
        if line.special is not None:
            allocated[line.special.id] += line.quantity
        bought[line.offer.listing_id, one.request.buyer_id] += line.quantity
        in_room[one.request.buyer_id] += line.quantity
    taken = [offered for one in placed_of(decisions) for offered in one.taken]
    assert len({offered.waiting_id for offered in taken}) == len(taken)
    for offered in taken:
        reserved[offered.stock] -= offered.quantity
    assert all(count <= picture.free[key] for key, count in reserved.items())
    for several in picture.specials.values():
        for special in several:
            assert special.left is None or allocated[special.id] <= special.left
    for each in picture.offers.values():
        for buyer in BUYERS:
            if each.purchase_limit is not None:
                assert bought[each.listing_id, buyer] <= each.purchase_limit
            if each.room_limit is not None:
                assert in_room[buyer] <= each.room_limit


@given(sales())
def test_arrival_order_decides(sale) -> None:
    """What came before, and nothing after, changes a decision; ids of further orders are new."""
    requests, picture = sale
    whole = [_plain(one) for one in admit(requests, picture)]
    for length in range(len(requests)):
        assert [_plain(one) for one in admit(requests[:length], picture)] == whole[:length]


def _plain(decision):
    if isinstance(decision, Placed):
        return [(order.part_no, order.lines, order.discounts) for order in decision.orders]
    if isinstance(decision, Same):
        return decision.receipt.checkout_id
    return decision


@given(sales())
def test_a_request_is_placed_whole_or_leaves_no_trace(sale) -> None:
    """Leaving the refused ones out changes nothing for the others."""
    requests, picture = sale
    decisions = admit(requests, picture)
    kept = [
        request
        for request, one in zip(requests, decisions, strict=True)
        if not isinstance(one, Refused)
    ]
    others = [one for one in decisions if not isinstance(one, Refused)]
    assert [_plain(one) for one in admit(kept, picture)] == [_plain(one) for one in others]
    for request, one in zip(requests, decisions, strict=True):
        if isinstance(one, Placed):
            sold = [line for order in one.orders for line in order.lines]
            assert sum(line.quantity for line in sold) == sum(w.quantity for w in request.lines)
            assert {(line.offer.listing_id, line.offer.sku_id) for line in sold} == {
                (wish.listing_id, wish.sku_id) for wish in request.lines
            }


@given(sales())
def test_a_shop_and_a_source_have_one_order_of_a_checkout(sale) -> None:
    requests, picture = sale
    for one in placed_of(admit(requests, picture)):
        sellers = []
        for order in one.orders:
            [seller] = {(line.offer.shop_id, line.offer.source) for line in order.lines}
            sellers.append((*seller, order.part_no))
        assert len({seller[:2] for seller in sellers}) == len(sellers)
        assert len({(seller[0], seller[2]) for seller in sellers}) == len(sellers)
        assert one.orders[0].order_id == one.receipt.checkout_id == one.request.checkout_id
        assert len({order.order_id for order in one.orders}) == len(one.orders)


@given(sales())
def test_the_money_adds_up(sale) -> None:
    requests, picture = sale
    decisions = admit(requests, picture)
    spent: Counter[UUID] = Counter()
    uses: Counter[tuple[UUID, UUID]] = Counter()
    for one in placed_of(decisions):
        for order in one.orders:
            assert order.amount_minor == order.goods_minor - order.discount_minor >= 0
            assert order.discount_minor == sum(amount for *_who, amount in order.discounts)
            for line in order.lines:
                paid = line.quantity * line.unit_price_minor
                assert line.discount_minor == 0 or 0 < line.discount_minor < paid
            for coupon_id, bearer, amount in order.discounts:
                assert amount > 0
                assert bearer == picture.coupons[coupon_id].bearer
                spent[coupon_id] += amount
        for coupon_id in one.request.coupons:
            uses[coupon_id, one.request.buyer_id] += 1
        assert one.receipt.amount_minor == sum(order.amount_minor for order in one.orders)
        assert one.receipt.discount_minor == sum(order.discount_minor for order in one.orders)
    for paper in picture.coupons.values():
        assert spent[paper.id] <= paper.left_minor
        used = {buyer: uses[paper.id, buyer] for buyer in BUYERS}
        assert paper.left_uses is None or sum(used.values()) <= paper.left_uses
        for buyer, count in used.items():
            if count:
                assert picture.claims[paper.id, buyer] + count <= paper.per_buyer
                assert not paper.fans_only or (buyer, CREATOR) in picture.fans


@given(sales())
def test_a_price_is_paid_only_by_those_it_is_for(sale) -> None:
    requests, picture = sale
    for one, _order, line in lines_of(admit(requests, picture)):
        if line.special is None:
            assert line.unit_price_minor == line.offer.price_minor
        else:
            assert line.unit_price_minor == line.special.price_minor < line.offer.price_minor
            fan = (one.request.buyer_id, CREATOR) in picture.fans
            assert fan or not line.special.fans_only


@given(sales())
def test_one_key_is_one_request_at_every_shop_of_it(sale) -> None:
    requests, picture = sale
    decisions = admit(requests, picture)
    first: dict[OrderKey, Placed] = {}
    for request, one in zip(requests, decisions, strict=True):
        shops = {picture.offers[w.listing_id, w.sku_id].shop_id for w in request.lines}
        keys = [OrderKey(shop, request.buyer_id, request.idempotency_key) for shop in shops]
        if isinstance(one, Placed):
            assert not any(key in first for key in keys)
            first.update(dict.fromkeys(keys, one))
        elif isinstance(one, Same):
            [before] = {id(first[key]): first[key] for key in keys}.values()
            assert one.receipt == before.receipt
            assert before.request.request_hash == request.request_hash


# One by one


def room_offer(**changes):
    return offer(container_id=ROOM, creator_id=CREATOR, **changes)


def line(one, quantity: int = 1, price: int | None = None) -> Line:
    return Line(one.listing_id, one.sku_id, quantity, one.price_minor if price is None else price)


def buy(*lines: Line, buyer: UUID = BUYERS[0], **more):
    return basket(*lines, container=ROOM, buyer=buyer, **more)


def test_a_refused_basket_gives_its_pieces_back_to_the_next_buyer() -> None:
    tea, gone = room_offer(), room_offer()
    special = Special(tea.shop_id, uuid4(), 60, False, 1)
    picture = snapshot(
        tea,
        gone,
        free={tea.stock: 1, gone.stock: 0},
        specials={(tea.listing_id, tea.sku_id): (special,)},
    )
    refused, placed = admit(
        [buy(line(tea, price=60), line(gone)), buy(line(tea, price=60), buyer=BUYERS[1])], picture
    )
    assert refused == Refused(Refusal.SOLD_OUT, line=1)
    assert isinstance(placed, Placed)


def test_a_refused_coupon_gives_the_pieces_back_too() -> None:
    tea = room_offer()
    refused, placed = admit(
        [buy(line(tea), coupons=(uuid4(),)), buy(line(tea), buyer=BUYERS[1])], snapshot(tea, free=1)
    )
    assert isinstance(refused, Refused)
    assert (refused.code, refused.why) == (Refusal.COUPON, WhyNot.UNKNOWN)
    assert isinstance(placed, Placed)


def test_one_who_waited_gets_what_was_set_aside_once() -> None:
    tea = room_offer(has_waiting=True)
    mine = Offered(tea.shop_id, uuid4(), tea.stock, 2)
    picture = snapshot(tea, free=0, waiting={(tea.listing_id, tea.sku_id, BUYERS[0]): mine})
    rival, placed, again = admit(
        [buy(line(tea), buyer=BUYERS[1]), buy(line(tea, 2)), buy(line(tea))], picture
    )
    assert rival == again == Refused(Refusal.SOLD_OUT)
    assert isinstance(placed, Placed)
    assert placed.taken == (mine,)


def test_what_is_left_of_an_offer_to_one_who_waited_goes_to_everybody() -> None:
    tea = room_offer(has_waiting=True)
    mine = Offered(tea.shop_id, uuid4(), tea.stock, 3)
    picture = snapshot(tea, free=0, waiting={(tea.listing_id, tea.sku_id, BUYERS[0]): mine})
    decisions = admit([buy(line(tea)), buy(line(tea, 2), buyer=BUYERS[1])], picture)
    assert all(isinstance(one, Placed) for one in decisions)


def test_a_key_of_a_basket_is_used_at_each_of_its_shops() -> None:
    here, there = room_offer(shop_id=SHOPS[0]), room_offer(shop_id=SHOPS[1])
    picture = snapshot(here, there)
    both, one, same = admit(
        [
            buy(line(here), line(there), key="k"),
            buy(line(there), key="k"),
            buy(line(here), line(there), key="k"),
        ],
        picture,
    )
    assert isinstance(both, Placed)
    assert [order.part_no for order in both.orders] == [0, 0]
    assert one == Refused(Refusal.KEY_REUSED)
    assert same == Same(both.receipt)


def test_first_paid_first_served_sets_nothing_aside() -> None:
    tea = room_offer(reserves=False)
    decisions = admit([buy(line(tea), buyer=buyer) for buyer in BUYERS], snapshot(tea, free=1))
    assert all(isinstance(one, Placed) for one in decisions)
    gone = admit([buy(line(tea))], snapshot(tea, free=0))
    assert gone == [Refused(Refusal.SOLD_OUT)]


def test_the_price_falls_back_when_the_allocation_is_gone() -> None:
    tea = room_offer()
    special = Special(tea.shop_id, uuid4(), 60, False, 1)
    picture = snapshot(tea, specials={(tea.listing_id, tea.sku_id): (special,)})
    first, second, third = admit(
        [buy(line(tea, price=60)), buy(line(tea, price=60)), buy(line(tea, price=100))], picture
    )
    assert isinstance(first, Placed)
    assert second == Refused(
        Refusal.PRICE_CHANGED, Why.ALLOCATION_GONE, unit_price_minor=100, currency="CNY"
    )
    assert isinstance(third, Placed)


def test_a_fans_price_is_for_fans() -> None:
    tea = room_offer()
    special = Special(tea.shop_id, uuid4(), 60, True, None)
    picture = snapshot(
        tea,
        specials={(tea.listing_id, tea.sku_id): (special,)},
        fans=frozenset({(BUYERS[0], CREATOR)}),
    )
    fan, stranger = admit(
        [buy(line(tea, price=60)), buy(line(tea, price=60), buyer=BUYERS[1])], picture
    )
    assert isinstance(fan, Placed)
    assert stranger == Refused(
        Refusal.PRICE_CHANGED, Why.FANS_ONLY, unit_price_minor=100, currency="CNY"
    )


def test_a_presale_is_ordered_alone_until_the_balance_is_due() -> None:
    later = {"balance_from": NOON + HOUR, "balance_until": NOON + 2 * HOUR}
    tea, cake = room_offer(deposit_minor=20, **later), room_offer()
    alone, mixed = admit([buy(line(tea, 3)), buy(line(cake), line(tea))], snapshot(tea, cake))
    assert isinstance(alone, Placed)
    assert alone.receipt.deposit_minor == 60
    assert mixed == Refused(Refusal.MIXED, Why.PRESALE_ALONE, line=1)
    [over] = admit([buy(line(tea))], snapshot(tea, at=NOON + HOUR))
    assert isinstance(over, Refused)
    assert over.why is Why.DEPOSITS_OVER


def test_coupons_of_three_bearers_are_taken_off_in_turn() -> None:
    """A rate is taken of what the coupons before it left; each bears its own part."""
    tea = room_offer(price_minor=1_000)
    papers = [
        terms("platform", off_minor=100),
        terms("merchant", shop_id=tea.shop_id, off_minor=None, off_bps=1_000),
        terms("creator", creator_id=CREATOR, off_minor=None, off_bps=1_000),
    ]
    picture = snapshot(
        tea,
        coupons={paper.id: paper for paper in papers},
        claims={(paper.id, BUYERS[0]): 0 for paper in papers},
    )
    [placed] = admit([buy(line(tea), coupons=tuple(paper.id for paper in papers))], picture)
    assert isinstance(placed, Placed)
    [order] = placed.orders
    assert {bearer: amount for _id, bearer, amount in order.discounts} == {
        "merchant": 100,
        "creator": 90,
        "platform": 100,
    }
    assert placed.receipt.amount_minor == 710


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"use_from": NOON + HOUR}, WhyNot.NOT_YET),
        ({"use_until": NOON}, WhyNot.OVER),
        ({"left_uses": 0}, WhyNot.SPENT),
        ({"left_minor": 49}, WhyNot.SPENT),
        ({"threshold_minor": 101}, WhyNot.THRESHOLD),
        ({"shop_id": UUID(int=99)}, WhyNot.NOT_FOR_THESE),
        ({"currency": "USD"}, WhyNot.NOT_FOR_THESE),
        ({"fans_only": True}, WhyNot.FANS_ONLY),
        ({"per_buyer": 1, "used": 1}, WhyNot.USED),
        ({"used": None}, WhyNot.NOT_CLAIMED),
    ],
)
def test_why_a_coupon_is_refused(changes, why: WhyNot) -> None:
    tea = room_offer()
    used = changes.get("used", 0)
    paper = terms("platform", **{key: it for key, it in changes.items() if key != "used"})
    claims = {} if used is None else {(paper.id, BUYERS[0]): used}
    picture = snapshot(tea, coupons={paper.id: paper}, claims=claims)
    [refused] = admit([buy(line(tea), coupons=(paper.id,))], picture)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.why, refused.coupon_id) == (Refusal.COUPON, why, paper.id)


def test_currencies_do_not_mix() -> None:
    tea, cake = room_offer(), room_offer(currency="USD")
    [refused] = admit([buy(line(tea), line(cake))], snapshot(tea, cake))
    assert refused == Refused(Refusal.MIXED, Why.CURRENCIES)
