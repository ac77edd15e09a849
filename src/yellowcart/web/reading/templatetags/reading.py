"""Tags of the reading page."""

from datetime import timedelta

from django import template
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def length_words(length: timedelta) -> str:
    """A length of time in its largest two units: ``2 days 3 hours``."""
    minutes = max(round(length / timedelta(minutes=1)), 0)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [
        (days, ngettext("%(count)s day", "%(count)s days", days)),
        (hours, ngettext("%(count)s hour", "%(count)s hours", hours)),
        (rest, ngettext("%(count)s minute", "%(count)s minutes", rest)),
    ]
    told = [words % {"count": count} for count, words in parts if count]
    return " ".join(told[:2]) or parts[2][1] % {"count": 0}
