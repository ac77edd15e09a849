"""What a pasted text turned out to be, and the links inside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 4_000
"""Characters of a pasted text that are looked at; a share text has a few hundred."""

_URL_CHARACTER = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
_URL = re.compile(rf"https?://{_URL_CHARACTER}+", re.IGNORECASE)
_BARE_URL = re.compile(
    rf"(?<![A-Za-z0-9@./\-])(?:[a-z0-9](?:[a-z0-9\-]{{0,62}}[a-z0-9])?\.){{1,5}}[a-z]{{2,12}}"
    rf"/{_URL_CHARACTER}+",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufe0e\ufe0f\ufeff]"
)
_TITLE = re.compile(r"【([^【】]{2,200})】|「(.{2,200}?)」(?!】)")
_NAMES_OF_APPS = {"淘宝", "天猫", "京东", "闲鱼", "有赞", "魔筷", "快手", "抖音", "拼多多"}


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where a pasted text leads, as far as it can be told without the network.

    ``confidence`` runs from 0 (nothing known in it) to 1 (a product page of that source).
    ``external_id`` is the source's own product id and is empty where only the source can tell,
    as for a short link or a share code; ``key`` then still names the same goods.
    """

    source: str
    confidence: float
    why: str | Promise
    integration: str = "link"
    external_id: str = ""
    url: str = ""
    code: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        """What tells these goods from others of the source: its id, else the code or the link."""
        return self.external_id or self.code or self.url

    @property
    def known(self) -> bool:
        """Whether a source was found at all."""
        return bool(self.source)


NOTHING = Recognition(
    source="",
    integration="",
    confidence=0.0,
    why=_("No product link, share code or product id was found in this text."),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One web address found in a text."""

    url: str
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)

    def under(self, *domains: str) -> bool:
        """Whether the host is one of these domains or lies below one."""
        return any(self.host == one or self.host.endswith("." + one) for one in domains)

    def first(self, *names: str) -> str:
        """The first of these query parameters that has a value, else an empty text."""
        return next((value for name in names if (value := self.query.get(name, ""))), "")


def visible(text: str) -> str:
    """The text without control and zero-width characters, which copying tends to leave behind."""
    return _INVISIBLE.sub("", text[:LONGEST_TEXT])


def parse_link(raw: str) -> Link | None:
    """A web address taken apart; ``None`` where it is none."""
    url = _without_tail(raw if "://" in raw[:8] else "https://" + raw)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        query = dict(reversed(parse_qsl(parts.query, max_num_fields=100)))
    except ValueError:
        return None
    if not host:
        return None
    return Link(url=url, host=host, path=parts.path or "/", query=query)


def links_in(text: str) -> Iterator[Link]:
    """Every link of a text in its order, with or without ``https://``."""
    for match in sorted(
        [*_URL.finditer(text), *_BARE_URL.finditer(text)], key=lambda one: one.start()
    ):
        link = parse_link(match.group())
        if link is not None:
            yield link


def title_in(text: str) -> str:
    """The product's name where the share text brackets it: ``【…】`` or ``「…」``; else empty."""
    for match in _TITLE.finditer(text):
        title = (match.group(1) or match.group(2) or "").strip()
        if title and title not in _NAMES_OF_APPS and not title.startswith("http"):
            return title
    return ""


def without_links(text: str) -> str:
    """The text with every link taken out."""
    return _BARE_URL.sub(" ", _URL.sub(" ", text))


def _without_tail(url: str) -> str:
    """Drop the punctuation of the sentence that an address stood in."""
    while url and (url[-1] in ".,;:!?'\"" or (url[-1] in ")]" and _unbalanced(url))):
        url = url[:-1]
    return url


def _unbalanced(url: str) -> bool:
    opening = {")": "(", "]": "["}[url[-1]]
    return url.count(url[-1]) > url.count(opening)
