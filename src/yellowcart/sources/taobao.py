"""Taobao and Tmall: product links, short and affiliate links, share codes (淘口令), call signing.

A share code is eleven letters and digits between two marks, equal or different: a currency
sign, an emoji, or (the newer form) a Chinese character. Some tools accept eight to twenty.
Of several codes in one text the app takes the first, and so does this. The newest texts carry
the code as ``tk`` of a short link. What a code stands for is known to Taobao alone.
"""

import hashlib
import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition, title_in, without_links

SOURCE = "taobao"

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
