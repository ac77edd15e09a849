"""The sheet of the design system."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yellowcart.core import clock
from yellowcart.core.texts import Text


class _SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As it appears in the room.")
    reason = forms.CharField(label="Reason", widget=forms.Textarea, required=False)
    surface = forms.ChoiceField(label="Surface", choices=[("live_room", "Live room")])
    agreed = forms.BooleanField(label="I have read the notice")


@dataclass(frozen=True)
class _SampleVerdict:
    outcome: str
    since: datetime
    until: datetime | None
    reason: Text
    remedy: Text
    rule: str = "sample-rule"
    revision: int = 1
    open_surfaces: tuple[str, ...] = ("profile", "shop_page", "short_video")


def design(request: HttpRequest) -> HttpResponse:
    """Every component on one page, for those who build pages; not in production."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    messages.success(request, "Saved.")
    verdicts = [
        _SampleVerdict(
            outcome,
            clock.now(),
            None,
            Text(en="Words of the rule in English.", zh="规则的中文说明。"),
            Text(en="What to do instead.", zh="可以怎么做。"),
        )
        for outcome in ("deny", "require_task", "allow")
    ]
    context = {
        "form": _SampleForm(data={"reason": "x"}),
        "verdicts": verdicts,
        "later": clock.now() + timedelta(minutes=14, seconds=59),
    }
    return render(request, "base/design.html", context)
