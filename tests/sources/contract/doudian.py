"""Doudian's open platform, as https://op.jinritemai.com/ publishes it."""

import hashlib
import hmac
import json
import time
from typing import Any

from tests.sources.contract.gateway import Call, Contract, Reply

KEY, SECRET, SHOP = "6844048284663924231", "749698a6-fcb3-4358-b241-ec1d93cf9c1f", "4463798"


def refused(code: int, sub_code: str, words: str = "失败") -> Reply:
    told = {"code": code, "msg": words, "sub_code": sub_code, "sub_msg": words}
    return Reply({**told, "data": None, "log_id": "1"})


def fine(data: Any) -> Reply:
    return Reply({"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": data})


LIMITED = refused(60000, "", "触发限流，请稍后重试")


def product(number: int, **other: Any) -> dict[str, Any]:
    """A product with two colours."""
    return {
        "product_id": 3600000000000000000 + number,
        "product_id_str": str(3600000000000000000 + number),
        "name": f"法式连衣裙 {number}",
        "description": '<img src="https://p3.example/1.jpg">',
        "status": 0,
        "check_status": 3,
        "pic": [f"https://p3.example/{number}.jpg"],
        "update_time": "2026-11-26 08:00:00",
        "category_detail": {"first_cname": "女装", "second_cname": "连衣裙", "fourth_cname": ""},
        "specs": [{"name": "颜色", "values": [{"id": 11, "name": "红"}, {"id": 12, "name": "蓝"}]}],
        "spec_prices": [
            {
                "sku_id": 1770000000000000 + number * 10 + n,
                "price": 9900 + n,
                "stock_num": 5 + n,
                "sku_type": 0,
                "code": f"D-{n}",
                "spec_detail_ids": [11 + n],
                "stock_num_map": None,
            }
            for n in range(2)
        ],
        **other,
    }


def order(number: int, status: int, changed: int, **other: Any) -> dict[str, Any]:
    return {
        "order_id": str(4781320682406083640 + number),
        "order_status": status,
        "create_time": 1_700_000_000,
        "update_time": changed,
        "pay_time": 0 if status == 1 else 1_700_000_030,
        "pay_amount": 9900,
        "order_amount": 10900,
        "sku_order_list": [],
        **other,
    }


class Platform(Contract):
    """The text that was signed is the text that was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.refresh = "t-1", "r-1"
        self.codes = {"code-1"}
        self.products: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.seen: set[str] = set()
        self.copies: dict[int, dict[str, Any]] = {}
        self.hosts = {77, 78}

    def answer(self, call: Call) -> Reply:
        query, text = call.query, call.body.decode()
        method = query.get("method", "")
        if call.method != "POST" or call.path != "/" + method.replace(".", "/"):
            return refused(70000, "isp.api-service-off")
        signed = f"app_key{KEY}method{method}param_json{text}timestamp{query['timestamp']}v2"
        mac = hmac.new(SECRET.encode(), f"{SECRET}{signed}{SECRET}".encode(), hashlib.sha256)
        if query.get("sign") != mac.hexdigest() or query.get("v") != "2":
            return refused(40003, "isv.signature-invalid")
        if abs(time.time() - int(query["timestamp"])) > 600:
            return refused(40003, "isv.timestamp-invalid")
        asked = json.loads(text)
        if text != json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False):
            return refused(40003, "isv.parameter-format-invalid")
        if method.startswith("token."):
            return self._token(method, asked)
        if query.get("access_token") != self.token:
            return refused(40003, "isv.access-token-no-existed")
        known = {
            "product.listV2": self._list,
            "product.detail": self._detail,
            "sku.syncStock": self._stock,
            "order.searchList": self._orders,
            "product.addChannelProduct": self._copy,
            "buyin.bindChannelProduct": self._bind,
        }
        answer = known.get(method)
        return answer(asked) if answer else refused(70000, "isp.api-service-off")

    def _token(self, method: str, asked: dict[str, Any]) -> Reply:
        kind = asked.get("grant_type")
        if method == "token.refresh":
            if kind != "refresh_token" or asked.get("refresh_token") != self.refresh:
                return refused(50001, "dop.token-generate-failed:token-invalid")
            self.token, self.refresh = self.token + "+", self.refresh + "+"
        elif kind == "authorization_self":
            if asked.get("shop_id") != SHOP or asked.get("code") != "":
                return refused(50001, "dop.token-generate-failed:no-authorization")
        elif asked.get("code") in self.codes:
            self.codes.discard(asked["code"])
        else:
            return refused(50001, "dop.token-generate-failed:code-invalid")
        tokens = {"access_token": self.token, "refresh_token": self.refresh}
        return fine({**tokens, "expires_in": 604_800, "shop_id": int(SHOP), "shop_name": "抖店"})

    def _list(self, asked: dict[str, Any]) -> Reply:
        if not (1 <= asked["page"] <= 100 and 1 <= asked["size"] <= 100):
            return refused(40004, "isv.parameter-invalid:2010004")
        after = asked.get("update_start_time", -1)
        rows = [
            one
            for one in self.products
            if asked.get("status") in (None, one["status"])
            and asked.get("check_status") in (None, one["check_status"])
            and one.get("changed", 1) > after
        ]
        first = int(asked.get("cursor_id") or 0) if asked.get("use_cursor") else 0
        shown = rows[first : first + asked["size"]]
        data = [{"product_id": one["product_id"], "name": one["name"]} for one in shown]
        return fine({"data": data, "total": len(rows), "cursor_id": str(first + len(shown))})

    def _detail(self, asked: dict[str, Any]) -> Reply:
        if not isinstance(asked["product_id"], str):
            return refused(40003, "isv.parameter-format-invalid")
        found = [one for one in self.products if one["product_id_str"] == asked["product_id"]]
        return fine(found[0]) if found else refused(40004, "isv.parameter-invalid:2010058")

    def _stock(self, asked: dict[str, Any]) -> Reply:
        if not asked.get("incremental") or not asked.get("idempotent_id"):
            return refused(40004, "isv.parameter-invalid:1")
        if asked["idempotent_id"] in self.seen:
            return refused(40004, "isv.parameter-invalid:40010", "[idempotent_id]重复，操作已执行")
        for one in self.products:
            for sku in one["spec_prices"]:
                if (one["product_id"], sku["sku_id"]) == (asked["product_id"], asked["sku_id"]):
                    if sku["stock_num"] + asked["stock_num"] < 0:
                        return refused(20000, "isp.service-error:1", "库存不足")
                    sku["stock_num"] += asked["stock_num"]
                    self.seen.add(asked["idempotent_id"])
                    return fine({})
        return refused(40004, "isv.parameter-invalid:5")

    def _orders(self, asked: dict[str, Any]) -> Reply:
        if asked["page"] < 0:
            return refused(40004, "isv.parameter-invalid:10035")
        if asked["size"] > 100:
            return refused(40004, "isv.parameter-invalid:20008")
        if (asked["page"] + 1) * asked["size"] > 50_000:
            return refused(40004, "isv.parameter-invalid:20013")
        rows = [
            one
            for one in self.orders
            if asked["update_time_start"] <= one["update_time"] < asked["update_time_end"]
        ]
        rows.sort(key=lambda one: one["update_time"], reverse=not asked["order_asc"])
        first = asked["page"] * asked["size"]
        shown = rows[first : first + asked["size"]]
        return fine({"shop_order_list": shown, "total": len(rows), "page": asked["page"]})

    def _copy(self, asked: dict[str, Any]) -> Reply:
        needed = ("main_product_id", "price_follow_main", "share_main_stock", "is_kol_exclusive")
        if any(name not in asked for name in needed) or asked["channel_type"] not in (3, 4):
            return refused(40002, "isv.parameter-missing")
        if asked["is_kol_exclusive"] and asked["channel_type"] != 4:
            return refused(40004, "isv.parameter-invalid:110101051")
        channel = 1_775_199_232_748_660 + len(self.copies)
        self.copies[channel] = {**asked, "bound": None}
        told = {"channel_type": asked["channel_type"], "channel_id": channel}
        return fine({"shop_id": int(SHOP), "product_id": asked["main_product_id"], "channel": told})

    def _bind(self, asked: dict[str, Any]) -> Reply:
        copy = self.copies.get(asked["channel_id"])
        if copy is None or asked["channel_type"] != copy["channel_type"] - 2:
            return refused(40004, "isv.parameter-invalid:4371", "非法渠道信息")
        authors = asked.get("author_ids", [])
        if asked["is_all"] == bool(authors) or len(authors) > 500:
            return refused(40004, "isv.parameter-invalid:4366")
        if copy["is_kol_exclusive"] and len(authors) != 1:
            return refused(40004, "isv.parameter-invalid:4367")
        strangers = [one for one in authors if one not in self.hosts]
        copy["bound"] = asked
        failed = [{"id": one, "id_type": 0, "reason": "无效uid"} for one in strangers]
        return fine({"success": len(authors) - len(strangers), "failed": failed or None})
