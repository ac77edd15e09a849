"""Taobao Alliance through TOP, as https://open.taobao.com/ publishes it."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.sources.contract.gateway import Call, Contract, Reply

KEY, SECRET, PID = "12345678", "helloworld", "mm_11_22_33"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def refused(code: int, words: str, sub_code: str = "", sub_msg: str = "") -> Reply:
    error = {"code": code, "msg": words, "sub_code": sub_code, "sub_msg": sub_msg}
    return Reply({"error_response": {**error, "request_id": "15q5tc"}})


LIMITED = refused(
    7,
    "App Call Limited",
    "accesscontrol.limited-by-app-access-count",
    "This ban will last for 2 more seconds",
)


def order(trade_id: str, tk_status: int, changed: str, **other: Any) -> dict[str, Any]:
    """An order's item as tbk.order.details.get gives it."""
    return {
        "trade_id": trade_id,
        "trade_parent_id": trade_id + "0",
        "tk_status": tk_status,
        "tk_create_time": "2026-11-11 00:00:05",
        "tk_paid_time": "2026-11-11 00:00:30",
        "tk_earning_time": "--",
        "modified_time": changed,
        "alipay_total_price": "59.80",
        "pay_price": "0.00",
        "pub_share_pre_fee": "2.69",
        "pub_share_fee": "0.00",
        "total_commission_rate": "4.50",
        "refund_tag": 0,
        "adzone_id": 33,
        "relation_id": None,
        **other,
    }


class Alliance(Contract):
    """One router; the clock that timestamps are held against is the wall's."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = timedelta(hours=3)
        self.codes: dict[str, tuple[str, str]] = {}
        self.orders: dict[str, list[dict[str, Any]]] = {"1": [], "2": [], "3": []}
        self.refunds: list[dict[str, Any]] = []

    def answer(self, call: Call) -> Reply:
        if call.method != "POST" or call.path != "/router/rest":
            return Reply("", 404)
        form = call.form
        sent = form.pop("sign", "")
        if form.get("app_key") != KEY:
            return refused(29, "Invalid app Key", "isv.appkey-not-exists")
        if form.get("sign_method") != "md5" or form.get("v") != "2.0":
            return refused(25, "Invalid signature")
        text = SECRET + "".join(key + form[key] for key in sorted(form)) + SECRET
        if hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper() != sent:
            return refused(25, "Invalid signature")
        at = datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=10):
            return refused(31, "Invalid timestamp")
        known = {
            "taobao.time.get": self._time,
            "taobao.tbk.tpwd.convert": self._convert,
            "taobao.tbk.tpwd.create": self._create,
            "taobao.tbk.order.details.get": self._orders,
            "taobao.tbk.relation.refund": self._refunds,
        }
        answer = known.get(form["method"])
        return answer(form) if answer else refused(22, "Invalid method")

    def _time(self, _form: dict[str, str]) -> Reply:
        return Reply({"time_get_response": {"time": "2026-11-26 12:00:00", "request_id": "1"}})

    def _convert(self, form: dict[str, str]) -> Reply:
        if form.get("adzone_id") != "33":
            return refused(15, "Remote service error", "50001", "无效adzone")
        found = next(
            (told for code, told in self.codes.items() if code in form["password_content"]), None
        )
        if found is None:
            return refused(15, "Remote service error", "10000", "商品已下架或不在联盟")
        data = {"num_iid": found[0], "click_url": found[1], "seller_id": None}
        return Reply({"tbk_tpwd_convert_response": {"data": data, "request_id": "1"}})

    def _create(self, form: dict[str, str]) -> Reply:
        if len(form.get("text", "")) <= 5 or not form.get("url", "").startswith("https://"):
            return refused(15, "Remote service error", "isv.invalid-parameter")
        data = {"model": "￥E1UAbOaNcwP￥", "password_simple": "￥E1UAbOaNcwP￥"}
        return Reply({"tbk_tpwd_create_response": {"data": data, "request_id": "1"}})

    def _orders(self, form: dict[str, str]) -> Reply:
        begin, end = form["start_time"], form["end_time"]
        number, size = int(form["page_no"]), int(form["page_size"])
        span = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
        if not timedelta(0) < span <= self.longest:
            return refused(15, "Remote service error", "isv.time-range", "时间段过长")
        if not (1 <= number <= 100 and 1 <= size <= 100 and form["query_type"] in "1234"):
            return refused(15, "Remote service error", "isv.invalid-parameter")
        if number > 1 and form.get("position_index") != f"{begin}|{number - 1}":
            return refused(15, "Remote service error", "isv.position", "位点无效")
        rows = [
            one for one in self.orders[form["order_scene"]] if begin <= one["modified_time"] < end
        ]
        shown = rows[(number - 1) * size : number * size]
        data = {
            "results": {"publisher_order_dto": shown},
            "has_pre": number > 1,
            "has_next": number * size < len(rows),
            "position_index": f"{begin}|{number}",
            "page_no": number,
            "page_size": size,
        }
        return Reply({"tbk_order_details_get_response": {"data": data, "request_id": "1"}})

    def _refunds(self, form: dict[str, str]) -> Reply:
        option = json.loads(form["search_option"])
        if option["biz_type"] not in (1, 2) or option["refund_type"] not in (1, 2):
            return refused(15, "Remote service error", "isv.invalid-parameter")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", option["start_time"]):
            return refused(15, "Remote service error", "isv.invalid-parameter")
        size = option["page_size"]
        first = (option["page_no"] - 1) * size
        data = {
            "page_no": str(option["page_no"]),
            "page_size": str(size),
            "results": {"result": self.refunds[first : first + size]},
            "total_count": str(len(self.refunds)),
        }
        result = {"biz_error_code": 0, "data": data, "result_code": 200}
        return Reply({"tbk_relation_refund_response": {"result": result, "request_id": "1"}})
