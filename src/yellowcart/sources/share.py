"""The paste-anything box: a link, a share text, a code or an id, told apart without the network."""

import re
from collections.abc import Collection
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from yellowcart.sources import native
from yellowcart.sources.connectors import (
    doudian,
    jd,
    kuaishou,
    mokuai,
    shopify,
    taobao,
    woocommerce,
    youzan,
)
from yellowcart.sources.recognition import (
    NOTHING,
    Link,
    Recognition,
    links_in,
    title_in,
    visible,
    without_links,
)

_BY_HOST = (taobao, youzan, jd, mokuai, kuaishou, doudian, shopify, woocommerce)
_NAMED = re.compile(
    r"\s*(taobao|tmall|jd|youzan|mokuai|kuaishou|doudian|shopify|woocommerce"
    r"|淘宝|天猫|京东|有赞|魔筷|快手|抖店)\s*[:：#]\s*"
    r"([0-9A-Za-z_\-]{1,64})\s*\Z",
    re.IGNORECASE,
)
_NAMES = {
    "tmall": "taobao",
    "淘宝": "taobao",
    "天猫": "taobao",
    "京东": "jd",
    "有赞": "youzan",
    "魔筷": "mokuai",
    "快手": "kuaishou",
    "抖店": "doudian",
}
_BARE_NUMBER = re.compile(r"\s*(\d{9,20})\s*\Z", re.ASCII)
_BARE_CODE = re.compile(r"\s*([A-Za-z0-9]{11})\s*\Z")
_BARE_ALIAS = re.compile(r"\s*([123][0-9a-z]{11,15})\s*\Z")
_BOILERPLATE = re.compile(r"点击链接|复制|復|打开|咑閞|淘♂寳|后到|Hi我|密令|http", re.IGNORECASE)


def recognise(text: str, own_hosts: Collection[str] = ()) -> Recognition:
    """What a pasted text is about. Never raises, never asks the network.

    ``own_hosts`` are the host names under which this installation is reached. Of several links
    the surest wins, of equally sure ones the first; a link wins over a code, and takes the code
    and the title that stand beside it.
    """
    text = visible(text)
    best: Recognition | None = None
    for link in links_in(text):
        found = _by_link(link, own_hosts)
        if found is not None and (best is None or found.confidence > best.confidence):
            best = found
    if best is not None and (best.confidence > 0.5 or best.external_id):
        return _with_company(best, text)
    words = without_links(text)
    other = youzan.recognise_text(text) or taobao.recognise_code(words) or _by_id(text)
    return other or best or NOTHING


def _by_link(link: Link, own_hosts: Collection[str]) -> Recognition | None:
    own = native.recognise_link(link, own_hosts)
    if own is not None or link.host in own_hosts:
        return own
    found = (module.recognise_link(link) for module in _BY_HOST)
    return next((one for one in found if one is not None), None)


def _with_company(found: Recognition, text: str) -> Recognition:
    """The recognition with the code and the title that the text has beside the link."""
    code = found.code
    if found.source == taobao.SOURCE:
        code = taobao.code_beside_link(text) or code
    title = title_in(text) or _title_after(text, found.url)
    return replace(found, code=code, title=found.title or title)


def _title_after(text: str, url: str) -> str:
    """What follows the link on its line, where that is a name and not an instruction."""
    _before, _link, rest = text.partition(url)
    words = without_links(rest.split("\n", 1)[0]).strip()
    return words[:200] if len(words) >= 4 and not _BOILERPLATE.search(words) else ""


def _by_id(text: str) -> Recognition | None:
    own = native.recognise_id(text)
    if own is not None:
        return own
    named = _NAMED.match(text)
    if named is not None:
        source = _NAMES.get(named.group(1).lower(), named.group(1).lower())
        return Recognition(
            source=source,
            confidence=0.9,
            why=_("A product id with its source's name before it."),
            external_id=named.group(2),
        )
    number = _BARE_NUMBER.match(text)
    if number is not None:
        return Recognition(
            source=taobao.SOURCE,
            confidence=0.3,
            why=_(
                "A bare number, most likely of Taobao; write the source before it, as in jd:100012."
            ),
            external_id=number.group(1),
        )
    code = _BARE_CODE.match(text)
    if code is not None and re.search(r"\d", text) and re.search("[A-Z]", text):
        return Recognition(
            source=taobao.SOURCE,
            confidence=0.5,
            why=_("Eleven letters and digits, as in a Taobao share code without its marks."),
            code=code.group(1),
        )
    alias = _BARE_ALIAS.match(text)
    if alias is not None and re.search("[a-z]", text):
        return Recognition(
            source=youzan.SOURCE,
            confidence=0.3,
            why=_("This has the form of a Youzan product alias."),
            external_id=alias.group(1),
        )
    return None
