"""Any supplier, through an interface of our own that is quick to build: docs/supplier-api.md.

Every call is a Standard Webhooks message: ``POST`` with ``{"type": …, "timestamp": …, "data": …}``,
signed over id, time and raw body, in both directions with the same secret. We call one address of
the supplier, the supplier calls one of ours. Money is in integer minor units.

| capability | how |
|---|---|
| fetch an item | ``product.get`` |
| list the catalogue | ``product.list``, pages by cursor |
| follow stock and price | ``stock.list`` since an instant, ``stock.changed`` |
| take an order | ``order.place`` (idempotent by reference), ``order.get``, ``order.cancel`` |
| send fewer, refund | ``order.reduce``, ``order.refund`` (idempotent by reference) |
| receive webhooks | ``product.changed``, ``product.gone``, ``stock.changed``, ``order.changed`` |
| authorise, convert links, report conversions | no: a secret is typed in, sales happen here |

Mokuai publishes no interface of its own; a connection to it speaks this one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar
from uuid import uuid4

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.sources.connector import (
    Can,
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
from yellowcart.sources.connectors.answers import checked, pieces, shaped, told
from yellowcart.sources.connectors.mokuai import SOURCE as MOKUAI
from yellowcart.sources.connectors.mokuai import sign_webhook, verify_webhook
from yellowcart.sources.files.cells import DEAREST_MINOR
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal, SkuDraft

SOURCE: Final = "supplier"
T = TypeVar("T")
_Price = Annotated[int, msgspec.Meta(ge=0, lt=DEAREST_MINOR)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Sku(msgspec.Struct):
    """A variant; prices in minor units, ``stock`` left out where it is not counted."""

    key: str
    price: _Price
    options: tuple[str, ...] = ()
    code: str = ""
    barcode: str = ""
    compare_at: int | None = None
    weight_grams: int = 0
    image: str = ""
    stock: int | None = None
    active: bool = True


class Product(msgspec.Struct):
    """A product with its variants; ``category`` may be a path with `` > ``."""

    key: str
    title: str
    skus: tuple[Sku, ...]
    description_html: str = ""
    vendor: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    published: bool = True


class Stock(msgspec.Struct):
    """What can be sold of a variant, and since when."""

    product: str
    sku: str
    available: int
    price: _Price | None = None
    at: datetime | None = None


class Sent(msgspec.Struct):
    """A parcel; without ``pieces`` everything that was left."""

    carrier: str
    tracking_no: str
    pieces: dict[str, int] | None = None


class Order(msgspec.Struct):
    """How far an order is."""

    id: _Id
    state: Literal["taken", "part_sent", "sent", "received", "cancelled"]
    parcels: tuple[Sent, ...] = ()
    refunded: _Price = 0
    reason: str = ""


class _Me(msgspec.Struct):
    name: str
    currency: str


class _Products(msgspec.Struct):
    currency: str
    products: tuple[Any, ...]
    cursor: str = ""
    total: int | None = None


class _Product(msgspec.Struct):
    currency: str
    product: Product | None


class _Levels(msgspec.Struct):
    currency: str
    levels: tuple[Stock, ...]
    cursor: str = ""


class _Order(msgspec.Struct):
    order: Order


class _Perhaps(msgspec.Struct):
    order: Order | None


class _Message(msgspec.Struct):
    type: str
    data: dict[str, Any]


class Supplier(Connector):
    """A supplier that implements docs/supplier-api.md."""

    source: ClassVar[str] = SOURCE
    name: ClassVar[str | Promise] = _("Supplier (our signed interface)")
    can = frozenset(
        {
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.TAKE_ORDER,
            Can.REDUCE_ORDER,
            Can.REFUND_ORDER,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("url", _("Address of the supplier's interface"), kind="url"),
        Setting(
            "secret",
            _("Signing secret"),
            _("The same on both sides; it begins with whsec_."),
            kind="secret",
        ),
    )
    documentation = "docs/supplier-api.md"

    def check(self, store: Store) -> str:
        """The supplier's name; its currency must be the shop's."""
        me = self._ask(store, "ping", {}, _Me)
        self._same_currency(store, me.currency)
        return me.name[:200]

    def item(self, store: Store, key: str) -> Item | None:
        """``product.get``."""
        found = self._ask(store, "product.get", {"key": key}, _Product)
        self._same_currency(store, found.currency)
        return None if found.product is None else _draft(found.product, 1)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """``product.list``; a product that is malformed is refused alone."""
        found = self._ask(store, "product.list", {"cursor": cursor}, _Products)
        self._same_currency(store, found.currency)
        rows = [_item(one, line) for line, one in enumerate(found.products, start=1)]
        return Page(rows, found.cursor, found.total)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """``stock.list``."""
        data = {"since": since.isoformat() if since else None, "cursor": cursor}
        found = self._ask(store, "stock.list", data, _Levels)
        self._same_currency(store, found.currency)
        return Page([_level(one) for one in found.levels], found.cursor)

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """``order.place``; the supplier finds an order it has by ``reference``."""
        data = {
            "reference": order.reference,
            "currency": order.currency,
            "placed_at": order.placed_at.isoformat() if order.placed_at else None,
            "ship_to": dict(order.ship_to),
            "lines": [
                {
                    "line": line.line_no,
                    "product": line.product_key,
                    "sku": line.sku_key,
                    "title": line.title,
                    "quantity": line.quantity,
                    "price": line.unit_minor,
                }
                for line in order.lines
            ],
        }
        return _progress(self._ask(store, "order.place", data, _Order).order)

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """``order.find``; one that does not know the question refuses it."""
        found = self._ask(store, "order.find", {"reference": order.reference}, _Perhaps).order
        return None if found is None else _progress(found)

    def progress(self, store: Store, external_id: str) -> Progress:
        """``order.get``."""
        return _progress(self._ask(store, "order.get", {"id": external_id}, _Order).order)

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """``order.cancel``; what has been sent already stays sent, and the answer says so."""
        data = {"id": external_id, "reason": reason}
        return _progress(self._ask(store, "order.cancel", data, _Order).order)

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """``order.reduce``; the supplier knows a change it has had by its ``reference``."""
        return self._change(store, "order.reduce", external_id, change)

    def refund(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """``order.refund``; what the supplier gives back is the answer's ``refunded``."""
        return self._change(store, "order.refund", external_id, change)

    def _change(self, store: Store, kind: str, external_id: str, change: SupplyChange) -> Progress:
        data = {
            "id": external_id,
            "reference": change.reference,
            "reason": change.reason,
            "currency": change.currency,
            "buyer_refunded": change.refunded_minor,
            "lines": [
                {
                    "line": line.line_no,
                    "product": line.product_key,
                    "sku": line.sku_key,
                    "title": line.title,
                    "quantity": line.quantity,
                    "in_all": line.in_all,
                    "price": line.unit_minor,
                }
                for line in change.lines
            ],
        }
        return _progress(self._ask(store, kind, data, _Order).order)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A message of the supplier's; its news can be relied on, since it signed all of it."""
        message_id = headers.get("webhook-id", "")
        genuine = bool(message_id) and verify_webhook(
            message_id,
            headers.get("webhook-timestamp", ""),
            headers.get("webhook-signature", ""),
            body,
            store.settings["secret"],
            now,
        )
        if not genuine:
            return None
        try:
            message = msgspec.json.decode(body, type=_Message)
        except msgspec.DecodeError as error:
            raise SourceError(self.source, f"not as documented: {error}") from error
        return Delivery(message_id[:200], [self._happening(store, message)])

    def _happening(self, store: Store, message: _Message) -> Happening:
        data = message.data
        if message.type == "stock.changed":
            self._same_currency(store, str(data.get("currency", store.currency)))
            level = _level(shaped(self.source, data, Stock))
            return Happening("stock", level.product_key, level=level)
        if message.type == "order.changed":
            progress = _progress(shaped(self.source, data, _Order).order)
            return Happening("order", progress.external_id, progress=progress)
        if message.type == "product.changed":
            return Happening("product", str(data.get("key", "")))
        if message.type == "product.gone":
            return Happening("product_gone", str(data.get("key", "")))
        return Happening("other", message.type[:100])

    def _ask(self, store: Store, kind: str, data: Mapping[str, Any], answer: type[T]) -> T:
        """One signed message to the supplier, and what it answers."""
        at = clock.wall()
        message_id = f"msg_{uuid4().hex}"
        body = msgspec.json.encode({"type": kind, "timestamp": at.isoformat(), "data": data})
        seconds = int(at.timestamp())
        try:
            signature = sign_webhook(message_id, seconds, body, store.settings["secret"])
        except ValueError as error:
            raise Problem(
                "secret_malformed", 422, _("The secret must be base64, as in whsec_….")
            ) from error
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature,
        }
        sent = store.caller.call("POST", store.settings["url"], content=body, headers=headers)
        return told(self.source, sent, answer)

    def _same_currency(self, store: Store, currency: str) -> None:
        if currency != store.currency:
            raise SourceError(
                self.source, f"prices in {currency}, the shop's are in {store.currency}"
            )


def _item(raw: Any, line: int) -> Item:
    try:
        return _draft(msgspec.convert(raw, Product), line)
    except msgspec.ValidationError as error:
        return Refusal(
            line,
            _("A product is not as documented: %(why)s"),
            {"why": str(error)[:200]},
        )


def _draft(found: Product, line: int) -> Item:
    return checked(
        ProductDraft(
            key=found.key,
            line=line,
            title=found.title,
            description_html=found.description_html,
            vendor=found.vendor,
            category=found.category,
            tags=found.tags,
            images=found.images,
            option_names=found.option_names,
            published=found.published,
            skus=tuple(
                SkuDraft(
                    key=sku.key,
                    line=line,
                    price_minor=sku.price,
                    options=sku.options,
                    code=sku.code,
                    barcode=sku.barcode,
                    compare_at_minor=sku.compare_at,
                    weight_grams=max(0, sku.weight_grams),
                    image_url=sku.image,
                    stock=sku.stock,
                    active=sku.active,
                )
                for sku in found.skus
            ),
        )
    )


def _level(found: Stock) -> Level:
    return Level(found.product, found.sku, pieces(found.available), found.price, found.at)


def _progress(found: Order) -> Progress:
    return Progress(
        external_id=found.id,
        state=found.state,
        parcels=[Parcel(one.carrier, one.tracking_no, one.pieces) for one in found.parcels],
        refunded_minor=found.refunded,
        reason=found.reason[:500],
    )


class Mokuai(Supplier):
    """Mokuai, once it speaks our interface; it publishes none of its own."""

    source = MOKUAI
    name = _("Mokuai (our signed interface)")
