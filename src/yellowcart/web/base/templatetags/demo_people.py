"""The panel of the demo's people on the sign-in page."""

from typing import Any

from django import template
from django.conf import settings

from yellowcart.web.base import demo_people as people

register = template.Library()


@register.inclusion_tag("base/parts/demo_people.html", takes_context=True)
def demo_panel(context: template.Context) -> dict[str, Any]:
    """Whom one may sign in as with one tap; nothing outside the demo."""
    request = context["request"]
    return {
        "people": people.listed() if settings.DEMO else [],
        "next": request.GET.get("next", ""),
        "csrf_token": context.get("csrf_token"),
    }
