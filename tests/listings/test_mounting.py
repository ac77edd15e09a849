"""Putting goods into carts: permits, verdicts, limits, order, and who may not."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.factories import day, make_account, make_product, make_rule, make_shop
from tests.rooms import cart, make_creator, make_goods, make_link, make_room, mount

from yellowcart.core import clock
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings import actions, queries
from yellowcart.listings.actions import Terms, do_mount, do_reorder, do_unmount
from yellowcart.listings.cart import MOST_LISTINGS, cart_item, holds_until
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.policy.actions import do_write_rule
from yellowcart.policy.queries import table
from yellowcart.policy.rules import Outcome
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def refused(code: str, verb, *arguments) -> Problem:
    with pytest.raises(Problem) as caught:
        verb(*arguments)
    assert caught.value.code == code
    return caught.value


def test_a_listing_keeps_what_rules_ask_about() -> None:
    room, product = make_room(), make_link("jd", make_shop(type="flagship"))
    terms = Terms(purchase_limit=2, sale_until=clock.now() + timedelta(hours=1))
    listing = do_mount(room.creator, cart(room), product.id, terms)
    assert (listing.source, listing.integration, listing.shop_type) == ("jd", "link", "flagship")
    assert (listing.creator_id, listing.position) == (room.creator_id, 0)
    assert do_mount(room.creator, cart(room), make_goods().id).position == 1
    assert queries.cart_of("live_room", room.id)[0].listing_id == listing.id
    assert OutboxEvent.objects.filter(room_id=room.id, topic="room.listing.mounted").count() == 2


@pytest.mark.parametrize(
    ("own", "permits", "may"),
    [
        (True, ("sell_own",), True),
        (True, ("promote",), False),
        (False, ("promote",), True),
        (False, ("sell_own",), False),
        (True, ("go_live",), False),
    ],
)
def test_own_goods_and_others_need_each_their_permit(own, permits, may) -> None:
    creator = make_creator(*permits)
    room = make_room(creator)
    product = make_goods(make_shop(creator if own else None))
    if may:
        assert do_mount(creator, cart(room), product.id).state == "mounted"
    else:
        problem = refused("permit_missing", do_mount, creator, cart(room), product.id)
        assert problem.extra == {"permit": "sell_own" if own else "promote"}


def test_staff_who_may_not_offer_goods_promote_like_anybody() -> None:
    creator = make_creator("sell_own")
    shop = make_shop()
    ShopMember.objects.create(shop=shop, account=creator, role="staff")
    refused("permit_missing", do_mount, creator, cart(make_room(creator)), make_goods(shop).id)


@pytest.mark.parametrize(
    "fields", [{"review_state": "in_review"}, {"on_shelf": False}], ids=["review", "shelf"]
)
def test_goods_must_be_ready(fields) -> None:
    room = make_room()
    product = make_product(make_shop(), **fields)
    refused("product_not_offerable", do_mount, room.creator, cart(room), product.id)
    paused = make_goods(make_shop(state="paused"))
    refused("product_not_offerable", do_mount, room.creator, cart(room), paused.id)


def test_a_rule_bars_at_the_mount_and_says_where_else() -> None:
    room, product = make_room(), make_link()
    do_write_rule(make_rule("cut", sources=["youzan"], surfaces=["live_room"]), by=None)
    verdict = refused("barred_by_policy", do_mount, room.creator, cart(room), product.id).extra[
        "verdict"
    ]
    assert (verdict["outcome"], verdict["rule"], verdict["revision"]) == ("deny", "cut", 1)
    assert "profile" in verdict["open_surfaces"]
    profile = queries.access_profile(room.creator)
    assert do_mount(room.creator, profile, product.id).surface == "profile"
    assert not OutboxEvent.objects.filter(topic__startswith="room.").exists()


def test_a_task_order_opens_what_asks_for_one() -> None:
    room, product = make_room(), make_link()
    rule = make_rule("task", outcome=Outcome.REQUIRE_TASK, sources=["youzan"])
    do_write_rule(rule, by=None)
    refused("barred_by_policy", do_mount, room.creator, cart(room), product.id)
    listing = do_mount(room.creator, cart(room), product.id, Terms(task_order="T-1"))
    assert queries.items_of("live_room", room.id, "en")[0]["state"] == "mounted"
    assert queries.is_offered(listing)
    actions.do_change_terms(room.creator, cart(room), listing.id, Terms())
    assert queries.items_of("live_room", room.id, "en")[0]["state"] == "barred"


def test_one_product_is_in_a_cart_once() -> None:
    room, product = make_room(), make_goods()
    listing = do_mount(room.creator, cart(room), product.id)
    refused("already_mounted", do_mount, room.creator, cart(room), product.id)
    do_unmount(room.creator, cart(room), listing.id)
    refused("listing_not_found", do_unmount, room.creator, cart(room), listing.id)
    assert do_mount(room.creator, cart(room), product.id).id != listing.id


def test_a_cart_holds_a_hundred() -> None:
    room, shop = make_room(), make_shop()
    for position in range(MOST_LISTINGS):
        mount(room, make_product(shop), position=position)
    refused("cart_full", do_mount, room.creator, cart(room), make_product(shop).id)


@pytest.mark.parametrize(
    "terms",
    [Terms(purchase_limit=0), Terms(sale_from=day(1), sale_until=day(1))],
    ids=["limit", "window"],
)
def test_terms_make_sense(terms) -> None:
    room = make_room()
    refused("offer_invalid", do_mount, room.creator, cart(room), make_goods().id, terms)


def test_an_order_names_everything_once() -> None:
    room = make_room()
    one, two, three = (mount(room, make_goods(), position=n).id for n in range(3))
    for order in ([one, two], [one, two, two], [one, two, three, three]):
        refused("order_incomplete", do_reorder, room.creator, cart(room), order)
    do_reorder(room.creator, cart(room), [three, one, two])
    assert [row.listing_id for row in queries.cart_of("live_room", room.id)] == [three, one, two]


def test_a_listing_is_touched_through_its_own_cart_only() -> None:
    room, other = make_room(), make_room()
    listing = mount(other, make_goods())
    refused("listing_not_found", do_unmount, room.creator, cart(room), listing.id)
    refused(
        "listing_not_found",
        actions.do_change_terms,
        room.creator,
        cart(room),
        listing.id,
        Terms(),
    )


def test_a_shops_pages_carry_its_own_goods_by_its_own_people() -> None:
    owner, stranger = make_account(), make_account()
    shop, other = make_shop(owner), make_shop()
    page = queries.access_shop_page(owner, shop.id)
    product = make_goods(shop)
    assert do_mount(owner, page, product.id).creator_id is None
    refused("not_this_shops", do_mount, owner, page, make_goods(other).id)
    refused("shop_forbidden", queries.access_shop_page, stranger, shop.id)
    refused("shop_forbidden", queries.access_product_page, stranger, product.id)
    own_page = queries.access_product_page(owner, product.id)
    assert do_mount(owner, own_page, product.id).surface == "product_page"
    refused("not_this_shops", do_mount, owner, own_page, make_goods(shop).id)
    # Even a container that somebody made up lets nobody offer a shop's goods.
    forged = Container("shop_page", shop.id, None)
    refused("shop_forbidden", do_mount, stranger, forged, make_goods(shop).id)


def test_prices_follow_the_clock_and_their_window() -> None:
    room, product = make_room(), make_goods(price=10_000)
    at = clock.now()
    product.skus.update(
        sale_price_minor=8_000,
        sale_from=at - timedelta(hours=1),
        sale_until=at + timedelta(hours=1),
    )
    listing = mount(room, product, sale_until=at + timedelta(minutes=30))
    (row,) = queries.cart_of("live_room", room.id)
    ask = table().verdict

    def shown(minutes: float) -> tuple[int, int | None, bool]:
        item = cart_item(row, ask, at + timedelta(minutes=minutes), "en")
        before = item["compare_at"]
        return item["price"]["minor"], before and before["minor"], item["on_sale"]

    assert listing.id == row.listing_id
    assert shown(-61) == (10_000, None, True)
    assert shown(0) == (8_000, 10_000, True)
    assert shown(30) == (8_000, 10_000, False)
    assert shown(60) == (10_000, None, False)
    assert holds_until(row, ask, at) == at + timedelta(minutes=30)
    assert holds_until(row, ask, at + timedelta(minutes=30)) == at + timedelta(hours=1)
    assert holds_until(row, ask, at + timedelta(hours=1)) is None


@pytest.mark.django_db(transaction=True)
def test_a_hundred_and_first_cannot_slip_in_beside_the_hundredth() -> None:
    room, shop = make_room(), make_shop()
    for position in range(MOST_LISTINGS - 1):
        mount(room, make_product(shop), position=position)
    goods = [make_product(shop) for _ in range(4)]
    answers: list[str] = []
    start = threading.Barrier(len(goods))

    def rush(product_id) -> None:
        start.wait()
        try:
            do_mount(room.creator, cart(room), product_id)
            answers.append("mounted")
        except Problem as problem:
            answers.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=rush, args=(product.id,)) for product in goods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["cart_full"] * 3 + ["mounted"]
    positions = Listing.objects.filter(container_id=room.id).values_list("position", flat=True)
    assert len(set(positions)) == MOST_LISTINGS
