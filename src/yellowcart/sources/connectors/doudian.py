"""Doudian (抖店): links, and the open platform of Douyin's shops (op.jinritemai.com).

A call is ``POST /{name with slashes}`` with its parameters as JSON in the body, keys sorted and no
spaces, and that very text is signed (version 2). Fine is code 10000. Prices are in fen; a list of
products ends with an empty page, a list of orders begins with page 0.

| capability | how |
|---|---|
| authorise | no consent: ``token.create`` by shop for an app of one's own, else by a typed code |
| fetch an item | ``product.detail`` |
| list the catalogue | ``product.listV2`` by cursor, then each product |
| follow stock and price | the same, since an update time; and messages |
| change stock | ``sku.syncStock``, incremental with ``idempotent_id`` |
| copy to a channel | ``product.addChannelProduct``, ``buyin.bindChannelProduct`` |
| report conversions | ``order.searchList`` by update time |
| receive webhooks | ``event-sign`` over the raw body |
| take an order, convert links | no |
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.sources.connector import (
    Can,
    Connector,
    Conversion,
    Delivery,
    Grant,
    Level,
    Page,
    Setting,
    SourceError,
    Store,
)
from yellowcart.sources.connectors.answers import shaped
from yellowcart.sources.connectors.doudian_shapes import (
    Bound,
    Detail,
    Listed,
    Made,
    Orders,
    Pushed,
    Token,
    draft,
    happenings,
    levels,
    sale,
)
from yellowcart.sources.connectors.mainland import (
    LAG,
    body_of,
    patiently,
    sells_in_yuan,
    without_nulls,
)
from yellowcart.sources.connectors.signing import same
from yellowcart.sources.files.drafts import Item
from yellowcart.sources.recognition import Link, Recognition

SOURCE: Final = "doudian"
GATEWAY: Final = "https://openapi-fxg.jinritemai.com"
ANSWER: Final = b'{"code":0,"msg":"success"}'

_PAGES: Final = re.compile(
    r"/(?:views/product/(?:detail|item2?)|ecommerce/trade/detail/index\.html)/?\Z"
)
_ID: Final = re.compile(r"\d{5,20}\Z", re.ASCII)
_FINE: Final = "10000"
#: Called too often, in all and for products.
_TOO_OFTEN: Final = "60000"
_TOO_OFTEN_HERE: Final = "isv.business-failed:2010401"
_NOT_THERE: Final = {"isv.parameter-invalid:2010058", "isv.parameter-invalid:4"}
#: "[idempotent_id]重复，操作已执行": it is done.
_DONE_BEFORE: Final = {"isv.parameter-invalid:40010", "isv.idempotent-id-existed"}
_LATER: Final = {"20000", "20001"}
_REFRESH_LOST: Final = {
    "dop.token-generate-failed:token-expired",
    "dop.token-generate-failed:token-invalid",
}
_PRODUCTS_A_PAGE: Final = 20
_ORDERS_A_PAGE: Final = 100
#: Orders that a search shows, whatever its pages.
_MOST_ORDERS: Final = 50_000
#: Hosts that may be given a channel copy in one call.
_MOST_HOSTS: Final = 500


def recognise_link(link: Link) -> Recognition | None:
    """A link of a Douyin shop, or ``None``."""
    if not link.under("jinritemai.com", "douyin.com"):
        return None
    product = link.first("id", "product_id") if _PAGES.match(link.path) else ""
    if link.under("jinritemai.com") and _ID.match(product):
        return Recognition(
            SOURCE, 1.0, _("A product page of a Douyin shop."), external_id=product, url=link.url
        )
    if link.under("v.douyin.com"):
        why = _("A Douyin short link; Douyin alone can tell which product.")
        return Recognition(SOURCE, 0.7, why, url=link.url)
    return Recognition(SOURCE, 0.5, _("A page of Douyin, but not one product's."), url=link.url)


def param_json(asked: Mapping[str, Any]) -> str:
    """Parameters as they are sent and signed: keys sorted at every depth, no spaces."""
    return json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign_call(app_key: str, method: str, asked: str, timestamp: str, secret: str) -> str:
    """The signature of a call, version 2: HMAC-SHA256, hex, with the secret as key and on both
    sides of the parameters."""
    text = f"app_key{app_key}method{method}param_json{asked}timestamp{timestamp}v2"
    message = f"{secret}{text}{secret}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_event(app_key: str, body: bytes, secret: str) -> str:
    """The ``event-sign`` of a push: ``md5(app_key + raw body + app_secret)``, hex."""
    text = app_key.encode() + body + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


class Doudian(Connector):
    """One shop on Douyin."""

    source: ClassVar[str] = SOURCE
    name = _("Doudian")
    can = frozenset(
        {
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.CHANGE_STOCK,
            Can.COPY_TO_CHANNEL,
            Can.REPORT_CONVERSIONS,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), kind="secret"),
        Setting("shop_id", _("Shop id")),
        Setting(
            "code",
            _("Code of the consent"),
            _("Only for an app that is not your own: the code that the shop's consent gave."),
            kind="secret",
            required=False,
        ),
    )
    documentation = "https://op.jinritemai.com/docs/api-docs"
    #: A search shows 50,000 orders; a longer span may hold more.
    window_seconds: ClassVar[int] = 24 * 3600
    knows_references: ClassVar[bool] = True

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway

    def check(self, store: Store) -> str:
        """A page of one product, which needs the token; the token itself names the shop."""
        sells_in_yuan(SOURCE, store)
        self._call(store, "product.listV2", {"page": 1, "size": 1})
        named = store.grant.extra.get("shop_name", "") if store.grant else ""
        return named or store.settings["shop_id"]

    def renew(self, store: Store) -> Grant:
        """New tokens; the first ones as well, by the shop or by the code of its consent. An app
        of one's own whose refresh token is lost begins anew by the shop."""
        if store.grant is not None and store.grant.refresh_token:
            asked = {
                "grant_type": "refresh_token",
                "refresh_token": store.grant.refresh_token,
            }
            try:
                return self._granted(store, "token.refresh", asked)
            except SourceError as error:
                if store.settings.get("code") or error.source_code not in _REFRESH_LOST:
                    raise
        code = store.settings.get("code", "")
        if code:
            asked = {"grant_type": "authorization_code", "code": code}
        else:
            asked = {
                "grant_type": "authorization_self",
                "code": "",
                "shop_id": store.settings["shop_id"],
            }
        return self._granted(store, "token.create", asked)

    def item(self, store: Store, key: str) -> Item | None:
        """A product of the shop by its id."""
        detail = self._detail(store, key)
        return draft(detail) if detail else None

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """Products on sale. While one pages, a product that changes is told twice or not at all,
        says Douyin."""
        page = self._listed(store, None, cursor)
        found = [self._detail(store, key) for key in page.rows]
        return Page([draft(one) for one in found if one], page.cursor, page.total)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and prices of products on sale that changed since."""
        page = self._listed(store, since, cursor)
        found = [self._detail(store, key) for key in page.rows]
        return Page([level for one in found if one for level in levels(one)], page.cursor)

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        """A variant's stock, from its product."""
        detail = self._detail(store, product_key)
        rows = levels(detail) if detail else []
        return next((one.available for one in rows if one.sku_key == sku_key), None)

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        """Add or subtract pieces. Douyin itself refuses the same ``reference`` twice."""
        if not change:
            return
        asked = {
            "product_id": int(product_key),
            "sku_id": int(sku_key),
            "incremental": True,
            "idempotent_id": reference,
            "stock_num": change,
        }
        try:
            self._call(store, "sku.syncStock", asked)
        except SourceError as error:
            if error.source_code not in _DONE_BEFORE:
                raise

    def copy_to_channel(self, store: Store, product_key: str, hosts: Sequence[str]) -> str:
        """A channel copy (渠道品) that follows the product's price and shares its stock: one for
        one host alone, for up to 500 hosts, or for the shop's own rooms."""
        if len(hosts) > _MOST_HOSTS:
            raise SourceError(SOURCE, f"more than {_MOST_HOSTS} hosts at once", code="hosts")
        detail = self._detail(store, product_key)
        if detail is None:
            raise SourceError(SOURCE, f"no product {product_key}", code="gone")
        asked = {
            "main_product_id": int(product_key),
            "channel_type": 4 if hosts else 3,  # 4 for hosts, 3 for the shop itself
            "name": detail.name,
            "price_follow_main": True,
            "share_main_stock": True,
            "is_kol_exclusive": len(hosts) == 1,
            "sku_channel": [{"sku_id": int(sku.sku_id)} for sku in detail.spec_prices],
        }
        made = shaped(SOURCE, self._call(store, "product.addChannelProduct", asked), Made)
        bound: dict[str, Any] = {
            "product_id": int(product_key),
            "channel_id": int(made.channel.channel_id),
            "channel_type": 2 if hosts else 1,  # counted otherwise here: 2 for hosts, 1 the shop
            "is_all": not hosts,
        }
        if hosts:
            bound["author_ids"] = [int(host) for host in hosts]
        channel = str(made.channel.channel_id)
        try:
            told = shaped(SOURCE, self._call(store, "buyin.bindChannelProduct", bound), Bound)
        except Problem as error:
            # The copy is there: it must not be asked for again as if nothing were.
            raise _half_made(channel, str(error)) from error
        if told.failed:
            raise _half_made(channel, f"{told.failed[0].id}: {told.failed[0].reason}")
        return channel

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """The shop's orders that changed."""
        number = int(cursor or 0)
        asked = {
            "update_time_start": int((since - LAG).timestamp()),
            "update_time_end": int(until.timestamp()),
            "order_by": "update_time",
            "order_asc": True,
            "page": number,
            "size": _ORDERS_A_PAGE,
        }
        found = shaped(SOURCE, self._call(store, "order.searchList", asked), Orders)
        seen = (number + 1) * _ORDERS_A_PAGE
        more = bool(found.shop_order_list) and seen < found.total
        if more and seen >= _MOST_ORDERS:
            raise SourceError(SOURCE, "more than 50,000 orders in this window", code="window")
        rows = [told for order in found.shop_order_list if (told := sale(order))]
        return Page(rows, str(number + 1) if more else "", found.total)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A push of one message or several. Tag 0 only looks whether somebody is there."""
        app_key, secret = store.settings["app_key"], store.settings["app_secret"]
        if headers.get("app-id") != app_key:
            return None
        if not same(sign_event(app_key, body, secret), headers.get("event-sign", "").lower()):
            return None
        try:
            told = shaped(SOURCE, without_nulls(json.loads(body)), list[Pushed])
        except (ValueError, SourceError):
            return None
        ids = ",".join(f"{one.tag}:{one.msg_id}" for one in told)
        message_id = hashlib.sha256(ids.encode()).hexdigest() if len(ids) > 200 else ids or "none"
        return Delivery(message_id, happenings(told, store.settings["shop_id"]), ANSWER)

    def _granted(self, store: Store, method: str, asked: Mapping[str, Any]) -> Grant:
        token = shaped(SOURCE, self._call(store, method, asked, with_token=False), Token)
        if token.shop_id and str(token.shop_id) != store.settings["shop_id"]:
            raise SourceError(SOURCE, f"the token is of shop {token.shop_id}", reauthorise=True)
        expires = clock.wall() + timedelta(seconds=token.expires_in)
        extra = {"shop_name": token.shop_name} if token.shop_name else {}
        return Grant(token.access_token, token.refresh_token, expires, extra=extra)

    def _detail(self, store: Store, key: str) -> Detail | None:
        if not _ID.match(key):
            return None
        try:
            told = self._call(store, "product.detail", {"product_id": key})
        except SourceError as error:
            if error.source_code in _NOT_THERE:
                return None
            raise
        return shaped(SOURCE, told, Detail)

    def _listed(self, store: Store, since: datetime | None, cursor: str) -> Page[str]:
        """Ids of products on sale that passed; the list is over when a page is empty."""
        asked: dict[str, Any] = {
            "status": 0,
            "check_status": 3,
            "page": 1,
            "size": _PRODUCTS_A_PAGE,
            "use_cursor": True,
        }
        if cursor:
            asked["cursor_id"] = cursor
        if since is not None:
            # The bounds are not within the range that they give.
            asked["update_start_time"] = int(since.timestamp()) - 1
            asked["update_end_time"] = int(clock.wall().timestamp()) + 60
        found = shaped(SOURCE, self._call(store, "product.listV2", asked), Listed)
        told = str(found.cursor_id)
        more = told if found.data and told != cursor else ""
        return Page([str(one.product_id) for one in found.data], more, found.total)

    def _call(
        self, store: Store, method: str, asked: Mapping[str, Any], *, with_token: bool = True
    ) -> dict[str, Any]:
        settings = store.settings
        text = param_json(asked)

        def ask() -> dict[str, Any]:
            timestamp = str(int(clock.wall().timestamp()))
            query = {
                "app_key": settings["app_key"],
                "method": method,
                "timestamp": timestamp,
                "v": "2",
                "sign_method": "hmac-sha256",
                "sign": sign_call(
                    settings["app_key"], method, text, timestamp, settings["app_secret"]
                ),
            }
            if with_token:
                query["access_token"] = store.grant.access_token if store.grant else ""
            answer = store.caller.call(
                "POST",
                f"{self.gateway}/{method.replace('.', '/')}",
                content=text.encode(),
                params=query,
                headers={"Content-Type": "application/json"},
            )
            return body_of(SOURCE, answer)

        body = patiently(store.caller, ask, _wait)
        if str(body.get("code", "")) != _FINE:
            raise _error(body)
        data = body.get("data")
        return data if isinstance(data, dict) else {}


def _half_made(channel: str, words: str) -> SourceError:
    return SourceError(
        SOURCE,
        f"copy {channel} was made, but not for these hosts: {words}",
        code="hosts",
        again=True,
    )


def _wait(body: Mapping[str, Any], tried: int) -> float:
    """How long is not documented: 1, 2, 4 seconds."""
    busy = str(body.get("code")) == _TOO_OFTEN or body.get("sub_code") == _TOO_OFTEN_HERE
    return float(2**tried) if busy else 0.0


def _error(body: Mapping[str, Any]) -> SourceError:
    code, sub = str(body.get("code", "")), str(body.get("sub_code", ""))
    lost = sub.startswith(("isv.access-token", "dop.authorization", "dop.token-generate-failed"))
    return SourceError(
        SOURCE,
        str(body.get("sub_msg") or body.get("msg") or ""),
        code=sub or code,
        again=code in _LATER,
        reauthorise=lost or sub in {"dop.app-forbidden", "isv.app-permissions-insufficient"},
    )
