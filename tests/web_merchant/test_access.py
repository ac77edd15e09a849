"""Who may open the back office, and who is told what instead."""

import pytest
from django.urls import reverse
from tests.factories import make_product
from tests.web_merchant.conftest import World

from yellowcart.core.ids import new_id

PAGES = [
    "",
    "products/",
    "products/new/",
    "paste/",
    "supply/",
    "settings/",
    "orders/",
    "orders/ship-many/",
    "to-do/",
    "cases/",
    "money/",
    "notices/",
    "listings/",
    "coupons/",
    "import/",
]
GOODS_PAGES = ["products/new/", "paste/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(world: World, sign_in, path: str):
    reply = sign_in(None).get(world.url(path))
    assert reply.status_code == 302
    assert reply.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["other_owner", "buyer"])
def test_who_does_not_belong_to_the_shop_is_refused(world: World, sign_in, path: str, who: str):
    assert sign_in(getattr(world, who)).get(world.url(path)).status_code == 403


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_owner_sees_every_page_in_both_languages(
    world: World, sign_in, path: str, language: str
):
    reply = sign_in(world.owner, language).get(world.url(path))
    assert reply.status_code == 200
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in reply.content.decode()


@pytest.mark.parametrize("path", GOODS_PAGES)
@pytest.mark.parametrize("who", ["staff", "operator"])
def test_goods_are_not_for_staff_nor_for_the_platform(world: World, sign_in, path: str, who: str):
    assert sign_in(getattr(world, who)).get(world.url(path)).status_code == 403


def test_an_operator_may_look_and_touches_nothing(world: World, sign_in):
    client = sign_in(world.operator)
    assert client.get(world.url("products/")).status_code == 200
    url = world.url(f"products/{world.product.id}/")
    assert client.post(f"{url}unshelve/").status_code == 403
    assert client.post(f"{url}stock/").status_code == 403
    assert client.post(world.url("settings/state/"), {"state": "closed"}).status_code == 403


def test_another_shops_product_is_as_good_as_none(world: World, sign_in):
    foreign = make_product(world.other_owner.shop_memberships.get().shop)
    client = sign_in(world.owner)
    assert client.get(world.url(f"products/{foreign.id}/")).status_code in {403, 404}
    assert client.get(world.url(f"products/{new_id()}/")).status_code == 404


def test_somebody_in_two_shops_can_not_mix_them_up(world: World, sign_in):
    from yellowcart.shops.models import ShopMember

    other = world.other_owner.shop_memberships.get().shop
    ShopMember.objects.create(shop=other, account=world.owner, role="owner")
    foreign = make_product(other)
    reply = sign_in(world.owner).get(world.url(f"products/{foreign.id}/"))
    assert reply.status_code == 404


def test_a_form_without_its_token_changes_nothing(world: World):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    url = world.url(f"products/{world.product.id}/unshelve/")
    assert client.post(url).status_code == 403
    world.product.refresh_from_db()
    assert world.product.on_shelf


def test_steps_are_not_taken_by_following_a_link(world: World, sign_in):
    url = world.url(f"products/{world.product.id}/unshelve/")
    assert sign_in(world.owner).get(url).status_code == 405


def test_an_unknown_shop_is_not_found(world: World, sign_in):
    assert sign_in(world.owner).get("/merchant/shop/nowhere/").status_code == 404
