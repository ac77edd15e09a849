"""The one listing everybody looks at: countdowns to its sale, and flash prices."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.callers import Caller
from tests.checkout.test_lane import sell
from tests.checkout.worlds import basket
from tests.factories import make_account, make_shop
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.catalog.models import Sku
from yellowcart.checkout.values import Line, Placed, Refusal, Refused, Why
from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import Stock
from yellowcart.listings.cart import cart_item
from yellowcart.listings.linkup import reveal_due
from yellowcart.listings.models import Listing, SpecialPrice
from yellowcart.listings.queries import cart_of
from yellowcart.listings.rules import REVEAL_AHEAD, bounds_from, flash_price, off_bps
from yellowcart.live import actions, spotlight
from yellowcart.live.flashes import running_flash
from yellowcart.live.models import Room, RoomEvent
from yellowcart.live.queries import snapshot
from yellowcart.policy import queries as policy

TICK = timedelta(microseconds=1)


class Show:
    """A live room with two things of its host's own shop."""

    def __init__(self, stock: int = 10) -> None:
        self.host = make_creator()
        self.room = make_room(self.host)
        shop = make_shop(self.host)
        self.tea, self.cake = (mount(self.room, make_goods(shop, stock=stock)) for _ in range(2))

    def sku(self, listing: Listing) -> Sku:
        return Sku.objects.get(product_id=listing.product_id)

    def item(self, listing: Listing) -> dict:
        cart = snapshot(self.room.id, "en")["cart"]
        return next(one for one in cart if one["listing_id"] == listing.id)

    def wish(self, listing: Listing, price: int = 9_900, buyer: UUID | None = None):
        line = Line(listing.id, self.sku(listing).id, 1, price)
        return basket(line, container=self.room.id, buyer=buyer or uuid4())

    def pin(self, listing: Listing | None) -> None:
        actions.do_pin(self.host, self.room.id, listing.id if listing else None)


def stand_at(instant: datetime) -> None:
    """Let the platform's clock all but stop."""
    clock.set_timeline(clock.starting_at(instant, 1e-9))


def code(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.extra.get("why") or refused.value.code


# Countdowns


@pytest.mark.django_db(transaction=True)
def test_an_order_is_refused_until_the_very_instant_and_admitted_at_it() -> None:
    show = Show()
    listing = spotlight.do_count_down(show.host, show.room.id, show.tea.id, seconds=30)
    assert listing.sale_from is not None
    assert Room.objects.get(id=show.room.id).pinned_listing_id == show.tea.id
    stand_at(listing.sale_from - TICK)
    early = sell(show.wish(show.tea))[0]
    assert early == Refused(Refusal.NOT_ON_SALE, Why.NOT_YET, from_=listing.sale_from)
    assert show.item(show.tea)["on_sale"] is False
    stand_at(listing.sale_from)
    assert isinstance(sell(show.wish(show.tea))[0], Placed)
    assert show.item(show.tea)["on_sale"] is True


@pytest.mark.django_db(transaction=True)
def test_what_is_held_waits_for_the_hosts_hand() -> None:
    show = Show()
    spotlight.do_count_down(show.host, show.room.id, show.tea.id, seconds=None)
    assert sell(show.wish(show.tea))[0] == Refused(Refusal.NOT_ON_SALE, Why.HELD)
    spotlight.do_link_up(show.host, show.room.id, show.tea.id)
    assert isinstance(sell(show.wish(show.tea))[0], Placed)
    outbox.relay_all()
    before = RoomEvent.objects.count()
    spotlight.do_link_up(show.host, show.room.id, show.tea.id)
    outbox.relay_all()
    assert RoomEvent.objects.count() == before


@pytest.mark.django_db
def test_a_hidden_price_is_told_just_before_the_sale_and_not_earlier() -> None:
    show = Show()
    listing = spotlight.do_count_down(
        show.host, show.room.id, show.tea.id, seconds=30, hides_price=True
    )
    assert listing.sale_from is not None
    item = show.item(show.tea)
    assert (item["price"], item["skus"], item["price_hidden"]) == (None, [], True)
    row = next(row for row in cart_of("live_room", show.room.id) if row.listing_id == show.tea.id)
    host_sees = cart_item(row, policy.table().verdict, now(), "en", priced=True)
    assert host_sees["price"]["minor"] == 9_900
    reveals = listing.sale_from - REVEAL_AHEAD
    stand_at(reveals - TICK)
    assert reveal_due() == reveals
    assert show.item(show.tea)["price"] is None
    stand_at(reveals)
    outbox.relay_all()
    told = RoomEvent.objects.filter(type="listing.mounted").count()
    assert reveal_due() is None
    assert reveal_due() is None
    outbox.relay_all()
    assert RoomEvent.objects.filter(type="listing.mounted").count() == told + 1
    item = show.item(show.tea)
    assert (item["price"]["minor"], item["price_hidden"], item["on_sale"]) == (9_900, True, False)
    stand_at(listing.sale_from)
    assert show.item(show.tea)["price_hidden"] is False


@pytest.mark.django_db
def test_a_countdown_is_extended_cancelled_and_bounded() -> None:
    show = Show()
    room, tea = show.room.id, show.tea.id
    first = spotlight.do_count_down(show.host, room, tea, seconds=30).sale_from
    later = spotlight.do_extend_countdown(show.host, room, tea, 60).sale_from
    assert first is not None
    assert later == first + timedelta(seconds=60)
    held = spotlight.do_count_down(show.host, room, tea, seconds=None)
    assert (held.held, held.sale_from) == (True, None)
    with pytest.raises(Problem) as refused:
        spotlight.do_extend_countdown(show.host, room, tea, 60)
    assert code(refused) == "no_countdown"
    for seconds in (2, 3_601):
        with pytest.raises(Problem) as refused:
            spotlight.do_count_down(show.host, room, tea, seconds=seconds)
        assert code(refused) == "countdown_invalid"


# Flash prices


@pytest.mark.django_db
def test_nothing_else_is_pinned_while_a_flash_price_runs() -> None:
    show = Show()
    flash = spotlight.do_flash(show.host, show.room.id, show.tea.id, percent=20, seconds=60)
    assert show.item(show.tea)["skus"][0]["unit_price"] == 7_920
    for attempt in (
        lambda: show.pin(show.cake),
        lambda: spotlight.do_flash(show.host, show.room.id, show.cake.id, percent=20),
        lambda: spotlight.do_count_down(show.host, show.room.id, show.cake.id, seconds=30),
    ):
        with pytest.raises(Problem) as refused:
            attempt()
        assert code(refused) == "flash_running"
    assert Listing.objects.get(id=show.cake.id).sale_from is None
    show.pin(show.tea)
    stand_at(flash.until)
    show.pin(show.cake)
    assert show.item(show.tea)["skus"][0]["unit_price"] == 9_900


@pytest.mark.django_db
def test_a_flash_price_ends_with_its_pieces_with_the_stock_and_by_hand() -> None:
    show = Show()
    room = show.room.id
    spotlight.do_flash(show.host, room, show.tea.id, percent=20, pieces=3)
    SpecialPrice.objects.update(taken=3)
    assert running_flash(room, now()) is None
    spotlight.do_flash(show.host, room, show.tea.id, percent=30)
    Stock.objects.update(on_hand=0)
    assert running_flash(room, now()) is None
    Stock.objects.update(on_hand=5)
    assert running_flash(room, now()) is not None
    spotlight.do_end_flash(show.host, room)
    assert show.item(show.tea)["skus"][0]["unit_price"] == 9_900
    with pytest.raises(Problem) as refused:
        spotlight.do_end_flash(show.host, room)
    assert code(refused) == "no_flash"
    show.pin(show.cake)


@pytest.mark.django_db
def test_a_fixed_price_runs_in_the_background() -> None:
    show = Show()
    SpecialPrice.objects.create(
        shop_id=show.tea.shop_id,
        listing_id=show.tea.id,
        sku_id=show.sku(show.tea).id,
        price_minor=5_000,
        starts_at=now(),
        ends_at=now() + timedelta(seconds=60),
    )
    show.pin(show.cake)
    assert Room.objects.get(id=show.room.id).pinned_listing_id == show.cake.id


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"percent": 9}, "discount"),
        ({"percent": 91}, "discount"),
        ({"percent": 50, "seconds": 29}, "seconds"),
        ({"percent": 50, "seconds": 301}, "seconds"),
    ],
)
def test_a_flash_price_keeps_within_the_installations_bounds(wish: dict, why: str) -> None:
    show = Show()
    with pytest.raises(Problem) as refused:
        spotlight.do_flash(show.host, show.room.id, show.tea.id, **wish)
    assert code(refused) == why
    assert Room.objects.get(id=show.room.id).pinned_listing_id is None


@pytest.mark.parametrize("regular", [99, 100, 101, 9_900, 33_333])
@pytest.mark.parametrize("percent", [10, 50, 90])
def test_a_flash_price_takes_off_what_it_says(regular: int, percent: int) -> None:
    bounds = bounds_from("10-90", "30-300")
    price = flash_price(regular, percent, bounds)
    assert bounds.least_bps <= off_bps(regular, price) <= bounds.most_bps
    assert abs(price - regular * (100 - percent) / 100) <= 1


@pytest.mark.django_db
def test_only_the_host_counts_down_and_starts_flash_prices() -> None:
    show = Show()
    base = f"/rooms/{show.room.id}/cart/{show.tea.id}"
    calls = [
        ("PUT", f"{base}/countdown", {"seconds": 30, "hide_price": True}, 200),
        ("POST", f"{base}/countdown/extend", {"seconds": 30}, 200),
        ("POST", f"{base}/link-up", None, 200),
        ("POST", f"{base}/flash", {"percent": 20}, 201),
        ("DELETE", f"/rooms/{show.room.id}/flash", None, 204),
    ]
    for other in (make_account(), make_creator()):
        for method, path, body, _status in calls:
            status, problem = Caller(other)(method, path, body)
            assert (status, problem["code"]) == (403, "not_your_room")
    host = Caller(show.host)
    assert [host(*call[:3])[0] for call in calls] == [call[3] for call in calls]
