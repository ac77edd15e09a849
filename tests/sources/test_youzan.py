"""Youzan's connector against a server that keeps Youzan cloud's published contract."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract import youzan as contract
from tests.sources.contract.gateway import HUGE, MALFORMED, TOO_OFTEN, Waiting, served

from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import Grant, SourceError, Store, every
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.connectors.youzan import Youzan, sign_event, sign_message
from yellowcart.sources.files.drafts import ProductDraft

SETTINGS = {
    "client_id": contract.CLIENT,
    "client_secret": contract.SECRET,
    "kdt_id": contract.KDT,
}
NIGHT = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture
def cloud() -> contract.YouzanCloud:
    return contract.YouzanCloud()


@pytest.fixture
def youzan(cloud: contract.YouzanCloud, settings: SettingsWrapper) -> Iterator[Youzan]:
    with served(cloud, settings) as address:
        yield Youzan(address)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store(waiting: Waiting) -> Store:
    return Store(SETTINGS, waiting.caller(), Grant("t-1"))


def test_an_app_of_ones_own_asks_for_its_token_itself(youzan: Youzan, store: Store) -> None:
    first = youzan.renew(replace(store, grant=None))
    assert (first.access_token, first.refresh_token) == ("t-1", "")
    # 1583720718116 ms, the documentation's own example
    assert first.expires_at == datetime(2020, 3, 9, 2, 25, 18, 116_000, tzinfo=UTC)
    second = youzan.renew(store.with_grant(first))
    assert second.access_token == "t-1+"
    assert youzan.check(store.with_grant(second)) == "有赞的店"


def test_a_tool_asks_by_a_code_and_renews_by_its_token(youzan: Youzan, store: Store) -> None:
    tool = replace(store, grant=None, settings={**SETTINGS, "code": "code-1"})
    grant = youzan.renew(tool)
    assert grant.refresh_token == "r-1"
    assert youzan.renew(tool.with_grant(grant)).refresh_token == "r-1+"
    with pytest.raises(SourceError) as caught:
        youzan.renew(tool)
    assert (caught.value.source_code, caught.value.reauthorise) == ("1005", True)


def test_a_token_of_another_shop_is_refused(youzan: Youzan, store: Store) -> None:
    other = {**SETTINGS, "kdt_id": "7", "code": "code-1"}
    with pytest.raises(SourceError, match="shop 42583152"):
        youzan.renew(replace(store, grant=None, settings=other))


def test_a_product_is_found_by_id_and_by_alias(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.products[7] = contract.product(7)
    by_id, by_alias = youzan.item(store, "7"), youzan.item(store, "2alias7")
    assert isinstance(by_id, ProductDraft)
    assert by_id == by_alias
    assert (by_id.key, by_id.title, by_id.option_names) == ("7", "纯棉T恤 7", ("颜色",))
    assert [(sku.key, sku.price_minor, sku.options, sku.stock) for sku in by_id.skus] == [
        ("70", 1990, ("红",), 3),
        ("71", 1991, ("黑",), 4),
    ]
    assert by_id.images == ("https://img.example/7.jpg",)
    assert youzan.item(store, "8") is None


def test_a_product_without_variants_is_its_own_variant(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.products[7] = contract.product(7, skus=[], is_listing=False)
    found = youzan.item(store, "7")
    assert isinstance(found, ProductDraft)
    assert not found.published
    assert [(sku.key, sku.price_minor, sku.stock) for sku in found.skus] == [("7", 1990, 8)]


def test_the_catalogue_is_paged_within_youzans_bounds(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.products = {n: contract.product(n) for n in range(1, 46)}
    drafts = list(every(lambda cursor: youzan.catalogue(store, cursor)))
    assert [int(draft.key) for draft in drafts] == list(range(1, 46))
    lists = [call.json["page_no"] for call in cloud.calls if "onsale" in call.path]
    assert lists == [1, 2, 3]


def test_past_the_last_page_the_list_begins_anew_at_the_last_change(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.products = {n: contract.product(n) for n in range(1, 2_021)}
    page = youzan.catalogue(store, "0.100")
    assert page.cursor == f"{int(datetime(2026, 11, 26, tzinfo=UTC).timestamp() * 1000)}.1"


def test_levels_are_of_what_changed(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    changed = int(NIGHT.timestamp() * 1000)
    cloud.products = {
        1: contract.product(1, changed_ms=changed - 1),
        2: contract.product(2, changed_ms=changed),
    }
    page = youzan.levels(store, NIGHT)
    assert [(one.product_key, one.sku_key, one.available) for one in page.rows] == [
        ("2", "20", 3),
        ("2", "21", 4),
    ]
    assert len(youzan.levels(store, None).rows) == 4


def test_trades_become_sales_in_fen_and_utc(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    states = {
        "WAIT_BUYER_PAY": None,
        "TRADE_PAID": 12,
        "WAIT_CONFIRM": 12,
        "WAIT_SELLER_SEND_GOODS": 12,
        "WAIT_BUYER_CONFIRM_GOODS": 12,
        "TRADE_SUCCESS": 14,
        "TRADE_CLOSED": 13,
    }
    cloud.trades = [contract.trade(f"E{n}", state) for n, state in enumerate(states)]
    cloud.trades.append(contract.trade("E-unpaid", "TRADE_CLOSED", pay_time=""))
    page = youzan.conversions(store, NIGHT, NIGHT + timedelta(hours=6))
    assert [one.status for one in page.rows] == [one for one in states.values() if one]
    sale = page.rows[0]
    assert (sale.order_id, sale.amount_minor, sale.currency) == ("E1", 982, "CNY")
    assert sale.ordered_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    assert sale.updated_at == datetime(2026, 11, 25, 16, 0, 10, tzinfo=UTC)
    asked = cloud.calls[-1].json
    assert (asked["start_update"], asked["end_update"]) == (
        "2026-11-25 22:59:00",
        "2026-11-26 05:00:00",
    )


def test_what_the_list_shows_late_is_in_the_next_window(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    turn = datetime(2026, 11, 25, 16, 0, 30, tzinfo=UTC)
    assert not youzan.conversions(store, turn - timedelta(hours=1), turn).rows
    cloud.trades = [contract.trade("E9", "TRADE_PAID")]  # of 20 s before the turn
    assert len(youzan.conversions(store, turn, turn + timedelta(hours=1)).rows) == 1


def test_trades_are_paged_and_may_be_told_twice(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.trades = [contract.trade(f"E{n}", "TRADE_PAID") for n in range(250)]
    until = NIGHT + timedelta(hours=6)
    rows = list(every(lambda cursor: youzan.conversions(store, NIGHT, until, cursor)))
    assert len({row.order_id for row in rows}) == 250
    first = youzan.conversions(store, NIGHT, until)
    cloud.trades.insert(0, contract.trade("E-new", "TRADE_PAID"))
    second = youzan.conversions(store, NIGHT, until, first.cursor)
    assert {one.order_id for one in first.rows} & {one.order_id for one in second.rows} == {"E99"}


@pytest.mark.parametrize(
    ("reply", "code", "again", "reauthorise"),
    [
        (contract.gateway(4202, "请求凭证过期"), "4202", False, True),
        (contract.gateway(10003, "token"), "10003", False, True),
        (contract.gateway(4204, "无权限访问"), "4204", False, True),
        (contract.gateway(10004, "permission"), "10004", False, True),
        (contract.gateway(20002, "quota"), "20002", True, False),
        (contract.refused(106000001, "请求超时"), "106000001", True, False),
        (contract.refused(5000, "trade not found"), "5000", False, False),
        (MALFORMED, "malformed", True, False),
    ],
)
def test_refusals_say_what_helps(
    youzan: Youzan,
    store: Store,
    cloud: contract.YouzanCloud,
    reply: Any,
    code: str,
    again: bool,
    reauthorise: bool,
) -> None:
    cloud.script = [reply]
    with pytest.raises(SourceError) as caught:
        youzan.check(store)
    refusal = caught.value
    assert (refusal.source_code, refusal.again, refusal.reauthorise) == (code, again, reauthorise)


def test_a_token_that_is_not_known_reaches_the_person(youzan: Youzan, store: Store) -> None:
    with pytest.raises(SourceError) as caught:
        youzan.check(store.with_grant(Grant("forged")))
    assert caught.value.reauthorise


@pytest.mark.parametrize(
    "busy", [contract.gateway(4101, "请求太频繁"), contract.refused(123000042, "请求被限流")]
)
def test_asked_too_often_it_waits_as_youzan_advises(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud, waiting: Waiting, busy: Any
) -> None:
    cloud.script = [busy]
    assert youzan.check(store) == "有赞的店"
    assert waiting.slept == [3.0]
    cloud.script = [busy, busy]
    with pytest.raises(AskedToWaitError) as caught:
        youzan.check(store)
    assert caught.value.seconds == 6.0


def test_a_retry_after_is_kept(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud, waiting: Waiting
) -> None:
    cloud.script = [TOO_OFTEN]
    assert youzan.check(store) == "有赞的店"
    assert waiting.slept == [2.0]


def test_a_huge_answer_is_cut_off(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.script = [HUGE]
    with pytest.raises(FetchError) as caught:
        youzan.check(store)
    assert caught.value.code == "too_large"


def test_the_signature_of_a_push_as_md5sum_gives_it() -> None:
    assert sign_event("app-1", b'{"id":"E1"}', "top-secret") == "449f7ceda150a436524fc619cb42bc35"


def push(**other: Any) -> dict[str, Any]:
    message = quote(json.dumps({"tid": "E1", **contract.trade("E1", "TRADE_PAID")}))
    return {
        "client_id": contract.CLIENT,
        "kdt_id": int(contract.KDT),
        "id": "E1",
        "type": "trade_TradePaid",
        "msg": message,
        "msg_id": "m-1",
        "version": 1621946649,
        "sendCount": 1,
        "test": False,
        "mode": 1,
        **other,
    }


def signed(told: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    body = json.dumps(told).encode()
    return {"event-sign": sign_event(contract.CLIENT, body, contract.SECRET)}, body


def test_a_push_is_read_where_all_of_it_is_signed(store: Store) -> None:
    delivery = Youzan().read_webhook(store, *signed(push()), 0.0)
    assert delivery is not None
    assert delivery.message_id == "m-1"
    assert delivery.answer == b'{"code":0,"msg":"success"}'
    (told,) = delivery.happenings
    assert (told.kind, told.key) == ("conversion", "E1")
    assert told.conversion is not None
    assert told.conversion.amount_minor == 982


def test_a_push_again_has_the_same_id(store: Store) -> None:
    first = Youzan().read_webhook(store, *signed(push(msg_id=None)), 0.0)
    again = Youzan().read_webhook(store, *signed(push(msg_id=None, sendCount=2)), 0.0)
    newer = Youzan().read_webhook(store, *signed(push(msg_id=None, version=1621946650)), 0.0)
    assert first is not None
    assert again is not None
    assert newer is not None
    assert first.message_id == again.message_id != newer.message_id


def test_the_older_signature_covers_the_message_only(store: Store) -> None:
    told = push()
    told["sign"] = sign_message(contract.CLIENT, told["msg"], contract.SECRET)
    delivery = Youzan().read_webhook(store, {}, json.dumps(told).encode(), 0.0)
    assert delivery is not None
    assert delivery.message_id == f"app-1:{told['sign']}"
    assert delivery.happenings[0].conversion is None
    renamed = {**told, "msg_id": "another"}
    same = Youzan().read_webhook(store, {}, json.dumps(renamed).encode(), 0.0)
    assert same is not None
    assert same.message_id == delivery.message_id


def test_forged_pushes_are_refused(store: Store) -> None:
    headers, body = signed(push())
    youzan = Youzan()
    assert youzan.read_webhook(store, headers, body + b" ", 0.0) is None
    assert youzan.read_webhook(store, headers, body.replace(b"E1", b"E2"), 0.0) is None
    assert youzan.read_webhook(store, {}, body, 0.0) is None
    assert youzan.read_webhook(store, {"event-sign": "ü"}, body, 0.0) is None
    assert youzan.read_webhook(store, *signed(push(client_id="app-2")), 0.0) is None
    for nonsense in (b"", b"[]", b"null", b"\xff", b'{"client_id":1,"kdt_id":"x"}'):
        sign = sign_event(contract.CLIENT, nonsense, contract.SECRET)
        assert youzan.read_webhook(store, {"event-sign": sign}, nonsense, 0.0) is None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ITEM_STATE", "product"),
        ("ITEM_INFO", "product"),
        ("ITEM_SKU_INFO", "stock"),
        ("youzan_item_SkuStockChanged", "stock"),
        ("youzan_trade_RefundSuccess", "conversion"),
        ("POINTS", "other"),
    ],
)
def test_kinds_of_messages(store: Store, kind: str, told: str) -> None:
    delivery = Youzan().read_webhook(store, *signed(push(type=kind, id="7", msg={"a": 1})), 0.0)
    assert delivery is not None
    assert [(one.kind, one.key) for one in delivery.happenings] == [(told, "7")]


@pytest.mark.parametrize("other", [{"kdt_id": 9}, {"test": True}])
def test_another_shops_push_and_a_test_tell_nothing(store: Store, other: dict[str, Any]) -> None:
    delivery = Youzan().read_webhook(store, *signed(push(**other)), 0.0)
    assert delivery is not None
    assert not delivery.happenings


def test_prices_in_another_currency_are_not_taken_for_its_own(youzan: Youzan, store: Store) -> None:
    with pytest.raises(SourceError, match="CNY"):
        youzan.check(replace(store, currency="USD"))


def test_stock_is_changed_by_so_many(
    youzan: Youzan, store: Store, cloud: contract.YouzanCloud
) -> None:
    cloud.products = {7: contract.product(7), 8: contract.product(8, skus=[])}
    assert youzan.stock_of(store, "7", "71") == 4
    youzan.change_stock(store, "7", "71", -2, "r-1")
    youzan.change_stock(store, "7", "71", 1, "r-2")
    youzan.change_stock(store, "8", "8", -3, "r-3")
    youzan.change_stock(store, "8", "8", 0, "r-4")
    assert cloud.moved == [
        {"item_id": 7, "sku_id": 71, "quantity": -2, "type": 1},
        {"item_id": 7, "sku_id": 71, "quantity": 1, "type": 1},
        {"item_id": 8, "quantity": -3, "type": 1},
    ]
    assert (youzan.stock_of(store, "7", "71"), youzan.stock_of(store, "8", "8")) == (3, 5)
    assert youzan.stock_of(store, "7", "79") is None
    assert youzan.stock_of(store, "9", "9") is None
    with pytest.raises(SourceError) as caught:
        youzan.change_stock(store, "7", "71", -4, "r-5")
    assert not caught.value.again
    assert cloud.products[7]["skus"][1]["quantity"] == 3
