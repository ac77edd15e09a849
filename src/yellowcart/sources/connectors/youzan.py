"""Youzan (有赞): product and share links, and Youzan cloud's API and messages.

A call is ``POST /api/{name}/{version}?access_token=…`` with a JSON body; a failure comes with
status 200 too. A product's prices are in fen, a trade's amounts are text in yuan; times are
Beijing's, filters of products Unix milliseconds.

| capability | how |
|---|---|
| authorise | no consent: ``silent`` for an app of one's own, else by a typed code |
| fetch an item | ``youzan.item.get`` 3.0.0, by item id or alias |
| list the catalogue | ``youzan.items.onsale.get`` 3.0.0, then each item |
| follow stock and price | the same, since an update time; and messages |
| change stock | ``youzan.item.quantity.update`` 3.0.0 of type 1: by so many, not to so many |
| report conversions | ``youzan.trades.sold.get`` 4.0.4 by update time |
| receive webhooks | ``Event-Sign`` over the raw body, or the older ``sign`` within |
| take an order | no: trades are brought in by special agreement only |
| convert links | no |
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

from django.utils.translation import gettext_lazy as _

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
from yellowcart.sources.connectors.mainland import (
    LAG,
    beijing,
    beijing_text,
    body_of,
    of_ms,
    patiently,
    sells_in_yuan,
    to_ms,
    without_nulls,
)
from yellowcart.sources.connectors.signing import same
from yellowcart.sources.connectors.youzan_shapes import (
    Listed,
    OnSale,
    Product,
    Push,
    Sold,
    Token,
    draft,
    happenings,
    levels,
    sale,
)
from yellowcart.sources.files.drafts import Item
from yellowcart.sources.recognition import Link, Recognition

Kind = TypeVar("Kind")

SOURCE = "youzan"
#: Of ``youzan.item.quantity.update``: 0 sets a count.
BY_SO_MANY: Final = 1
GATEWAY: Final = "https://open.youzanyun.com"
ANSWER: Final = b'{"code":0,"msg":"success"}'

#: A token is unknown, expired or no longer wanted; 10003 is the older platform's.
_TOKEN: Final = {"4201", "4202", "4203", "10003"}
_FORBIDDEN: Final = {"4204", "10004"}
_TOO_OFTEN: Final = {"4101", "500100004", "123000042", "141500203", "20001"}
#: A lapsed trial, an unpaid month: later is soon enough.
_QUOTA: Final = {"20002"}
_GONE: Final = {"122001001", "123005001"}
_SLOW: Final = {"106000001", "106100118"}
#: Youzan's own advice: 3, 6, 12, 24 and 48 seconds.
_BACK_OFF_SECONDS: Final = 3.0
#: ``page_no`` times ``page_size`` stays below 4,000; a page's items are then fetched one by one.
_ITEMS_A_PAGE: Final = 20
_LAST_ITEM_PAGE: Final = 100
_TRADES_A_PAGE: Final = 100
_LAST_TRADE_PAGE: Final = 100

_ALIAS = re.compile(r"[0-9A-Za-z]{6,32}\Z")
_BY_PATH = re.compile(
    r"/(?:v2/goods|wscshop/goods|wscgoods/detail|v2/showcase/goods)/([0-9A-Za-z]+)"
)
_IN_APPLET = re.compile(
    r"pages/goods/detail/index(?:\.html)?\?(?:[^\s]*&)?alias=([0-9A-Za-z]{6,32})"
)
_NOT_A_PRODUCT = {"newest", "all", "list"}


def recognise_link(link: Link) -> Recognition | None:
    """A Youzan link of any form, or ``None``."""
    if not link.under("youzan.com", "kdt.im"):
        return None
    alias = _alias(link)
    if alias:
        return _product(alias, link.url)
    short = link.under("j.youzan.com", "kdt.im")
    return Recognition(
        source=SOURCE,
        confidence=0.9 if short else 0.5,
        why=(
            _("A Youzan short link; Youzan alone can tell which product.")
            if short
            else _("A page of Youzan, but not one product's.")
        ),
        url=link.url,
    )


def recognise_text(text: str) -> Recognition | None:
    """A product page of Youzan's mini-program, as its share texts name it, or ``None``."""
    match = _IN_APPLET.search(text)
    return _product(match.group(1), "") if match else None


def _alias(link: Link) -> str:
    by_path = _BY_PATH.match(link.path)
    alias = by_path.group(1) if by_path else ""
    if not alias and "/newest" not in link.path:
        alias = link.query.get("alias", "")
    return alias if _ALIAS.match(alias) and alias not in _NOT_A_PRODUCT else ""


def _product(alias: str, url: str) -> Recognition:
    return Recognition(
        source=SOURCE,
        confidence=1.0,
        why=_("A Youzan product page."),
        external_id=alias,
        url=url or f"https://detail.youzan.com/show/goods?alias={alias}",
    )


def sign_message(client_id: str, msg: str, client_secret: str) -> str:
    """Youzan's message signature: ``md5(client_id + msg + client_secret)``, hex.

    ``msg`` is the still url-encoded text as it stands in the message.
    """
    text = f"{client_id}{msg}{client_secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def verify_message(client_id: str, msg: str, client_secret: str, sign: str) -> bool:
    """Whether Youzan signed this message; compared in constant time."""
    return same(sign_message(client_id, msg, client_secret), sign.lower())


def sign_event(client_id: str, body: bytes, client_secret: str) -> str:
    """The ``Event-Sign`` of a push: ``md5(client_id + raw body + client_secret)``, hex."""
    text = client_id.encode() + body + client_secret.encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


class Youzan(Connector):
    """Youzan cloud for one shop."""

    source: ClassVar[str] = SOURCE
    name = _("Youzan")
    can = frozenset(
        {
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.CHANGE_STOCK,
            Can.REPORT_CONVERSIONS,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("client_id", _("Client id of the app")),
        Setting("client_secret", _("Client secret of the app"), kind="secret"),
        Setting("kdt_id", _("Shop id (kdt_id)")),
        Setting(
            "code",
            _("Code of the consent"),
            _("Only for an app that is not your own: the code that the shop's consent gave."),
            kind="secret",
            required=False,
        ),
    )
    documentation = "https://doc.youzanyun.com/"
    #: "Ask 30 seconds later at the earliest", of its lists of trades.
    asked_after_seconds: ClassVar[int] = 30
    #: The list takes 100 pages of 100; a longer window may hold more trades than it shows.
    window_seconds: ClassVar[int] = 6 * 3600

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway

    def check(self, store: Store) -> str:
        """The shop's name, as ``youzan.shop.get`` 3.0.0 gives it."""
        sells_in_yuan(SOURCE, store)
        shop = self._call(store, "youzan.shop.get", "3.0.0", {})
        return str(shop.get("name") or store.settings["kdt_id"])

    def renew(self, store: Store) -> Grant:
        """New tokens; the first ones as well. An app of one's own asks by its shop, a tool by the
        code that Youzan sent it, which lives two minutes and works once."""
        grant = store.grant
        if grant is not None and grant.refresh_token:
            return self._token(
                store,
                {"authorize_type": "refresh_token", "refresh_token": grant.refresh_token},
            )
        code = store.settings.get("code", "")
        if code and grant is None:
            return self._token(store, {"authorize_type": "authorization_code", "code": code})
        asked = {
            "authorize_type": "silent",
            "grant_id": store.settings["kdt_id"],
            "refresh": grant is not None,
        }
        return self._token(store, asked)

    def item(self, store: Store, key: str) -> Item | None:
        """A product by item id, or by the alias that links carry."""
        product = self._product(store, key)
        return draft(product) if product else None

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """Products on sale, oldest change first, so that none slips between the pages."""
        page = self._on_sale(store, cursor or "0.1")
        drafts = [
            draft(product)
            for row in page.rows
            if (product := self._product(store, str(row.item_id))) is not None
        ]
        return Page(drafts, page.cursor, page.total)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and prices of products on sale that changed since."""
        page = self._on_sale(store, cursor or f"{to_ms(since) if since else 0}.1")
        return Page(
            [
                level
                for row in page.rows
                if (product := self._product(store, str(row.item_id))) is not None
                for level in levels(product)
            ],
            page.cursor,
        )

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        """A variant's stock, from its product."""
        product = self._product(store, product_key)
        rows = levels(product) if product else []
        return next((one.available for one in rows if one.sku_key == sku_key), None)

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        """Add or subtract pieces. Youzan takes no reference: the same call again counts again.

        A product without variants is its own, and has no ``sku_id``.
        """
        if not change:
            return
        asked = {"item_id": int(product_key), "quantity": change, "type": BY_SO_MANY}
        if sku_key != product_key:
            asked["sku_id"] = int(sku_key)
        self._call(store, "youzan.item.quantity.update", "3.0.0", asked)

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """Trades that changed. While one pages, a trade that changes is told twice."""
        page = int(cursor or 1)
        sold = self._shaped(
            store,
            "youzan.trades.sold.get",
            "4.0.4",
            {
                "start_update": beijing_text(since - LAG),
                "end_update": beijing_text(until),
                "page_no": page,
                "page_size": _TRADES_A_PAGE,
            },
            Sold,
        )
        if len(sold.full_order_info_list) < _TRADES_A_PAGE:
            more = ""
        elif page >= _LAST_TRADE_PAGE:
            raise SourceError(SOURCE, "more than 10,000 trades in this window", code="window")
        else:
            more = str(page + 1)
        rows = [sale(held.full_order_info) for held in sold.full_order_info_list]
        return Page([row for row in rows if row], more, sold.total_results)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A push. With ``Event-Sign`` all of it is signed; with the older ``sign`` only ``msg``
        is, so that the signature itself stands for the message and it counts as a hint."""
        client = store.settings["client_id"]
        secret = store.settings["client_secret"]
        sent = headers.get("event-sign", "")
        if sent and not same(sign_event(client, body, secret), sent.lower()):
            return None
        try:
            push = shaped(SOURCE, without_nulls(json.loads(body)), Push)
        except (ValueError, SourceError):
            return None
        if str(push.client_id) != client:
            return None
        if not sent and not (
            isinstance(push.msg, str) and verify_message(client, push.msg, secret, push.sign)
        ):
            return None
        told = f"{push.type}:{push.kdt_id}:{push.id}:{push.version}"
        message_id = push.msg_id or told if sent else f"{client}:{push.sign.strip().lower()}"
        ours = str(push.kdt_id) == store.settings["kdt_id"] and not push.test
        return Delivery(message_id[:200], happenings(push, bool(sent)) if ours else (), ANSWER)

    def _token(self, store: Store, asked: dict[str, Any]) -> Grant:
        settings = store.settings
        answer = store.caller.post(
            f"{self.gateway}/auth/token",
            {
                "client_id": settings["client_id"],
                "client_secret": settings["client_secret"],
                **asked,
            },
        )
        body = body_of(SOURCE, answer)
        if body.get("success") is not True:
            raise SourceError(
                SOURCE,
                str(body.get("message", "no token")),
                code=str(body.get("code", "")),
                reauthorise=True,
            )
        token = shaped(SOURCE, body.get("data"), Token)
        if token.authority_id and str(token.authority_id) != settings["kdt_id"]:
            raise SourceError(
                SOURCE, f"the token is of shop {token.authority_id}", reauthorise=True
            )
        return Grant(token.access_token, token.refresh_token, of_ms(token.expires))

    def _call(
        self, store: Store, name: str, version: str, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        token = store.grant.access_token if store.grant else ""

        def ask() -> dict[str, Any]:
            answer = store.caller.post(
                f"{self.gateway}/api/{name}/{version}",
                dict(asked),
                params={"access_token": token},
            )
            return body_of(SOURCE, answer)

        body = patiently(store.caller, ask, _wait)
        code, words = _refused(body)
        if code:
            raise SourceError(
                SOURCE,
                words,
                code=code,
                again=code in _QUOTA | _SLOW,
                reauthorise=code in _TOKEN | _FORBIDDEN,
            )
        data = body.get("data", body.get("response"))
        return data if isinstance(data, dict) else {}

    def _shaped(
        self, store: Store, name: str, version: str, asked: Mapping[str, Any], kind: type[Kind]
    ) -> Kind:
        return shaped(SOURCE, self._call(store, name, version, asked), kind)

    def _product(self, store: Store, key: str) -> Product | None:
        which = {"item_id": int(key)} if key.isascii() and key.isdigit() else {"alias": key}
        try:
            found = self._call(store, "youzan.item.get", "3.0.0", which)
        except SourceError as error:
            if error.source_code in _GONE:
                return None
            raise
        return shaped(SOURCE, found["item"], Product) if found.get("item") else None

    def _on_sale(self, store: Store, cursor: str) -> Page[Listed]:
        """A page of the list. A cursor is the update time to begin at, in ms, and the page from
        there; past the last page the list may not be asked, so it begins anew at that time."""
        since, _dot, number = cursor.partition(".")
        page = int(number)
        asked: dict[str, Any] = {
            "page_no": page,
            "page_size": _ITEMS_A_PAGE,
            "order_by": "update_time:asc",
        }
        if int(since):
            asked["update_time_start"] = int(since)
        found = self._shaped(store, "youzan.items.onsale.get", "3.0.0", asked, OnSale)
        if len(found.items) < _ITEMS_A_PAGE:
            return Page(found.items, "", found.count)
        if page < _LAST_ITEM_PAGE:
            return Page(found.items, f"{since}.{page + 1}", found.count)
        begin = to_ms(beijing(found.items[-1].update_time))
        return Page(found.items, f"{max(begin, int(since) + 1)}.1", found.count)


def _refused(body: Mapping[str, Any]) -> tuple[str, str]:
    """The code and words of a failure, in any of the three forms they come in; else empty."""
    gateway = body.get("gw_err_resp")
    if isinstance(gateway, Mapping):
        return str(gateway.get("err_code", "?")), str(gateway.get("err_msg", ""))
    older = body.get("error_response")
    if isinstance(older, Mapping):
        return str(older.get("code", "?")), str(older.get("msg", ""))
    if body.get("success") is False or body.get("code", 200) not in (0, 200):
        words = str(body.get("message") or body.get("msg") or "")
        return str(body.get("code", "?")), words
    return "", ""


def _wait(body: Mapping[str, Any], tried: int) -> float:
    return _BACK_OFF_SECONDS * 2**tried if _refused(body)[0] in _TOO_OFTEN else 0.0
