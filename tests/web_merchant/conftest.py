"""A shop with an owner, a manager's desk and people who don't belong to it."""

from typing import NamedTuple

import pytest
from django.test import Client
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog.models import Product
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop, ShopMember


class World(NamedTuple):
    shop: Shop
    owner: Account
    staff: Account
    other_owner: Account
    buyer: Account
    operator: Account
    product: Product

    def url(self, path: str = "") -> str:
        return f"/merchant/shop/{self.shop.handle}/{path}"


@pytest.fixture
def world(db: None) -> World:
    owner, staff, other, buyer = (make_account() for _ in range(4))
    shop = make_shop(owner, handle="teahouse", name="Teahouse")
    make_shop(other)
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    product = make_product(shop, title="Green tea")
    make_sku(product)
    return World(shop, owner, staff, other, buyer, make_operator(), product)


@pytest.fixture
def sign_in():
    def as_(account: Account | None, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if account is not None:
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_
