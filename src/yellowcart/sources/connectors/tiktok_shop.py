"""TikTok Shop: the Partner API, version 202309, and its webhooks.

Every call carries ``app_key``, ``timestamp``, the shop's ``shop_cipher`` and a ``sign`` in its
query and the token in the header ``x-tts-access-token``. The sign is the hex HMAC-SHA256, keyed
with the app's secret, of: secret, path, each parameter but ``sign`` and ``access_token`` sorted by
name as name and value, the body, secret. An answer of success says ``code`` 0. Money is a decimal
text with its currency.

| capability | how |
|---|---|
| authorise | ``/oauth/authorize``, ``/api/v2/token/get``, renewed by ``/api/v2/token/refresh`` |
| fetch an item | ``/product/202309/products/ID``; keys are the ids of product and SKU |
| list the catalogue | ``/product/202309/products/search`` by page token, then each product |
| follow stock and price | the same; the search gives both |
| change stock | ``/product/202309/products/ID/inventory/update``, which takes counts alone: what |
| | is there is read just before |
| receive webhooks | types 1 to 5, 11, 12 as hints, 6 and 7 about access |
| take an order, report conversions, convert links | no: orders are only made on TikTok |
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.fetching import Answer
from yellowcart.sources.connector import (
    Can,
    Connector,
    Delivery,
    Grant,
    Happening,
    Level,
    Page,
    Setting,
    SourceError,
    Store,
)
from yellowcart.sources.connectors.answers import checked, minor_of, pieces, shaped, told
from yellowcart.sources.connectors.signing import same
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal, SkuDraft

SOURCE: Final = "tiktok_shop"
PRODUCTS_A_PAGE: Final = 20
VERSION: Final = "202309"
MOST_IN_WAREHOUSE: Final = 99_999
#: A number of seconds smaller than this is how long a token lasts, a larger one until when.
_LONGEST_LIFE: Final = 10**9
_ORDERS: Final = {1, 2, 3, 4, 11, 12}
_PRODUCT: Final = 5
_ACCESS: Final = {6, 7}
_GONE: Final = 404
T = TypeVar("T")


def sign_call(path: str, query: Mapping[str, str], body: bytes, secret: str) -> str:
    """The ``sign`` of a call."""
    named = {name: value for name, value in query.items() if name not in {"sign", "access_token"}}
    text = path + "".join(name + named[name] for name in sorted(named))
    message = secret.encode() + text.encode() + body + secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_webhook(app_key: str, body: bytes, secret: str) -> str:
    """The ``Authorization`` of a webhook: hex HMAC-SHA256 of app key and raw body."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()


class _Envelope(msgspec.Struct):
    code: int
    message: str = ""
    data: dict[str, Any] | None = None


class _Token(msgspec.Struct):
    access_token: str
    access_token_expire_in: int
    refresh_token: str
    refresh_token_expire_in: int


class _Shop(msgspec.Struct):
    name: str
    cipher: str
    code: str = ""


class _Shops(msgspec.Struct):
    shops: tuple[_Shop, ...]


class _Found(msgspec.Struct):
    products: tuple[dict[str, Any], ...] = ()
    next_page_token: str = ""
    total_count: int | None = None


class _Price(msgspec.Struct):
    currency: str
    sale_price: str = ""
    tax_exclusive_price: str = ""

    def minor(self, currency: str) -> int:
        if self.currency != currency:
            raise ValueError(f"priced in {self.currency}")
        return minor_of(self.sale_price or self.tax_exclusive_price, currency)


class _Inventory(msgspec.Struct):
    quantity: int
    warehouse_id: str = ""


class _Chosen(msgspec.Struct):
    name: str = ""
    value_name: str = ""


class _Sku(msgspec.Struct):
    id: str
    price: _Price
    inventory: tuple[_Inventory, ...] = ()
    seller_sku: str = ""
    sales_attributes: tuple[_Chosen, ...] = ()


class _Named(msgspec.Struct):
    name: str = ""
    local_name: str = ""


class _Picture(msgspec.Struct):
    urls: tuple[str, ...] = ()


class _Product(msgspec.Struct):
    id: str
    title: str
    status: str
    skus: tuple[_Sku, ...]
    description: str = ""
    brand: _Named | None = None
    category_chains: tuple[_Named, ...] = ()
    main_images: tuple[_Picture, ...] = ()


class _Message(msgspec.Struct):
    type: int
    timestamp: int
    data: dict[str, Any] = {}
    tts_notification_id: str = ""


class TikTokShop(Connector):
    """A shop on TikTok, through the Partner API."""

    source = SOURCE
    name: ClassVar[str | Promise] = "TikTok Shop"
    can = frozenset(
        {
            Can.AUTHORISE,
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.CHANGE_STOCK,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("app_key", _("App key"), _("Of your app in TikTok Shop's Partner Center.")),
        Setting("app_secret", _("App secret"), kind="secret"),
        Setting("shop", _("Name or code of the shop"), _("As TikTok's Seller Center shows it.")),
    )
    documentation = "https://partner.tiktokshop.com/docv2"
    auth_host: ClassVar[str] = "https://auth.tiktok-shops.com"
    api_host: ClassVar[str] = "https://open-api.tiktokglobalshop.com"

    def check(self, store: Store) -> str:
        """The name of the shop that was granted."""
        return self._granted_shop(store).name[:200]

    def authorise_url(self, store: Store, redirect_uri: str, state: str) -> str:
        """TikTok sends back to the address that stands in the app's own settings."""
        query = urlencode({"app_key": store.settings["app_key"], "state": state})
        return f"{self.auth_host}/oauth/authorize?{query}"

    def redeem(self, store: Store, code: str, redirect_uri: str) -> Grant:
        """The grant, with the cipher of the shop that it is for."""
        found = self._token(store, "get", {"auth_code": code, "grant_type": "authorized_code"})
        shop = self._granted_shop(store.with_grant(found))
        return _with(found, shop.cipher)

    def renew(self, store: Store) -> Grant:
        """New tokens for the refresh token; the cipher stays."""
        if store.grant is None:
            raise SourceError(SOURCE, "nobody has let us in yet", reauthorise=True)
        wish = {"refresh_token": store.grant.refresh_token, "grant_type": "refresh_token"}
        return _with(self._token(store, "refresh", wish), store.grant.extra.get("shop_cipher", ""))

    def item(self, store: Store, key: str) -> Item | None:
        """A product by id."""
        answer = self._call(store, "GET", f"/product/{VERSION}/products/{quote(key, safe='')}")
        if answer.status == _GONE:
            return None
        return _item(_data(answer, dict[str, Any]), 1, store.currency)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """Live products; the search leaves out descriptions and pictures, so each is asked for."""
        found = self._search(store, cursor)
        rows: list[Item] = []
        for line, one in enumerate(found.products, start=1):
            key = quote(str(one.get("id", "")), safe="")
            answer = self._call(store, "GET", f"/product/{VERSION}/products/{key}")
            if answer.status != _GONE:
                rows.append(_item(_data(answer, dict[str, Any]), line, store.currency))
        return Page(rows, found.next_page_token, found.total_count)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock over all warehouses, and prices, of live products changed since, or of all."""
        at, found = clock.now(), self._search(store, cursor, since)
        rows = []
        for one in found.products:
            product = shaped(SOURCE, one, _Product)
            for sku in product.skus:
                try:
                    price = sku.price.minor(store.currency)
                except ValueError as error:
                    raise SourceError(SOURCE, f"not as documented: {error}") from error
                rows.append(Level(product.id, sku.id, _stock(sku), price, at))
        return Page(rows, found.next_page_token)

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        """A variant's stock over all warehouses."""
        found = self._variant(store, product_key, sku_key)
        return None if found is None else _stock(found)

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        """Set what is there, read just before, to so many more or fewer. TikTok takes counts alone
        and no reference: what it sells between the two calls comes back for sale."""
        if not change:
            return
        found = self._variant(store, product_key, sku_key)
        if found is None:
            raise SourceError(SOURCE, f"there is no {sku_key}", code="unknown_sku")
        rows = [
            {"quantity": count} | ({"warehouse_id": one.warehouse_id} if one.warehouse_id else {})
            for one, count in zip(found.inventory, _spread(found.inventory, change), strict=True)
        ]
        path = f"/product/{VERSION}/products/{quote(product_key, safe='')}/inventory/update"
        wish = {"skus": [{"id": sku_key, "inventory": rows}]}
        made = _data(self._call(store, "POST", path, json=wish), dict[str, Any])
        for error in made.get("errors") or ():
            raise SourceError(
                SOURCE, str(error.get("message", ""))[:300], code=str(error.get("code", ""))
            )

    def _variant(self, store: Store, product_key: str, sku_key: str) -> _Sku | None:
        path = f"/product/{VERSION}/products/{quote(product_key, safe='')}"
        answer = self._call(store, "GET", path)
        if answer.status == _GONE:
            return None
        rows = _data(answer, _Product).skus
        return next((one for one in rows if one.id == sku_key), None)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A hint; the signature stands for a message that has no id."""
        signature = headers.get("authorization", "").strip().lower()
        expected = sign_webhook(store.settings["app_key"], body, store.settings["app_secret"])
        if not same(expected, signature):
            return None
        try:
            found = msgspec.json.decode(body, type=_Message)
        except msgspec.DecodeError as error:
            raise SourceError(SOURCE, f"not as documented: {error}") from error
        return Delivery((found.tts_notification_id or expected)[:200], [_happening(found)])

    def _search(self, store: Store, cursor: str, since: datetime | None = None) -> _Found:
        query = {"page_size": str(PRODUCTS_A_PAGE)} | ({"page_token": cursor} if cursor else {})
        wish: dict[str, Any] = {"status": "ACTIVATE"}
        if since is not None:
            wish["update_time_ge"] = int(since.timestamp())
        path = f"/product/{VERSION}/products/search"
        return _data(self._call(store, "POST", path, query, wish), _Found)

    def _granted_shop(self, store: Store) -> _Shop:
        """The shop that was named, among those that the grant is for."""
        shops = _data(self._call(store, "GET", f"/authorization/{VERSION}/shops"), _Shops).shops
        wanted = store.settings["shop"]
        for one in shops:
            if wanted in {one.name, one.code}:
                return one
        raise SourceError(SOURCE, f"{wanted} was not granted", reauthorise=True)

    def _token(self, store: Store, verb: str, wish: Mapping[str, str]) -> Grant:
        query = {
            "app_key": store.settings["app_key"],
            "app_secret": store.settings["app_secret"],
            **wish,
        }
        answer = store.caller.get(f"{self.auth_host}/api/v2/token/{verb}", params=query)
        try:
            found = _data(answer, _Token)
        except SourceError as error:
            error.reauthorise = not error.again
            raise
        return Grant(
            found.access_token,
            found.refresh_token,
            _until(found.access_token_expire_in),
            _until(found.refresh_token_expire_in),
        )

    def _call(
        self,
        store: Store,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Answer:
        if store.grant is None:
            raise SourceError(SOURCE, "nobody has let us in yet", reauthorise=True)
        signed = {
            **(query or {}),
            "app_key": store.settings["app_key"],
            "timestamp": str(int(clock.wall_seconds())),
        }
        if store.grant.extra.get("shop_cipher") and not path.startswith("/authorization/"):
            signed["shop_cipher"] = store.grant.extra["shop_cipher"]
        body = b"" if json is None else msgspec.json.encode(json)
        signed["sign"] = sign_call(path, signed, body, store.settings["app_secret"])
        return store.caller.call(
            method,
            self.api_host + path,
            params=signed,
            content=body or None,
            headers={
                "Content-Type": "application/json",
                "x-tts-access-token": store.grant.access_token,
            },
        )


def _data(answer: Answer, kind: type[T]) -> T:
    """The data of an answer whose ``code`` is 0."""
    found = told(SOURCE, answer, _Envelope)
    if found.code != 0:
        raise SourceError(SOURCE, found.message[:300], code=str(found.code))
    return shaped(SOURCE, found.data, kind)


def _with(grant: Grant, cipher: str) -> Grant:
    return Grant(
        grant.access_token,
        grant.refresh_token,
        grant.expires_at,
        grant.refresh_expires_at,
        {"shop_cipher": cipher},
    )


def _until(seconds: int) -> datetime:
    if seconds < _LONGEST_LIFE:
        return clock.wall() + timedelta(seconds=seconds)
    return datetime.fromtimestamp(min(seconds, 10**11), UTC)


def _stock(sku: _Sku) -> int:
    return pieces(sum(one.quantity for one in sku.inventory))


def _spread(rows: Sequence[_Inventory], change: int) -> list[int]:
    """Counts by warehouse after a change: pieces are taken where most are, and added there."""
    counts = [max(one.quantity, 0) for one in rows]
    if change > 0 and counts:
        counts[counts.index(max(counts))] = min(max(counts) + change, MOST_IN_WAREHOUSE)
        return counts
    left = -change
    for place in sorted(range(len(counts)), key=lambda place: -counts[place]):
        taken = min(counts[place], left)
        counts[place] -= taken
        left -= taken
    return counts


def _item(raw: Any, line: int, currency: str) -> Item:
    try:
        found = msgspec.convert(raw, _Product, strict=False)
        names = tuple(dict.fromkeys(c.name for sku in found.skus for c in sku.sales_attributes))
        return checked(
            ProductDraft(
                key=found.id,
                line=line,
                title=found.title,
                description_html=found.description,
                vendor=found.brand.name if found.brand else "",
                category=" > ".join(one.local_name for one in found.category_chains),
                images=tuple(one.urls[0] for one in found.main_images if one.urls),
                option_names=names,
                published=found.status == "ACTIVATE",
                skus=tuple(_sku(sku, names, line, currency) for sku in found.skus),
            )
        )
    except (msgspec.ValidationError, ValueError) as error:
        return Refusal(
            line, _("A product is not as documented: %(why)s"), {"why": str(error)[:200]}
        )


def _sku(found: _Sku, names: tuple[str, ...], line: int, currency: str) -> SkuDraft:
    values = {one.name: one.value_name for one in found.sales_attributes}
    return SkuDraft(
        key=found.id,
        line=line,
        price_minor=found.price.minor(currency),
        options=tuple(values[name] for name in names if name in values),
        code=found.seller_sku,
        stock=_stock(found),
    )


def _happening(found: _Message) -> Happening:
    if found.type in _ORDERS:
        return Happening("order", str(found.data.get("order_id", "")))
    if found.type == _PRODUCT:
        return Happening("product", str(found.data.get("product_id", "")))
    return Happening("access" if found.type in _ACCESS else "other", str(found.type))
