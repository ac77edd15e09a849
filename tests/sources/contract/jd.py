"""JD Union, as its open platform publishes it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.sources.contract.gateway import Call, Contract, Reply

KEY, SECRET = "ak_test", "secret_test"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def refused(code: str, words: str) -> Reply:
    return Reply({"error_response": {"code": code, "zh_desc": words, "en_desc": "x"}})


def answered(method: str, name: str, told: Any) -> Reply:
    wrapped = {"code": "0", name: json.dumps(told, ensure_ascii=False)}
    return Reply({method.replace(".", "_") + "_responce": wrapped})


def row(number: int, valid_code: int, changed: str, **other: Any) -> dict[str, Any]:
    """One item of an order."""
    return {
        "id": f"row{number}",
        "orderId": 254780000000 + number,
        "skuId": 100012043978,
        "validCode": valid_code,
        "orderTime": "2026-11-11 00:00:05",
        "modifyTime": changed,
        "finishTime": None,
        "subUnionId": "0f8fad5bd9cb469fa16570867728950e",
        "estimateCosPrice": 46.89,
        "estimateFee": 0.2345,
        "actualCosPrice": 0,
        "actualFee": 0,
        **other,
    }


class Union(Contract):
    """One router for all methods."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []
        self.permitted = True

    def answer(self, call: Call) -> Reply:
        form = call.form
        sent = form.pop("sign", "")
        text = SECRET + "".join(name + form[name] for name in sorted(form)) + SECRET
        if hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper() != sent:
            return refused("12", "无效签名")
        if form.get("app_key") != KEY or call.method != "POST":
            return refused("11", "无效app_key")
        at = datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=10):
            return refused("14", "无效时间戳")
        asked = json.loads(form["360buy_param_json"])
        if form["method"] == "jd.union.open.order.row.query":
            return answered(form["method"], "queryResult", self._rows(asked["orderReq"]))
        if form["method"] == "jd.union.open.promotion.bysubunionid.get":
            return answered(form["method"], "getResult", self._link(asked["promotionCodeReq"]))
        return refused("10", "不存在的方法名")

    def _rows(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not self.permitted:
            return {"code": 403, "message": "无访问权限"}
        if asked["type"] not in (1, 2, 3) or asked["pageSize"] > 200 or asked["pageIndex"] < 1:
            return {"code": 400, "message": "参数错误"}
        span = datetime.fromisoformat(asked["endTime"]) - datetime.fromisoformat(asked["startTime"])
        if not timedelta(0) < span <= timedelta(hours=1):
            return {"code": 400, "message": "时间间隔错误"}
        rows = [
            one for one in self.rows if asked["startTime"] <= one["modifyTime"] < asked["endTime"]
        ]
        last = asked["pageIndex"] * asked["pageSize"]
        return {
            "code": 200,
            "message": "success",
            "data": rows[last - asked["pageSize"] : last] or None,
            "hasMore": last < len(rows),
        }

    def _link(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked["materialId"].startswith("http"):
            return {"code": 2001701, "message": "materialId不正确"}
        data = {"clickURL": "https://union-click.jd.com/jdc?e=1", "shortURL": "https://u.jd.com/X1"}
        return {"code": 200, "message": "success", "data": data}
