"""The frame of the creator's console."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yellowcart.notices.models import Notice
from yellowcart.people.models import Account
from yellowcart.people.queries import is_creator
from yellowcart.settlement.contracts import paid_as

NAVIGATION = (
    ("home", _("Overview"), "home"),
    ("rooms", _("Rooms"), "live"),
    ("videos", _("Short videos"), "play"),
    ("money", _("Earnings"), "wallet"),
    ("service", _("Service income"), "percent"),
    ("jumpouts", _("Sales elsewhere"), "link-out"),
    ("notices", _("Notices"), "bell"),
)

#: What whoever only wants to become a creator has no use for.
_FOR_CREATORS = frozenset({"rooms", "videos"})


def show(
    request: HttpRequest,
    account: Account,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the console; ``here`` is the navigation entry it belongs to."""
    unread = Notice.objects.filter(account=account, read_at__isnull=True).exclude(
        party__in=["merchant", "viewer", "operator"]
    )
    hidden = set() if is_creator(account) else set(_FOR_CREATORS)
    if not paid_as(account.id):
        hidden.add("service")
    badges = {"notices": unread.count()}
    navigation = [
        {
            "href": reverse(f"creator:{name}"),
            "label": label,
            "icon": icon,
            "here": name == here,
            "count": badges.get(name, 0),
        }
        for name, label, icon in NAVIGATION
        if name not in hidden
    ]
    whole = {"account": account, "navigation": navigation, **(context or {})}
    return render(request, template, whole, status=status)
