"""Taobao and Tmall: product links, short and affiliate links, share codes (淘口令), and the calls
of Taobao Alliance (淘宝联盟) through TOP.

A share code is eleven letters and digits between two marks, equal or different: a currency
sign, an emoji, or (the newer form) a Chinese character. Some tools accept eight to twenty.
Of several codes in one text the app takes the first, and so does this. The newest texts carry
the code as ``tk`` of a short link. What a code stands for is known to Taobao alone.

A call is a form, signed with MD5 over the sorted parameters between two secrets. Amounts are text
in yuan, times are Beijing's.

| capability | how |
|---|---|
| convert links | ``taobao.tbk.tpwd.convert``, and a new code by ``taobao.tbk.tpwd.create`` |
| report conversions | ``taobao.tbk.order.details.get`` in windows, ``taobao.tbk.relation.refund`` |
| authorise | no: an app of the alliance has its key, and its call needs no consent |
| fetch items, catalogue, stock | no: the alliance tells no variants and no stock |
| take an order, receive webhooks | no |
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

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
    beijing_text,
    body_of,
    of_ms,
    patiently,
    to_ms,
)
from yellowcart.sources.connectors.taobao_shapes import (
    Code,
    OrderPage,
    Parsed,
    RefundPage,
    given_back,
    sale,
)
from yellowcart.sources.recognition import Link, Recognition, links_in, title_in, without_links

Kind = TypeVar("Kind")
SOURCE = "taobao"
GATEWAY: Final = "https://eco.taobao.com/router/rest"

#: App Call Limited: how long is said in words.
_TOO_OFTEN: Final = 7
_BAN: Final = re.compile(r"This ban will last for (\d+) more seconds")
#: Wrong or missing app key, signature or permission: nothing that waiting mends.
_KEYS: Final = {11, 12, 25, 26, 27, 28, 29}
#: The item is off the shelf or not in the alliance.
_NOT_IN_ALLIANCE: Final = "10000"
_PAGE: Final = 100
_LAST_PAGE: Final = 100
#: How long a share code lives.
CODE_LIVES: Final = timedelta(days=30)
_SHORTEST_TEXT: Final = 6
_PLAIN_TEXT: Final = "淘宝好物，点开看看"
#: The longest window, in minutes: usually, and on the days of a big promotion.
WINDOW_MINUTES: Final = 180
PROMOTION_MINUTES: Final = 20

_STRONG = "￥¥$＄€£₳₤₴¢¤💰🔑🎵📱✔✅📲🔐💲"
_WEAK = "《》()（）"
_MARKED = re.compile(rf"[{_STRONG}]\s*([A-Za-z0-9]{{8,20}})\s*[{_STRONG}{_WEAK}]")
_BRACKETED = re.compile(rf"[{_WEAK}]\s*([A-Za-z0-9]{{11}})\s*[{_STRONG}{_WEAK}]")
_BETWEEN_HAN = re.compile(r"(?P<left>[\u4e00-\u9fff])([A-Za-z0-9]{11})(?P<right>[\u4e00-\u9fff])")
_TOKEN = re.compile(r"[A-Za-z0-9]{8,20}\Z")
_SHORT_LINK = re.compile(r"/h\.[A-Za-z0-9]+")
_SIGNS_OF_TAOBAO = ("淘宝", "淘♂寳", "天猫", "口令", "手淘", "taobao", "tmall")
_AFFILIATE = ("s.click.taobao.com", "s.click.tmall.com", "uland.taobao.com")
_OWN = ("taobao.com", "tmall.com", "tmall.hk", "tb.cn")


def recognise_link(link: Link) -> Recognition | None:
    """A Taobao or Tmall link of any form, or ``None``."""
    if not link.under(*_OWN):
        return None
    if link.under(*_AFFILIATE):
        return Recognition(
            SOURCE,
            0.95,
            _("A Taobao Alliance link; Taobao alone can tell which product."),
            url=link.url,
        )
    if link.under("tb.cn"):
        token = link.query.get("tk", "")
        return Recognition(
            SOURCE,
            0.95 if _SHORT_LINK.match(link.path) else 0.8,
            _("A Taobao short link; Taobao alone can tell which product."),
            url=link.url,
            code=token if _TOKEN.match(token) else "",
        )
    product = _product_id(link)
    if product:
        return Recognition(
            SOURCE,
            1.0,
            _("A Taobao or Tmall product page."),
            external_id=product,
            url=link.url,
        )
    return Recognition(
        SOURCE, 0.5, _("A page of Taobao or Tmall, but not one product's."), url=link.url
    )


def recognise_code(text: str) -> Recognition | None:
    """The first share code of a text, or ``None``. ``text`` has no links in it."""
    hint = any(sign in text for sign in _SIGNS_OF_TAOBAO)
    candidates: list[tuple[int, float, str]] = [
        (match.start(), 0.95 if hint else 0.85, match.group(1))
        for match in _MARKED.finditer(text)
        if re.search("[A-Za-z]", match.group(1))
    ]
    candidates += [
        (match.start(), 0.9 if hint else 0.7, match.group(1))
        for match in _BRACKETED.finditer(text)
        if _looks_random(match.group(1))
    ]
    candidates += [
        (match.start(), 0.9 if hint else 0.7, match.group(2))
        for match in _BETWEEN_HAN.finditer(text)
        if match["left"] == match["right"] and _looks_random(match.group(2))
    ]
    if not candidates:
        loose = next(
            (one for one in _BETWEEN_HAN.finditer(text) if _looks_random(one.group(2))), None
        )
        candidates = [(loose.start(), 0.7 if hint else 0.4, loose.group(2))] if loose else []
    if not candidates:
        return None
    _start, confidence, code = min(candidates)
    return Recognition(
        source=SOURCE,
        confidence=confidence,
        why=_("A Taobao share code (淘口令); it stays valid for 30 days after it was made."),
        code=code,
        title=title_in(text),
    )


def code_beside_link(text: str) -> str:
    """The share code of a text that also holds a Taobao link, where even a doubtful one counts."""
    found = recognise_code(without_links(text))
    return found.code if found else ""


def _product_id(link: Link) -> str:
    by_query = link.first("id", "itemId", "item_id", "num_iid", "itemNumId")
    if by_query.isascii() and by_query.isdigit() and 5 <= len(by_query) <= 20:
        return by_query
    by_path = re.search(r"/(?:i|item/)(\d{5,20})(?:\.htm|/|\Z)", link.path)
    return by_path.group(1) if by_path else ""


def _looks_random(code: str) -> bool:
    """Whether eleven characters are a code rather than an English word."""
    return bool(re.search(r"\d", code)) or bool(
        re.search("[A-Z]", code[1:]) and re.search("[a-z]", code)
    )


def sign_call(parameters: Mapping[str, str], secret: str) -> str:
    """The signature of a TOP call: ``upper(md5(secret + every key and value sorted + secret))``."""
    body = "".join(key + parameters[key] for key in sorted(parameters))
    digest = hashlib.md5(f"{secret}{body}{secret}".encode(), usedforsecurity=False)
    return digest.hexdigest().upper()


class Taobao(Connector):
    """Taobao Alliance for one promoter."""

    source: ClassVar[str] = SOURCE
    name = _("Taobao Alliance")
    can = frozenset({Can.CONVERT_LINK, Can.REPORT_CONVERSIONS})
    settings = (
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), kind="secret"),
        Setting("pid", _("Promotion id"), _("Like mm_1_2_3; sales are counted for it.")),
        Setting(
            "order_scene",
            _("Kind of orders"),
            _("1 usual, 2 channels, 3 members; 1 where it is empty."),
            required=False,
        ),
        Setting(
            "window_minutes",
            _("Minutes asked for at once"),
            _("180 where it is empty. Write 20 on the days of a big promotion."),
            required=False,
        ),
    )
    documentation = "https://open.taobao.com/"
    link_hosts = _OWN
    #: No field of a link comes back with its sale: only the item and the promotion place do.
    carries_id: ClassVar[bool] = False
    converts = _(
        "Taobao converts share texts with a code (淘口令) or an m.tb.cn link, no product pages. "
        "Share the product in Taobao's app and paste that text."
    )

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway

    def check(self, store: Store) -> str:
        """TOP's time, which it tells only to a call whose key and signature fit."""
        _adzone(store), _scene(store), _window(store)
        self._call(store, "taobao.time.get", {}, "time_get_response")
        return store.settings["pid"]

    def takes_link(self, text: str) -> bool:
        """A text with a share code or a short link."""
        short = any(link.under("tb.cn") for link in links_in(text))
        return short or recognise_code(without_links(text)) is not None

    def convert(self, store: Store, text: str, click_id: str) -> Converted | None:
        """The share code of a text as a link and a code that pay us. No field carries a click."""
        if not self.takes_link(text):
            return None
        asked = {"password_content": text, "adzone_id": _adzone(store)}
        try:
            told = self._call(store, "taobao.tbk.tpwd.convert", asked, "tbk_tpwd_convert_response")
        except SourceError as error:
            if error.source_code == _NOT_IN_ALLIANCE:
                return None
            raise
        found = shaped(SOURCE, told.get("data", {}), Parsed)
        click = found.click_url
        if not click:
            return None
        url = "https:" + click if click.startswith("//") else click
        title = title_in(text)
        code = self._code(store, title, url)
        return Converted(
            url=url,
            external_id=str(found.num_iid),
            title=title,
            code=code,
            valid_until=clock.wall() + CODE_LIVES if code else None,
            again=f"￥{code}￥" if _TOKEN.match(code) else "",
        )

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """Orders that changed, in windows as long as the store's setting, then refunds.

        A cursor is ``orders.START.PAGE.POSITION`` or ``refunds.PAGE``, the start in Unix ms.
        """
        phase, *rest = (cursor or f"orders.{to_ms(since - LAG)}.1.").split(".", 3)
        if phase == "refunds":
            return self._refunds(store, since, until, int(rest[0]))
        begin, page = of_ms(int(rest[0])), int(rest[1])
        end = min(until, begin + _window(store))
        told = self._orders(store, begin, end, page, rest[2])
        if told.has_next and page >= _LAST_PAGE:
            raise SourceError(SOURCE, "more than 10,000 orders in this window", code="window")
        if told.has_next:
            more = f"orders.{to_ms(begin)}.{page + 1}.{told.position_index}"
        elif end < until:
            more = f"orders.{to_ms(end)}.1."
        else:
            more = "refunds.1" if _scene(store) != "1" else ""
        place = _adzone(store)
        return Page([sale(order, place) for order in told.results.publisher_order_dto], more)

    def _orders(
        self, store: Store, begin: datetime, end: datetime, page: int, position: str
    ) -> OrderPage:
        asked = {
            "query_type": "4",  # by the time of change
            "start_time": beijing_text(begin),
            "end_time": beijing_text(end),
            "order_scene": _scene(store),
            "page_no": str(page),
            "page_size": str(_PAGE),
        }
        if page > 1:
            asked |= {"position_index": position, "jump_type": "1"}
        told = self._call(
            store, "taobao.tbk.order.details.get", asked, "tbk_order_details_get_response"
        )
        return shaped(SOURCE, told.get("data", {}), OrderPage)

    def _refunds(
        self, store: Store, since: datetime, until: datetime, page: int
    ) -> Page[Conversion]:
        """Refunds that ended since, of channels and members only: others have no such list."""
        option = {
            "page_no": page,
            "page_size": _PAGE,
            "search_type": 3,  # by the time of its end
            "refund_type": 1,
            "biz_type": int(_scene(store)) - 1,
            "start_time": beijing_text(since - LAG),
        }
        told = self._call(
            store,
            "taobao.tbk.relation.refund",
            {"search_option": json.dumps(option, separators=(",", ":"))},
            "tbk_relation_refund_response",
        )
        wrapped = told.get("result", told)
        found = shaped(SOURCE, wrapped.get("data", {}), RefundPage)
        rows = [given_back(refund) for refund in found.results.result]
        more = f"refunds.{page + 1}" if page * _PAGE < found.total_count else ""
        return Page([row for row in rows if row and row.updated_at < until], more)

    def _code(self, store: Store, title: str, url: str) -> str:
        """A share code for a link; it wants more than five characters, and https."""
        if not url.startswith("https://"):
            return ""
        asked = {"text": title if len(title) >= _SHORTEST_TEXT else _PLAIN_TEXT, "url": url}
        told = self._call(store, "taobao.tbk.tpwd.create", asked, "tbk_tpwd_create_response")
        model = shaped(SOURCE, told.get("data", {}), Code).model
        found = recognise_code(model)
        return found.code if found else model

    def _call(
        self, store: Store, method: str, asked: Mapping[str, str], wrapping: str
    ) -> dict[str, Any]:
        settings = store.settings

        def ask() -> dict[str, Any]:
            parameters = {
                "method": method,
                "app_key": settings["app_key"],
                "timestamp": beijing_text(clock.wall()),
                "format": "json",
                "v": "2.0",
                "sign_method": "md5",
                **asked,
            }
            parameters["sign"] = sign_call(parameters, settings["app_secret"])
            return body_of(SOURCE, store.caller.post(self.gateway, form=parameters))

        body = patiently(store.caller, ask, _wait)
        refused = body.get("error_response")
        if isinstance(refused, Mapping):
            raise _error(refused)
        told = body.get(wrapping)
        return told if isinstance(told, dict) else {}


def _wait(body: Mapping[str, Any], _tried: int) -> float:
    refused = body.get("error_response")
    if not isinstance(refused, Mapping) or refused.get("code") != _TOO_OFTEN:
        return 0.0
    said = _BAN.search(str(refused.get("sub_msg", "")))
    return float(said.group(1)) if said else 1.0


def _error(refused: Mapping[str, Any]) -> SourceError:
    """A refusal. A ``sub_code`` of ``isp.`` is a fault of the platform's own, which passes."""
    code, sub = str(refused.get("code", "")), str(refused.get("sub_code", ""))
    words = str(refused.get("sub_msg") or refused.get("msg") or "")
    return SourceError(
        SOURCE,
        words,
        code=sub or code,
        again=sub.startswith("isp."),
        reauthorise=code.isdigit() and int(code) in _KEYS,
    )


def _adzone(store: Store) -> str:
    """The last part of ``mm_1_2_3``, the place that sales are counted for."""
    parts = store.settings["pid"].split("_")
    if len(parts) != 4 or parts[0] != "mm" or not all(part.isdigit() for part in parts[1:]):
        raise SourceError(SOURCE, "the promotion id is not like mm_1_2_3", code="pid")
    return parts[3]


def _scene(store: Store) -> str:
    scene = store.settings.get("order_scene") or "1"
    if scene not in {"1", "2", "3"}:
        raise SourceError(SOURCE, f"there is no order scene {scene}", code="order_scene")
    return scene


def _window(store: Store) -> timedelta:
    said = store.settings.get("window_minutes") or str(WINDOW_MINUTES)
    if not said.isdigit() or not 0 < int(said) <= WINDOW_MINUTES:
        raise SourceError(SOURCE, f"{said} minutes can't be asked for", code="window_minutes")
    return timedelta(minutes=int(said))
