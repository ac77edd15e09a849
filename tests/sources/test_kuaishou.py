"""Kuaishou's connector against a server that keeps the platform's published contract."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract import kuaishou as contract
from tests.sources.contract.gateway import HUGE, MALFORMED, TOO_OFTEN, Reply, Waiting, served

from yellowcart.core import clock
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import Grant, SourceError, Store, every
from yellowcart.sources.connectors.kuaishou import (
    Kuaishou,
    decrypted,
    sign_hmac,
    sign_md5,
    sign_text,
)
from yellowcart.sources.files.drafts import ProductDraft
from yellowcart.sources.share import recognise

SETTINGS = {
    "app_key": contract.APP,
    "app_secret": contract.APP_SECRET,
    "sign_secret": contract.SIGN_SECRET,
    "message_secret": contract.MESSAGE_SECRET,
}
PROMOTER = {**SETTINGS, "cps_pid": "ks_1_2"}
WHEN = datetime(2026, 11, 25, tzinfo=UTC)
MS = int(WHEN.timestamp() * 1000)


@pytest.fixture
def platform() -> contract.Platform:
    return contract.Platform()


@pytest.fixture
def kuaishou(platform: contract.Platform, settings: SettingsWrapper) -> Iterator[Kuaishou]:
    with served(platform, settings) as address:
        yield Kuaishou(address)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store(waiting: Waiting) -> Store:
    return Store(SETTINGS, waiting.caller(), Grant("t-1", "r-1", extra={"open_id": "o"}))


def test_calls_are_signed_as_the_platforms_own_kit_does() -> None:
    """The documented steps (sort, join, append the secret), worked with openssl; the second is
    also in the tests of a public client, for open.item.category."""
    call = {
        "method": "open.item.category",
        "appkey": "ks-app",
        "access_token": "token-abc",
        "version": "1",
        "signMethod": "HMAC-SHA256",
        "timestamp": "1790899200000",
    }
    assert sign_text(call, "ks-secret") == (
        "access_token=token-abc&appkey=ks-app&method=open.item.category&signMethod=HMAC-SHA256"
        "&timestamp=1790899200000&version=1&signSecret=ks-secret"
    )
    assert sign_hmac(call, "ks-secret") == "9lT8m0NV1NiJRlNH4T8PwK1sEutLkIOt2fHP55PMFeo="
    assert sign_md5(call, "ks-secret") == "5674e7416d2618cdf4432315ed2bd445"
    assert sign_md5({**call, "sign": "old"}, "ks-secret") == sign_md5(call, "ks-secret")


def test_a_person_lets_us_in_and_tokens_are_renewed(kuaishou: Kuaishou, store: Store) -> None:
    url = kuaishou.authorise_url(store, "https://here.example/back", "s")
    assert url.startswith(
        "https://open.kwaixiaodian.com/oauth/authorize?app_id=ks-app&redirect_uri="
    )
    assert "&scope=user_info%2Cmerchant_item%2C" in url
    grant = kuaishou.redeem(store, "code-1", "https://here.example/back")
    assert (grant.access_token, grant.extra["open_id"]) == ("t-1", contract.OPEN_ID)
    assert grant.expires_at is not None
    assert grant.refresh_expires_at is not None
    assert timedelta(hours=47) < grant.expires_at - clock.wall() <= timedelta(hours=48)
    assert timedelta(days=179) < grant.refresh_expires_at - clock.wall() <= timedelta(days=180)
    renewed = kuaishou.renew(store.with_grant(grant))
    assert (renewed.access_token, renewed.refresh_token) == ("t-1+", "r-1+")
    assert renewed.refresh_expires_at is not None
    assert renewed.refresh_expires_at < grant.refresh_expires_at
    assert kuaishou.check(store.with_grant(renewed)) == "快手小店"
    for used in (
        lambda: kuaishou.redeem(store, "code-1", ""),
        lambda: kuaishou.renew(store.with_grant(grant)),
        lambda: kuaishou.renew(replace(store, grant=None)),
    ):
        with pytest.raises(SourceError) as caught:
            used()
        assert caught.value.reauthorise


def test_a_product_with_its_variants(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    platform.wares = [contract.ware(1), contract.ware(2)]
    found = kuaishou.item(store, "24904424070002")
    assert isinstance(found, ProductDraft)
    assert (found.title, found.option_names, found.category) == ("美式复古裙 2", ("颜色",), "女装")
    assert [(sku.key, sku.price_minor, sku.options, sku.stock) for sku in found.skus] == [
        ("158419190350020", 3990, ("白",), 5),
        ("158419190350021", 3991, ("黑",), 6),
    ]
    assert kuaishou.item(store, "24904424070009") is None
    assert kuaishou.item(store, "not-an-id") is None


@pytest.mark.parametrize("off", [{"auditStatus": 3}, {"shelfStatus": 0}, {"itemStatus": 2}])
def test_what_buyers_cannot_see_is_not_listed(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform, off: dict[str, int]
) -> None:
    platform.wares = [contract.ware(1), contract.ware(2, **off)]
    assert len(kuaishou.catalogue(store).rows) == 1
    assert len(kuaishou.levels(store, WHEN).rows) == 2
    found = kuaishou.item(store, "24904424070002")
    assert isinstance(found, ProductDraft)
    assert not found.published


def test_the_catalogue_is_paged(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    platform.wares = [contract.ware(n) for n in range(120)]
    drafts = list(every(lambda cursor: kuaishou.catalogue(store, cursor)))
    assert len({draft.key for draft in drafts}) == 120
    assert len(platform.calls) == 3
    levels = list(every(lambda cursor: kuaishou.levels(store, None, cursor)))
    assert len(levels) == 240


def test_stock_is_changed_by_adding_and_subtracting(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    platform.wares = [contract.ware(1)]
    product, sku = "24904424070001", "158419190350010"
    assert kuaishou.stock_of(store, product, sku) == 5
    for change, after in ((3, 8), (0, 8), (-8, 0), (3, 3)):
        kuaishou.change_stock(store, product, sku, change, "m1")
        assert kuaishou.stock_of(store, product, sku) == after
    assert [(one["changeType"], one["skuChangeStock"]) for one in platform.moved] == [
        (1, 3),
        (2, 8),
        (1, 3),
    ]


def test_stock_of_an_unknown_variant_is_refused(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    platform.wares = [contract.ware(1)]
    for product, sku in (("24904424070001", "1"), ("24904424079999", "1")):
        assert kuaishou.stock_of(store, product, sku) is None
        with pytest.raises(SourceError):
            kuaishou.change_stock(store, product, sku, 1, "m1")
    assert not platform.moved


@pytest.mark.parametrize("last", ["nomore", "no_more", "no more", ""])
def test_the_shops_orders_page_until_there_is_no_more(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform, last: str
) -> None:
    platform.last = last
    platform.shop_orders = [contract.shop_order(n, 30, MS + n) for n in range(1, 121)]
    until = WHEN + timedelta(seconds=kuaishou.window_seconds)
    found = list(every(lambda cursor: kuaishou.conversions(store, WHEN, until, cursor)))
    assert [int(sale.order_id) for sale in found] == list(range(1, 121))
    assert len(platform.calls) == 3


def test_states_of_the_shops_orders(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    states = {10: None, 30: 12, 40: 12, 50: 12, 70: 14, 80: 13}
    platform.shop_orders = [contract.shop_order(code, code, MS) for code in states]
    platform.shop_orders.append(contract.shop_order(81, 80, MS, payTime=0))
    rows = kuaishou.conversions(store, WHEN, WHEN + timedelta(days=1)).rows
    assert {int(sale.order_id): sale.status for sale in rows} == {
        code: state for code, state in states.items() if state
    }
    sale = rows[0]
    assert (sale.amount_minor, sale.click_id) == (3990, "")
    assert sale.ordered_at == datetime(2023, 3, 16, 14, 5, 18, 244_000, tzinfo=UTC)
    assert sale.updated_at == WHEN


def test_a_promotions_orders_bring_the_click_back(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform
) -> None:
    states = {30: (12, 900), 50: (14, 900), 60: (3, 850), 80: (13, 900)}
    platform.promoted = [contract.promoted(code, code, MS + code) for code in states]
    promoter = replace(store, settings=PROMOTER)
    rows = kuaishou.conversions(promoter, WHEN, WHEN + timedelta(days=1)).rows
    assert [(sale.status, sale.commission_minor) for sale in rows] == list(states.values())
    assert {(sale.click_id, sale.amount_minor) for sale in rows} == {("click-1", 10_000)}


def test_a_span_longer_than_a_week_is_refused_by_the_platform(
    kuaishou: Kuaishou, store: Store
) -> None:
    with pytest.raises(SourceError):
        kuaishou.conversions(store, WHEN, WHEN + timedelta(seconds=kuaishou.window_seconds + 1))
    kuaishou.conversions(store, WHEN, WHEN + timedelta(seconds=kuaishou.window_seconds))


def test_a_product_becomes_a_link_that_carries_the_click(kuaishou: Kuaishou, store: Store) -> None:
    promoter = replace(store, settings=PROMOTER)
    text = "看看 https://app.kwaixiaodian.com/merchant/shop/detail?id=21585967581834&x=1"
    for told in (text, "21585967581834"):
        made = kuaishou.convert(promoter, told, "click-1")
        assert made is not None
        assert made.url == "https://v.kuaishou.com/21585967581834?c=click-1"
        assert (made.external_id, made.code) == ("21585967581834", "#快口令#")
    assert kuaishou.convert(promoter, "https://item.jd.com/1.html", "c") is None
    assert kuaishou.convert(store, text, "c") is None


@pytest.mark.parametrize(
    ("url", "product"),
    [
        ("https://app.kwaixiaodian.com/merchant/shop/detail?id=21585967581834", "21585967581834"),
        (
            "https://app.kwaixiaodian.com/page/kwaishop-buyer-goods-detail-outside?id=21585967581",
            "21585967581",
        ),
        (
            "https://app.kwaixiaodian.com/web/kwaishop-goods-detail-page-app?id=23509523331900&carrierType=601",
            "23509523331900",
        ),
        ("https://v.kuaishou.com/abcDEF", ""),
        ("https://app.kwaixiaodian.com/merchant/category?type=all&id=123456", ""),
    ],
)
def test_links_are_recognised(url: str, product: str) -> None:
    found = recognise(url)
    assert (found.source, found.external_id) == ("kuaishou", product)


@pytest.mark.parametrize(
    ("reply", "code", "again", "reauthorise"),
    [
        (contract.refused(100200102, "access_denied"), "100200102", False, True),
        (contract.refused(100200106, "invalid_scope"), "100200106", False, True),
        (contract.refused(100200500, "server_error"), "100200500", True, False),
        (contract.refused(2001, "endTime无效"), "2001", False, False),
        (Reply({}), "?", False, False),
        (MALFORMED, "malformed", True, False),
        (Reply([]), "malformed", True, False),
    ],
)
def test_refusals_say_what_helps(
    kuaishou: Kuaishou,
    store: Store,
    platform: contract.Platform,
    reply: Reply,
    code: str,
    again: bool,
    reauthorise: bool,
) -> None:
    platform.script = [reply]
    with pytest.raises(SourceError) as caught:
        kuaishou.check(store)
    refusal = caught.value
    assert (refusal.source_code, refusal.again, refusal.reauthorise) == (code, again, reauthorise)


def test_a_wait_is_kept_and_a_huge_answer_cut_off(
    kuaishou: Kuaishou, store: Store, platform: contract.Platform, waiting: Waiting
) -> None:
    platform.script = [TOO_OFTEN]
    assert kuaishou.check(store) == "快手小店"
    assert waiting.slept == [2.0]
    platform.script = [HUGE]
    with pytest.raises(FetchError):
        kuaishou.check(store)


def test_a_message_opens_as_openssl_sealed_it() -> None:
    """openssl enc -aes-128-cbc -K 3031…6566 -iv 0…0 -base64"""
    sealed = (
        b"5AZtevJOuTqQu+ysziWl5HB/3IzEBSP4uAY47JYlC6zqzcYYj5zUb8Kdkp6G6hYMoZCv9ajH/mCjgSpg7Mtdug=="
    )
    text = b'{"eventId":"243","event":"kwaishop_order_paySuccess"}'
    assert decrypted(sealed, contract.MESSAGE_SECRET) == text


def message(**other: Any) -> dict[str, Any]:
    """A message with the values of a real one."""
    return {
        "eventId": "243_4027_2375715766426",
        "msgId": "84_2375715766425",
        "bizId": 2607602240240301,
        "userId": 2161524184,
        "openId": "o",
        "appKey": contract.APP,
        "event": "kwaishop_order_addOrder",
        "info": json.dumps({"oid": 2607602240240301, "sellerId": 2161524184}),
        "status": 2,
        "createTime": 1773750943589,
        "updateTime": 1773750945776,
        **other,
    }


def test_a_message_is_decrypted_and_hints_at_its_order(store: Store) -> None:
    delivery = Kuaishou().read_webhook(store, {}, contract.encrypted(message()), 0.0)
    assert delivery is not None
    assert delivery.message_id == "84_2375715766425"
    (told,) = delivery.happenings
    assert (told.kind, told.key, told.conversion) == ("conversion", "2607602240240301", None)


@pytest.mark.parametrize("other", [{"test": True}, {"openId": "another"}])
def test_heartbeats_and_other_shops_tell_nothing(store: Store, other: dict[str, Any]) -> None:
    delivery = Kuaishou().read_webhook(store, {}, contract.encrypted(message(**other)), 0.0)
    assert delivery is not None
    assert not delivery.happenings


def test_forged_messages_are_refused(store: Store) -> None:
    kuaishou = Kuaishou()
    genuine = contract.encrypted(message())
    other_key = "MTIzNDU2Nzg5MGFiY2RlZg=="
    for body in (
        b"",
        b"{}",
        json.dumps(message()).encode(),
        genuine[:-8],
        genuine[:40] + b"AAAA" + genuine[44:],
        contract.encrypted(message(), other_key),
        contract.encrypted(message(appKey="another")),
        contract.encrypted(b"[]"),
        contract.encrypted(b"\xff\xfe"),
    ):
        assert kuaishou.read_webhook(store, {}, body, 0.0) is None
    without = replace(store, settings={**SETTINGS, "message_secret": ""})
    assert kuaishou.read_webhook(without, {}, genuine, 0.0) is None
    assert kuaishou.read_webhook(store, {}, b'"' + genuine + b'"\n', 0.0) is not None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_message(body: bytes) -> None:
    store = Store(SETTINGS, Waiting().caller())
    assert Kuaishou().read_webhook(store, {}, body, 0.0) is None


def test_prices_in_another_currency_are_not_taken_for_its_own(
    kuaishou: Kuaishou, store: Store
) -> None:
    with pytest.raises(SourceError, match="CNY"):
        kuaishou.check(replace(store, currency="USD"))
