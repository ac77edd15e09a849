"""The paste box over HTTP."""

import pytest
from tests.callers import Caller
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def test_a_share_text_is_recognised_in_the_callers_language():
    body = {"text": "【夏裙】https://m.tb.cn/h.3n52vLA 復制￥E1UAbOaNcwP￥"}
    status, found = Caller(make_account(), "zh-hans")("POST", "/sources/recognise", body)
    assert (status, found["source"], found["code"], found["title"]) == (
        200,
        "taobao",
        "E1UAbOaNcwP",
        "夏裙",
    )
    assert found["why"].startswith("淘宝短链接")


def test_this_installations_own_products_are_native():
    body = {"text": "http://testserver/products/0193f3a1-7c1e-7c31-b6d1-93ce9ddcbf21/"}
    found = Caller(make_account())("POST", "/sources/recognise", body)[1]
    assert (found["source"], found["confidence"]) == ("native", 1.0)


def test_strangers_and_endless_texts_are_refused():
    assert Caller()("POST", "/sources/recognise", {"text": "x"})[0] == 401
    assert Caller(make_account())("POST", "/sources/recognise", {"text": "x" * 5000})[0] == 422
