"""Youzan cloud, as https://doc.youzanyun.com/ publishes it."""

import re
from typing import Any

from tests.sources.contract.gateway import Call, Contract, Reply

CLIENT, SECRET, KDT = "app-1", "top-secret", "42583152"
EXPIRES = 1_583_720_718_116


def gateway(code: int, words: str) -> Reply:
    """A refusal of the gateway: status 200, its own wrapping."""
    return Reply({"gw_err_resp": {"trace_id": "yz7-1", "err_msg": words, "err_code": code}})


def fine(data: Any) -> Reply:
    return Reply(
        {"trace_id": "yz7-1", "code": 200, "data": data, "success": True, "message": "successful"}
    )


def refused(code: int, words: str) -> Reply:
    return Reply({"code": code, "data": None, "success": False, "message": words})


def product(item_id: int, **other: Any) -> dict[str, Any]:
    """A product with two colours, as youzan.item.get gives it."""
    return {
        "item_id": item_id,
        "alias": f"2alias{item_id}",
        "title": f"纯棉T恤 {item_id}",
        "desc": "<p>软</p>",
        "price": 1990,
        "quantity": 8,
        "item_no": "TS",
        "origin_price": None,
        "is_listing": True,
        "item_imgs": [{"url": f"https://img.example/{item_id}.jpg", "thumbnail": None}],
        "skus": [
            {
                "sku_id": item_id * 10 + n,
                "price": 1990 + n,
                "quantity": 3 + n,
                "item_no": f"TS-{n}",
                "properties_name_json": f'[{{"kid":"1","vid":"{n}","k":"颜色","v":"{colour}"}}]',
            }
            for n, colour in enumerate(["红", "黑"])
        ],
        **other,
    }


def trade(tid: str, status: str, payment: str = "9.82", **info: Any) -> dict[str, Any]:
    return {
        "full_order_info": {
            "order_info": {
                "tid": tid,
                "status": status,
                "created": "2026-11-25 23:59:59",
                "update_time": "2026-11-26 00:00:10",
                "pay_time": "" if status == "WAIT_BUYER_PAY" else "2026-11-26 00:00:05",
                **info,
            },
            "pay_info": {"payment": payment, "total_fee": "13.00", "post_fee": "2.00"},
            "orders": [],
        }
    }


class YouzanCloud(Contract):
    """Tokens, then calls by name and version with the token in the query and nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "t-1"
        self.refresh = "r-1"
        self.codes = {"code-1"}
        self.products: dict[int, dict[str, Any]] = {}
        self.trades: list[dict[str, Any]] = []
        self.moved: list[dict[str, Any]] = []

    def answer(self, call: Call) -> Reply:
        if call.method != "POST" or call.headers.get("content-type") != "application/json":
            return gateway(4007, "非法的请求姿势")
        if call.path == "/auth/token":
            return self._token(call.json)
        route = re.fullmatch(r"/api/([\w.]+)/(\d\.\d\.\d)", call.path)
        if route is None:
            return gateway(4001, "非法请求地址")
        if not call.query.get("access_token"):
            return gateway(4201, "非法的请求凭证")
        if call.query["access_token"] != self.token:
            return gateway(4203, "Token 不存在")
        known = {
            "youzan.shop.get/3.0.0": self._shop,
            "youzan.item.get/3.0.0": self._item,
            "youzan.items.onsale.get/3.0.0": self._on_sale,
            "youzan.trades.sold.get/4.0.4": self._sold,
            "youzan.item.quantity.update/3.0.0": self._quantity,
        }
        answer = known.get(f"{route[1]}/{route[2]}")
        return answer(call.json) if answer else gateway(4005, "非法的API")

    def _token(self, asked: dict[str, Any]) -> Reply:
        if asked.get("client_id") != CLIENT:
            return refused(1103, "Client 不存在")
        if asked.get("client_secret") != SECRET:
            return refused(1000, "应用信息错误")
        kind = asked.get("authorize_type")
        if kind == "silent":
            if asked.get("grant_id") != KDT or not isinstance(asked.get("refresh"), bool):
                return refused(1103, "授权关系不存在")
            if asked["refresh"]:
                self.token += "+"
            return self._granted()
        if kind == "authorization_code":
            if asked.get("code") not in self.codes:
                return refused(1005, "非法授权码")
            self.codes.discard(asked["code"])
            return self._granted(refresh_token=self.refresh)
        if kind == "refresh_token" and asked.get("refresh_token") == self.refresh:
            self.token += "+"
            self.refresh += "+"
            return self._granted(refresh_token=self.refresh)
        return refused(1004, "授权关系已过期")

    def _granted(self, **other: str) -> Reply:
        data = {"expires": EXPIRES, "scope": "item trade", "access_token": self.token}
        return Reply(
            {
                "success": True,
                "code": 200,
                "data": {**data, "authority_id": KDT, **other},
                "message": None,
            }
        )

    def _shop(self, _asked: dict[str, Any]) -> Reply:
        return fine({"id": int(KDT), "name": "有赞的店"})

    def _item(self, asked: dict[str, Any]) -> Reply:
        if "item_id" in asked:
            if not isinstance(asked["item_id"], int):
                return gateway(5001, "系统异常")
            found = self.products.get(asked["item_id"])
        else:
            found = next(
                (one for one in self.products.values() if one["alias"] == asked.get("alias")), None
            )
        return Reply({"response": {"item": found}}) if found else refused(122001001, "商品不存在")

    def _quantity(self, asked: dict[str, Any]) -> Reply:
        """``type`` 0 sets a count, 1 changes it by so many."""
        if not set(asked) <= {"item_id", "sku_id", "quantity", "type"} or any(
            type(value) is not int for value in asked.values()
        ):
            return gateway(5001, "系统异常")
        found = self.products.get(asked["item_id"])
        skus = {one["sku_id"]: one for one in (found or {}).get("skus", ())}
        row = skus.get(asked.get("sku_id")) if skus else found
        if row is None:
            return refused(122001001, "商品不存在")
        count = asked["quantity"] + (row["quantity"] if asked.get("type") == 1 else 0)
        if count < 0:
            return refused(123000105, "库存不足")
        row["quantity"] = count
        self.moved.append(asked)
        return fine({"is_success": True})

    def _on_sale(self, asked: dict[str, Any]) -> Reply:
        number, size = asked["page_no"], asked["page_size"]
        if not (1 <= number <= 100 and 0 < size < 200 and number * size < 4000):
            return refused(200000026, "非法的page或pageSize")
        since = asked.get("update_time_start", 0)
        rows = [
            one
            for one in self.products.values()
            if one["is_listing"] and one.get("changed_ms", 1) >= since
        ]
        if asked.get("order_by") != "update_time:asc":
            return refused(5000, "排序")
        rows.sort(key=lambda one: (one.get("changed_ms", 1), one["item_id"]))
        shown = rows[(number - 1) * size : number * size]
        return fine({"count": len(rows), "items": [self._row(one) for one in shown]})

    def _row(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "item_id": one["item_id"],
            "alias": one["alias"],
            "title": one["title"],
            "price": one["price"],
            "quantity": one["quantity"],
            "update_time": one.get("update_time", "2026-11-26 08:00:00"),
        }

    def _sold(self, asked: dict[str, Any]) -> Reply:
        times = [asked.get("start_update", ""), asked.get("end_update", "")]
        if any(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", one) is None for one in times):
            return gateway(5001, "系统异常")
        if times[0] >= times[1]:
            return refused(5000, "开始时间不能大于结束时间")
        if asked["page_size"] > 100:
            return refused(5000, "每页最多显示100条数据")
        rows = [
            one
            for one in self.trades
            if times[0] <= one["full_order_info"]["order_info"]["update_time"] <= times[1]
        ]
        first = (asked["page_no"] - 1) * asked["page_size"]
        shown = rows[first : first + asked["page_size"]]
        return fine({"total_results": len(rows), "full_order_info_list": shown})
