"""Special prices, pre-sales and commissions: who may set them, what they must be, what is seen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.catalog.models import Sku
from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.listings import actions, pricing
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing, PresaleTerms, SpecialPrice
from yellowcart.listings.rules import Wanted, bounds_from
from yellowcart.live.models import RoomEvent
from yellowcart.live.queries import snapshot
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


class Stall:
    """Goods of a shop in a host's room: 99.00 a piece, hosts may take off 30 %."""

    def __init__(self) -> None:
        self.owner, self.host = make_account(), make_creator()
        self.shop = make_shop(self.owner, host_cut_bps=3_000, commission_bps=1_500)
        self.room = make_room(self.host)
        self.listing = mount(self.room, make_goods(self.shop))
        self.sku = Sku.objects.get(product=self.listing.product)
        self.staff, self.manager = make_account(), make_account()
        for account, role in ((self.staff, "staff"), (self.manager, "manager")):
            ShopMember.objects.create(shop=self.shop, account=account, role=role)

    def special(self, actor, price: int = 8_000, **fields) -> SpecialPrice:
        wanted = Wanted(price, **{"starts_at": now(), **fields})
        return pricing.do_set_special(actor, self.listing.id, self.sku.id, wanted)

    def shown(self) -> dict:
        (item,) = snapshot(self.room.id, "en")["cart"]
        return item["skus"][0]


def code(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.extra.get("why") or refused.value.code


def test_a_flash_price_is_seen_by_the_room_at_once_and_ends_by_the_clock() -> None:
    stall = Stall()
    special = stall.special(stall.host, ends_at=now() + MINUTE, allocation=5)
    outbox.relay_all()
    row = RoomEvent.objects.get(room_id=stall.room.id, type="listing.mounted").payload["row"]
    assert row["skus"][0]["specials"][0]["price"] == 8_000
    shown = stall.shown()
    assert shown["unit_price"] == 8_000
    assert shown["compare_at"]["minor"] == 9_900
    assert [one["left"] for one in shown["specials"]] == [5]
    assert [change["unit_price"] for change in shown["changes"]] == [9_900]
    clock.set_timeline(clock.starting_at(special.ends_at))
    assert stall.shown()["unit_price"] == 9_900


def test_a_price_ended_by_hand_gives_way_to_the_one_before() -> None:
    stall = Stall()
    stall.special(stall.owner, 9_000)
    flash = stall.special(stall.owner, 5_000)
    assert stall.shown()["unit_price"] == 5_000
    for _again in range(2):
        pricing.do_end_special(stall.owner, stall.listing.id, flash.id)
    assert stall.shown()["unit_price"] == 9_000
    outbox.relay_all()
    assert RoomEvent.objects.filter(room_id=stall.room.id, type="listing.mounted").count() == 3
    with pytest.raises(Problem) as refused:
        pricing.do_end_special(stall.owner, stall.listing.id, uuid4())
    assert code(refused) == "special_price_not_found"


def test_fans_see_their_price_beside_everybodys() -> None:
    stall = Stall()
    stall.special(stall.host, 7_500, fans_only=True)
    shown = stall.shown()
    assert (shown["unit_price"], shown["fans_price"]["minor"]) == (9_900, 7_500)
    assert shown["specials"][0]["fans_only"]


def test_a_host_goes_as_far_down_as_the_shop_lets_and_the_shop_further() -> None:
    stall = Stall()
    assert stall.special(stall.host, 6_930).price_minor == 6_930
    with pytest.raises(Problem) as refused:
        stall.special(stall.host, 6_929)
    assert code(refused) == "too_low"
    assert stall.special(stall.manager, 1).price_minor == 1
    stall.shop.host_cut_bps = 0
    stall.shop.save()
    with pytest.raises(Problem) as refused:
        stall.special(stall.host, 9_899)
    assert "sets its prices itself" in str(refused.value)


@pytest.mark.parametrize(
    ("price", "fields", "why"),
    [
        (9_900, {}, "not_lower"),
        (0, {}, "too_low"),
        (8_000, {"allocation": 0}, "allocation"),
        (8_000, {"ends_at": timedelta(0)}, "over"),
        (8_000, {"starts_at": -2 * MINUTE, "ends_at": -MINUTE}, "over"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(price: int, fields: dict, why: str) -> None:
    stall, at = Stall(), now()
    fields = {
        name: at + value if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
    with pytest.raises(Problem) as refused:
        stall.special(stall.owner, price, **{"starts_at": at, **fields})
    assert code(refused) == why


def test_an_installation_may_bound_discounts_and_their_time(settings) -> None:
    settings.SPECIAL_PRICE_DISCOUNT, settings.SPECIAL_PRICE_SECONDS = "10-90", "30-300"
    stall, at = Stall(), now()
    for price, seconds, why in (
        (9_800, 60, "discount"),
        (900, 60, "discount"),
        (5_000, 9, "seconds"),
    ):
        with pytest.raises(Problem) as refused:
            stall.special(stall.owner, price, starts_at=at, ends_at=at + timedelta(seconds=seconds))
        assert code(refused) == why
    stall.special(stall.owner, 5_000, starts_at=at, ends_at=at + MINUTE)
    with pytest.raises(ValueError, match="no range"):
        bounds_from("90", "")


def test_a_listing_has_only_so_many_prices_and_those_run_out_make_room() -> None:
    stall, at = Stall(), now()
    for price in range(20):
        stall.special(stall.owner, 5_000 + price, starts_at=at, ends_at=at + MINUTE)
    with pytest.raises(Problem) as refused:
        stall.special(stall.owner)
    assert code(refused) == "too_many_special_prices"
    clock.set_timeline(clock.starting_at(at + MINUTE))
    stall.special(stall.owner)
    assert SpecialPrice.objects.filter(ended_at__isnull=True).count() == 1


def test_a_presale_is_shown_with_its_times_and_closes_when_the_balance_is_due() -> None:
    stall, at = Stall(), now()
    terms = {"balance_from": at + MINUTE, "balance_until": at + 2 * MINUTE}
    pricing.do_set_presale(
        stall.owner, stall.listing.id, stall.sku.id, deposit_minor=1_000, **terms
    )
    deposit = stall.shown()["deposit"]
    assert (deposit["price"]["minor"], deposit["applies"]) == (1_000, True)
    clock.set_timeline(clock.starting_at(at + MINUTE))
    assert stall.shown()["deposits_over"]
    assert not snapshot(stall.room.id, "en")["cart"][0]["on_sale"]
    pricing.do_clear_presale(stall.owner, stall.listing.id, stall.sku.id)
    assert not PresaleTerms.objects.exists()
    assert snapshot(stall.room.id, "en")["cart"][0]["on_sale"]
    later = {"balance_from": now() + MINUTE, "balance_until": now() + 2 * MINUTE}
    for deposit_minor, times, why in (
        (9_900, later, "deposit"),
        (0, later, "deposit"),
        (100, terms, "balance"),
        (100, {**later, "balance_until": later["balance_from"]}, "balance"),
    ):
        with pytest.raises(Problem) as refused:
            pricing.do_set_presale(
                stall.owner,
                stall.listing.id,
                stall.sku.id,
                deposit_minor=deposit_minor,
                **times,
            )
        assert code(refused) == why


def test_whoever_promotes_is_promised_what_the_shop_offers_and_may_change_later() -> None:
    stall = Stall()
    product = make_goods(stall.shop)
    room = Container("live_room", stall.room.id, stall.host.id)
    listing = actions.do_mount(stall.host, room, product.id)
    assert listing.commission_bps == 1_500
    own = actions.do_mount(stall.owner, Container("shop_page", stall.shop.id, None), product.id)
    assert own.commission_bps == 0
    pricing.do_set_commission(stall.owner, listing.id, 2_000)
    assert Listing.objects.get(id=listing.id).commission_bps == 2_000
    with pytest.raises(Problem) as refused:
        pricing.do_set_commission(stall.owner, listing.id, 9_001)
    assert code(refused) == "commission_invalid"


def test_links_and_listings_without_a_creator_are_refused_where_they_must_be() -> None:
    stall = Stall()
    Listing.objects.filter(id=stall.listing.id).update(creator_id=None)
    with pytest.raises(Problem) as refused:
        stall.special(stall.owner, fans_only=True)
    assert code(refused) == "no_creator"
    Listing.objects.filter(id=stall.listing.id).update(integration="link")
    with pytest.raises(Problem) as refused:
        stall.special(stall.owner)
    assert code(refused) == "jump_out"
    Listing.objects.filter(id=stall.listing.id).update(state="unmounted", unmounted_at=now())
    with pytest.raises(Problem) as refused:
        stall.special(stall.owner)
    assert code(refused) == "listing_not_found"


def test_only_the_shops_people_and_as_far_as_it_goes_the_host_set_prices() -> None:
    stall = Stall()
    stranger, rival, operator = make_account(), make_creator(), make_operator()
    elsewhere = make_account()
    make_shop(elsewhere)
    make_room(rival)
    balance = {"balance_from": "2100-01-01T00:00:00Z", "balance_until": "2100-01-02T00:00:00Z"}
    path = f"/listings/{stall.listing.id}"
    special = stall.special(stall.owner)
    calls = [
        ("GET", f"{path}/prices", None),
        ("POST", f"{path}/prices", {"sku_id": str(stall.sku.id), "price": 8_000, "seconds": 60}),
        ("DELETE", f"{path}/prices/{special.id}", None),
        ("PUT", f"{path}/presale/{stall.sku.id}", {"deposit": 100, **balance}),
        ("DELETE", f"{path}/presale/{stall.sku.id}", None),
        ("PUT", f"{path}/commission", {"commission_bps": 100}),
    ]
    for call in calls:
        assert Caller()(*call)[0] == 401
        for account in (stranger, rival, operator, elsewhere, stall.staff):
            assert Caller(account)(*call)[0] == 403, (account, call)
        for account in (stall.owner, stall.manager):
            assert Caller(account)(*call)[0] in {200, 201, 204}, call
    assert [Caller(stall.host)(*call)[0] for call in calls] == [200, 201, 204, 403, 403, 403]


def test_host_terms_are_the_owners_to_set() -> None:
    stall = Stall()
    path, body = f"/shops/{stall.shop.id}/host-terms", {"host_cut_bps": 500, "commission_bps": 0}
    for account in (make_account(), stall.host, stall.staff, stall.manager, make_operator()):
        assert Caller(account)("PUT", path, body)[0] == 403
    assert Caller()("PUT", path, body)[0] == 401
    assert Caller(stall.owner)("PUT", path, body) == (200, body)
    assert Caller(stall.staff)("GET", path)[1] == body
    assert Caller(stall.owner)("PUT", path, {**body, "host_cut_bps": 10_000})[0] == 422
