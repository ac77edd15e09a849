"""Tags of the reading page."""

from datetime import timedelta

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from yellowcart.core.instants import parse_instant
from yellowcart.web.base.templatetags.yc import when
from yellowcart.web.reading import rooms

register = template.Library()


@register.filter
def length_words(length: timedelta) -> str:
    """A length of time in its largest two units: ``2 days 3 hours``."""
    seconds = max(round(length.total_seconds()), 0)
    days, hours = seconds // 86_400, seconds % 86_400 // 3_600
    minutes, rest = seconds % 3_600 // 60, seconds % 60
    parts = [
        (days, ngettext("%(count)s day", "%(count)s days", days)),
        (hours, ngettext("%(count)s hour", "%(count)s hours", hours)),
        (minutes, ngettext("%(count)s minute", "%(count)s minutes", minutes)),
        (rest, ngettext("%(count)s second", "%(count)s seconds", rest)),
    ]
    first = next((place for place, (count, _words) in enumerate(parts) if count), len(parts) - 1)
    told = [words % {"count": count} for count, words in parts[first : first + 2] if count]
    return " ".join(told) or parts[-1][1] % {"count": 0}


@register.filter
def clock_words(seconds: int) -> str:
    """Seconds as a place in a video: ``1:02:03``."""
    return rooms.clock_words(seconds)


@register.filter
def day_of(instant: str) -> SafeString:
    """The platform's day and minute of an RFC 3339 instant."""
    return when(parse_instant(instant), "full")
