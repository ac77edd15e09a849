"""JD's connector against a router that keeps JD Union's published contract."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract import jd as contract
from tests.sources.contract.gateway import HUGE, MALFORMED, TOO_OFTEN, Reply, Waiting, served

from yellowcart.core import clock
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import SourceError, Store, every
from yellowcart.sources.connectors.jd import JD, Row, sale_of, sign_call

SETTINGS = {"app_key": contract.KEY, "app_secret": contract.SECRET}
NOON = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
CLICK = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def union() -> contract.Union:
    return contract.Union()


@pytest.fixture
def jd(union: contract.Union, settings: SettingsWrapper) -> Iterator[JD]:
    with served(union, settings) as address:
        yield JD(address + "/routerjson")


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def store(waiting: Waiting) -> Store:
    return Store(SETTINGS, waiting.caller())


def test_jd_gives_the_signature_of_its_own_example() -> None:
    """The example of https://open.jd.com/v2/#/doc/dev-guide?listId=2643."""
    parameters = {
        "360buy_param_json": (
            '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT",'
            '"page":"1","page_size":"200","start_date":null}'
        ),
        "access_token": "yourtoken",
        "app_key": "yourappkey",
        "method": "jingdong.pop.order.search",
        "timestamp": "2021-05-07 09:20:39.683+0800",
        "v": "2.0",
    }
    assert sign_call(parameters, "yourappSecret") == "D70825340F4084360B9362B60DFD7930"


def test_a_connection_is_tested_by_a_call_that_needs_permission(
    jd: JD, store: Store, union: contract.Union
) -> None:
    assert jd.check(store) == "ak_test"
    union.permitted = False
    with pytest.raises(SourceError) as caught:
        jd.check(store)
    assert (caught.value.source_code, caught.value.reauthorise) == ("403", True)
    with pytest.raises(SourceError) as caught:
        jd.check(replace(store, settings={**SETTINGS, "app_secret": "x"}))
    assert (caught.value.source_code, caught.value.reauthorise) == ("12", True)


@pytest.mark.parametrize(
    ("text", "material", "product"),
    [
        (
            "https://item.jd.com/100012043978.html",
            "https://item.jd.com/100012043978.html",
            "100012043978",
        ),
        ("100012043978", "https://item.jd.com/100012043978.html", "100012043978"),
        ("【京东】https://3.cn/1-abcDEF 「手环」", "https://3.cn/1-abcDEF", ""),
    ],
)
def test_a_link_is_converted_and_carries_the_click(
    jd: JD, store: Store, union: contract.Union, text: str, material: str, product: str
) -> None:
    placed = replace(store, settings={**SETTINGS, "position_id": "6"})
    made = jd.convert(placed, text, CLICK)
    assert made is not None
    assert (made.url, made.external_id) == ("https://u.jd.com/X1", product)
    assert made.valid_until is not None
    assert timedelta(days=59) < made.valid_until - clock.wall() <= timedelta(days=60)
    asked = json.loads(union.calls[0].form["360buy_param_json"])["promotionCodeReq"]
    assert asked == {
        "materialId": material,
        "chainType": 3,
        "subUnionId": CLICK.replace("-", ""),
        "positionId": 6,
    }


def test_what_is_not_jds_is_not_asked_about(jd: JD, store: Store, union: contract.Union) -> None:
    assert jd.convert(store, "https://item.taobao.com/item.htm?id=587584692337", "") is None
    assert jd.convert(store, "nothing", "") is None
    assert not union.calls


def test_rows_become_sales(jd: JD, store: Store, union: contract.Union) -> None:
    done = {"actualCosPrice": 40.5, "actualFee": 2.025}
    union.rows = [
        contract.row(1, 15, "2026-11-11 12:00:00"),
        contract.row(2, 16, "2026-11-11 12:00:01"),
        contract.row(3, 17, "2026-11-11 12:00:02", **done),
        contract.row(4, 3, "2026-11-11 12:00:03"),
        contract.row(5, 24, "2026-11-11 12:00:04"),
        contract.row(6, 16, "2026-11-11 12:00:05", id=None),
        contract.row(7, -1, "2026-11-11 12:00:05"),
    ]
    rows = jd.conversions(store, NOON, NOON + timedelta(minutes=59)).rows
    assert [
        (sale.order_id, sale.status, sale.amount_minor, sale.commission_minor) for sale in rows
    ] == [
        ("row2", 12, 4689, 23),
        ("row3", 14, 4050, 203),
        ("row4", 13, 4689, 23),
        ("254780000006-100012043978", 12, 4689, 23),
    ]
    assert rows[0].click_id == CLICK.replace("-", "")
    assert rows[0].ordered_at == datetime(2026, 11, 10, 16, 0, 5, tzinfo=UTC)
    assert rows[0].updated_at == datetime(2026, 11, 11, 4, 0, 1, tzinfo=UTC)


def test_rows_are_paged(jd: JD, store: Store, union: contract.Union) -> None:
    union.rows = [contract.row(n, 16, "2026-11-11 12:30:00") for n in range(250)]
    until = NOON + timedelta(minutes=59)
    found = list(every(lambda cursor: jd.conversions(store, NOON, until, cursor)))
    assert len({sale.order_id for sale in found}) == 250
    assert len(union.calls) == 3


@pytest.mark.parametrize(
    "reply",
    [
        MALFORMED,
        Reply({}),
        Reply({"jd_union_open_order_row_query_responce": {"queryResult": "{"}}),
        Reply({"jd_union_open_order_row_query_responce": {"queryResult": "[]"}}),
        Reply(b"<html>502 Bad Gateway</html>"),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(
    jd: JD, store: Store, union: contract.Union, reply: Reply
) -> None:
    union.script = [reply]
    with pytest.raises(SourceError) as caught:
        jd.check(store)
    assert caught.value.source_code == "malformed"
    assert caught.value.again


def test_a_wait_is_kept_and_a_huge_answer_cut_off(
    jd: JD, store: Store, union: contract.Union, waiting: Waiting
) -> None:
    union.script = [TOO_OFTEN]
    assert jd.check(store)
    assert waiting.slept == [2.0]
    union.script = [HUGE]
    with pytest.raises(FetchError):
        jd.check(store)


@given(st.integers(2, 40), st.integers(0, 10**8))
def test_any_code_but_the_paid_ones_revokes(code: int, minor: int) -> None:
    yuan = f"{minor // 100}.{minor % 100:02d}"
    row = Row("1", "2", code, "2026-11-11 00:00:05", estimate_cos_price=yuan)
    sale = sale_of(row)
    if code in {15, 24}:
        assert sale is None
    else:
        assert sale is not None
        assert sale.status == {16: 12, 17: 14, 18: 3}.get(code, 13)
        assert sale.amount_minor == minor
