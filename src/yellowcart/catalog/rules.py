"""What a product must be, what it costs when, and whether it can be offered. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

import nh3
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.pictures.rules import LARGE, place_of

LONGEST_TITLE = 300
MOST_SKUS = 600
"""SKUs of one product, as in the field's item API."""
MOST_IMAGES = 60
MOST_TAGS = 250
DEAREST_MINOR = 10**13
"""Prices from here on are slips of the hand."""

_ALLOWED_TAGS = {
    *("p", "br", "hr", "div", "span", "strong", "b", "em", "i", "u", "s", "sub", "sup", "small"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "img", "a", "figure"),
    *("figcaption", "code", "pre"),
}
_ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def clean_html(html: str) -> str:
    """A description without scripts, styles, forms, frames or foreign schemes."""
    return _cleaned(html, None).strip() if html else ""


def shown_html(html: str) -> str:
    """A description as readers get it: clean, and its pictures our copies."""
    return _cleaned(html, _our_copy)


def _our_copy(tag: str, attribute: str, value: str) -> str:
    return place_of(value, LARGE) if (tag, attribute) == ("img", "src") else value


def _cleaned(html: str, change: Callable[[str, str, str], str] | None) -> str:
    return nh3.clean(
        html,
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        attribute_filter=change,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer ugc",
        clean_content_tags={"script", "style"},
    )


def plain_text(html: str, longest: int = 300) -> str:
    """The words of a description, for cards and search."""
    text = re.sub(r"\s+", " ", nh3.clean(html, tags=set())).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


_PICTURE = re.compile(r'<img[^>]*?\ssrc="([^"]*)"')


def pictures_in(cleaned: str) -> list[str]:
    """The addresses of the pictures in a cleaned description; at most :data:`MOST_IMAGES`."""
    return [unescape(url) for url in _PICTURE.findall(cleaned)[:MOST_IMAGES]]


def is_web_url(url: str) -> bool:
    """Whether this is an ``http`` or ``https`` address that may be shown or followed."""
    return bool(re.match(r"https?://[^\s/?#\"'<>]+\.?[^\s\"'<>]*\Z", url)) and len(url) <= 2000


def price_at(
    regular_minor: int,
    sale_minor: int | None,
    sale_from: datetime | None,
    sale_until: datetime | None,
    at: datetime,
) -> int:
    """The price in force at an instant: the sale's within ``[from, until)``, else the regular."""
    if sale_minor is None:
        return regular_minor
    begun = sale_from is None or sale_from <= at
    over = sale_until is not None and sale_until <= at
    return sale_minor if begun and not over else regular_minor


def why_not_offerable(review_state: str, on_shelf: bool, shop_state: str) -> str | Promise | None:
    """Why a product can't be offered anywhere, in words; ``None`` where it can.

    This is about the product and its shop alone; whether its source may be sold on a surface is
    the verdict's to say.
    """
    if shop_state != "open":
        return _("The shop is not open.")
    if review_state != "approved":
        return _("The product has not passed review.")
    if not on_shelf:
        return _("The product is off the shelf.")
    return None


@dataclass(frozen=True, slots=True)
class SkuInput:
    """One variant as a shop writes it. Prices in minor units of the product's currency."""

    price_minor: int
    options: tuple[str, ...] = ()
    code: str = ""
    barcode: str = ""
    compare_at_minor: int | None = None
    sale_price_minor: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    weight_grams: int = 0
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class ProductInput:
    """A product as a shop writes it."""

    title: str
    skus: tuple[SkuInput, ...]
    description_html: str = ""
    vendor: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where, and what to write instead."""

    where: str
    words: str | Promise
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        text = str(self.words)
        return text % self.params if self.params else text


def faults_of(product: ProductInput) -> list[Fault]:
    """Everything wrong with a product, at once; empty where it is fine."""
    faults: list[Fault] = []
    if not product.title.strip():
        faults.append(Fault("title", _("Give the product a name.")))
    if len(product.title) > LONGEST_TITLE:
        faults.append(
            Fault("title", _("Use at most %(most)s characters."), {"most": LONGEST_TITLE})
        )
    if not 1 <= len(product.skus) <= MOST_SKUS:
        faults.append(
            Fault("skus", _("A product has 1 to %(most)s variants."), {"most": MOST_SKUS})
        )
    if len(product.images) > MOST_IMAGES:
        faults.append(Fault("images", _("Use at most %(most)s pictures."), {"most": MOST_IMAGES}))
    faults += [
        Fault(f"images.{n}", _("A picture needs an address that starts with https://."))
        for n, url in enumerate(product.images)
        if not is_web_url(url)
    ]
    seen: set[tuple[str, ...]] = set()
    for n, sku in enumerate(product.skus):
        faults += _faults_of_sku(sku, f"skus.{n}", len(product.option_names))
        if sku.options in seen:
            faults.append(
                Fault(f"skus.{n}.options", _("Another variant has the same options already."))
            )
        seen.add(sku.options)
    return faults


def _faults_of_sku(sku: SkuInput, where: str, options: int) -> list[Fault]:
    faults = []
    if not 0 <= sku.price_minor < DEAREST_MINOR:
        faults.append(Fault(f"{where}.price", _("The price must be 0 or more.")))
    if sku.sale_price_minor is not None and not 0 <= sku.sale_price_minor <= sku.price_minor:
        faults.append(
            Fault(f"{where}.sale_price", _("A sale price lies between 0 and the regular price."))
        )
    if sku.sale_from and sku.sale_until and sku.sale_until <= sku.sale_from:
        faults.append(Fault(f"{where}.sale_until", _("The sale must end after it starts.")))
    if len(sku.options) != options:
        faults.append(
            Fault(
                f"{where}.options",
                _("Give one value for each of the %(count)s options."),
                {"count": options},
            )
        )
    return faults
