"""JD (京东): product, short and union links, and the calls of JD Union (京东联盟).

A call is a form, signed with MD5 over the sorted parameters between two secrets; its own
parameters go along as JSON in ``360buy_param_json``, and its result comes back as JSON in a text.
Amounts are in yuan, times Beijing's.

| capability | how |
|---|---|
| convert links | ``jd.union.open.promotion.bysubunionid.get``; our click id is the ``subUnionId`` |
| report conversions | ``jd.union.open.order.row.query`` by the time of change |
| authorise | no: an app of the union has its key |
| fetch items, catalogue, stock, take an order, receive webhooks | no |
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

import msgspec
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.sources.connector import (
    Can,
    Connector,
    Conversion,
    Converted,
    Page,
    Setting,
    SourceError,
    Store,
)
from yellowcart.sources.connectors.answers import shaped
from yellowcart.sources.connectors.mainland import (
    LAG,
    Text,
    beijing,
    beijing_text,
    body_of,
    fen,
    without_nulls,
)
from yellowcart.sources.recognition import Link, Recognition, links_in

SOURCE = "jd"
GATEWAY: Final = "https://api.jd.com/routerjson"

#: A short link lives 60 days.
LINK_LIVES: Final = timedelta(days=60)
_ROWS_A_PAGE: Final = 100
_ID: Final = re.compile(r"\d{4,20}\Z", re.ASCII)
#: To be paid, or a deposit paid: no sale yet. -1 says that JD does not know.
_OPEN: Final = {-1, 15, 24}
_PAID, _DONE, _SETTLED = 16, 17, 18
_UPDATED: Final = 3
_FINE: Final = "200"
_FORBIDDEN: Final = {"401", "403"}
#: Where the result of a call lies, by the kind of call and its age.
_NAMES: Final = ("queryResult", "getResult", "result")

_BY_PATH = re.compile(r"/(?:product/|detail/)?(\d{4,20})\.html")
_SHORT = ("u.jd.com", "3.cn", "union-click.jd.com", "union-click.jd.hk", "kzan.jd.com")


_OWN: Final = ("jd.com", "jd.hk", "yiyaojd.com", "3.cn")


def recognise_link(link: Link) -> Recognition | None:
    """A JD link of any form, or ``None``."""
    if not link.under(*_OWN):
        return None
    if link.under(*_SHORT):
        return Recognition(
            SOURCE,
            0.95,
            _("A JD short or union link; JD alone can tell which product."),
            url=link.url,
        )
    by_path = _BY_PATH.match(link.path)
    product = by_path.group(1) if by_path else link.first("sku", "skuId", "wareId")
    if product.isascii() and product.isdigit() and 4 <= len(product) <= 20:
        return Recognition(SOURCE, 1.0, _("A JD product page."), external_id=product, url=link.url)
    return Recognition(SOURCE, 0.5, _("A page of JD, but not one product's."), url=link.url)


def sign_call(parameters: Mapping[str, str], secret: str) -> str:
    """The signature of a call: ``upper(md5(secret + every key and value sorted + secret))``."""
    text = "".join(name + parameters[name] for name in sorted(parameters))
    digest = hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False)
    return digest.hexdigest().upper()


class Row(msgspec.Struct, rename="camel"):
    """One item of an order. ``valid_code``: 15 to be paid, 16 paid, 17 received, 24 deposit paid,
    any other that it counts no more. A settlement is not told since 2019."""

    order_id: Text
    sku_id: Text
    valid_code: int
    order_time: str
    modify_time: str = ""
    id: Text = ""
    sub_union_id: Text = ""
    estimate_cos_price: Text = "0"
    estimate_fee: Text = "0"
    actual_cos_price: Text = "0"
    actual_fee: Text = "0"


class Rows(msgspec.Struct, rename="camel"):
    """A page of items of orders."""

    data: list[Row] = []
    has_more: bool = False


class Made(msgspec.Struct):
    """A link that pays us, short and long."""

    shortURL: str = ""  # noqa: N815  as JD writes it
    clickURL: str = ""  # noqa: N815


class JD(Connector):
    """JD Union for one promoter."""

    source: ClassVar[str] = SOURCE
    name = _("JD Union")
    can = frozenset({Can.CONVERT_LINK, Can.REPORT_CONVERSIONS})
    settings = (
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), kind="secret"),
        Setting(
            "position_id",
            _("Promotion place (positionId)"),
            _("Links are made for it; may stay empty."),
            required=False,
        ),
    )
    documentation = "https://union.jd.com/openplatform/api/v2"
    link_hosts = _OWN
    converts = _("JD converts links to its products and their numbers. Paste one of these.")
    #: No span is documented where we looked; an hour is what everybody asks for.
    window_seconds: ClassVar[int] = 3600 - int(LAG.total_seconds())

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway

    def check(self, store: Store) -> str:
        """The orders of the last minute: only a key with its permissions gets an answer."""
        now = clock.wall()
        self._rows(store, now - timedelta(minutes=1), now, 1)
        return store.settings["app_key"]

    def takes_link(self, text: str) -> bool:
        """A link of JD, or a product's id."""
        return bool(_material(text)[0])

    def convert(self, store: Store, text: str, click_id: str) -> Converted | None:
        """A link or id of JD as a link that pays us and carries the click id back."""
        material, product = _material(text)
        if not material:
            return None
        asked: dict[str, Any] = {"materialId": material, "chainType": 3}
        if click_id:
            asked["subUnionId"] = click_id.replace("-", "")
        if store.settings.get("position_id"):
            asked["positionId"] = int(store.settings["position_id"])
        told = self._call(
            store, "jd.union.open.promotion.bysubunionid.get", {"promotionCodeReq": asked}
        )
        made = shaped(SOURCE, told.get("data", {}), Made)
        url = made.shortURL or made.clickURL
        if not url:
            return None
        lives = clock.wall() + LINK_LIVES if made.shortURL else None
        return Converted(url, product, valid_until=lives)

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """Items of orders that changed."""
        number = int(cursor or 1)
        rows = self._rows(store, since, until, number)
        return Page(
            [sale for row in rows.data if (sale := sale_of(row))],
            str(number + 1) if rows.has_more else "",
        )

    def _rows(self, store: Store, since: datetime, until: datetime, number: int) -> Rows:
        asked = {
            "type": _UPDATED,
            "startTime": beijing_text(since - LAG),
            "endTime": beijing_text(until),
            "pageIndex": number,
            "pageSize": _ROWS_A_PAGE,
        }
        told = self._call(store, "jd.union.open.order.row.query", {"orderReq": asked})
        return shaped(SOURCE, told, Rows)

    def _call(self, store: Store, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        settings = store.settings
        parameters = {
            "method": method,
            "app_key": settings["app_key"],
            "timestamp": beijing_text(clock.wall()),
            "v": "1.0",
            "360buy_param_json": json.dumps(asked, ensure_ascii=False, separators=(",", ":")),
        }
        parameters["sign"] = sign_call(parameters, settings["app_secret"])
        body = body_of(SOURCE, store.caller.post(self.gateway, form=parameters))
        refused = body.get("error_response")
        if isinstance(refused, Mapping):
            words = refused.get("zh_desc") or refused.get("en_desc") or refused.get("msg") or ""
            raise SourceError(
                SOURCE, str(words), code=str(refused.get("code", "")), reauthorise=True
            )
        # The odd spelling is theirs.
        wrapped = body.get(method.replace(".", "_") + "_responce")
        return _result(wrapped if isinstance(wrapped, dict) else {})


def sale_of(row: Row) -> Conversion | None:
    """An item of an order as a sale; ``None`` while it waits to be paid."""
    if row.valid_code in _OPEN:
        return None
    done = row.valid_code in {_DONE, _SETTLED}
    states: dict[int, Literal[12, 14, 3]] = {_PAID: 12, _DONE: 14, _SETTLED: 3}
    try:
        ordered = beijing(row.order_time)
        actual = fen(row.actual_cos_price)
        return Conversion(
            order_id=str(row.id) or f"{row.order_id}-{row.sku_id}",
            status=states.get(row.valid_code, 13),
            amount_minor=actual if done and actual else fen(row.estimate_cos_price),
            ordered_at=ordered,
            updated_at=beijing(row.modify_time) if row.modify_time else ordered,
            click_id=str(row.sub_union_id),
            commission_minor=fen(row.actual_fee if done else row.estimate_fee),
        )
    except ValueError as error:
        raise SourceError(SOURCE, f"not as documented: {error}", code="malformed") from error


def _material(text: str) -> tuple[str, str]:
    """The link to have converted, and the product's id where it is known."""
    link = next((one for one in links_in(text) if recognise_link(one)), None)
    if link is not None:
        found = recognise_link(link)
        return link.url, found.external_id if found else ""
    product = text.strip()
    return (f"https://item.jd.com/{product}.html", product) if _ID.match(product) else ("", "")


def _result(wrapped: Mapping[str, Any]) -> dict[str, Any]:
    """What the text inside an answer says; fine is code 200."""
    text = next((wrapped[name] for name in _NAMES if name in wrapped), "")
    try:
        told = json.loads(text)
    except (ValueError, TypeError) as error:
        raise SourceError(SOURCE, str(error), code="malformed", again=True) from error
    if not isinstance(told, dict):
        raise SourceError(SOURCE, "the result is no object", code="malformed", again=True)
    code = str(told.get("code", ""))
    if code != _FINE:
        raise SourceError(
            SOURCE, str(told.get("message", "")), code=code, reauthorise=code in _FORBIDDEN
        )
    cleaned: dict[str, Any] = without_nulls(told)
    return cleaned
