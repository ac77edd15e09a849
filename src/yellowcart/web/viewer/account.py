"""One's own account: what one shows of oneself, and what rooms may tell."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from yellowcart.live.quiet import do_set_quiet, is_quiet
from yellowcart.people.access import access_person, person_page
from yellowcart.people.actions import do_edit_profile


class AccountForm(forms.Form):
    """What a person decides about themselves."""

    display_name = forms.CharField(
        label=_("Name shown"),
        max_length=60,
        help_text=_("In rooms, on your page and beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    bio = forms.CharField(
        label=_("A few words about you"),
        max_length=300,
        required=False,
        help_text=_("Shown on your page."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    told = forms.BooleanField(
        label=_("Live rooms may say when I come in, follow or buy"),
        required=False,
        help_text=_(
            "Without it no room names you by itself. When you come in and follow, rooms show your"
            " name; when you buy, only its first character. What you write or give carries your"
            " name either way."
        ),
    )


@person_page
def account(request: HttpRequest) -> HttpResponse:
    """See and change it."""
    person = access_person(request.user)
    now = {"display_name": person.display_name, "bio": person.bio, "told": not is_quiet(person)}
    form = AccountForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        do_edit_profile(person, display_name=given["display_name"], bio=given["bio"])
        do_set_quiet(person, quiet=not given["told"])
        messages.success(request, _("Saved."))
        return redirect("viewer:account")
    status = 422 if request.method == "POST" else 200
    return render(request, "viewer/account.html", {"form": form}, status=status)
