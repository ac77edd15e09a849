"""The sheet of the design system, and the demo's one-tap sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yellowcart.core import clock
from yellowcart.core.texts import Text
from yellowcart.web.base import demo_people


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


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people without a password; not there outside the demo."""
    if not settings.DEMO:
        raise Http404
    try:
        account = demo_people.accounts().filter(pk=request.POST.get("account", "")).first()
    except ValidationError:
        account = None
    if account is None:
        raise Http404
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return redirect(target if safe else "/")
