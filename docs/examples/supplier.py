"""A supplier in one file, with Python's own library: python3 supplier.py PORT SECRET

It implements all of docs/supplier-api.md over goods and orders in memory: put your database in
place of GOODS and ORDERS. `tell` is how news goes back.
"""

import base64
import hmac
import json
import sys
import threading
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CURRENCY = "CNY"
PAGE = 50
GOODS = {
    "mug": {
        "key": "mug",
        "title": "Enamel mug",
        "option_names": ["Colour"],
        "skus": [
            {"key": "mug-red", "price": 3900, "options": ["red"], "stock": 20},
            {"key": "mug-blue", "price": 3900, "options": ["blue"], "stock": 5},
        ],
    },
    "tea": {
        "key": "tea",
        "title": "Green tea",
        "skus": [{"key": "tea", "price": 8800, "stock": 9}],
    },
}
SKUS = {sku["key"]: sku for one in GOODS.values() for sku in one["skus"]}
ORDERS: dict[str, dict] = {}
LOCK = threading.Lock()


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Standard Webhooks: base64 HMAC-SHA256 over id, time and raw body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(signed).decode()


def genuine(secret: str, headers: Message, body: bytes) -> bool:
    """Whether Yellowcart sent this, within five minutes."""
    sent, at = headers.get("webhook-signature", ""), headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > 300:
        return False
    expected = signature(secret, headers.get("webhook-id", ""), at, body)
    return any(hmac.compare_digest(expected, one) for one in sent.split(" "))


class RefusedError(Exception):
    """A code, and a sentence for a person."""


def levels() -> list[dict]:
    return [
        {"product": one["key"], "sku": sku["key"], "available": sku["stock"]}
        for one in GOODS.values()
        for sku in one["skus"]
    ]


def place(data: dict) -> dict:
    """The same reference again finds the order it made; stock is taken for all lines or none."""
    known = [one for one in ORDERS.values() if one["reference"] == data["reference"]]
    if not known:
        taken = [(SKUS[line["sku"]], line["quantity"]) for line in data["lines"]]
        if any(sku["stock"] < quantity for sku, quantity in taken):
            raise RefusedError("sold_out", "Sold out.")
        for sku, quantity in taken:
            sku["stock"] -= quantity
        known = [{"id": f"S{len(ORDERS) + 1}", "state": "taken", "parcels": [], **data}]
        ORDERS[known[0]["id"]] = known[0]
    return seen(known[0])


def find(data: dict) -> dict:
    """The order that a reference made, if it made one; none is made here."""
    known = [one for one in ORDERS.values() if one["reference"] == data["reference"]]
    return seen(known[0]) if known else {"order": None}


def cancel(data: dict) -> dict:
    order = ORDERS[data["id"]]
    if order["state"] == "taken":
        for line in order["lines"]:
            SKUS[line["sku"]]["stock"] += line["quantity"]
        order.update(state="cancelled", reason=data["reason"])
    return seen(order)


def reduce(data: dict) -> dict:
    order = ORDERS[data["id"]]
    if order["state"] != "taken":
        raise RefusedError("packed", "It is packed already.")
    if refund(data)["new"]:
        for own, gone in [(o, g) for o in order["lines"] for g in data["lines"]]:
            if own["line"] == gone["line"]:
                own["quantity"] -= gone["quantity"]
                SKUS[own["sku"]]["stock"] += gone["quantity"]
    return seen(order)


def refund(data: dict) -> dict:
    """Give back what we asked for these pieces, once for each reference."""
    order = ORDERS[data["id"]]
    is_new = data["reference"] not in order.setdefault("told", [])
    if is_new:
        order["told"].append(data["reference"])
        price = sum(line["price"] * line["quantity"] for line in data["lines"])
        order["refunded"] = order.get("refunded", 0) + price
    return seen(order) | {"new": is_new}


def seen(order: dict) -> dict:
    shown = ("id", "state", "parcels", "reason", "refunded")
    return {"order": {key: order[key] for key in shown if key in order}}


def page(data: dict) -> dict:
    at = int(data.get("cursor") or 0)
    more = str(at + PAGE) if at + PAGE < len(GOODS) else ""
    return {"currency": CURRENCY, "products": list(GOODS.values())[at : at + PAGE], "cursor": more}


ANSWERS = {
    "ping": lambda data: {"name": "Example supplier", "currency": CURRENCY},
    "product.list": page,
    "product.get": lambda data: {"currency": CURRENCY, "product": GOODS.get(data["key"])},
    "stock.list": lambda data: {"currency": CURRENCY, "levels": levels(), "cursor": ""},
    "order.place": place,
    "order.find": find,
    "order.get": lambda data: seen(ORDERS[data["id"]]),
    "order.cancel": cancel,
    "order.reduce": reduce,
    "order.refund": refund,
}


def tell(url: str, secret: str, kind: str, data: dict) -> int:
    """Send news to Yellowcart; send it again (with the same id) until it answers 2xx."""
    now = datetime.now(UTC).isoformat()
    body = json.dumps({"type": kind, "timestamp": now, "data": data}).encode()
    message_id, at = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    headers = {"webhook-id": message_id, "webhook-timestamp": at}
    headers["webhook-signature"] = signature(secret, message_id, at, body)
    request = urllib.request.Request(url, body, headers)  # noqa: S310  typed in by us
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.status


def server(port: int, secret: str) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, answer = 401, {"error": {"code": "unsigned", "message": "Wrong signature."}}
            if genuine(secret, self.headers, body):
                try:
                    message = json.loads(body)
                    with LOCK:
                        status, answer = 200, ANSWERS[message["type"]](message["data"])
                except RefusedError as no:
                    status, answer = 409, {"error": {"code": no.args[0], "message": no.args[1]}}
                except KeyError as missing:
                    status, answer = 404, {"error": {"code": "unknown", "message": str(missing)}}
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    server(int(sys.argv[1]), sys.argv[2]).serve_forever()
