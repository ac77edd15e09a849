"""Rules by the names people call them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from yellowcart.policy.rules import Rule
from yellowcart.web.base.rule_names import find, name_of, subject_of

register = template.Library()


@register.filter
def rule_name(rule: Rule | str) -> str:
    """A rule's name; of a key that no rule has, the key."""
    found = find(rule) if isinstance(rule, str) else rule
    return name_of(found) if found is not None else str(rule)


@register.filter
def rule_subject(rule: Rule) -> str:
    """A rule's name without what it decides."""
    return subject_of(rule)


@register.simple_tag
def rule_key(key: str, revision: int | None = None) -> SafeString:
    """A rule's key and revision, small, for those who look it up."""
    if not revision:
        return format_html('<code class="rule-key">{}</code>', key)
    said = gettext("revision %(number)s") % {"number": revision}
    return format_html('<span class="rule-key"><code>{}</code> · {}</span>', key, said)


@register.simple_tag
def rule_named(key: str, revision: int | None = None) -> SafeString:
    """A rule's name with its key below; the key alone where no rule has it."""
    found, small = find(key), rule_key(key, revision)
    return format_html("<span>{}</span> {}", name_of(found), small) if found else small
