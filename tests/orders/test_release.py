"""An order that comes to nothing gives back all that it took."""

from datetime import timedelta

import pytest
from tests.checkout.test_lane import sell
from tests.checkout.test_selling import Show
from tests.checkout.worlds import check_stock

from yellowcart.checkout.values import Placed
from yellowcart.core.clock import now
from yellowcart.listings.models import SpecialPrice
from yellowcart.orders.actions import do_cancel_unpaid, do_expire_due
from yellowcart.orders.models import Order, RoomPurchaseCount
from yellowcart.promotions.models import CouponClaim

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cancelled_order_gives_its_special_price_and_coupon_back() -> None:
    show = Show(purchase_limit=5)
    flash = show.special(show.tea, 5_900, allocation=2)
    coupon = show.coupon("platform")
    [placed] = sell(show.buy(show.line(show.tea, 2, price=5_900), coupons=(coupon.id,)))
    assert isinstance(placed, Placed)
    assert SpecialPrice.objects.get(id=flash.id).taken == 2
    do_cancel_unpaid(actor=show.buyer, order_id=placed.receipt.order_id)
    assert SpecialPrice.objects.get(id=flash.id).taken == 0
    coupon.refresh_from_db()
    assert (coupon.spent_minor, coupon.used) == (0, 0)
    assert CouponClaim.objects.get().used == 0
    assert RoomPurchaseCount.objects.get().quantity == 0
    [again] = sell(show.buy(show.line(show.tea, 2, price=5_900), coupons=(coupon.id,)))
    assert isinstance(again, Placed)
    check_stock()


def test_a_coupon_comes_back_with_the_last_order_that_used_it() -> None:
    show = Show()
    coupon = show.coupon("platform", off_minor=None, off_bps=1_000)
    [placed] = sell(show.buy(show.line(show.tea), show.line(show.cake), coupons=(coupon.id,)))
    assert isinstance(placed, Placed)
    first, second = placed.receipt.orders
    do_cancel_unpaid(actor=show.buyer, order_id=first.order_id)
    coupon.refresh_from_db()
    assert (coupon.spent_minor, coupon.used) == (500, 1)
    assert CouponClaim.objects.get().used == 1
    do_cancel_unpaid(actor=show.buyer, order_id=second.order_id)
    coupon.refresh_from_db()
    assert (coupon.spent_minor, coupon.used) == (0, 0)
    assert CouponClaim.objects.get().used == 0


def test_a_checkout_that_expires_whole_gives_its_coupon_back_once() -> None:
    show = Show()
    coupon = show.coupon("platform", off_minor=None, off_bps=1_000)
    sell(show.buy(show.line(show.tea), show.line(show.cake), coupons=(coupon.id,)))
    Order.objects.update(expires_at=now())
    assert do_expire_due(now()) == 2
    coupon.refresh_from_db()
    assert (coupon.spent_minor, coupon.used) == (0, 0)
    assert CouponClaim.objects.get().used == 0
    check_stock()


def test_a_balance_that_is_not_paid_closes_the_order_and_frees_its_pieces() -> None:
    show = Show()
    begins = now() - timedelta(hours=2)
    [placed] = sell(show.buy(show.line(show.tea, 2)))
    assert isinstance(placed, Placed)
    Order.objects.update(
        state="deposit_paid",
        deposit_minor=1_000,
        paid_minor=1_000,
        balance_from=begins,
        balance_until=begins + timedelta(hours=1),
        expires_at=begins + timedelta(hours=1),
    )
    assert do_expire_due(now()) == 1
    order = Order.objects.get()
    assert (order.state, order.close_reason, order.paid_minor) == (
        "closed",
        "balance_unpaid",
        1_000,
    )
    check_stock()
