"""Stores of the mainland's platforms, connected for real: through the guard, the lane, the page."""

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.connections.conftest import Work
from tests.factories import make_account, make_shop
from tests.orders.worlds import World
from tests.sources.contract import doudian as doudian_contract
from tests.sources.contract import kuaishou as kuaishou_contract
from tests.sources.contract import taobao as taobao_contract
from tests.sources.contract import youzan as youzan_contract
from tests.sources.contract.gateway import Call, Reply, served
from yellowcart.catalog import supply
from yellowcart.catalog.models import Product, Sku
from yellowcart.connections import actions
from yellowcart.connections.models import Connection, Following, Message
from yellowcart.connections.sold_models import StockTelling
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import Stock
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.models import Listing
from yellowcart.orders.models import Conversion, Order
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.sources.actions import do_know_sources
from yellowcart.sources.connectors.doudian import Doudian, sign_event
from yellowcart.sources.connectors.kuaishou import Kuaishou
from yellowcart.sources.connectors.mainland import beijing_text, to_ms
from yellowcart.sources.connectors.taobao import Taobao
from yellowcart.sources.connectors.youzan import Youzan
from yellowcart.sources.connectors.youzan import sign_event as youzan_sign
from yellowcart.sources.registry import CONNECTORS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known() -> None:
    do_know_sources()


@pytest.fixture
def cloud(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[youzan_contract.YouzanCloud]:
    contract = youzan_contract.YouzanCloud()
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "youzan", Youzan(address))
        yield contract


@pytest.fixture
def douyin(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[doudian_contract.Platform]:
    contract = doudian_contract.Platform()
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "doudian", Doudian(address))
        yield contract


@pytest.fixture
def kwai(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[kuaishou_contract.Platform]:
    contract = kuaishou_contract.Platform()
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "kuaishou", Kuaishou(address))
        yield contract


@pytest.fixture
def alliance(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[taobao_contract.Alliance]:
    contract = taobao_contract.Alliance()
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "taobao", Taobao(address + "/router/rest"))
        yield contract


def on_hand(connection: Connection, key: str) -> int:
    sku = Sku.objects.get(product__shop=connection.supplier, external_id=key)
    return Stock.objects.get(shop_id=sku.stock_shop_id, sku_id=sku.stock_sku_id).on_hand


def test_a_youzan_shop_comes_in_and_is_followed(
    owner: Account,
    shop: Shop,
    cloud: youzan_contract.YouzanCloud,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Youzan.asked_after_seconds == 30
    monkeypatch.setattr(Youzan, "asked_after_seconds", 3_600)
    cloud.products = {n: youzan_contract.product(n) for n in range(1, 4)}
    paid = beijing_text(wall() - timedelta(minutes=20))
    cloud.trades = [youzan_contract.trade("E1", "TRADE_PAID", created=paid, update_time=paid)]
    typed = {
        "client_id": youzan_contract.CLIENT,
        "client_secret": youzan_contract.SECRET,
        "kdt_id": youzan_contract.KDT,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="youzan", typed=typed)
    assert connection.name == "有赞的店"
    # Its levels are read once, however slow that was: from now on what changed.
    connection = work(connection, all_due=True)
    assert Product.objects.filter(shop=connection.supplier).count() == 3
    assert on_hand(connection, "10") == 3
    sale = Conversion.objects.get(source="youzan")
    assert (sale.external_order_id, sale.amount_minor) == ("E1", 982)

    cloud.products[1]["skus"][0]["quantity"] = 1
    cloud.products[1]["changed_ms"] = to_ms(wall())
    told = {
        "client_id": youzan_contract.CLIENT,
        "kdt_id": int(youzan_contract.KDT),
        "id": "1",
        "type": "youzan_item_SkuStockChanged",
        "msg": {"sku_id": 10},
        "version": 1,
    }
    body = json.dumps(told).encode()
    sign = youzan_sign(youzan_contract.CLIENT, body, youzan_contract.SECRET)
    reply = Client().post(
        f"/api/v1/connections/{connection.id}/webhook",
        body,
        content_type="application/json",
        headers={"Event-Sign": sign},
    )
    assert (reply.status_code, reply.content) == (200, b'{"code":0,"msg":"success"}')
    Following.objects.update(due_at=None)
    calls = len(cloud.calls)
    connection = work(connection)
    due = Message.objects.get().due_at
    assert due is not None
    assert due > wall() + timedelta(minutes=10)
    assert len(cloud.calls) == calls
    Message.objects.update(due_at=wall())
    connection = work(connection)
    assert on_hand(connection, "10") == 1


def test_a_douyin_shop_comes_in_and_its_probe_is_answered(
    owner: Account, shop: Shop, douyin: doudian_contract.Platform, work: Work
) -> None:
    douyin.products = [doudian_contract.product(n) for n in range(1, 3)]
    typed = {
        "app_key": doudian_contract.KEY,
        "app_secret": doudian_contract.SECRET,
        "shop_id": doudian_contract.SHOP,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="doudian", typed=typed)
    assert connection.name == "抖店"
    connection = work(connection)
    assert on_hand(connection, "1770000000000010") == 5
    body = b'[{"tag":"0","msg_id":"0","data":"2020-09-10 16:26:56"}]'
    sign = sign_event(doudian_contract.KEY, body, doudian_contract.SECRET)
    reply = Client().post(
        f"/api/v1/connections/{connection.id}/webhook",
        body,
        content_type="application/json",
        headers={"App-Id": doudian_contract.KEY, "Event-Sign": sign},
    )
    assert (reply.status_code, reply.content) == (200, b'{"code":0,"msg":"success"}')


def test_sales_of_the_alliance_come_in_once_and_are_revoked(
    owner: Account, shop: Shop, alliance: taobao_contract.Alliance, work: Work
) -> None:
    paid = beijing_text(wall() - timedelta(minutes=20))
    row = taobao_contract.order("7", 12, paid, tk_create_time=paid, tk_paid_time=paid)
    alliance.orders["1"] = [row]
    typed = {
        "app_key": taobao_contract.KEY,
        "app_secret": taobao_contract.SECRET,
        "pid": taobao_contract.PID,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="taobao", typed=typed)
    connection = work(connection)
    sale = Conversion.objects.get(source="taobao")
    assert (sale.external_order_id, sale.amount_minor, sale.status) == ("7", 5980, "paid")
    closed = beijing_text(wall() - timedelta(seconds=2))
    alliance.orders["1"] = [{**row, "tk_status": 13, "modified_time": closed}]
    work(connection, all_due=True)
    sale = Conversion.objects.get(source="taobao")
    assert sale.status == "closed"


def test_a_kuaishou_shop_says_yes_and_its_messages_have_it_asked_again(
    owner: Account, shop: Shop, kwai: kuaishou_contract.Platform, work: Work
) -> None:
    kwai.wares = [kuaishou_contract.ware(n) for n in range(1, 3)]
    typed = {
        "app_key": kuaishou_contract.APP,
        "app_secret": kuaishou_contract.APP_SECRET,
        "sign_secret": kuaishou_contract.SIGN_SECRET,
        "message_secret": kuaishou_contract.MESSAGE_SECRET,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="kuaishou", typed=typed)
    url = actions.do_ask_consent(actor=owner, connection_id=connection.id)
    state = parse_qs(urlsplit(url).query)["state"][0]
    connection = actions.do_finish_consent(actor=owner, state=state, code="code-1")
    assert connection.name == "快手小店"
    connection = work(connection)
    assert on_hand(connection, "158419190350010") == 5
    assert not Conversion.objects.filter(source="kuaishou").exists()

    changed = to_ms(wall() - timedelta(seconds=2))
    kwai.shop_orders = [kuaishou_contract.shop_order(7, 30, changed, createTime=changed)]
    told = {
        "msgId": "m-1",
        "openId": kuaishou_contract.OPEN_ID,
        "appKey": kuaishou_contract.APP,
        "event": "kwaishop_order_paySuccess",
        "info": '{"oid":7}',
    }
    body = kuaishou_contract.encrypted(told)
    address = f"/api/v1/connections/{connection.id}/webhook"
    forged = Client().post(address, body[:-4] + b"AAA=", content_type="text/plain")
    assert forged.status_code >= 400
    reply = Client().post(address, body, content_type="text/plain")
    assert (reply.status_code, reply.content) == (200, b'{"result":1}')
    work(connection)
    work(connection, all_due=True)
    sale = Conversion.objects.get(source="kuaishou")
    assert (sale.external_order_id, sale.amount_minor, sale.status) == ("7", 3990, "paid")


def sells(shop: Shop, owner: Account, connection: Connection, key: str, quantity: int) -> Order:
    """A copy of one of the store's variants is sold in the owner's shop, and the lane tells of
    it."""
    connection.refresh_from_db()
    assert connection.supplier is not None
    Product.objects.filter(shop=connection.supplier).update(review_state="approved")
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    original = Sku.objects.get(product__shop=connection.supplier, external_id=key)
    sku = Sku.objects.get(product__shop=shop, stock_sku_id=original.id)
    listing = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    order = World(owner, shop, sku, listing, make_account()).order(quantity=quantity)
    with transaction.atomic():
        outbox.append("orders.placed", {"orders": [str(order.id)]}, shop_id=shop.id)
    outbox.relay_all()
    return order


def test_a_kuaishou_shop_is_told_of_a_sale_once_though_the_answer_is_lost(
    owner: Account, shop: Shop, kwai: kuaishou_contract.Platform, work: Work
) -> None:
    kwai.wares = [kuaishou_contract.ware(1)]
    typed = {
        "app_key": kuaishou_contract.APP,
        "app_secret": kuaishou_contract.APP_SECRET,
        "sign_secret": kuaishou_contract.SIGN_SECRET,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="kuaishou", typed=typed)
    url = actions.do_ask_consent(actor=owner, connection_id=connection.id)
    state = parse_qs(urlsplit(url).query)["state"][0]
    connection = work(actions.do_finish_consent(actor=owner, state=state, code="code-1"))
    real = kwai.answer

    def lossy(call: Call) -> Reply:
        told = real(call)
        return Reply(b"", 502) if call.path == "/open/item/sku/stock/update" else told

    kwai.answer = lossy  # type: ignore[method-assign]
    sells(shop, owner, connection, "158419190350010", 2)
    work(connection, orders_due=True)
    kwai.answer = real  # type: ignore[method-assign]
    kwai.wares[0]["skuList"][0]["skuStock"] -= 1  # sold there meanwhile
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert [(one["changeType"], one["skuChangeStock"]) for one in kwai.moved] == [(2, 2)]
    work(connection, all_due=True)
    sku = Sku.objects.get(product__shop=connection.supplier, external_id="158419190350010")
    level = levels_of([sku])[sku.id]
    assert (level.on_hand, level.free) == (4, 2)


def test_a_douyin_shop_is_told_of_a_sale_once_though_the_answer_is_lost(
    owner: Account, shop: Shop, douyin: doudian_contract.Platform, work: Work
) -> None:
    douyin.products = [doudian_contract.product(1)]
    typed = {
        "app_key": doudian_contract.KEY,
        "app_secret": doudian_contract.SECRET,
        "shop_id": doudian_contract.SHOP,
    }
    connection = actions.do_connect(actor=owner, shop=shop, source="doudian", typed=typed)
    connection = work(connection)
    real = douyin.answer

    def lossy(call: Call) -> Reply:
        told = real(call)
        return Reply(b"", 502) if call.path == "/sku/syncStock" else told

    douyin.answer = lossy  # type: ignore[method-assign]
    sells(shop, owner, connection, "1770000000000010", 2)
    work(connection, orders_due=True)
    douyin.answer = real  # type: ignore[method-assign]
    work(connection, orders_due=True)
    assert douyin.products[0]["spec_prices"][0]["stock_num"] == 3
    assert StockTelling.objects.get().told == -2


KWAI_TYPED = {
    "app_key": kuaishou_contract.APP,
    "app_secret": kuaishou_contract.APP_SECRET,
    "sign_secret": kuaishou_contract.SIGN_SECRET,
}


def lets_in(
    owner: Account, connection: Connection, kwai: kuaishou_contract.Platform, open_id: str
) -> Connection:
    """The owner says yes at Kuaishou, signed in as one shop or another."""
    kwai.open_id = open_id
    kwai.codes.add("code-1")
    url = actions.do_ask_consent(actor=owner, connection_id=connection.id)
    state = parse_qs(urlsplit(url).query)["state"][0]
    return actions.do_finish_consent(actor=owner, state=state, code="code-1")


def test_two_shops_that_let_one_app_in_are_two_stores(
    owner: Account, shop: Shop, kwai: kuaishou_contract.Platform
) -> None:
    def connect() -> Connection:
        return actions.do_connect(actor=owner, shop=shop, source="kuaishou", typed=KWAI_TYPED)

    first = lets_in(owner, connect(), kwai, "shop-1")
    second = lets_in(owner, connect(), kwai, "shop-2")
    assert first.identity != second.identity
    third = connect()
    with pytest.raises(Problem) as same:
        lets_in(owner, third, kwai, "shop-2")
    assert same.value.code == "store_known"
    third.refresh_from_db()
    assert (third.state, bytes(third.grant_sealed)) == ("draft", b"")
    # Who comes back as another shop is not taken for this one; as the same shop, it goes on.
    with pytest.raises(Problem) as other:
        lets_in(owner, first, kwai, "shop-2")
    assert other.value.code == "store_other"
    identity = first.identity
    assert lets_in(owner, first, kwai, "shop-1").identity == identity
    typed = {**KWAI_TYPED, "cps_pid": "ks_1"}
    actions.do_replace_settings(actor=owner, connection_id=first.id, typed=typed)


def test_shops_that_were_told_apart_by_their_app_alone_keep_their_connections(
    owner: Account, shop: Shop, kwai: kuaishou_contract.Platform
) -> None:
    connection = actions.do_connect(actor=owner, shop=shop, source="kuaishou", typed=KWAI_TYPED)
    wanted = lets_in(owner, connection, kwai, "shop-1").identity
    draft = actions.do_connect(
        actor=owner, shop=make_shop(owner), source="kuaishou", typed=KWAI_TYPED
    )
    alone = draft.identity
    sealed = actions.do_connect(
        actor=owner, shop=make_shop(owner), source="kuaishou", typed=KWAI_TYPED
    )
    Connection.objects.update(identity="by the app alone")
    Connection.objects.filter(id=sealed.id).update(settings_sealed=b"of another key")
    migration = import_module("yellowcart.connections.migrations.0007_kuaishou_shops_apart")
    migration.tell_apart(apps, None)
    kept = dict(Connection.objects.values_list("id", "identity"))
    assert kept == {connection.id: wanted, draft.id: alone, sealed.id: "by the app alone"}


def test_a_youzan_shop_is_told_of_a_sale_once_though_the_answer_is_lost(
    owner: Account, shop: Shop, cloud: youzan_contract.YouzanCloud, work: Work
) -> None:
    cloud.products = {1: youzan_contract.product(1)}
    typed = {
        "client_id": youzan_contract.CLIENT,
        "client_secret": youzan_contract.SECRET,
        "kdt_id": youzan_contract.KDT,
    }
    connection = work(actions.do_connect(actor=owner, shop=shop, source="youzan", typed=typed))
    real = cloud.answer

    def lossy(call: Call) -> Reply:
        told = real(call)
        return Reply(b"", 502) if "item.quantity.update" in call.path else told

    cloud.answer = lossy  # type: ignore[method-assign]
    before = wall()
    sells(shop, owner, connection, "10", 2)
    work(connection, orders_due=True)
    # Its answers lag: it is not asked before they may know.
    row = StockTelling.objects.get()
    assert row.change == -2
    assert row.due_at is not None
    assert row.due_at >= before + timedelta(seconds=30)
    cloud.answer = real  # type: ignore[method-assign]
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert cloud.moved == [{"item_id": 1, "sku_id": 10, "quantity": -2, "type": 1}]
    sku = Sku.objects.get(product__shop=connection.supplier, external_id="10")
    work(connection, all_due=True)
    level = levels_of([sku])[sku.id]
    assert (level.on_hand, level.free) == (3, 1)
