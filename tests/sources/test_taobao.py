"""Taobao's connector against a router that keeps TOP's published contract."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract import taobao as contract
from tests.sources.contract.gateway import HUGE, MALFORMED, TOO_OFTEN, Waiting, served

from yellowcart.core import clock
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import Conversion, SourceError, Store, every
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.connectors.taobao import Taobao, sign_call

SETTINGS = {"app_key": contract.KEY, "app_secret": contract.SECRET, "pid": contract.PID}
SPAN = timedelta(hours=2, minutes=59)  # with the lag three hours
NOON = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)  # 12:00 in Beijing


@pytest.fixture
def alliance() -> contract.Alliance:
    return contract.Alliance()


@pytest.fixture
def taobao(alliance: contract.Alliance, settings: SettingsWrapper) -> Iterator[Taobao]:
    with served(alliance, settings) as address:
        yield Taobao(address + "/router/rest")


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store(waiting: Waiting) -> Store:
    return Store(SETTINGS, waiting.caller())


def all_sales(taobao: Taobao, store: Store, since: datetime, until: datetime) -> list[Conversion]:
    return list(every(lambda cursor: taobao.conversions(store, since, until, cursor)))


def test_top_gives_the_signature_of_its_own_example() -> None:
    """The example of https://open.taobao.com/doc.htm?docId=101617."""
    parameters = {
        "method": "taobao.item.seller.get",
        "app_key": "12345678",
        "session": "test",
        "timestamp": "2016-01-01 12:00:00",
        "format": "json",
        "v": "2.0",
        "sign_method": "md5",
        "fields": "num_iid,title,nick,price,num",
        "num_iid": "11223344",
    }
    assert sign_call(parameters, "helloworld") == "66987CB115214E59E6EC978214934FB8"


def test_a_connection_is_tested_by_a_signed_call(taobao: Taobao, store: Store) -> None:
    assert taobao.check(store) == "mm_11_22_33"
    for wrong in ({"app_secret": "hello"}, {"app_key": "1"}):
        with pytest.raises(SourceError) as caught:
            taobao.check(replace(store, settings={**SETTINGS, **wrong}))
        assert caught.value.reauthorise


@pytest.mark.parametrize(
    "wrong",
    [
        {"pid": "33"},
        {"pid": "mm_1_2_x"},
        {"order_scene": "4"},
        {"window_minutes": "181"},
        {"window_minutes": "0"},
        {"window_minutes": "soon"},
    ],
)
def test_settings_that_no_call_could_use_are_told_at_once(
    taobao: Taobao, store: Store, alliance: contract.Alliance, wrong: dict[str, str]
) -> None:
    with pytest.raises(SourceError):
        taobao.check(replace(store, settings={**SETTINGS, **wrong}))
    assert not alliance.calls


def test_a_share_code_becomes_a_link_and_a_code_of_ours(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    alliance.codes["E9XXbOaNcwP"] = ("587584692337", "//s.click.taobao.com/t?e=m%3D2")
    text = "【夏季连衣裙2026】https://m.tb.cn/h.3n52vLA 复制￥E9XXbOaNcwP￥后到👉淘♂寳♀👈"
    found = taobao.convert(store, text, "click-1")
    assert found is not None
    assert (found.external_id, found.url) == (
        "587584692337",
        "https://s.click.taobao.com/t?e=m%3D2",
    )
    assert (found.title, found.code) == ("夏季连衣裙2026", "E1UAbOaNcwP")
    assert found.valid_until is not None
    left = found.valid_until - clock.wall()
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)
    assert alliance.calls[0].form["password_content"] == text


def test_a_code_that_is_not_in_the_alliance_is_nothing(taobao: Taobao, store: Store) -> None:
    assert taobao.convert(store, "￥E9XXbOaNcwP￥", "") is None


def test_a_text_without_a_code_is_not_asked_about(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    assert taobao.convert(store, "https://item.jd.com/100012043978.html", "") is None
    assert not alliance.calls


def test_a_short_title_is_not_the_text_of_a_code(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    alliance.codes["E9XXbOaNcwP"] = ("5", "https://s.click.taobao.com/t?e=1")
    found = taobao.convert(store, "【裙】￥E9XXbOaNcwP￥", "")
    assert found is not None
    assert len(alliance.calls[1].form["text"]) > 5


@pytest.mark.parametrize(
    ("row", "status", "amount", "commission", "updated"),
    [
        (contract.order("1", 12, "2026-11-11 12:00:01"), 12, 5980, 269, "12:00:01"),
        (contract.order("1", 13, "2026-11-11 12:00:01"), 13, 5980, 269, "12:00:01"),
        (contract.order("1", 14, "2026-11-11 12:00:01", pay_price="50"), 14, 5000, 269, "12:00:01"),
        (
            contract.order(
                "1",
                3,
                "2026-11-11 12:00:01",
                pay_price="50.00",
                pub_share_fee="2.25",
                tk_earning_time="2026-11-11 12:30:00",
            ),
            3,
            5000,
            225,
            "12:30:00",
        ),
    ],
)
def test_orders_become_sales(
    taobao: Taobao,
    store: Store,
    alliance: contract.Alliance,
    row: dict[str, Any],
    status: int,
    amount: int,
    commission: int,
    updated: str,
) -> None:
    alliance.orders["1"] = [row]
    (sale,) = all_sales(taobao, store, NOON, NOON + SPAN)
    assert (sale.status, sale.amount_minor, sale.commission_minor) == (status, amount, commission)
    assert sale.ordered_at == datetime(2026, 11, 10, 16, 0, 5, tzinfo=UTC)
    hour, minute, second = (int(part) for part in updated.split(":"))
    assert sale.updated_at == datetime(2026, 11, 11, hour - 8, minute, second, tzinfo=UTC)


def test_pages_hand_the_position_back(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    alliance.orders["1"] = [contract.order(str(n), 12, "2026-11-11 13:00:00") for n in range(250)]
    found = all_sales(taobao, store, NOON, NOON + SPAN)
    assert [sale.order_id for sale in found] == [str(n) for n in range(250)]
    assert [call.form["page_no"] for call in alliance.calls] == ["1", "2", "3"]


def test_on_a_big_promotions_day_windows_are_twenty_minutes(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    alliance.longest = timedelta(minutes=20)
    alliance.orders["1"] = [
        contract.order(str(n), 12, f"2026-11-11 12:{n:02d}:59") for n in range(50)
    ]
    until = NOON + timedelta(minutes=50)
    with pytest.raises(SourceError):
        all_sales(taobao, store, NOON, until)
    alliance.calls.clear()
    busy = replace(store, settings={**SETTINGS, "window_minutes": "20"})
    assert len(all_sales(taobao, busy, NOON, until)) == 50
    assert [call.form["start_time"][11:] for call in alliance.calls] == [
        "11:59:00",
        "12:19:00",
        "12:39:00",
    ]


REFUND = {
    "tb_trade_id": 3937003417209620800,
    "refund_status": 2,
    "tb_trade_create_time": "2026-11-01 17:41:56",
    "modified_time": "2026-11-11 12:48:05",
    "tk_refund_suit_time": "2026-11-11 12:35:53",
    "refund_fee": "49.9000",
    "tb_trade_finish_price": "49.9000",
    "special_id": None,
}


def test_channels_and_members_have_their_refunds_listed(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    partly = {"refund_fee": "10.00", "tb_trade_id": 2}
    told = {"pub_share_fee": "4.99", "tk_commission_fee_refund": "1.00"}
    alliance.refunds = [
        REFUND,
        {**REFUND, "tb_trade_id": 1, "refund_status": 4},
        {**REFUND, **partly, **told},
        {**REFUND, **partly, "tb_trade_id": 3},
    ]
    members = replace(store, settings={**SETTINGS, "order_scene": "3"})
    found = all_sales(taobao, members, NOON, NOON + SPAN)
    assert [
        (sale.order_id, sale.status, sale.amount_minor, sale.commission_minor) for sale in found
    ] == [("3937003417209620800", 13, 4990, 0), ("2", 3, 3990, 399)]
    assert '"biz_type":2' in alliance.calls[-1].form["search_option"]
    alliance.calls.clear()
    all_sales(taobao, store, NOON, NOON + SPAN)
    assert len(alliance.calls) == 1


def test_refunds_are_paged(taobao: Taobao, store: Store, alliance: contract.Alliance) -> None:
    alliance.refunds = [{**REFUND, "tb_trade_id": n} for n in range(201)]
    channels = replace(store, settings={**SETTINGS, "order_scene": "2"})
    found = all_sales(taobao, channels, NOON, NOON + SPAN)
    assert len({sale.order_id for sale in found}) == 201


def test_a_ban_is_sat_out_as_long_as_it_says(
    taobao: Taobao, store: Store, alliance: contract.Alliance, waiting: Waiting
) -> None:
    alliance.script = [contract.LIMITED, TOO_OFTEN]
    assert taobao.check(store)
    assert waiting.slept == [2.0, 2.0]
    alliance.script = [
        contract.refused(7, "App Call Limited", "", "This ban will last for 31062 more seconds")
    ]
    with pytest.raises(AskedToWaitError) as caught:
        taobao.check(store)
    assert caught.value.seconds == 31062


@pytest.mark.parametrize(
    ("reply", "code", "again", "reauthorise"),
    [
        (contract.refused(15, "Remote", "isp.top-remote-timeout"), "isp.top-remote-timeout", 1, 0),
        (contract.refused(15, "Remote", "isv.invalid-parameter"), "isv.invalid-parameter", 0, 0),
        (contract.refused(27, "Invalid session"), "27", 0, 1),
        (contract.refused(11, "Insufficient ISV permissions"), "11", 0, 1),
        (MALFORMED, "malformed", 1, 0),
    ],
)
def test_refusals_say_what_helps(
    taobao: Taobao,
    store: Store,
    alliance: contract.Alliance,
    reply: Any,
    code: str,
    again: int,
    reauthorise: int,
) -> None:
    alliance.script = [reply]
    with pytest.raises(SourceError) as caught:
        taobao.check(store)
    refusal = caught.value
    assert refusal.source_code == code
    assert (refusal.again, refusal.reauthorise) == (bool(again), bool(reauthorise))


@pytest.mark.parametrize("wrong", [{"tk_status": 15}, {"alipay_total_price": "free"}])
def test_an_order_that_is_not_as_documented_stops_the_page(
    taobao: Taobao, store: Store, alliance: contract.Alliance, wrong: dict[str, Any]
) -> None:
    alliance.orders["1"] = [{**contract.order("1", 12, "2026-11-11 13:00:00"), **wrong}]
    with pytest.raises(SourceError) as caught:
        all_sales(taobao, store, NOON, NOON + SPAN)
    assert caught.value.source_code == "malformed"


def test_a_huge_answer_is_cut_off(
    taobao: Taobao, store: Store, alliance: contract.Alliance
) -> None:
    alliance.script = [HUGE]
    with pytest.raises(FetchError):
        taobao.check(store)
