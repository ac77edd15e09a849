"""WooCommerce (3.5 and later): product links, the REST API v3 and its webhooks.

Below ``/wp-json/wc/v3`` of the shop, with the consumer key and secret as HTTP Basic over https.
Lists have 10 entries a page unless ``per_page`` (at most 100) says so; how many pages there are
stands in the header ``X-WP-TotalPages``. Money is a decimal text in the shop's currency, dates
carry no zone and have a ``_gmt`` twin.

| capability | how |
|---|---|
| fetch an item | ``products/ID`` and ``products/ID/variations``; keys as in its own export |
| list the catalogue | ``products``, published ones, by id |
| follow stock and price | ``products`` with ``modified_after`` |
| take an order | ``orders``, found again by our reference in its ``meta_data`` |
| send fewer | ``orders/ID/refunds`` of pieces, found again by our reference; no money moves |
| refund | no: the shop gives back what was sent by itself, and is seen |
| receive webhooks | ``product.*`` and ``order.*``; ``X-WC-Webhook-Signature`` |
| authorise, convert links, report conversions | no: keys are made in the shop's settings |

WooCommerce itself keeps no tracking numbers; those of its Shipment Tracking extension are read
where it is installed.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote, unquote

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.fetching import Answer
from yellowcart.sources.connector import (
    Can,
    ChangedLine,
    Connector,
    Delivery,
    Happening,
    Level,
    Page,
    Parcel,
    Progress,
    Setting,
    SourceError,
    Store,
    SupplyChange,
    SupplyOrder,
)
from yellowcart.sources.connectors.answers import address_of, decimal_of, minor_of, shaped, told
from yellowcart.sources.connectors.signing import hmac_base64, same
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal
from yellowcart.sources.files.woocommerce_rows import Found, items
from yellowcart.sources.recognition import Link, Recognition

SOURCE: Final = "woocommerce"
PRODUCTS_A_PAGE: Final = 20
MOST_A_PAGE: Final = 100
REFERENCE: Final = "yellowcart_reference"
#: How long before we placed an order the shop's clock may say that it was made.
CLOCKS_APART: Final = timedelta(hours=1)
_TRACKING: Final = "_wc_shipment_tracking_items"
_STATES: Final[Mapping[str, Any]] = {
    "completed": "sent",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "refunded": "cancelled",
    "trash": "cancelled",
}
_DELIVERY_ID: Final = "x-wc-webhook-delivery-id"
T = TypeVar("T")

_PRODUCT = re.compile(r"(?:/[a-z]{2})?/(?:product|shop)/(?:[^/]+/){0,3}?([^/]+)/?\Z", re.IGNORECASE)


def recognise_link(link: Link) -> Recognition | None:
    """A product page in the shape of WooCommerce's, or ``None``; always a soft guess."""
    match = _PRODUCT.match(link.path)
    by_query = link.query.get("product", "")
    if match is None and not (link.path == "/" and by_query):
        return None
    return Recognition(
        source=SOURCE,
        confidence=0.35,
        why=_("The address has the shape of a WooCommerce product page."),
        external_id=unquote(match.group(1) if match else by_query, errors="replace").replace(
            "\x00", ""
        ),
        url=link.url,
    )


def sign_webhook(body: bytes, secret: str) -> str:
    """The ``X-WC-Webhook-Signature`` of a raw body: base64 of HMAC-SHA256."""
    return hmac_base64(secret.encode(), body)


def verify_webhook(body: bytes, secret: str, signature: str) -> bool:
    """Whether WooCommerce signed this raw body; compared in constant time."""
    return same(sign_webhook(body, secret), signature)


class _Currency(msgspec.Struct):
    code: str


class _Site(msgspec.Struct):
    name: str


class _Refund(msgspec.Struct):
    total: str


class _Meta(msgspec.Struct):
    key: str
    value: Any = None


class _Ordered(msgspec.Struct):
    id: int
    product_id: int
    quantity: int
    total: str
    variation_id: int = 0


class _Given(msgspec.Struct):
    id: int
    meta_data: tuple[_Meta, ...] = ()


class _Order(msgspec.Struct):
    id: int
    status: str
    currency: str
    refunds: tuple[_Refund, ...] = ()
    meta_data: tuple[_Meta, ...] = ()

    def meta(self, key: str) -> Any:
        return next((one.value for one in self.meta_data if one.key == key), None)


class _Detailed(_Order):
    line_items: tuple[_Ordered, ...] = ()


class WooCommerce(Connector):
    """A WooCommerce shop, through its REST API."""

    source = SOURCE
    name: ClassVar[str | Promise] = "WooCommerce"
    can = frozenset(
        {
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.TAKE_ORDER,
            Can.REDUCE_ORDER,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("url", _("Address of the shop, as in https://shop.example"), kind="url"),
        Setting("key", _("Consumer key"), _("WooCommerce → Settings → Advanced → REST API.")),
        Setting("secret", _("Consumer secret"), kind="secret"),
        Setting(
            "country",
            _("Country that parcels go to, in two letters"),
            _("CN without one."),
            required=False,
        ),
        Setting(
            "webhook_secret",
            _("Secret of the webhooks"),
            _("As typed in for product.* and order.* webhooks in WooCommerce."),
            kind="secret",
            required=False,
        ),
    )
    by_hand = _(
        "Open the order under WooCommerce → Orders and choose Refund, for the pieces named here."
    )
    documentation = "https://woocommerce.github.io/woocommerce-rest-api-docs/"
    #: A server that is slow may go on after we gave up waiting.
    settles_seconds: ClassVar[int] = 60

    def check(self, store: Store) -> str:
        """The site's name; its currency must be the shop's."""
        found = told(SOURCE, self._call(store, "GET", "data/currencies/current"), _Currency)
        _same_currency(store, found.code)
        site = store.caller.get(f"{store.settings['url'].rstrip('/')}/wp-json/")
        return told(SOURCE, site, _Site).name[:200] or SOURCE

    def item(self, store: Store, key: str) -> Item | None:
        """``products/ID``."""
        answer = self._call(store, "GET", f"products/{quote(key, safe='')}")
        if answer.status == 404:
            return None
        found = told(SOURCE, answer, dict[str, Any])
        return list(self._items(store, found, 1))[-1]

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """``products``, twenty at a time, each variable one with its variations."""
        return self._products(store, {"status": "publish"}, cursor)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and price of the products that were modified since, or of all."""
        wish = {"status": "publish"}
        if since is not None:
            wish["modified_after"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            wish["dates_are_gmt"] = "true"
        at, page = clock.now(), self._products(store, wish, cursor)
        rows = [
            Level(one.key, sku.key, sku.stock if sku.active else 0, sku.price_minor, at)
            for one in page.rows
            if isinstance(one, ProductDraft)
            for sku in one.skus
            if sku.stock is not None
        ]
        return Page(rows, page.cursor)

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """A paid order that carries our reference, unless the shop has it already."""
        known = self._known(store, order)
        if known is not None:
            return _progress(known)
        to = address_of(order.ship_to, store.settings.get("country", ""))
        shipping = {
            "first_name": to.name,
            "last_name": "",
            "address_1": to.street,
            "city": to.city,
            "state": to.province,
            "postcode": to.postcode,
            "country": to.country,
            "phone": to.phone,
        }
        wish = {
            "currency": order.currency,
            "set_paid": True,
            "payment_method": "yellowcart",
            "payment_method_title": "Yellowcart",
            "transaction_id": order.reference,
            "customer_note": to.note,
            "billing": shipping,
            "shipping": shipping,
            "line_items": [
                _line(line.product_key, line.sku_key, line.quantity) for line in order.lines
            ],
            "meta_data": [{"key": REFERENCE, "value": order.reference}],
        }
        return _progress(told(SOURCE, self._call(store, "POST", "orders", json=wish), _Order))

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """``orders`` since ours was placed, by our reference among their ``meta_data``."""
        known = self._known(store, order)
        return None if known is None else _progress(known)

    def progress(self, store: Store, external_id: str) -> Progress:
        """``orders/ID``."""
        answer = self._call(store, "GET", f"orders/{quote(external_id, safe='')}")
        return _progress(told(SOURCE, answer, _Order))

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """``cancelled``, unless it is completed."""
        before = self.progress(store, external_id)
        if before.state != "taken":
            return before
        wish = {"status": "cancelled", "customer_note": reason[:500]}
        answer = self._call(store, "PUT", f"orders/{quote(external_id, safe='')}", json=wish)
        return _progress(told(SOURCE, answer, _Order))

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """A refund of the pieces that puts them back into stock; no payment is touched."""
        path = f"orders/{quote(external_id, safe='')}"
        found = told(SOURCE, self._call(store, "GET", path), _Detailed)
        if _progress(found).state != "taken":
            raise SourceError(SOURCE, f"order {found.id} is {found.status}", code="not_open")
        paging = {"per_page": str(MOST_A_PAGE), "page": "1"}
        known = self._call(store, "GET", f"{path}/refunds", paging)
        if not any(
            meta.key == REFERENCE and meta.value == change.reference
            for one in told(SOURCE, known, tuple[_Given, ...])
            for meta in one.meta_data
        ):
            wish = {
                "reason": change.reason[:500],
                "api_refund": False,
                "api_restock": True,
                "line_items": [_refunded(found, line) for line in change.lines],
                "meta_data": [{"key": REFERENCE, "value": change.reference}],
            }
            told(SOURCE, self._call(store, "POST", f"{path}/refunds", json=wish), _Given)
        return self.progress(store, external_id)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A hint of what changed. WooCommerce signs no time, so only the id guards from replays."""
        secret, delivery = store.settings.get("webhook_secret", ""), headers.get(_DELIVERY_ID, "")
        signature = headers.get("x-wc-webhook-signature", "")
        if not secret or not delivery or not verify_webhook(body, secret, signature):
            return None
        topic = headers.get("x-wc-webhook-topic", "")
        try:
            found = msgspec.json.decode(body, type=_Hint)
        except msgspec.DecodeError as error:
            raise SourceError(SOURCE, f"not as documented: {error}") from error
        return Delivery(delivery[:200], [found.happening(topic)])

    def _products(self, store: Store, wish: Mapping[str, str], cursor: str) -> Page[Item]:
        number = int(cursor) if cursor.isdecimal() else 1
        paging = {"orderby": "id", "order": "asc", "per_page": str(PRODUCTS_A_PAGE)}
        answer = self._call(store, "GET", "products", {**wish, **paging, "page": str(number)})
        found = told(SOURCE, answer, tuple[dict[str, Any], ...])
        first = (number - 1) * PRODUCTS_A_PAGE
        rows = [
            item
            for line, one in enumerate(found, start=first + 1)
            for item in self._items(store, one, line)
        ]
        more = bool(found) and number < _pages(answer)
        total = answer.headers.get("x-wp-total", "")
        return Page(
            rows, str(number + 1) if more else "", int(total) if total.isdecimal() else None
        )

    def _items(self, store: Store, raw: Mapping[str, Any], line: int) -> Iterator[Item]:
        try:
            found = msgspec.convert(raw, Found, strict=False)
        except msgspec.ValidationError as error:
            yield Refusal(
                line, _("A product is not as documented: %(why)s"), {"why": str(error)[:200]}
            )
            return
        if found.type in _NOT_SOLD:
            yield Refusal(line, _NOT_SOLD[found.type])
            return
        variations = self._variations(store, found.id) if "variable" in found.type else ()
        yield from items(found, variations, line, store.currency)

    def _variations(self, store: Store, product_id: int) -> Sequence[Found]:
        rows: list[Found] = []
        number = pages = 1
        while number <= pages:
            paging = {"per_page": str(MOST_A_PAGE), "page": str(number)}
            answer = self._call(store, "GET", f"products/{product_id}/variations", paging)
            rows += told(SOURCE, answer, tuple[Found, ...])
            pages, number = min(_pages(answer), 100), number + 1
        return sorted(rows, key=lambda one: one.id)

    def _known(self, store: Store, order: SupplyOrder) -> _Order | None:
        """The order with our reference among those made since we placed ours."""
        after = (order.placed_at or clock.now() - timedelta(days=30)) - CLOCKS_APART
        wish = {
            "after": after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "dates_are_gmt": "true",
            "status": "any",
            "per_page": str(MOST_A_PAGE),
        }
        number = pages = 1
        while number <= pages:
            answer = self._call(store, "GET", "orders", {**wish, "page": str(number)})
            for one in told(SOURCE, answer, tuple[_Order, ...]):
                if one.meta(REFERENCE) == order.reference:
                    return one
            pages, number = _pages(answer), number + 1
        return None

    def _call(
        self,
        store: Store,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Answer:
        known = f"{store.settings['key']}:{store.settings['secret']}".encode()
        return store.caller.call(
            method,
            f"{store.settings['url'].rstrip('/')}/wp-json/wc/v3/{path}",
            params=params,
            json=json,
            headers={"Authorization": "Basic " + base64.b64encode(known).decode()},
        )


class _Hint(msgspec.Struct):
    id: int
    parent_id: int = 0

    def happening(self, topic: str) -> Happening:
        resource, _dot, event = topic.partition(".")
        if resource == "product":
            kind: Any = "product_gone" if event == "deleted" and not self.parent_id else "product"
            return Happening(kind, str(self.parent_id or self.id))
        return Happening("order" if resource == "order" else "other", str(self.id))


_NOT_SOLD: Final[Mapping[str, str | Promise]] = {
    "grouped": _("A grouped product has nothing of its own to sell; its items are their own."),
    "external": _("This product is sold elsewhere; paste its link to offer it as one."),
}


def _same_currency(store: Store, currency: str) -> None:
    if currency != store.currency:
        raise SourceError(SOURCE, f"prices in {currency}, the shop's are in {store.currency}")


def _pages(answer: Answer) -> int:
    text = answer.headers.get("x-wp-totalpages", "")
    return int(text) if text.isdecimal() else 1


def _line(product_key: str, sku_key: str, quantity: int) -> dict[str, Any]:
    """A line of an order; a product without variations is its own and only SKU."""
    try:
        line = {"product_id": int(product_key), "quantity": quantity}
        return line if sku_key == product_key else {**line, "variation_id": int(sku_key)}
    except ValueError as error:
        raise SourceError(
            SOURCE, f"{sku_key} is no id of WooCommerce", code="unknown_sku"
        ) from error


def _refunded(found: _Detailed, line: ChangedLine) -> dict[str, Any]:
    """A line of a refund: pieces of the order's own line, at what they cost there."""
    for one in found.line_items:
        if str(one.variation_id or one.product_id) == line.sku_key and one.quantity > 0:
            whole = minor_of(one.total, found.currency)
            part = decimal_of(whole * line.quantity // one.quantity, found.currency)
            return {"id": one.id, "quantity": line.quantity, "refund_total": float(part)}
    raise SourceError(SOURCE, f"order {found.id} has no {line.sku_key}", code="unknown_sku")


def _progress(found: _Order) -> Progress:
    try:
        refunded = sum(minor_of(one.total.lstrip("-"), found.currency) for one in found.refunds)
    except ValueError as error:
        raise SourceError(SOURCE, f"not as documented: {error}", code="malformed") from error
    tracked = found.meta(_TRACKING)
    parcels = shaped(SOURCE, tracked, list[_Tracked]) if isinstance(tracked, list) else []
    return Progress(
        external_id=str(found.id),
        state=_STATES.get(found.status, "taken"),
        parcels=[one.parcel() for one in parcels],
        refunded_minor=refunded,
    )


class _Tracked(msgspec.Struct):
    tracking_id: str = ""
    tracking_number: str = ""
    tracking_provider: str = ""
    custom_tracking_provider: str = ""

    def parcel(self) -> Parcel:
        carrier = self.tracking_provider or self.custom_tracking_provider
        return Parcel(carrier, self.tracking_number, key=self.tracking_id)
