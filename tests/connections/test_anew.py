"""A product that a person wants read anew from its store."""

import pytest
from django.test import Client

from tests.callers import Caller
from tests.connections.fakes import draft
from tests.factories import make_account, make_operator, make_product, make_shop
from yellowcart.catalog.models import Product
from yellowcart.connections import actions, anew
from yellowcart.connections.models import Message
from yellowcart.core.problems import Problem
from yellowcart.shops.models import ShopMember
from yellowcart.sources.connector import Can

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(world) -> Product:
    """The shop's own copy of the store's tea."""
    return Product.objects.get(shop=world.shop)


def originals(product):
    return Product.objects.get(id=product.origin_id)


def test_it_is_asked_for_once_and_written(world, product, connection, store, work):
    store.shelf.drafts = {"tea": draft("tea", title="Tea of this spring")}
    store.shelf.calls.clear()
    for _twice in range(2):
        assert anew.do_read_anew(actor=world.owner, product_id=product.id).id == connection.id
    assert store.shelf.calls == []
    work(connection)
    assert store.shelf.calls == ["item"]
    assert originals(product).title == "Tea of this spring"
    # And again, when it is wanted again.
    store.shelf.drafts = {"tea": draft("tea", title="Tea of this summer")}
    anew.do_read_anew(actor=world.owner, product_id=product.id)
    work(connection)
    assert originals(product).title == "Tea of this summer"
    assert Message.objects.count() == 1


def test_what_the_store_has_no_more_leaves_the_shelf(world, product, connection, store, work):
    store.shelf.drafts = {}
    anew.do_read_anew(actor=world.owner, product_id=product.id)
    work(connection)
    assert not originals(product).on_shelf


def test_where_it_can_not_be(world, product, connection, store, monkeypatch, owner):
    own = make_product(world.shop)
    actions.do_pause(actor=owner, connection_id=connection.id)
    for one, code in [(own, "anew_unsupported"), (product, "connection_state")]:
        with pytest.raises(Problem) as refused:
            anew.do_read_anew(actor=world.owner, product_id=one.id)
        assert refused.value.code == code
    monkeypatch.setattr(type(store), "can", store.can - {Can.FETCH_ITEM})
    with pytest.raises(Problem) as refused:
        anew.do_read_anew(actor=world.owner, product_id=product.id)
    assert refused.value.code == "anew_unsupported"


def test_who_may_have_it_read(world, product, connection):
    url = f"/connections/products/{product.id}/read"
    staff = make_account()
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    other = make_account()
    make_shop(other)
    for actor in (make_account(), world.buyer, other, staff, make_operator()):
        assert Caller(actor)("POST", url)[0] == 403, actor
    assert not Message.objects.exists()
    status, told = Caller(world.owner)("POST", url)
    assert (status, told["connection_id"]) == (202, str(connection.id))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Read it anew now"), ("zh-hans", "立即重新读取")]
)
def test_the_products_page_has_a_button(world, product, connection, language, words):
    client = Client(headers={"accept-language": language})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shop/{world.shop.handle}/products/{product.id}/"
    assert words in client.get(page).content.decode()
    assert client.get(f"{page}anew/").status_code == 405
    assert client.post(f"{page}anew/").status_code == 302
    assert Message.objects.get().due_at is not None
    own = make_product(world.shop)
    shown = client.get(f"/merchant/shop/{world.shop.handle}/products/{own.id}/").content.decode()
    assert words not in shown
