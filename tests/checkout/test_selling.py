"""What a flash sale needs beyond one thing at one price, written to a real database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.checkout.test_lane import sell
from tests.checkout.worlds import basket, check_stock, mount
from tests.factories import make_account, make_product, make_shop, make_sku

from yellowcart.checkout.values import Line, Placed, Refusal, Refused, Same, Why
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.inventory.actions import Wanted, do_reserve
from yellowcart.inventory.models import Hold, Stock
from yellowcart.listings.models import Listing, PresaleTerms, SpecialPrice
from yellowcart.live.models import Room
from yellowcart.orders.models import (
    Order,
    OrderDiscount,
    OrderLine,
    RoomPurchaseCount,
    Waiting,
)
from yellowcart.people.models import Follow
from yellowcart.promotions.models import Coupon, CouponClaim

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


class Show:
    """A live room with goods of two shops, and a buyer."""

    def __init__(self, **room) -> None:
        self.creator, self.buyer = make_account(), make_account()
        self.room = Room.objects.create(
            creator=self.creator, title="Show", state="live", scheduled_at=now(), **room
        )
        self.tea, self.cake = (
            make_sku(make_product(make_shop()), stock=10, price=price) for price in (9_900, 5_000)
        )
        self.listings = {
            sku: mount(sku, container_id=self.room.id, creator_id=self.creator.id)
            for sku in (self.tea, self.cake)
        }

    def line(self, sku, quantity: int = 1, price: int | None = None) -> Line:
        return Line(self.listings[sku].id, sku.id, quantity, price or sku.price_minor)

    def buy(self, *lines: Line, buyer: UUID | None = None, **more):
        return basket(*lines, container=self.room.id, buyer=buyer or self.buyer.id, **more)

    def special(self, sku, price: int, **fields) -> SpecialPrice:
        return SpecialPrice.objects.create(
            shop_id=sku.shop_id,
            listing_id=self.listings[sku].id,
            sku_id=sku.id,
            price_minor=price,
            **{"starts_at": now() - HOUR, **fields},
        )

    def coupon(self, bearer: str, *holders, **fields) -> Coupon:
        values = {
            "title": "Off",
            "off_minor": 1_000,
            "budget_minor": 5_000,
            "use_until": now() + HOUR,
            **fields,
        }
        coupon = Coupon.objects.create(bearer=bearer, **values)
        for holder in holders or (self.buyer,):
            CouponClaim.objects.create(coupon_id=coupon.id, buyer_id=holder.id)
        return coupon


def test_one_basket_of_two_shops_is_two_orders_of_one_checkout() -> None:
    show = Show()
    Listing.objects.filter(id=show.listings[show.tea].id).update(commission_bps=2_000)
    request = show.buy(show.line(show.tea, 2), show.line(show.cake, 3))
    [placed] = sell(request)
    assert isinstance(placed, Placed)
    orders = {order.shop_id: order for order in Order.objects.all()}
    assert {order.checkout_id for order in orders.values()} == {request.checkout_id}
    tea, cake = orders[show.tea.shop_id], orders[show.cake.shop_id]
    assert (tea.amount_minor, cake.amount_minor) == (19_800, 15_000)
    assert placed.receipt.amount_minor == 34_800
    assert OrderLine.objects.get(order_id=tea.id).commission_bps == 2_000
    assert OrderLine.objects.get(order_id=cake.id).commission_bps == 0
    check_stock()
    [again] = sell(
        show.buy(show.line(show.tea, 2), show.line(show.cake, 3), key=request.idempotency_key)
    )
    assert again == Same(placed.receipt)


def test_two_things_of_one_shop_are_one_order_with_two_lines() -> None:
    show = Show()
    pot = make_sku(show.tea.product.shop.products.create(title="Pot", **_shown()), stock=5)
    show.listings[pot] = mount(pot, container_id=show.room.id)
    [placed] = sell(show.buy(show.line(show.tea), show.line(pot)))
    assert isinstance(placed, Placed)
    order = Order.objects.get()
    lines = OrderLine.objects.filter(order_id=order.id).order_by("line_no")
    assert [(line.line_no, line.sku_id) for line in lines] == [(1, show.tea.id), (2, pot.id)]
    assert Hold.objects.filter(order_id=order.id).count() == 2
    check_stock()


def _shown() -> dict:
    return {"review_state": "approved", "on_shelf": True}


def test_a_flash_price_ends_with_its_allocation() -> None:
    show = Show()
    flash = show.special(show.tea, 5_900, ends_at=now() + HOUR, allocation=3)
    buyers = [uuid4() for _ in range(4)]
    decisions = sell(
        *(show.buy(show.line(show.tea, price=5_900), buyer=buyer) for buyer in buyers),
        show.buy(show.line(show.tea)),
    )
    assert [isinstance(one, Placed) for one in decisions] == [True, True, True, False, True]
    assert decisions[3] == Refused(
        Refusal.PRICE_CHANGED, Why.ALLOCATION_GONE, unit_price_minor=9_900, currency="CNY"
    )
    flash = SpecialPrice.objects.get(id=flash.id)
    assert flash.taken == 3
    assert OrderLine.objects.filter(special_price_id=flash.id).count() == 3
    check_stock()


def test_a_flash_price_holds_within_its_window_only() -> None:
    show = Show()
    show.special(show.tea, 5_900, starts_at=now() + HOUR)
    show.special(show.tea, 4_900, starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    show.special(show.tea, 3_900, ended_at=now())
    [placed] = sell(show.buy(show.line(show.tea)))
    assert isinstance(placed, Placed)


def test_a_fans_price_asks_who_follows() -> None:
    show = Show()
    show.special(show.tea, 5_900, fans_only=True)
    wish = show.line(show.tea, price=5_900)
    [stranger] = sell(show.buy(wish))
    assert isinstance(stranger, Refused)
    assert stranger.why is Why.FANS_ONLY
    Follow.objects.create(follower=show.buyer, followee=show.creator)
    [fan] = sell(show.buy(wish))
    assert isinstance(fan, Placed)


def test_coupons_spend_their_budget_and_say_who_bears_them() -> None:
    show = Show()
    shops = show.coupon("merchant", shop_id=show.tea.shop_id)
    platforms = show.coupon("platform", off_minor=None, off_bps=1_000)
    lines = show.line(show.tea), show.line(show.cake)
    [placed] = sell(show.buy(*lines, coupons=(shops.id, platforms.id)))
    assert isinstance(placed, Placed)
    borne = {(row.shop_id, row.bearer): row.amount_minor for row in OrderDiscount.objects.all()}
    # The platform's tenth is of 8,900 + 5,000, and spread over both in proportion.
    assert borne == {
        (show.tea.shop_id, "merchant"): 1_000,
        (show.tea.shop_id, "platform"): 890,
        (show.cake.shop_id, "platform"): 500,
    }
    for order in Order.objects.all():
        lines_off = OrderLine.objects.filter(order_id=order.id).values_list(
            "discount_minor", flat=True
        )
        assert order.discount_minor == sum(lines_off)
        assert order.amount_minor == order.goods_minor - order.discount_minor
    spent = {row.id: (row.spent_minor, row.used) for row in Coupon.objects.all()}
    assert spent == {shops.id: (1_000, 1), platforms.id: (1_390, 1)}
    assert set(CouponClaim.objects.values_list("used", flat=True)) == {1}
    [again] = sell(show.buy(show.line(show.tea), coupons=(shops.id,)))
    assert isinstance(again, Refused)
    assert again.code is Refusal.COUPON


def test_a_budget_is_never_overspent_by_a_crowd() -> None:
    show = Show()
    crowd = [make_account() for _ in range(8)]
    coupon = show.coupon("platform", *crowd)
    decisions = sell(
        *(show.buy(show.line(show.tea), buyer=one.id, coupons=(coupon.id,)) for one in crowd)
    )
    assert sum(isinstance(one, Placed) for one in decisions) == 5
    coupon.refresh_from_db()
    assert (coupon.spent_minor, coupon.used) == (5_000, 5)


def test_a_room_limits_a_buyer_over_all_its_shops() -> None:
    show = Show(purchase_limit=3)
    first, second, third = sell(
        show.buy(show.line(show.tea, 2)),
        show.buy(show.line(show.cake, 2)),
        show.buy(show.line(show.cake)),
    )
    assert isinstance(first, Placed)
    assert second == Refused(Refusal.LIMIT_REACHED, Why.ROOM_LIMIT, limit=3, already=2)
    assert isinstance(third, Placed)
    [after] = sell(show.buy(show.line(show.tea)))
    assert after == Refused(Refusal.LIMIT_REACHED, Why.ROOM_LIMIT, limit=3, already=3)
    assert RoomPurchaseCount.objects.get(buyer_id=show.buyer.id).quantity == 3
    assert Order.objects.filter(room_counted=True).count() == 2


def test_a_room_that_holds_shortly_says_so() -> None:
    show = Show(hold_seconds=120)
    [placed] = sell(show.buy(show.line(show.tea)))
    assert isinstance(placed, Placed)
    order = Order.objects.get()
    assert order.expires_at - order.placed_at == timedelta(seconds=120)
    assert Hold.objects.get().expires_at == order.expires_at == placed.receipt.expires_at


def test_first_paid_first_served_holds_nothing() -> None:
    show = Show(reservation="first_paid")
    decisions = sell(*(show.buy(show.line(show.tea, 6), buyer=uuid4()) for _ in range(3)))
    assert all(isinstance(one, Placed) for one in decisions)
    assert not Hold.objects.exists()
    stock = Stock.objects.get(sku_id=show.tea.id)
    assert (stock.on_hand, stock.reserved, stock.sold) == (10, 0, 0)
    assert not Order.objects.filter(reserves=True).exists()


def test_a_presale_keeps_its_deposit_and_the_balances_time() -> None:
    show = Show()
    begins = now() + HOUR
    PresaleTerms.objects.create(
        shop_id=show.tea.shop_id,
        listing_id=show.listings[show.tea].id,
        sku_id=show.tea.id,
        deposit_minor=1_000,
        balance_from=begins,
        balance_until=begins + HOUR,
    )
    [placed] = sell(show.buy(show.line(show.tea, 2)))
    assert isinstance(placed, Placed)
    order = Order.objects.get()
    assert (order.deposit_minor, order.amount_minor) == (2_000, 19_800)
    assert (order.balance_from, order.balance_until) == (begins, begins + HOUR)
    assert placed.receipt.deposit_minor == 2_000


def waiter(show: Show, quantity: int) -> Waiting:
    """Somebody for whom pieces of tea are set aside."""
    row = Waiting.objects.create(
        shop_id=show.tea.shop_id,
        id=new_id(),
        listing_id=show.listings[show.tea].id,
        container_id=show.room.id,
        sku_id=show.tea.id,
        stock_shop_id=show.tea.stock_shop_id,
        stock_sku_id=show.tea.stock_sku_id,
        buyer_id=show.buyer.id,
        quantity=quantity,
        state="offered",
        offered_until=now() + HOUR,
    )
    stock = (show.tea.stock_shop_id, show.tea.stock_sku_id)
    do_reserve([Wanted(row.shop_id, row.id, 1, *stock, quantity)], now() + HOUR)
    return row


def test_pieces_set_aside_for_one_who_waited_are_theirs_alone() -> None:
    show = Show()
    row = waiter(show, 10)
    rival, mine = sell(
        show.buy(show.line(show.tea), buyer=uuid4()), show.buy(show.line(show.tea, 9))
    )
    assert rival == Refused(Refusal.SOLD_OUT, left=0)
    assert isinstance(mine, Placed)
    assert Waiting.objects.get(id=row.id).state == "taken"
    assert Hold.objects.get(order_id=row.id).state == "voided"
    stock = Stock.objects.get(sku_id=show.tea.id)
    assert (stock.on_hand, stock.reserved) == (10, 9)
    check_stock()


def test_an_offer_to_one_who_waited_ends() -> None:
    show = Show()
    row = waiter(show, 10)
    Waiting.objects.filter(id=row.id).update(offered_until=now())
    [late] = sell(show.buy(show.line(show.tea)))
    assert late == Refused(Refusal.SOLD_OUT, left=0)
