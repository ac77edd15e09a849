"""What viewers and buyers see, and what they may not."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_account, make_shop
from tests.rooms import make_creator, make_goods, make_link, make_room, mount

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Order, OrderLine
from yellowcart.people.models import Account
from yellowcart.people.queries import is_following
from yellowcart.policy.actions import do_install_pack
from yellowcart.policy.queries import refresh
from yellowcart.videos.models import Video

pytestmark = pytest.mark.django_db
AFTER_THE_CUT = datetime(2021, 11, 15, 16, 5, tzinfo=UTC)


@pytest.fixture
def after_the_cut() -> None:
    clock.set_timeline(clock.starting_at(AFTER_THE_CUT))
    do_install_pack("kuaishou", announced_by=clock.now())
    refresh()


def offer(product: Product, surface: str, container_id: object, **fields: object) -> Listing:
    return Listing.objects.create(
        shop=product.shop,
        product=product,
        surface=surface,
        container_id=container_id,
        source=product.source,
        integration=product.integration,
        shop_type=product.shop.type,
        **fields,
    )


def order_of(buyer: Account, product: Product, **fields: object) -> Order:
    at = clock.now()
    sku = product.skus.get()
    values = {
        "checkout_id": uuid4(),
        "surface": "live_room",
        "container_id": uuid4(),
        "source": "native",
        "integration": "native",
        "goods_minor": 9_900,
        "amount_minor": 9_900,
        "currency": "CNY",
        "idempotency_key": str(uuid4()),
        "request_hash": "0",
        "placed_at": at,
        "expires_at": at + timedelta(minutes=15),
        **fields,
    }
    order = Order.objects.create(shop_id=product.shop_id, buyer_id=buyer.id, **values)
    OrderLine.objects.create(
        shop_id=order.shop_id,
        order_id=order.id,
        line_no=1,
        listing_id=uuid4(),
        product_id=product.id,
        sku_id=sku.id,
        title=product.title,
        quantity=1,
        unit_price_minor=9_900,
    )
    return order


def show(client: Client, url: str, language: str = "en") -> str:
    answer = client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == 200, (url, answer.status_code)
    page: str = answer.content.decode()
    return page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_empty_house_still_welcomes(client: Client, language: str) -> None:
    words = {"en": "Nobody is live right now", "zh-hans": "现在没有直播"}
    assert words[language] in show(client, "/", language)
    for name in ("viewer:videos", "viewer:shops"):
        show(client, reverse(name), language)


def test_the_front_page_shows_what_is_on_and_what_comes(client: Client) -> None:
    live = make_room(title="On air")
    mount(live, make_goods())
    make_room(title="Tomorrow's show", state="scheduled", scheduled_at=clock.now())
    make_room(title="Called off", state="cancelled")
    page = show(client, "/")
    assert "On air" in page
    assert "Tomorrow&#x27;s show" in page
    assert "Called off" not in page
    assert reverse("viewer:room", args=[live.id]) in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("state", ["scheduled", "live", "ended"])
def test_a_room_opens_in_every_state(client: Client, language: str, state: str) -> None:
    room = make_room(title="A show", state=state)
    page = show(client, reverse("viewer:room", args=[room.id]), language)
    assert f'data-room="{room.id}"' in page
    assert 'id="say"' not in page


def test_who_is_signed_in_may_speak(client: Client) -> None:
    client.force_login(make_account())
    assert 'id="say"' in show(client, reverse("viewer:room", args=[make_room().id]))


def test_a_cancelled_room_and_an_unknown_one_are_not_there(client: Client) -> None:
    for room_id in (make_room(state="cancelled").id, uuid4()):
        assert client.get(reverse("viewer:room", args=[room_id])).status_code == 404


def test_a_title_is_never_markup(client: Client) -> None:
    room = make_room(title="</script><script>alert(1)</script>")
    assert "<script>alert" not in show(client, reverse("viewer:room", args=[room.id]))


def test_a_product_tells_where_it_is_sold_and_where_not(
    client: Client, after_the_cut: None
) -> None:
    creator = make_creator()
    link = make_link("youzan")
    room = make_room(creator, title="The room")
    mount(room, link)
    offer(link, "profile", creator.id, creator_id=creator.id)
    page = show(client, reverse("viewer:product", args=[link.id]))
    assert "The room" in page
    assert "Youzan and Mokuai links can no longer be mounted" in page
    assert reverse("viewer:profile", args=[creator.handle]) in page


def test_a_product_that_is_not_approved_is_nobodys_to_see(client: Client) -> None:
    product = make_goods()
    for fields in ({"review_state": "in_review"}, {"on_shelf": False}):
        Product.objects.filter(id=product.id).update(
            **{"review_state": "approved", "on_shelf": True, **fields}
        )
        assert client.get(reverse("viewer:product", args=[product.id])).status_code == 404


def test_links_go_on_selling_on_the_profile_after_the_cut(
    client: Client, after_the_cut: None
) -> None:
    creator = make_creator()
    listing = offer(make_link("youzan"), "profile", creator.id, creator_id=creator.id)
    page = show(client, reverse("viewer:profile", args=[creator.handle]))
    assert f'href="/go/{listing.id}"' in page


@pytest.mark.parametrize(
    ("language", "word"), [("en", "May not be offered here"), ("zh-hans", "不可在此挂载")]
)
def test_what_is_barred_shows_why_and_is_never_for_sale(
    client: Client, language: str, word: str
) -> None:
    clock.set_timeline(clock.starting_at(datetime(2022, 3, 2, tzinfo=UTC)))
    do_install_pack("kuaishou", announced_by=clock.now())
    refresh()
    video = Video.objects.create(creator=make_creator(), title="A clip")
    listing = offer(make_link("taobao"), "short_video", video.id)
    page = show(client, reverse("viewer:video", args=[video.id]), language)
    assert word in page
    assert "kuaishou.2022-03-01" in page
    assert f'href="/go/{listing.id}"' not in page
    assert f'data-buy="{listing.id}"' not in page


def test_a_shop_offers_what_is_on_its_page_and_a_closed_one_nothing(client: Client) -> None:
    product = make_goods()
    listing = offer(product, "shop_page", product.shop_id)
    address = reverse("viewer:shop", args=[product.shop.handle])
    assert f'data-buy="{listing.id}"' in show(client, address)
    closed = make_shop(state="closed")
    assert client.get(reverse("viewer:shop", args=[closed.handle])).status_code == 404


def test_following_is_for_people_who_are_signed_in(client: Client) -> None:
    creator, fan = make_creator(), make_account()
    address = reverse("viewer:follow", args=[creator.handle])
    assert client.post(address).headers["Location"].startswith("/accounts/login/")
    client.force_login(fan)
    client.post(address)
    assert is_following(fan.id, creator.id)
    client.post(address, {"stop": "1"})
    assert not is_following(fan.id, creator.id)
    assert client.get(address).status_code == 405


def test_a_blocked_person_has_no_profile(client: Client) -> None:
    person = make_account(blocked_at=clock.now())
    assert client.get(reverse("viewer:profile", args=[person.handle])).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_buyer_sees_their_orders(client: Client, language: str) -> None:
    buyer = make_account()
    order = order_of(buyer, make_goods())
    client.force_login(buyer)
    assert str(order.id) in show(client, reverse("viewer:orders"), language)
    page = show(client, reverse("viewer:order", args=[order.id]), language)
    assert {"en": "Pay within", "zh-hans": "剩余支付时间"}[language] in page
    assert str(order.id) not in show(client, reverse("viewer:orders") + "?state=to_ship", language)


PRIVATE = ("viewer:order", "viewer:order_state")
VERBS = ("viewer:pay", "viewer:cancel", "viewer:confirm")


def test_an_order_is_its_buyers_own(client: Client) -> None:
    order = order_of(make_account(), make_goods())
    for name in PRIVATE:
        answer = client.get(reverse(name, args=[order.id]))
        assert answer.headers["Location"].startswith("/accounts/login/")
    client.force_login(make_account())
    for name in PRIVATE:
        assert client.get(reverse(name, args=[order.id])).status_code == 404
    for name in VERBS:
        assert client.post(reverse(name, args=[order.id])).status_code == 404
    order.refresh_from_db()
    assert order.state == "awaiting_payment"


def test_verbs_need_a_token_and_a_post(client: Client) -> None:
    buyer = make_account()
    order = order_of(buyer, make_goods())
    strict = Client(enforce_csrf_checks=True)
    for caller in (client, strict):
        caller.force_login(buyer)
    for name in VERBS:
        address = reverse(name, args=[order.id])
        assert client.get(address).status_code == 405
        assert strict.post(address).status_code == 403


def test_paying_asks_where_to_and_goes_on_to_the_provider(client: Client) -> None:
    buyer = make_account()
    order = order_of(buyer, make_goods())
    client.force_login(buyer)
    address = reverse("viewer:pay", args=[order.id])
    assert client.post(address).headers["Location"] == reverse("viewer:order", args=[order.id])
    answer = client.post(address, {"name": "Ming", "phone": "138", "address": "1 Road"})
    assert "/sandbox/" in answer.headers["Location"]
    order.refresh_from_db()
    assert order.ship_to == {"name": "Ming", "phone": "138", "address": "1 Road"}


def test_the_page_that_follows_an_order_answers_only_news(client: Client) -> None:
    buyer = make_account()
    order = order_of(buyer, make_goods())
    client.force_login(buyer)
    address = reverse("viewer:order_state", args=[order.id])
    standing = client.get(address).context["standing"]
    assert client.get(address, {"known": standing}).status_code == 204
    Order.objects.filter(id=order.id).update(state="paid", paid_at=clock.now())
    assert client.get(address, {"known": standing}).status_code == 200


def test_an_order_past_its_time_can_not_be_paid(client: Client) -> None:
    buyer = make_account()
    past = clock.now() - timedelta(hours=1)
    order = order_of(buyer, make_goods(), placed_at=past, expires_at=past + timedelta(minutes=15))
    client.force_login(buyer)
    page = show(client, reverse("viewer:order", args=[order.id]))
    assert "It was not paid in time" in page
    assert reverse("viewer:pay", args=[order.id]) not in page


def test_every_room_leads_to_the_rooms_that_are_live(client: Client) -> None:
    def ways(room: Room) -> tuple[str, str]:
        context = client.get(reverse("viewer:room", args=[room.id])).context
        return context.get("previous_url", ""), context.get("next_url", "")

    ended, scheduled = make_room(state="ended"), make_room(state="scheduled")
    assert ways(ended) == ways(scheduled) == ("", "")
    only = make_room()
    way = reverse("viewer:room", args=[only.id])
    assert ways(only) == ("", "")
    assert ways(ended) == ways(scheduled) == (way, way)
    other = make_room()
    assert set(ways(ended)) == {way, reverse("viewer:room", args=[other.id])}
    assert ways(only) == (reverse("viewer:room", args=[other.id]),) * 2
