"""The words about whether a pasted link pays: before it is kept, and on the product's page."""

from datetime import timedelta

import pytest
from django.utils import translation
from tests.factories import make_account, make_operator, make_product
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.connections import links
from yellowcart.connections.models import Connection
from yellowcart.core.clock import wall
from yellowcart.listings.models import PayingLink
from yellowcart.sources.actions import do_know_sources

CODE = "【夏季连衣裙2026】复制￥E9XXbOaNcwP￥后到👉淘♂寳♀👈"


@pytest.fixture(autouse=True)
def _known(db: None) -> None:
    do_know_sources()


def account(world: World, source: str = "taobao", **fields) -> Connection:
    values = {"state": "active", "currency": "CNY", "identity": source, "settings_sealed": b""}
    return Connection.objects.create(shop=world.shop, source=source, **{**values, **fields})


def words(key: str, language: str) -> str:
    with translation.override(language):
        return translation.gettext(str(links.WORDS[key]))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pasting_says_what_will_become_of_the_link(world: World, sign_in, language: str):
    client = sign_in(world.owner, language)
    page = client.post(world.url("paste/"), {"text": CODE})
    assert page.context["paying"]["state"] == "unconnected"
    assert page.context["paying"]["leads"] is False
    assert_in(page, f'href="{world.url("stores/")}"')
    assert_in(page, words("unconnected", language))
    account(world)
    page = client.post(world.url("paste/"), {"text": CODE})
    assert_in(page, words("waiting", language))
    page = client.post(
        world.url("paste/"), {"text": "https://item.taobao.com/item.htm?id=612345678901"}
    )
    assert page.context["paying"]["state"] == "unreadable"
    assert_in(page, words("unreadable", language))
    assert_in(page, "m.tb.cn")
    page = client.post(world.url("paste/"), {"text": "https://shop1.youzan.com/wscgoods/1"})
    assert page.context["paying"] is None


def assert_in(page, said: str) -> None:
    from html import unescape

    assert said in unescape(page.content.decode())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_products_page_says_what_became_of_it(world: World, sign_in, language: str):
    row = account(world)
    client = sign_in(world.owner, language)
    client.post(world.url("paste/"), {"text": CODE, "title": "Dress", "price": "59.80"})
    product = Product.objects.get(title="Dress")
    assert (product.share_code, product.external_url) == ("E9XXbOaNcwP", "")
    here = world.url(f"products/{product.id}/")
    assert client.get(here).context["paying"]["leads"] is False
    links.take_up()
    link = PayingLink.objects.get()
    assert link.connection_id == row.id
    said = {"en": "商品不存在 (5)", "zh-hans": "商品不存在 (5)"}
    for state in ("refused", "outside"):
        PayingLink.objects.update(state=state, last_error=said, due_at=wall())
        page = client.get(here)
        assert_in(page, words(state, language))
        assert_in(page, said["en"])
    PayingLink.objects.update(
        state="made",
        url="https://s.click.taobao.com/t?e=1",
        code="E1UAbOaNcwP",
        valid_until=wall() + timedelta(days=30),
        last_error={},
    )
    page = client.get(here)
    assert page.context["paying"]["leads"] is True
    assert_in(page, words("made", language))
    assert_in(page, "E1UAbOaNcwP")
    assert str(links.WORDS["unconnected"]) not in page.content.decode()


def test_the_api_says_the_same_and_to_the_shops_people_alone(world: World, sign_in):
    account(world)
    client = sign_in(world.owner)
    client.post(world.url("paste/"), {"text": CODE, "title": "Dress", "price": "59.80"})
    product = Product.objects.get(title="Dress")
    here = f"/api/v1/connections/links/{product.id}"
    told = client.get(here).json()
    assert (told["state"], told["account"], told["leads"]) == ("waiting", "own", False)
    assert told["words"] == str(links.WORDS["waiting"])
    links.take_up()
    until = wall() + timedelta(days=30)
    url = "https://s.click.taobao.com/t?e=1"
    PayingLink.objects.update(state="made", url=url, code="E1UAbOaNcwP", valid_until=until)
    told = sign_in(world.staff).get(here).json()
    assert (told["state"], told["url"], told["code"]) == ("made", url, "E1UAbOaNcwP")
    assert told["valid_until"] is not None
    assert sign_in(None).get(here).status_code == 401
    assert sign_in(world.other_owner).get(here).status_code == 403
    assert sign_in(make_account()).get(here).status_code == 403
    assert sign_in(make_operator()).get(here).status_code == 200
    native = make_product(world.shop)
    reply = client.get(f"/api/v1/connections/links/{native.id}")
    assert (reply.status_code, reply.json()["code"]) == (409, "link_unpaid")


def test_operators_alone_make_an_account_the_platforms(world: World, sign_in):
    row = account(world)
    step = f"/operator/stores/{row.id}/step/"
    operator = sign_in(make_operator())
    page = operator.get(f"/operator/stores/{row.id}/")
    assert "Make it the platform" in page.content.decode()
    for other in (world.owner, make_account()):
        assert sign_in(other).post(step, {"verb": "platform"}).status_code in {302, 403, 404}
        row.refresh_from_db()
        assert not row.for_platform
    operator.post(step, {"verb": "platform"})
    row.refresh_from_db()
    assert row.for_platform
    page = operator.get(f"/operator/stores/{row.id}/")
    assert "No longer the platform" in page.content.decode()
    assert "Converted links" in page.content.decode()
    operator.post(step, {"verb": "release"})
    row.refresh_from_db()
    assert not row.for_platform
