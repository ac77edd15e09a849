"""Template tags of the design system: pictures, money, instants, and what a verdict says."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zlib import crc32

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_compact_decimal
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yellowcart.core import clock
from yellowcart.core.money import display_minor
from yellowcart.core.texts import Text
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.pictures.rules import SMALL, place_of
from yellowcart.web.base import words

register = template.Library()

ART_GROUNDS = 12
_INSTANTS = ("since", "until")
_PARTS = re.compile(r"(?P<symbol>\D*)(?P<major>[\d,]+)(?P<minor>[.]\d+)?(?P<tail>\D*)")
_FORMS = {
    "datetime": {"zh": "M月d日 HH:mm", "en": "d MMM, HH:mm"},
    "seconds": {"zh": "M月d日 HH:mm:ss", "en": "d MMM, HH:mm:ss"},
    "full": {"zh": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"},
    "date": {"zh": "y年M月d日", "en": "d MMM y"},
    "day": {"zh": "M月d日 EEE", "en": "EEE d MMM"},
    "time": {"zh": "HH:mm", "en": "HH:mm"},
}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _locale() -> Locale:
    return Locale.parse("zh_Hans_CN" if _language().startswith("zh") else "en_GB")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One symbol of ``icons.svg``; silent to screen readers unless it has a label."""
    extra = f" icon--{size}" if size else ""
    href = f"{static('base/img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            extra,
            label,
            href,
        )
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}"></use></svg>', extra, href
    )


def art_ground(seed: object) -> int:
    """Which of the coloured grounds belongs to an id; the room's scripts compute the same."""
    return crc32(str(seed).encode()) % ART_GROUNDS


@register.simple_tag
def cover(url: str, title: str, seed: object = "", loading: str = "lazy") -> SafeString:
    """A picture over a coloured ground with the title's first letter, which shows without it."""
    glyph = next((c.upper() for c in title if c.isalnum()), "·")
    img = (
        format_html(
            '<img src="{}" alt="" loading="{}" decoding="async" data-fallback>', url, loading
        )
        if url
        else ""
    )
    return format_html(
        '<span class="art art--{}"><span class="art__glyph" aria-hidden="true">{}</span>{}</span>',
        art_ground(seed or title),
        glyph,
        img,
    )


@register.filter
def picture(url: str, size: str = SMALL) -> str:
    """Where a product's picture is found here: ``small`` for lists, else ``large``."""
    return place_of(url, size) if url else ""


@register.simple_tag
def avatar(account: Any, kind: str = "") -> SafeString:
    """An account's picture, else its first letter on a coloured ground."""
    name = account.display_name or account.username
    glyph = next((c.upper() for c in name if c.isalnum()), "·")
    img = (
        format_html('<img src="{}" alt="" loading="lazy" data-fallback>', account.avatar_url)
        if account.avatar_url
        else ""
    )
    return format_html(
        '<span class="avatar art art--{}{}" aria-hidden="true">'
        '<span class="art__glyph">{}</span>{}</span>',
        art_ground(account.id),
        f" avatar--{kind}" if kind else "",
        glyph,
        img,
    )


@register.simple_tag
def money(minor: int | None, currency: str = "CNY") -> str:
    """Minor units as a person writes them; a dash where there is no amount."""
    return "–" if minor is None else display_minor(minor, currency, _language())


@register.simple_tag
def price(
    minor: int | None, currency: str = "CNY", was: int | None = None, size: str = ""
) -> SafeString:
    """A price in its typography, the former one struck through beside it when it was higher."""
    if minor is None:
        return SafeString("")
    match = _PARTS.match(display_minor(minor, currency, _language()))
    parts = match.groupdict("") if match else {"symbol": "", "major": str(minor), "minor": ""}
    shown = format_html(
        '<span class="price{}"><span class="price__symbol">{}</span>{}'
        '<span class="price__minor">{}</span></span>',
        f" price--{size}" if size else "",
        parts["symbol"],
        parts["major"],
        "" if parts["minor"] == ".00" else parts["minor"],
    )
    if was is None or was <= minor:
        return shown
    return format_html('{} <s class="price__was">{}</s>', shown, money(was, currency))


@register.simple_tag
def when(instant: datetime | None, form: str = "datetime") -> SafeString:
    """An instant in the platform's zone. Forms: datetime, seconds, full, date, day, time."""
    if instant is None:
        return SafeString("–")
    local = timezone.localtime(instant, timezone.get_default_timezone())
    pattern = _FORMS[form]["zh" if _language().startswith("zh") else "en"]
    if form in {"date", "day"}:
        shown = format_date(local.date(), pattern, locale=_locale())
    elif form == "time":
        shown = format_time(local.timetz(), pattern, locale=_locale(), tzinfo=local.tzinfo)
    else:
        if form != "full" and local.year != timezone.localtime(clock.now()).year:
            pattern = _FORMS["full"]["zh" if _language().startswith("zh") else "en"]
        shown = format_datetime(local, pattern, locale=_locale(), tzinfo=local.tzinfo)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag
def calendar_day(day: date) -> SafeString:
    """A day of the platform's calendar."""
    pattern = _FORMS["date"]["zh" if _language().startswith("zh") else "en"]
    shown = format_date(day, pattern, locale=_locale())
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), shown)


@register.simple_tag
def countdown(instant: datetime, reload_at_end: bool = False) -> SafeString:
    """Time left on the platform's clock, kept current by ``main.js``."""
    return format_html(
        '<time class="countdown" datetime="{}" data-countdown{}></time>',
        instant.isoformat(),
        SafeString(" data-reload") if reload_at_end else "",
    )


@register.simple_tag
def compact(number: int) -> str:
    """1.2万 or 12K: a large count in few letters."""
    return str(format_compact_decimal(number, locale=_locale(), fraction_digits=1))


@register.simple_tag
def state_badge(kind: str, state: str) -> SafeString:
    """The badge of a state; kinds are the keys of ``words.STATES``."""
    word = words.STATES[kind].get(state)
    if word is None:
        return format_html('<span class="badge">{}</span>', state)
    return _badge(word)


def _badge(word: words.Word) -> SafeString:
    return format_html(
        '<span class="badge{}">{}{}</span>',
        f" badge--{word.tone}" if word.tone else "",
        icon(word.icon) if word.icon else "",
        word.label,
    )


@register.simple_tag
def outcome_badge(outcome: str) -> SafeString:
    """The badge of a verdict's outcome."""
    return _badge(words.OUTCOMES[str(outcome)])


@register.simple_tag
def integration_badge(integration: str) -> SafeString:
    """Whether something is sold here or bought at its source."""
    return _badge(words.INTEGRATIONS[integration])


@register.simple_tag
def source_badge(source: str, integration: str) -> SafeString:
    """Where goods come from, with the sign of a link where the buyer leaves."""
    return format_html(
        '<span class="badge{}">{}{}</span>',
        " badge--info" if integration == "link" else "",
        icon("link-out" if integration == "link" else "shop"),
        source_name(source),
    )


@register.filter
def source_name(source: str) -> str:
    """A source's name in the reader's language; an unknown one as it is written."""
    return str(words.SOURCES.get(source, source))


@register.filter
def surface_name(surface: str) -> str:
    """A surface's name in the reader's language."""
    return str(SURFACE_NAMES.get(str(surface), surface))


@register.filter
def shop_type_name(shop_type: str) -> str:
    """A shop type's name in the reader's language."""
    return str(words.SHOP_TYPES.get(shop_type, shop_type))


@register.filter
def permit_name(permit: str) -> str:
    """A permit's name in the reader's language."""
    return str(words.PERMITS.get(permit, permit))


@register.filter
def in_language(text: "Text | str | None") -> str:
    """A two-language sentence in the reader's language."""
    return text.in_language(_language()) if isinstance(text, Text) else (text or "")


@register.inclusion_tag("base/parts/verdict.html")
def verdict_box(verdict: Any, subject: str = "", show_rule: bool = True) -> dict[str, Any]:
    """A verdict in words: outcome, reason, since, until, what stays open, what to do.

    Takes a ``Verdict`` or its JSON.
    """
    if isinstance(verdict, Mapping):
        instants = {key: datetime.fromisoformat(verdict[key]) for key in _INSTANTS if verdict[key]}
        verdict = {**verdict, **instants}
        outcome = verdict["outcome"]
    else:
        outcome = verdict.outcome
    return {
        "verdict": verdict,
        "outcome": str(outcome),
        "subject": subject,
        "show_rule": show_rule,
        "now": clock.now(),
    }


@register.inclusion_tag("base/parts/nav_item.html", takes_context=True)
def nav_item(
    context: template.Context, url_name: str, label: str, icon_name: str, count: int = 0
) -> dict[str, Any]:
    """One entry of a navigation; current when the page is it or lies below it."""
    request: HttpRequest | None = context.get("request")
    try:
        href = reverse(url_name)
    except NoReverseMatch:
        return {"href": ""}
    path = request.path if request else ""
    here = path == href
    below = href.count("/") > 2 and path.startswith(href)
    return {"href": href, "label": label, "icon": icon_name, "count": count, "here": here or below}


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The page's query with some keys replaced, for pagers and filters."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in {None, ""}:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
