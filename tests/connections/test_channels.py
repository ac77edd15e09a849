"""Copies of a product for a store's own channels: asked for once, whatever becomes of it."""

from contextlib import contextmanager

import pytest
from django.test import Client

from tests.connections.fakes import unreachable
from tests.factories import make_account, make_product, make_shop
from yellowcart.catalog import supply
from yellowcart.catalog.models import Product, Sku
from yellowcart.connections import channels
from yellowcart.connections.models import Connection
from yellowcart.connections.sold_models import ChannelCopy
from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.core.problems import Problem
from yellowcart.shops.actions import do_set_member
from yellowcart.sources.connector import SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(told, tells, work, owner, shop) -> Product:
    """The shop's own copy of the store's tea."""
    tells.fills("tea")
    connection = work(told)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    return Product.objects.get(shop=shop)


@pytest.fixture
def make(told, work):
    """Do what is due of copies; the only one afterwards."""

    def do() -> ChannelCopy:
        ChannelCopy.objects.filter(due_at__isnull=False).update(due_at=wall())
        work(told)
        return ChannelCopy.objects.get()

    return do


@contextmanager
def refused(code):
    with pytest.raises(Problem) as found:
        yield
    assert found.value.code == code


def ask(owner, product, *hosts):
    return channels.do_ask_copy(actor=owner, product_id=product.id, hosts=hosts)


def test_a_copy_is_made_once_for_the_same_hosts(owner, product, tells, make):
    first = ask(owner, product, "78", "77")
    assert ask(owner, product, "77", "78", "77").id == first.id
    row = make()
    assert (row.state, row.channel, row.due_at) == ("made", "channel-1", None)
    assert ask(owner, product, "77", "78").id == first.id
    make()
    assert tells.copies == [("tea", ["77", "78"])]


def test_other_hosts_and_none_are_other_copies(owner, product, tells, told, work):
    ask(owner, product, "77")
    ask(owner, product)
    work(told)
    assert sorted(tells.copies) == [("tea", []), ("tea", ["77"])]


def test_copies_sell_from_one_row(owner, product, tells, make):
    before = set(Sku.objects.values_list("stock_sku_id", flat=True))
    ask(owner, product, "77")
    make()
    assert set(Sku.objects.values_list("stock_sku_id", flat=True)) == before


@pytest.mark.parametrize("arrives", [True, False])
def test_an_answer_that_was_lost_makes_no_second_copy(owner, product, tells, make, arrives):
    real = tells.copy_to_channel

    def lost(*arguments):
        if arrives:
            real(*arguments)
        unreachable("copy")

    tells.copy_to_channel = lost
    row = ask(owner, product, "77")
    assert make().state == "unsure"
    del tells.copy_to_channel
    assert ask(owner, product, "77").id == row.id
    make()
    assert len(tells.copies) == arrives
    channels.do_say_outcome(actor=owner, copy_id=row.id, is_there=arrives)
    again = ask(owner, product, "77")
    assert (again.id == row.id) is arrives
    with refused("copy_state"):
        channels.do_say_outcome(actor=owner, copy_id=row.id, is_there=True)


def test_a_worker_that_died_over_it_makes_no_second_copy(owner, product, tells, make):
    row = ask(owner, product, "77")
    channels.do_mark(row.id)
    row = make()
    assert (row.state, tells.copies) == ("unsure", [])
    assert "Look at the store" in row.last_error["en"]


@pytest.mark.parametrize(
    "error", [AskedToWaitError(60), FetchError("unreachable", "store.example", unsent=True)]
)
def test_a_call_that_was_not_made_is_made_later(owner, product, tells, make, error):
    def refuses(*_arguments):
        raise error

    tells.copy_to_channel = refuses
    ask(owner, product, "77")
    before = wall()
    row = make()
    assert row.state == "waiting"
    assert row.due_at > before
    del tells.copy_to_channel
    assert make().state == "made"
    assert len(tells.copies) == 1


def test_a_refusal_is_told_and_may_be_asked_again(owner, product, tells, make):
    def refuses(*_arguments):
        raise SourceError("told", "no such host", code="4366")

    tells.copy_to_channel = refuses
    first = ask(owner, product, "77")
    row = make()
    assert row.state == "failed"
    assert "no such host" in row.last_error["en"]
    del tells.copy_to_channel
    assert ask(owner, product, "77").id != first.id


def test_only_who_may_sell_its_goods_asks(owner, shop, product, told):
    stranger, staff = make_account(), make_account()
    do_set_member(actor=owner, shop=shop, account=staff, role="staff")
    for who in (stranger, staff):
        with refused("shop_forbidden"):
            ask(who, product, "77")
    row = ask(owner, product, "77")
    with refused("copy_not_found"):
        channels.access_copy(stranger, row.id)
    ChannelCopy.objects.update(state="unsure")
    for who, code in ((stranger, "copy_not_found"), (staff, "shop_forbidden")):
        with refused(code):
            channels.do_say_outcome(actor=who, copy_id=row.id, is_there=True)


def test_goods_of_others_and_of_ones_own_have_no_copies(owner, shop, product, told):
    with refused("copy_unsupported"):
        ask(owner, make_product(shop), "77")
    other = make_account()
    theirs = make_product(make_shop(other))
    theirs.origin = product.origin
    theirs.save()
    with refused("connection_not_found"):
        ask(other, theirs, "77")


@pytest.mark.parametrize("hosts", [["x"], ["7" * 61], [str(n) for n in range(501)]])
def test_hosts_are_numbers_and_not_too_many(owner, product, hosts):
    with refused("hosts_bad"):
        ask(owner, product, *hosts)


def test_a_paused_store_is_asked_for_none(owner, product, told):
    Connection.objects.filter(id=told.id).update(state="paused")
    with refused("connection_state"):
        ask(owner, product, "77")


def test_hosts_are_read_as_they_are_typed():
    assert channels.hosts_in("78, 77\n79、78;80") == ["77", "78", "79", "80"]


def test_the_products_page_asks_and_tells(owner, shop, product, make):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shop/{shop.handle}/products/{product.id}/"
    assert "Copies for hosts of the store" in client.get(page).content.decode()
    assert client.post(f"{page}copy/", {"hosts": "77 78"}).status_code == 302
    row = make()
    shown = client.get(page).content.decode()
    assert "channel-1" in shown
    assert "77, 78" in shown
    ChannelCopy.objects.update(state="unsure")
    assert "It is not there" in client.get(page).content.decode()
    client.post(f"{page}copy/{row.id}/outcome/", {"is_there": "0"})
    assert ChannelCopy.objects.get().state == "failed"


def test_the_api_asks_and_tells(owner, product, make):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    wanted = {"product_id": str(product.id), "hosts": ["77"]}
    address = "/api/v1/connections/channel-copies"
    made = client.post(address, wanted, content_type="application/json")
    assert made.status_code == 202
    make()
    told = client.get(f"{address}/{made.json()['id']}").json()
    assert (told["state"], told["channel"], told["hosts"]) == ("made", "channel-1", ["77"])
    reply = client.post(
        f"{address}/{told['id']}/outcome", {"is_there": True}, content_type="application/json"
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "copy_state")
    stranger = Client(headers={"accept-language": "en"})
    stranger.force_login(make_account(), backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(f"{address}/{told['id']}").status_code == 404
