"""Medusa's Admin API as its reference and its own validators say: what they refuse is refused."""

import base64
from dataclasses import dataclass, field
from typing import Any

from tests.sources.contract.loopback import Asked, Reply

KEY, REGION, OPTION, EMAIL = "sk_1", "reg_1", "so_1", "live@yellowcart.example"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
#: Nobody can be asked for more than this here, so that pages have to be followed.
MOST_A_PAGE = 100
_LISTED = {"products": {"status[]"}, "orders": set(), "draft-orders": set()}
_DRAFT = {
    "sales_channel_id", "email", "billing_address", "shipping_address", "items", "region_id",
    "currency_code", "shipping_methods", "metadata",
}  # fmt: skip
_ADDRESS = {
    "first_name", "last_name", "phone", "company", "address_1", "address_2", "city",
    "country_code", "province", "postal_code", "metadata",
}  # fmt: skip
_INVENTORY = "*variants.inventory_items.inventory.location_levels"


def price(amount: Any, currency: str = "cny", **other: Any) -> dict[str, Any]:
    return {
        "id": "price_1", "amount": amount, "currency_code": currency, "min_quantity": None,
        "max_quantity": None, "rules": {}, **other,
    }  # fmt: skip


def kept(*levels: tuple[float, float], needed: int = 1) -> dict[str, Any]:
    """An inventory item with levels of so many stocked, so many reserved."""
    rows = [{"stocked_quantity": here, "reserved_quantity": sold} for here, sold in levels]
    return {"required_quantity": needed, "inventory": {"location_levels": rows}}


def variant(key: str, *prices: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "id": key, "sku": key.upper(), "barcode": None, "ean": None, "upc": None,
        "manage_inventory": True, "allow_backorder": False, "variant_rank": 0,
        "options": [], "prices": list(prices), "inventory_items": [kept((5, 0))], **other,
    }  # fmt: skip


def mug(**other: Any) -> dict[str, Any]:
    """A product without variants, as the dashboard makes one."""
    only = [{"option_id": "opt_0", "value": "Default option value"}]
    return {
        "id": "prod_1", "title": "Mug", "status": "published", "description": "Holds < 1 l.\nRed.",
        "thumbnail": "https://shop.example/mug.jpg", "is_giftcard": False,
        "tags": [{"value": "red"}],
        "images": [{"url": "https://shop.example/mug.jpg"}, {"url": "https://shop.example/2.jpg"}],
        "categories": [{"id": "pcat_1", "name": "Cups"}],
        "options": [{"id": "opt_0", "title": "Default option"}],
        "variants": [variant(
            "variant_1", price(9.9, "usd"), price(35, rules={"region_id": "reg_9"}),
            price(30, min_quantity=10), price(39.9), options=only, ean="4006381333931",
            inventory_items=[kept((10, 2), (4, 0))],
        )],
        **other,
    }  # fmt: skip


def plain(*prices: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A product with one variant and no options."""
    return mug(options=[], variants=[variant("variant_1", *prices, **other)])


def tee(**other: Any) -> dict[str, Any]:
    """A product in two colours, of which one is not counted."""

    def in_colour(key: str, colour: str, **more: Any) -> dict[str, Any]:
        return variant(key, price(80), options=[{"option_id": "opt_1", "value": colour}], **more)

    return mug(
        id="prod_2", title="Tee", options=[{"id": "opt_1", "title": "Colour"}],
        variants=[
            in_colour("variant_3", "blue", variant_rank=1, manage_inventory=False),
            in_colour("variant_2", "red", inventory_items=[kept((9, 0), needed=2), kept((7, 0))]),
        ],
    ) | other  # fmt: skip


def without_inventory(product: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {name: value for name, value in one.items() if name != "inventory_items"}
        for one in product["variants"]
    ]
    return {**product, "variants": rows}


@dataclass
class MedusaServer:
    """The server's side. ``refuses`` is why drafts can't be converted, where they can't."""

    products: list[dict[str, Any]] = field(default_factory=lambda: [mug(), tee()])
    orders: list[dict[str, Any]] = field(default_factory=list)
    currency: str = "cny"
    refuses: str = ""

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != BASIC:
            return Reply({"message": "Unauthorized"}, 401)
        path = asked.path.removeprefix("/admin/")
        if path in _LISTED and asked.method == "GET":
            return self.listed(asked, path)
        if set(asked.query) - {"fields"}:
            return invalid("Unrecognized fields")
        if path == "draft-orders" and asked.method == "POST":
            return self.draft(asked)
        head, _slash, rest = path.partition("/")
        key, _slash, verb = rest.partition("/")
        if asked.method == "GET" and not verb:
            return self.one(asked, head, key)
        return self.changed(asked.method, head, key, verb)

    def listed(self, asked: Asked, path: str) -> Reply:
        query = asked.query
        sizes = query.get("limit", ""), query.get("offset", "")
        paged = all(one.isdecimal() for one in sizes) and int(sizes[0] or 0) <= MOST_A_PAGE
        if set(query) - {"limit", "offset", "order", "fields"} - _LISTED[path] or not paged:
            return invalid("Unrecognized fields")
        if path == "products":
            wanted = query.get("status[]")
            rows = [one for one in self.products if wanted in {None, one["status"]}]
            rows = [self.shown(one, query.get("fields", "")) for one in rows]
        else:
            drafts = path == "draft-orders"
            rows = [one for one in self.orders if (one["status"] == "draft") is drafts]
        rows.sort(key=lambda one: one[query["order"].lstrip("-")], reverse="-" in query["order"])
        limit, offset = map(int, sizes)
        name = path.replace("-", "_")
        page = rows[offset : offset + limit]
        return Reply({name: page, "count": len(rows), "limit": limit, "offset": offset})

    def one(self, asked: Asked, head: str, key: str) -> Reply:
        if head == "stores" and not key:
            return Reply({"stores": [{"id": "store_1", "name": "Example shop"}], "count": 1})
        if head == "regions" and key == REGION:
            return Reply({"region": {"id": REGION, "currency_code": self.currency}})
        rows = {"products": self.products, "orders": self.orders}.get(head, [])
        for found in rows:
            if found["id"] == key:
                shown = self.shown(found, asked.query.get("fields", ""))
                return Reply({head.removesuffix("s"): shown})
        return Reply({"type": "not_found", "message": f"{head} with id: {key} was not found"}, 404)

    def shown(self, found: dict[str, Any], fields: str) -> dict[str, Any]:
        if "variants" in found and _INVENTORY not in fields.split(","):
            return without_inventory(found)
        return found

    def draft(self, asked: Asked) -> Reply:
        wish = asked.json
        addresses = set(wish["shipping_address"]) | set(wish["billing_address"])
        if set(wish) - _DRAFT or addresses - _ADDRESS:
            return invalid("Unrecognized fields")
        methods = wish["shipping_methods"]
        fine = wish["region_id"] == REGION and all(
            one["shipping_option_id"] == OPTION and one["name"] and "amount" in one
            for one in methods
        )
        if not fine or not wish.get("email") or wish["currency_code"] != self.currency:
            return invalid("Either email or customer_id must be provided")
        known = {one["id"] for product in self.products for one in product["variants"]}
        if not {line["variant_id"] for line in wish["items"]} <= known:
            return invalid("Items do not exist or are not published")
        number = len(self.orders) + 1
        items = [{"id": f"ordli_{n}", **line} for n, line in enumerate(wish["items"])]
        made = {
            "id": f"order_{number}", "status": "draft", "fulfillments": [],
            "created_at": f"2026-11-26T08:00:00.{number:03d}Z", "payment_collections": [],
        }  # fmt: skip
        self.orders.append({**wish, **made, "items": items})
        return Reply({"draft_order": {"id": made["id"]}})

    def changed(self, method: str, head: str, key: str, verb: str) -> Reply:
        found = next((one for one in self.orders if one["id"] == key), None)
        if found is None:
            return Reply({"type": "not_found", "message": f"Order id not found: {key}"}, 404)
        if (method, head, verb) == ("POST", "draft-orders", "convert-to-order"):
            if self.refuses or found["status"] != "draft":
                return invalid(self.refuses or "Order is not a draft")
            found["status"] = "pending"
            return Reply({"order": found})
        if (method, head, verb) == ("DELETE", "draft-orders", ""):
            self.orders.remove(found)
            return Reply({"id": key, "object": "draft-order", "deleted": True})
        if (method, head, verb) == ("POST", "orders", "cancel"):
            if any(not one["canceled_at"] for one in found["fulfillments"]):
                return invalid("All fulfillments must be canceled before canceling an order")
            found["status"] = "canceled"
            return Reply({"order": found})
        return Reply({"type": "not_found", "message": "no such route"}, 404)


def invalid(words: str) -> Reply:
    return Reply({"type": "invalid_data", "message": f"Invalid request: {words}"}, 400)
