"""Kuaishou's e-commerce open platform, as https://open.kwaixiaodian.com/ publishes it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from tests.sources.contract.gateway import Call, Contract, Reply

APP, APP_SECRET, SIGN_SECRET = "ks-app", "app-secret", "sign-secret"
MESSAGE_SECRET = base64.b64encode(b"0123456789abcdef").decode()
OPEN_ID = "f1b68e8f2a4995ed14bf57245903fd9a"


def refused(result: int, words: str) -> Reply:
    return Reply({"result": result, "error": "x", "error_msg": words})


def fine(data: Any) -> Reply:
    return Reply({"result": 1, "code": 1, "error_msg": "SUCCESS", "data": data})


def encrypted(told: Any, secret: str = MESSAGE_SECRET) -> bytes:
    """A message as it is pushed."""
    text = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    fill = 16 - len(text) % 16
    sealing = Cipher(AES(base64.b64decode(secret)), CBC(bytes(16))).encryptor()
    return base64.b64encode(sealing.update(text + bytes([fill]) * fill) + sealing.finalize())


def ware(number: int, **other: Any) -> dict[str, Any]:
    """A product with two colours."""
    return {
        "kwaiItemId": 24904424070000 + number,
        "relItemId": None,
        "title": f"美式复古裙 {number}",
        "details": "新款",
        "price": 3990,
        "categoryName": "女装",
        "imageUrls": [f"https://p2-ec.ecukwai.com/{number}.jpg"],
        "auditStatus": 2,
        "shelfStatus": 1,
        "itemStatus": 1,
        "updateTime": 1773750942425,
        "skuList": [
            {
                "kwaiSkuId": 158419190350000 + number * 10 + n,
                "skuSalePrice": 3990 + n,
                "skuStock": 5 + n,
                "specification": colour,
                "skuNick": f"K-{n}",
                "isValid": 1,
                "skuProp": [{"propName": "颜色", "propValueName": colour, "propId": 1}],
            }
            for n, colour in enumerate(["白", "黑"])
        ],
        **other,
    }


def shop_order(oid: int, status: int, changed: int, **other: Any) -> dict[str, Any]:
    base = {"oid": oid, "status": status, "totalFee": 3990, "createTime": 1678975518244}
    base["payTime"] = 0 if status == 10 else 1678975520000
    return {"orderBaseInfo": {**base, "updateTime": changed, **other}, "orderItemInfo": {}}


def promoted(oid: int, status: int, changed: int, **other: Any) -> dict[str, Any]:
    item = {"oid": oid, "comments": "click-1", "paymentFee": 10000, "estimatedIncome": 900}
    return {
        "oid": oid,
        "cpsOrderStatus": status,
        "createTime": 1678975518244,
        "payTime": 1678975520000,
        "updateTime": changed,
        "settlementAmount": 850,
        "cpsKwaimoneyOrderProductView": [{**item, "num": 1, "itemTitle": "裙"}],
        **other,
    }


class Platform(Contract):
    """Tokens, and methods by their path, each signed."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.refresh, self.open_id = "t-1", "r-1", OPEN_ID
        self.codes = {"code-1"}
        self.wares: list[dict[str, Any]] = []
        self.shop_orders: list[dict[str, Any]] = []
        self.promoted: list[dict[str, Any]] = []
        self.last = "nomore"
        self.moved: list[dict[str, Any]] = []

    def answer(self, call: Call) -> Reply:
        if call.path == "/oauth2/access_token" and call.method == "GET":
            return self._first(call.query)
        if call.path == "/oauth2/refresh_token" and call.method == "POST":
            return self._renewed(call.form)
        known = {
            "open.shop.info.get": ("GET", self._shop),
            "open.item.list.get": ("GET", self._items),
            "open.item.sku.stock.update": ("POST", self._stock),
            "open.order.cursor.list": ("GET", self._orders),
            "open.distribution.cps.kwaimoney.order.list": ("GET", self._promoted),
            "open.distribution.cps.kwaimoney.link.create": ("POST", self._link),
        }
        sent = dict(call.query if call.method == "GET" else call.form)
        method = sent.get("method", "")
        if method not in known or call.path != "/" + method.replace(".", "/"):
            return refused(28, "method无效")
        verb, answer = known[method]
        if verb != call.method:
            return refused(28, "请求方式错误")
        sign = sent.pop("sign", "")
        text = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
        text += f"&signSecret={SIGN_SECRET}"
        if sent.get("signMethod") == "MD5":
            expected = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        else:
            mac = hmac.new(SIGN_SECRET.encode(), text.encode(), hashlib.sha256)
            expected = base64.b64encode(mac.digest()).decode()
        if sign != expected or sent.get("appkey") != APP or sent.get("version") != "1":
            return refused(24, "sign无效")
        if abs(time.time() * 1000 - int(sent["timestamp"])) > 600_000:
            return refused(25, "timestamp无效")
        if sent.get("access_token") != self.token:
            return refused(100200102, "access_denied")
        return answer(json.loads(sent["param"]))

    def _first(self, query: Any) -> Reply:
        if (query.get("app_id"), query.get("app_secret")) != (APP, APP_SECRET):
            return refused(100200101, "unauthorized_client")
        if query.get("grant_type") != "code" or query.get("code") not in self.codes:
            return refused(100200105, "invalid_grant")
        self.codes.discard(query["code"])
        return self._granted()

    def _renewed(self, form: dict[str, str]) -> Reply:
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh:
            return refused(100200102, "refreshToken.discarded")
        self.token, self.refresh = self.token + "+", self.refresh + "+"
        return self._granted(refresh_token_expires_in=15_000_000)

    def _granted(self, **other: Any) -> Reply:
        tokens = {"access_token": self.token, "refresh_token": self.refresh}
        return Reply(
            {
                "result": 1,
                **tokens,
                "expires_in": 172_800,
                "open_id": self.open_id,
                "scopes": [],
                **other,
            }
        )

    def _shop(self, _param: dict[str, Any]) -> Reply:
        return fine({"shopName": "快手小店", "shopType": 1})

    def _items(self, param: dict[str, Any]) -> Reply:
        size = param["pageSize"]
        if not 10 <= size <= 100:
            return refused(2001, "pageSize无效")
        rows = [
            one
            for one in self.wares
            if param.get("kwaiItemId") in (None, one["kwaiItemId"])
            and param.get("itemStatus") in (None, one["itemStatus"])
        ]
        first = (param["pageNumber"] - 1) * size
        data = {
            "items": rows[first : first + size],
            "totalPage": -(-len(rows) // size),
            "totalItemCount": len(rows),
            "currentPageNumber": param["pageNumber"],
        }
        return fine(data)

    def _stock(self, param: dict[str, Any]) -> Reply:
        change = param["skuChangeStock"]
        if not 0 < change < 9_999_999 or param["changeType"] not in (1, 2):
            return refused(2001, "skuChangeStock无效")
        for one in self.wares:
            for sku in one["skuList"]:
                if (one["kwaiItemId"], sku["kwaiSkuId"]) == (param["kwaiItemId"], param["skuId"]):
                    sku["skuStock"] += change if param["changeType"] == 1 else -change
                    self.moved.append(param)
                    return fine({})
        return refused(2001, "sku不存在")

    def _span(self, param: dict[str, Any]) -> bool:
        return 0 < param["endTime"] - param["beginTime"] <= 7 * 86_400_000

    def _orders(self, param: dict[str, Any]) -> Reply:
        if not self._span(param) or param["pageSize"] > 50 or param["queryType"] not in (1, 2):
            return refused(2001, "endTime无效")
        rows = [
            one
            for one in self.shop_orders
            if param["beginTime"] <= one["orderBaseInfo"]["updateTime"] < param["endTime"]
        ]
        shown, cursor = self._paged(rows, param["cursor"], param["pageSize"])
        return fine({"orderList": shown, "cursor": cursor, "pageSize": param["pageSize"]})

    def _promoted(self, param: dict[str, Any]) -> Reply:
        if not self._span(param) or param["pageSize"] > 100:
            return refused(2001, "endTime无效")
        rows = [
            one
            for one in self.promoted
            if param["beginTime"] <= one["updateTime"] < param["endTime"]
        ]
        shown, cursor = self._paged(rows, param["pcursor"], param["pageSize"])
        return fine({"orderList": shown, "pcursor": cursor})

    def _paged(self, rows: list[Any], cursor: str, size: int) -> tuple[list[Any], str]:
        first = int(cursor.partition("_")[2] or 0)
        more = first + size < len(rows)
        return rows[first : first + size], f"1687251104545_{first + size}" if more else self.last

    def _link(self, param: dict[str, Any]) -> Reply:
        if param.get("linkType") not in (100, 101) or not param.get("comments"):
            return refused(2001, "参数错误")
        url = f"https://v.kuaishou.com/{param['linkCarrierId']}?c={param['comments']}"
        return fine({"linkUrl": url, "linkCode": "#快口令#", "kwaiUrl": "kwai://x"})
