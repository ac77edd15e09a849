"""What a product promises, and who may say so."""

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog.models import Product
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def test_a_shop_says_what_its_goods_promise() -> None:
    owner = make_account()
    product = make_product(make_shop(owner))
    make_sku(product)
    status, told = Caller(owner)(
        "PUT",
        f"/products/{product.id}/service",
        {
            "ship_within_seconds": 86_400,
            "return_rule": "not_after_unsealing",
            "price_protect_days": 7,
        },
    )
    assert status == 200, told
    assert (told["ship_within_seconds"], told["presale_days"]) == (86_400, None)
    assert (told["return_rule"], told["price_protect_days"]) == ("not_after_unsealing", 7)
    assert told["review_state"] == "approved"
    status, told = Caller(owner)("PUT", f"/products/{product.id}/service", {"presale_days": 15})
    assert (told["ship_within_seconds"], told["presale_days"]) == (None, 15)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"ship_within_seconds": 86_400, "presale_days": 3}, "promise_twice"),
        ({"ship_within_seconds": 90_000}, "promise_not_offered"),
        ({"presale_days": 2}, "promise_not_offered"),
        ({"presale_days": 16}, "promise_not_offered"),
        ({"return_rule": "sometimes"}, "return_rule_unknown"),
        ({"price_protect_days": 181}, "price_protection_too_long"),
    ],
)
def test_what_can_not_be_promised(wanted: dict[str, object], code: str) -> None:
    owner = make_account()
    product = make_product(make_shop(owner))
    status, told = Caller(owner)("PUT", f"/products/{product.id}/service", wanted)
    assert (status, told["code"]) == (422, code)
    assert Product.objects.get().presale_days is None


def test_only_the_shops_own_people_promise() -> None:
    shop = make_shop(make_account())
    product = make_product(shop)
    rival, staff = make_account(), make_account()
    make_shop(rival)
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    for account, expected in (
        (None, 401),
        (rival, 403),
        (staff, 403),
        (make_operator(), 403),
    ):
        status, _told = Caller(account)("PUT", f"/products/{product.id}/service", {})
        assert status == expected
