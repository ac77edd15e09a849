"""Doudian's connector against a server that keeps the platform's published contract."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract import doudian as contract
from tests.sources.contract.gateway import HUGE, MALFORMED, TOO_OFTEN, Reply, Waiting, served

from yellowcart.core import clock
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import Grant, SourceError, Store, every
from yellowcart.sources.connectors.doudian import Doudian, param_json, sign_call, sign_event
from yellowcart.sources.files.drafts import ProductDraft
from yellowcart.sources.share import recognise

SETTINGS = {"app_key": contract.KEY, "app_secret": contract.SECRET, "shop_id": contract.SHOP}
WHEN = datetime(2026, 11, 25, tzinfo=UTC)
AT = int(WHEN.timestamp())
PRODUCT, SKU = "3600000000000000001", "1770000000000010"


@pytest.fixture
def platform() -> contract.Platform:
    return contract.Platform()


@pytest.fixture
def doudian(platform: contract.Platform, settings: SettingsWrapper) -> Iterator[Doudian]:
    with served(platform, settings) as address:
        yield Doudian(address)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store(waiting: Waiting) -> Store:
    return Store(SETTINGS, waiting.caller(), Grant("t-1", "r-1"))


def test_doudian_gives_the_signature_of_its_own_example() -> None:
    """The call of the platform's guide (API 调用指南), signed with HMAC-SHA256."""
    asked = param_json({"size": "20", "page": "0"})
    assert asked == '{"page":"0","size":"20"}'
    sign = sign_call(
        "6844048284663924231",
        "product.list",
        asked,
        "2020-07-05 22:33:59",
        "749698a6-fcb3-4358-b241-ec1d93cf9c1f",
    )
    assert sign == "a84fc5747114e63196565192a19f80d9d78819b8c8f5940eeb282bf78260901d"


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
def test_parameters_mean_the_same_whatever_their_order(asked: dict[str, Any]) -> None:
    turned = dict(reversed(asked.items()))
    assert param_json(asked) == param_json(turned)
    assert json.loads(param_json(asked)) == asked


def test_an_app_of_ones_own_asks_by_its_shop(doudian: Doudian, store: Store) -> None:
    grant = doudian.renew(replace(store, grant=None))
    assert (grant.access_token, grant.refresh_token) == ("t-1", "r-1")
    assert grant.expires_at is not None
    assert timedelta(days=6) < grant.expires_at - clock.wall() <= timedelta(days=7)
    renewed = doudian.renew(store.with_grant(grant))
    assert (renewed.access_token, renewed.refresh_token) == ("t-1+", "r-1+")
    assert doudian.check(store.with_grant(renewed)) == "抖店"
    assert doudian.renew(store.with_grant(grant)).access_token == "t-1+"  # begun anew by the shop


def test_another_app_asks_by_the_code_of_a_consent(doudian: Doudian, store: Store) -> None:
    tool = replace(store, grant=None, settings={**SETTINGS, "code": "code-1"})
    grant = doudian.renew(tool)
    assert grant.access_token == "t-1"
    assert doudian.renew(tool.with_grant(grant)).access_token == "t-1+"
    with pytest.raises(SourceError) as caught:
        doudian.renew(tool.with_grant(grant))
    assert caught.value.reauthorise
    with pytest.raises(SourceError) as caught:
        doudian.renew(tool)
    assert caught.value.source_code == "dop.token-generate-failed:code-invalid"


def test_a_token_of_another_shop_is_refused(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.codes.add("code-2")
    other = replace(store, grant=None, settings={**SETTINGS, "code": "code-2", "shop_id": "7"})
    with pytest.raises(SourceError, match="shop 4463798"):
        doudian.renew(other)


def test_a_product_with_its_variants(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.products = [contract.product(1)]
    found = doudian.item(store, PRODUCT)
    assert isinstance(found, ProductDraft)
    assert (found.key, found.category, found.option_names) == (PRODUCT, "连衣裙", ("颜色",))
    assert [(sku.key, sku.price_minor, sku.options, sku.stock) for sku in found.skus] == [
        (SKU, 9900, ("红",), 5),
        ("1770000000000011", 9901, ("蓝",), 6),
    ]
    assert doudian.item(store, "3600000000000000009") is None
    assert doudian.item(store, "x") is None


def test_variants_may_say_their_properties_and_stock_by_region(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    told = contract.product(1)
    told["spec_prices"] = [
        {
            **told["spec_prices"][0],
            "sku_type": 1,
            "stock_num": 0,
            "stock_num_map": {"a": 3, "b": 4},
            "sell_properties": [{"property_name": "尺码", "value_name": "L"}],
        }
    ]
    platform.products = [told]
    found = doudian.item(store, PRODUCT)
    assert isinstance(found, ProductDraft)
    assert [(sku.options, sku.stock) for sku in found.skus] == [(("L",), 7)]


def test_the_catalogue_ends_with_an_empty_page(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.products = [contract.product(n) for n in range(45)]
    platform.products += [contract.product(50, status=1), contract.product(51, check_status=4)]
    drafts = list(every(lambda cursor: doudian.catalogue(store, cursor)))
    assert len({draft.key for draft in drafts}) == len(drafts) == 45
    lists = [call for call in platform.calls if call.path == "/product/listV2"]
    assert len(lists) == 4


def test_levels_are_of_what_changed_the_bound_included(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.products = [
        contract.product(1, changed=AT - 1),
        contract.product(2, changed=AT),
    ]
    rows = doudian.levels(store, WHEN).rows
    assert {row.product_key for row in rows} == {"3600000000000000002"}
    assert len(doudian.levels(store, None).rows) == 4


def test_stock_is_changed_once_for_a_reference(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.products = [contract.product(1)]
    assert doudian.knows_references
    for reference, change, after in (("m0", 3, 8), ("m0", 3, 8), ("m1", -8, 0), ("m2", 0, 0)):
        doudian.change_stock(store, PRODUCT, SKU, change, reference)
        assert doudian.stock_of(store, PRODUCT, SKU) == after
    assert doudian.stock_of(store, PRODUCT, "5") is None
    for sku, change in (("5", 1), (SKU, -1)):
        with pytest.raises(SourceError):
            doudian.change_stock(store, PRODUCT, sku, change, "m9")


@pytest.mark.parametrize(
    ("hosts", "kind", "alone"), [([], 3, False), (["77"], 4, True), (["77", "78"], 4, False)]
)
def test_a_copy_for_a_channel_shares_the_products_stock(
    doudian: Doudian,
    store: Store,
    platform: contract.Platform,
    hosts: list[str],
    kind: int,
    alone: bool,
) -> None:
    platform.products = [contract.product(1)]
    channel = doudian.copy_to_channel(store, PRODUCT, hosts)
    copy = platform.copies[int(channel)]
    assert copy["share_main_stock"]
    assert copy["price_follow_main"]
    assert (copy["channel_type"], copy["is_kol_exclusive"]) == (kind, alone)
    assert [sku["sku_id"] for sku in copy["sku_channel"]] == [1770000000000010, 1770000000000011]
    assert copy["bound"].get("author_ids", []) == [int(host) for host in hosts]


def test_a_copy_that_cannot_be_given_to_a_host_is_told(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.products = [contract.product(1)]
    with pytest.raises(SourceError, match="无效uid"):
        doudian.copy_to_channel(store, PRODUCT, ["77", "5"])
    made = len(platform.copies)
    for product, hosts in (("3600000000000000009", []), (PRODUCT, ["77"] * 501)):
        with pytest.raises(SourceError):
            doudian.copy_to_channel(store, product, hosts)
    assert len(platform.copies) == made


def test_states_of_orders(doudian: Doudian, store: Store, platform: contract.Platform) -> None:
    states = {1: None, 105: 12, 2: 12, 101: 12, 3: 12, 5: 14, 4: 13}
    platform.orders = [contract.order(code, code, AT + code) for code in states]
    platform.orders.append(contract.order(200, 4, AT, pay_time=0))
    rows = doudian.conversions(store, WHEN, WHEN + timedelta(hours=1)).rows
    assert {int(row.order_id) - 4781320682406083640: row.status for row in rows} == {
        code: state for code, state in states.items() if state
    }
    assert {row.amount_minor for row in rows} == {9900}
    assert rows[0].ordered_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_orders_are_paged_from_zero(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.orders = [contract.order(n, 105, AT + n) for n in range(250)]
    until = WHEN + timedelta(hours=1)
    found = list(every(lambda cursor: doudian.conversions(store, WHEN, until, cursor)))
    assert len({row.order_id for row in found}) == 250
    assert [json.loads(call.body)["page"] for call in platform.calls] == [0, 1, 2]


@pytest.mark.parametrize(
    "busy", [contract.LIMITED, contract.refused(50002, "isv.business-failed:2010401")]
)
def test_called_too_often_it_waits_longer_and_longer(
    doudian: Doudian, store: Store, platform: contract.Platform, waiting: Waiting, busy: Reply
) -> None:
    platform.script = [busy, busy]
    doudian.check(store)
    assert waiting.slept == [1.0, 2.0]
    platform.script = [TOO_OFTEN]
    doudian.check(store)
    assert waiting.slept[-1] == 2.0


@pytest.mark.parametrize(
    ("reply", "code", "again", "reauthorise"),
    [
        (contract.refused(40003, "isv.access-token-expired"), "isv.access-token-expired", 0, 1),
        (contract.refused(30001, "dop.authorization-closed"), "dop.authorization-closed", 0, 1),
        (contract.refused(20000, "isp.service-error:20005"), "isp.service-error:20005", 1, 0),
        (contract.refused(20001, ""), "20001", 1, 0),
        (contract.refused(40004, "isv.parameter-invalid:4"), "isv.parameter-invalid:4", 0, 0),
        (MALFORMED, "malformed", 1, 0),
    ],
)
def test_refusals_say_what_helps(
    doudian: Doudian,
    store: Store,
    platform: contract.Platform,
    reply: Reply,
    code: str,
    again: int,
    reauthorise: int,
) -> None:
    platform.script = [reply]
    with pytest.raises(SourceError) as caught:
        doudian.check(store)
    refusal = caught.value
    assert refusal.source_code == code
    assert (refusal.again, refusal.reauthorise) == (bool(again), bool(reauthorise))


def test_a_huge_answer_is_cut_off(
    doudian: Doudian, store: Store, platform: contract.Platform
) -> None:
    platform.script = [HUGE]
    with pytest.raises(FetchError):
        doudian.check(store)


@pytest.mark.parametrize(
    ("url", "product"),
    [
        (
            "https://haohuo.jinritemai.com/views/product/detail?id=798754293457134",
            "798754293457134",
        ),
        (
            "https://haohuo.jinritemai.com/views/product/item2?id=100000000000&origin_type=x",
            "100000000000",
        ),
        (
            "https://haohuo.jinritemai.com/ecommerce/trade/detail/index.html?id=3000000000000000001",
            "3000000000000000001",
        ),
        ("https://v.douyin.com/iAbCdEf/", ""),
        ("https://haohuo.jinritemai.com/views/index/index?id=12345678", ""),
    ],
)
def test_links_are_recognised(url: str, product: str) -> None:
    found = recognise(url)
    assert (found.source, found.external_id) == ("doudian", product)


def push(*told: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    body = json.dumps(told, ensure_ascii=False).encode()
    sign = sign_event(contract.KEY, body, contract.SECRET)
    return {"app-id": contract.KEY, "event-sign": sign}, body


PAID = {"tag": "110", "msg_id": "m1", "data": {"p_id": 4781320682406083640, "shop_id": 4463798}}
CHANGED = {
    "tag": "400",
    "msg_id": "m2",
    "data": json.dumps({"product_id": 3600000000000000001, "shop_id": 4463798}),
}


def test_a_push_of_several_messages(store: Store) -> None:
    delivery = Doudian().read_webhook(store, *push(PAID, CHANGED, {"tag": "999"}), 0.0)
    assert delivery is not None
    assert [(one.kind, one.key) for one in delivery.happenings] == [
        ("conversion", "4781320682406083640"),
        ("product", "3600000000000000001"),
        ("other", ""),
    ]
    assert delivery.answer == b'{"code":0,"msg":"success"}'
    again = Doudian().read_webhook(store, *push(PAID, CHANGED, {"tag": "999"}), 0.0)
    other = Doudian().read_webhook(store, *push(PAID), 0.0)
    assert again is not None
    assert other is not None
    assert delivery.message_id == again.message_id != other.message_id
    many = Doudian().read_webhook(
        store, *push(*[{**PAID, "msg_id": str(n)} for n in range(99)]), 0.0
    )
    assert many is not None
    assert len(many.message_id) <= 200


def test_the_probe_and_other_shops_tell_nothing(store: Store) -> None:
    for told in (
        {"tag": "0", "msg_id": "0", "data": "2020-09-10 16:26:56"},
        {**PAID, "data": {"shop_id": 9}},
    ):
        delivery = Doudian().read_webhook(store, *push(told), 0.0)
        assert delivery is not None
        assert not delivery.happenings
        assert delivery.answer == b'{"code":0,"msg":"success"}'


def test_the_signature_of_a_push_as_md5sum_gives_it() -> None:
    assert sign_event(contract.KEY, b"[]", contract.SECRET) == "33957d4255f8723d18d849e1923d8706"


def test_forged_pushes_are_refused(store: Store) -> None:
    headers, body = push(PAID)
    doudian = Doudian()
    assert doudian.read_webhook(store, headers, body.replace(b"110", b"103"), 0.0) is None
    assert doudian.read_webhook(store, headers, body + b"\n", 0.0) is None
    assert doudian.read_webhook(store, {}, body, 0.0) is None
    assert doudian.read_webhook(store, {**headers, "app-id": "1"}, body, 0.0) is None
    assert doudian.read_webhook(store, {**headers, "event-sign": ""}, body, 0.0) is None
    for nonsense in (b"", b"{}", b"null", b"\xff", b'[{"msg_id":1}]'):
        sign = sign_event(contract.KEY, nonsense, contract.SECRET)
        told = {"app-id": contract.KEY, "event-sign": sign}
        assert doudian.read_webhook(store, told, nonsense, 0.0) is None


def test_prices_in_another_currency_are_not_taken_for_its_own(
    doudian: Doudian, store: Store
) -> None:
    with pytest.raises(SourceError, match="CNY"):
        doudian.check(replace(store, currency="USD"))
