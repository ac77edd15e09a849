"""What every page knows: the platform's clock and which consoles the reader may enter."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.people.queries import roles_of
from yellowcart.people.roles import Role
from yellowcart.settlement.contracts import paid_as


def _consoles(request: HttpRequest) -> list[dict[str, str]]:
    """The consoles of the reader's roles, in the order of the account menu."""
    user = request.user
    if not user.is_authenticated:
        return []
    roles = roles_of(user)
    entries = []
    if Role.CREATOR in roles:
        entries.append(("creator:home", _("Creator console"), "camera"))
    elif Role.SOURCE_OPERATOR in roles:
        entries.append(("creator:notices", _("Notices"), "bell"))
    if Role.CREATOR not in roles and paid_as(user.id):
        entries.append(("creator:service", _("Service income"), "percent"))
    if user.shop_memberships.exists():
        entries.append(("merchant:home", _("Merchant back office"), "shop"))
    if Role.OPERATOR in roles:
        entries.append(("operator:home", _("Operator's desk"), "scale"))
    found = []
    for name, label, icon in entries:
        try:
            found.append({"url": reverse(name), "label": label, "icon": icon})
        except NoReverseMatch:
            continue
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for the base template; queries run only where the template asks."""
    return {
        "consoles": SimpleLazyObject(lambda: _consoles(request)),
        "platform_now": iso(clock.now()),
        "clock_speed": clock.timeline().speed,
        "demo": settings.DEMO,
    }
