"""The platform's coupons on the operator's desk."""

from datetime import timedelta

from django.test import Client
from tests.factories import make_account, make_shop

from yellowcart.core.clock import now
from yellowcart.promotions.actions import NewCoupon, do_give_coupon
from yellowcart.promotions.models import Coupon


def test_an_operator_gives_ends_and_looks(desk: Client) -> None:
    owner = make_account()
    until = now() + timedelta(days=30)
    others = NewCoupon(
        title="A shop's",
        bearer="merchant",
        shop_id=make_shop(owner).id,
        off_minor=100,
        budget_minor=1_000,
        use_until=until,
    )
    kept = do_give_coupon(owner, others)
    form = {"title": "Everybody's", "off": "5", "budget": "50", "per_buyer": "1"}
    assert desk.post("/operator/coupons/", form).status_code == 422
    form["use_until"] = f"{until:%Y-%m-%d} 00:00"
    assert desk.post("/operator/coupons/", form).status_code == 302
    coupon = Coupon.objects.get(bearer="platform")
    assert (coupon.off_minor, coupon.shop_id, coupon.creator_id) == (500, None, None)
    page = desk.get("/operator/coupons/").content.decode()
    assert "Everybody" in page
    assert "A shop" in page
    assert f'value="{kept.id}"' not in page
    assert desk.post("/operator/coupons/", {"end": str(coupon.id)}).status_code == 302
    assert Coupon.objects.get(bearer="platform").ended_at is not None
