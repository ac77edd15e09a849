"""Tags of the operator's desk: what waits for an answer, lengths of time in words."""

from collections.abc import Iterable
from datetime import datetime

import nh3
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import iso, parse_instant
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.notices.queries import unread_count
from yellowcart.people.access import access_person
from yellowcart.policy.rules import Kind, Rule
from yellowcart.web.base import words
from yellowcart.web.base.templatetags.yc import icon
from yellowcart.web.operator import desk
from yellowcart.web.reading.templatetags.reading import length_words

register = template.Library()


@register.simple_tag
def waiting() -> desk.Waiting:
    """How many drafts, appeals and products wait for an operator."""
    return desk.waiting()


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> int:
    """How many notices the operator has not opened."""
    return unread_count(access_person(context["request"].user), party="operator")


@register.simple_tag
def rule_badge(rule: Rule) -> SafeString:
    """The badge of what a rule says; a suspension has its own."""
    if rule.kind is Kind.SUSPENSION:
        word = words.Word(_("Suspended for the time being"), "warn", "clock")
    else:
        word = words.OUTCOMES[rule.outcome.value]
    return format_html(
        '<span class="badge badge--{}">{}{}</span>', word.tone, icon(word.icon), word.label
    )


@register.filter
def outcome_name(outcome: str) -> str:
    """An outcome in words."""
    return str(words.OUTCOMES[str(outcome)].label)


@register.filter
def integration_name(integration: str) -> str:
    """An integration in words."""
    word = words.INTEGRATIONS.get(integration)
    return str(word.label) if word else integration


_NAMES = {
    "source": words.SOURCES,
    "surface": SURFACE_NAMES,
    "shop_type": words.SHOP_TYPES,
}


@register.filter
def listed(selector: Iterable[str] | None, kind: str) -> str:
    """A selector's values in words; "any" where it names none."""
    if selector is None:
        return gettext("any")
    if kind == "integration":
        return gettext(", ").join(integration_name(one) for one in sorted(selector))
    known = _NAMES.get(kind, {})
    return gettext(", ").join(str(known.get(one, one)) for one in sorted(selector))


_STAGES = {
    "announced": _("At the announcement"),
    "7d": _("7 days before"),
    "1d": _("1 day before"),
    "1h": _("1 hour before"),
    "cutover": _("At the cut-over"),
    "withdrawn": _("Rule withdrawn"),
}


@register.filter
def stage_name(stage: str) -> str:
    """A notice's stage in words."""
    return str(_STAGES.get(stage, stage))


_PARTIES = {
    "merchant": _("Merchants"),
    "creator": _("Creators"),
    "source": _("The source's own people"),
}


@register.filter
def party_name(party: str) -> str:
    """A party of notices in words."""
    return str(_PARTIES.get(party, party))


_GRADES = {
    "A": _("From an official page or document."),
    "B": _("From the press, or several independent sites."),
    "C": _("From one weak page; treat it with care."),
    "S": _("From the founding article alone."),
}


@register.filter
def grade_words(grade: str) -> str:
    """What a grade of evidence means."""
    return str(_GRADES.get(grade, ""))


@register.filter
def percent_of(basis_points: int) -> str:
    """Basis points in percent."""
    return f"{basis_points / 100:g}%"


@register.filter
def mark_date(instant: datetime, span: str) -> str:
    """A date on the time line's scale: short, with the year where it changes."""
    if span == "all" or instant.month == 1:
        return f"{instant.year}-{instant.month:02d}"
    return f"{instant.month}/{instant.day}"


@register.filter
def iso_instant(instant: datetime) -> str:
    """An instant as addresses have it."""
    return iso(instant)


@register.filter
def instant(text: str) -> datetime:
    """An instant from how JSON keeps it."""
    return parse_instant(text)


_PARTY = {
    "merchant": _("Merchant"),
    "creator": _("Creator"),
    "source": _("Speaks for a source"),
}


@register.filter
def party_one(party: str) -> str:
    """One party in words."""
    return str(_PARTY.get(party, party))


_ROLES = {
    "operator": _("Operator"),
    "creator": _("Creator"),
    "moderator": _("Moderator"),
    "source_operator": _("Speaks for a source"),
}


@register.filter
def role_name(role: str) -> str:
    """A role on the platform in words."""
    return str(_ROLES.get(str(role), role))


_MEMBERS = {"owner": _("Owner"), "manager": _("Manager"), "staff": _("Staff")}


@register.filter
def member_role(role: str) -> str:
    """A role in a shop in words."""
    return str(_MEMBERS.get(role, role))


@register.filter
def said(words_kept: object) -> str:
    """Words kept with a decision, in the reader's language: one text, or one for each language."""
    if not isinstance(words_kept, dict):
        return str(words_kept or "")
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return str(words_kept.get(language) or words_kept.get("reason") or "")


@register.filter
def ago(instant: datetime, now: datetime) -> str:
    """How long ago an instant was, in words."""
    return gettext("%(length)s ago") % {"length": length_words(now - instant)}


@register.filter
def cleaned(html: str) -> SafeString:
    """A shop's description with nothing in it but plain formatting."""
    return SafeString(nh3.clean(html, tags=_PLAIN_TAGS, attributes={}))


_PLAIN_TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "b",
    "i",
    "h2",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
}
