"""Kuaishou (快手): links, and the e-commerce open platform (open.kwaixiaodian.com).

A method's path is its name with slashes; its parameters go along as JSON in ``param``, reads as a
query and writes as a form. All parameters are signed, sorted, with a secret that is only for
signing; messages are encrypted with a third one. Prices are in fen, times Unix milliseconds, and a
list ends with a cursor that says so in words (``nomore``).

| capability | how |
|---|---|
| authorise | ``/oauth/authorize``, ``/oauth2/access_token``, ``/oauth2/refresh_token`` |
| fetch an item | ``open.item.list.get`` by item id |
| list the catalogue | ``open.item.list.get`` |
| follow stock and price | the same, all of it: the list knows no time of change |
| change stock | ``open.item.sku.stock.update``, which adds and subtracts and knows no reference |
| report conversions | ``open.distribution.cps.kwaimoney.order.list``, or the shop's own orders |
| receive webhooks | AES/CBC, hints only |
| convert links | ``open.distribution.cps.kwaimoney.link.create`` with our click id |
| take an order | no |
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.sources.connector import (
    Can,
    Connector,
    Conversion,
    Converted,
    Delivery,
    Grant,
    Level,
    Page,
    Setting,
    SourceError,
    Store,
)
from yellowcart.sources.connectors.answers import shaped
from yellowcart.sources.connectors.kuaishou_shapes import (
    Envelope,
    Items,
    LinkMade,
    Promoted,
    ShopOrders,
    Token,
    Ware,
    draft,
    happenings,
    levels,
    promoted_sale,
    shop_sale,
)
from yellowcart.sources.connectors.mainland import (
    LAG,
    body_of,
    sells_in_yuan,
    to_ms,
    wall_ms,
    without_nulls,
)
from yellowcart.sources.files.drafts import Item
from yellowcart.sources.recognition import Link, Recognition, links_in

SOURCE: Final = "kuaishou"
GATEWAY: Final = "https://openapi.kwaixiaodian.com"
CONSENT: Final = "https://open.kwaixiaodian.com/oauth/authorize"
SCOPE: Final = "user_info,merchant_item,merchant_order,merchant_distribution"
#: Where a product's page lies; ``id`` says which.
_PAGES: Final = re.compile(
    r"/(?:merchant/shop/detail|(?:page|web)/kwaishop-(?:buyer-)?goods-detail[\w\-]*)/?\Z"
)
_ID: Final = re.compile(r"\d{5,20}\Z", re.ASCII)
#: What the cursor of a list ends with, in one method and another.
_NO_MORE: Final = {"", "nomore", "no_more", "no more"}
#: Whatever is wrong with a token or what it may do.
_TOKEN: Final = {"100200101", "100200102", "100200105", "100200106", "100200107"}
_SERVER: Final = "100200500"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_ITEMS_A_PAGE: Final = 50
_ORDERS_A_PAGE: Final = 50
_PROMOTED_A_PAGE: Final = 100
#: Not documented beyond "result 1 is fine", which is what they say themselves.
ANSWER: Final = b'{"result":1}'


_OWN: Final = ("kwaixiaodian.com", "kuaishou.com", "gifshow.com")


def recognise_link(link: Link) -> Recognition | None:
    """A Kuaishou link of any form, or ``None``."""
    if not link.under(*_OWN):
        return None
    product = link.first("id", "itemId") if _PAGES.match(link.path) else ""
    if link.under("kwaixiaodian.com") and _ID.match(product):
        return Recognition(
            SOURCE, 1.0, _("A Kuaishou product page."), external_id=product, url=link.url
        )
    if link.under("v.kuaishou.com"):
        why = _("A Kuaishou short link; Kuaishou alone can tell which product.")
        return Recognition(SOURCE, 0.7, why, url=link.url)
    return Recognition(SOURCE, 0.5, _("A page of Kuaishou, but not one product's."), url=link.url)


def sign_text(parameters: Mapping[str, str], sign_secret: str) -> str:
    """What is signed: ``k=v`` sorted by name and joined by ``&``, the secret at the end."""
    pairs = [f"{name}={parameters[name]}" for name in sorted(parameters) if name != "sign"]
    return "&".join([*pairs, f"signSecret={sign_secret}"])


def sign_md5(parameters: Mapping[str, str], sign_secret: str) -> str:
    """The signature of a call with ``signMethod`` MD5, hex."""
    text = sign_text(parameters, sign_secret)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def sign_hmac(parameters: Mapping[str, str], sign_secret: str) -> str:
    """The signature of a call with ``signMethod`` HMAC_SHA256, base64."""
    text = sign_text(parameters, sign_secret).encode()
    return base64.b64encode(hmac.new(sign_secret.encode(), text, hashlib.sha256).digest()).decode()


def decrypted(body: bytes, message_secret: str) -> bytes:
    """The text of a message: base64, AES/CBC with PKCS#5 padding, a vector of 16 zeros.

    ``ValueError`` where the secret does not fit. The scheme has no signature: who saw a message
    could change a block of it, so what it tells is a hint and is asked for again.
    """
    try:
        key = base64.b64decode(message_secret, validate=True)
        sealed = base64.b64decode(body.strip().strip(b'"'), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    opening = Cipher(AES(key), CBC(bytes(16))).decryptor()
    padded = opening.update(sealed) + opening.finalize()
    unpadding = PKCS7(128).unpadder()
    return unpadding.update(padded) + unpadding.finalize()


class Kuaishou(Connector):
    """Kuaishou's e-commerce platform for one shop or promoter."""

    source: ClassVar[str] = SOURCE
    name = _("Kuaishou")
    can = frozenset(
        {
            Can.AUTHORISE,
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.CHANGE_STOCK,
            Can.REPORT_CONVERSIONS,
            Can.RECEIVE_WEBHOOKS,
            Can.CONVERT_LINK,
        }
    )
    settings = (
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), kind="secret"),
        Setting("sign_secret", _("Secret for signing calls (signSecret)"), kind="secret"),
        Setting(
            "message_secret",
            _("Secret of messages (messageSecretKey)"),
            _("Needed for messages only."),
            kind="secret",
            required=False,
        ),
        Setting(
            "cps_pid",
            _("Promotion id"),
            _("With it the sales of your promotion are counted, without it all of the shop's."),
            required=False,
        ),
    )
    documentation = "https://open.kwaixiaodian.com/"
    needed_to_convert = ("cps_pid",)
    link_hosts = _OWN
    converts = _(
        "Kuaishou converts links to a product's page and product numbers, no short links and no "
        "codes. Paste one of these."
    )
    #: Many shops let one app in.
    identified_by: ClassVar[tuple[str, ...]] = ("open_id",)
    #: Both lists take seven days, of the last ninety.
    window_seconds: ClassVar[int] = 7 * 24 * 3600 - int(LAG.total_seconds())

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway

    def check(self, store: Store) -> str:
        """The shop's name."""
        sells_in_yuan(SOURCE, store)
        told = self._get(store, "open.shop.info.get", {})
        return str(told.get("shopName") or store.settings["app_key"])

    def authorise_url(self, store: Store, redirect_uri: str, state: str) -> str:
        """The page of consent; its address must be the one entered with the app."""
        asked = {
            "app_id": store.settings["app_key"],
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "response_type": "code",
            "state": state,
        }
        return f"{CONSENT}?{urlencode(asked)}"

    def redeem(self, store: Store, code: str, redirect_uri: str) -> Grant:
        """The grant for a code, which lives two minutes and works once."""
        asked = {**_app(store), "grant_type": "code", "code": code}
        return self._granted(
            body_of(SOURCE, store.caller.get(f"{self.gateway}/oauth2/access_token", params=asked))
        )

    def renew(self, store: Store) -> Grant:
        """New tokens. The refresh token changes too, the old one dies within five minutes; its
        180 days count from the consent and do not begin anew."""
        refresh = store.grant.refresh_token if store.grant else ""
        if not refresh:
            raise SourceError(SOURCE, "nobody let us in yet", reauthorise=True)
        asked = {**_app(store), "grant_type": "refresh_token", "refresh_token": refresh}
        answer = store.caller.post(f"{self.gateway}/oauth2/refresh_token", form=asked)
        known = store.grant.extra if store.grant else {}
        return self._granted(body_of(SOURCE, answer), known)

    def item(self, store: Store, key: str) -> Item | None:
        """A product of the shop by its id."""
        ware = self._ware(store, key)
        return draft(ware) if ware else None

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """Products on sale."""
        page = self._wares(store, cursor)
        return Page([draft(ware) for ware in page.rows if ware.on_sale], page.cursor, page.total)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and prices of all products on sale: it is not documented that a change of stock
        alone moves a product's time, so ``since`` is not relied on."""
        page = self._wares(store, cursor)
        rows = [level for ware in page.rows if ware.on_sale for level in levels(ware)]
        return Page(rows, page.cursor)

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        """A variant's stock, from its product."""
        ware = self._ware(store, product_key)
        rows = levels(ware) if ware else []
        return next((one.available for one in rows if one.sku_key == sku_key), None)

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        """Add or subtract pieces. Kuaishou takes no reference: the same call again counts again."""
        if not change:
            return
        asked = {
            "kwaiItemId": int(product_key),
            "skuId": int(sku_key),
            "skuChangeStock": abs(change),
            "changeType": 1 if change > 0 else 2,
        }
        self._post(store, "open.item.sku.stock.update", asked)

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """Sales that our promotion led to, else the shop's own, by the time of change."""
        window = {"beginTime": to_ms(since - LAG), "endTime": to_ms(until)}
        if store.settings.get("cps_pid"):
            asked = {
                **window,
                "cpsOrderStatus": 0,
                "queryType": 2,
                "sortType": 2,
                "pageSize": _PROMOTED_A_PAGE,
                "pcursor": cursor,
            }
            told = self._get(store, "open.distribution.cps.kwaimoney.order.list", asked)
            promoted = shaped(SOURCE, told, Promoted)
            return Page(
                [sale for one in promoted.order_list if (sale := promoted_sale(one))],
                _next(promoted.pcursor, cursor),
            )
        asked = {
            **window,
            "orderViewStatus": 1,
            "queryType": 2,
            "sort": 2,
            "pageSize": _ORDERS_A_PAGE,
            "cursor": cursor,
        }
        orders = shaped(SOURCE, self._get(store, "open.order.cursor.list", asked), ShopOrders)
        return Page(
            [sale for one in orders.order_list if (sale := shop_sale(one.order_base_info))],
            _next(orders.cursor, cursor),
        )

    def takes_link(self, text: str) -> bool:
        """A link to a product's page, or its id."""
        return bool(_product_in(text))

    def convert(self, store: Store, text: str, click_id: str) -> Converted | None:
        """A product as a link of our promotion; ``comments`` brings the click id back with the
        order. The text is a product's link or id."""
        pid = store.settings.get("cps_pid", "")
        product = _product_in(text)
        if not pid or not product:
            return None
        told = self._post(
            store,
            "open.distribution.cps.kwaimoney.link.create",
            {"linkType": 101, "linkCarrierId": product, "comments": click_id or "-", "cpsPid": pid},
        )
        made = shaped(SOURCE, told, LinkMade)
        if not made.link_url:
            return None
        return Converted(made.link_url, product, code=made.link_code)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A message; ``None`` where it was not encrypted with our secret for our app."""
        try:
            told = json.loads(decrypted(body, store.settings.get("message_secret", "")))
            envelope = shaped(SOURCE, without_nulls(told), Envelope)
        except (ValueError, SourceError):
            return None
        if envelope.app_key != store.settings["app_key"]:
            return None
        open_id = store.grant.extra.get("open_id", "") if store.grant else ""
        ours = not envelope.test and (not open_id or envelope.open_id in {"", open_id})
        message_id = str(envelope.msg_id or envelope.event_id)[:200]
        if not message_id:
            return None
        return Delivery(message_id, happenings(envelope) if ours else (), ANSWER)

    def _granted(self, body: Mapping[str, Any], known: Mapping[str, str] = _NOTHING) -> Grant:
        _raise_refusal(body)
        token = shaped(SOURCE, body, Token)
        now = clock.wall()
        return Grant(
            token.access_token,
            token.refresh_token,
            now + timedelta(seconds=token.expires_in),
            now + timedelta(seconds=token.refresh_token_expires_in),
            {"open_id": str(token.open_id)} if token.open_id else known,
        )

    def _ware(self, store: Store, key: str) -> Ware | None:
        if not _ID.match(key):
            return None
        asked = {"kwaiItemId": int(key), "pageNumber": 1, "pageSize": _ITEMS_A_PAGE}
        found = shaped(SOURCE, self._get(store, "open.item.list.get", asked), Items)
        return next((ware for ware in found.items if str(ware.kwai_item_id) == key), None)

    def _wares(self, store: Store, cursor: str) -> Page[Ware]:
        asked = {"itemStatus": 1, "pageNumber": int(cursor or 1), "pageSize": _ITEMS_A_PAGE}
        found = shaped(SOURCE, self._get(store, "open.item.list.get", asked), Items)
        number = int(cursor or 1)
        more = str(number + 1) if number < found.total_page and found.items else ""
        return Page(found.items, more, found.total_item_count)

    def _get(self, store: Store, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        parameters = self._signed(store, method, asked)
        return _data(body_of(SOURCE, store.caller.get(self._url(method), params=parameters)))

    def _post(self, store: Store, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        parameters = self._signed(store, method, asked)
        return _data(body_of(SOURCE, store.caller.post(self._url(method), form=parameters)))

    def _url(self, method: str) -> str:
        return f"{self.gateway}/{method.replace('.', '/')}"

    def _signed(self, store: Store, method: str, asked: Mapping[str, Any]) -> dict[str, str]:
        parameters = {
            "appkey": store.settings["app_key"],
            "method": method,
            "version": "1",
            "access_token": store.grant.access_token if store.grant else "",
            "timestamp": str(wall_ms()),
            "signMethod": "HMAC_SHA256",
            "param": json.dumps(asked, ensure_ascii=False, separators=(",", ":")),
        }
        return {**parameters, "sign": sign_hmac(parameters, store.settings["sign_secret"])}


def _app(store: Store) -> dict[str, str]:
    return {"app_id": store.settings["app_key"], "app_secret": store.settings["app_secret"]}


def _next(told: str, cursor: str) -> str:
    """The next page's cursor, none where the list is at its end or does not move on."""
    return "" if told.strip().lower() in _NO_MORE or told == cursor else told


def _product_in(text: str) -> str:
    link = next(iter(links_in(text)), None)
    if link is not None:
        found = recognise_link(link)
        return found.external_id if found else ""
    return text.strip() if _ID.match(text.strip()) else ""


def _data(body: Mapping[str, Any]) -> dict[str, Any]:
    _raise_refusal(body)
    data = body.get("data")
    return data if isinstance(data, dict) else {}


def _raise_refusal(body: Mapping[str, Any]) -> None:
    """Fine is ``result`` 1 and nothing else."""
    result = str(body.get("result", ""))
    if result == "1":
        return
    words = body.get("sub_msg") or body.get("error_msg") or body.get("error") or body.get("msg")
    raise SourceError(
        SOURCE,
        str(words or "no reason given"),
        code=result or "?",
        again=result == _SERVER,
        reauthorise=result in _TOKEN,
    )
