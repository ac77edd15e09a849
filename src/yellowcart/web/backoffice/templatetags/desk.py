"""Template tags that the back offices share."""

from collections.abc import Iterable

from babel.lists import format_list
from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.rules import shown_html
from yellowcart.core.texts import Text
from yellowcart.notices.models import Notice
from yellowcart.people.rules import Result
from yellowcart.web.base import words

register = template.Library()

STAGES = {
    "supply": _("Connected store"),
    "given_back": _("Connected store"),
    "dispute": _("Dispute"),
    "announced": _("Announcement"),
    "7d": _("7 days before"),
    "1d": _("1 day before"),
    "1h": _("1 hour before"),
    "cutover": _("Cut-over"),
    "withdrawn": _("Taken back"),
    "permit": _("Your permit"),
    "drawn": _("Your lucky bag"),
    "unclaimed": _("Your lucky bag"),
}


@register.filter
def state_name(state: str, kind: str) -> str:
    """A state's name in the reader's language; kinds are the keys of ``words.STATES``."""
    word = words.STATES[kind].get(state)
    return str(word.label) if word else state


@register.filter
def cleaned_html(html: str) -> SafeString:
    """A product's description, cleaned once more before it is shown as HTML."""
    return SafeString(shown_html(html))


@register.filter
def get(mapping: dict[object, object], key: object) -> object:
    """A dictionary's value for a key, or nothing."""
    return mapping.get(key)


@register.filter
def short_id(value: object) -> str:
    """The end of an id, by which people can tell two rows apart; the start is the time."""
    return str(value)[-8:].upper()


@register.filter
def notice_title(notice: Notice) -> str:
    """A notice's title in the reader's language."""
    return Text(notice.title_en, notice.title_zh).in_language(get_language() or "en")


@register.filter
def notice_body(notice: Notice) -> str:
    """A notice's text in the reader's language."""
    return Text(notice.body_en, notice.body_zh).in_language(get_language() or "en")


@register.filter
def stage_name(stage: str) -> str:
    """When, measured from a rule's beginning, a notice was sent."""
    return str(STAGES.get(stage, stage))


@register.filter
def progress(condition: Result) -> int | None:
    """How far along a counted condition is, in percent; None where it is met or not counted."""
    if condition.met or condition.waived or condition.have is None or condition.missing is None:
        return None
    if condition.wanted <= 1 or condition.have > condition.wanted:
        return None
    return int(condition.have * 100 / condition.wanted)


@register.filter
def source_names(sources: Iterable[str]) -> str:
    """Several sources' names in the reader's language, as a list in a sentence."""
    names = [str(words.SOURCES.get(source, source)) for source in sources]
    language = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    return format_list(names, locale=language)
