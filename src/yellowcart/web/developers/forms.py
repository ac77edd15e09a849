"""What a person fills in about an application and its webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yellowcart.developers import rules
from yellowcart.developers.models import Application
from yellowcart.people.models import Account
from yellowcart.people.scopes import SCOPES
from yellowcart.web.developers.consent import reach_words

#: What most integrators of a shop begin with.
USUAL = ["shops:read", "products:read", "stock:read", "stock:write", "orders:read"]


class ApplicationForm(forms.Form):
    """An application's name, scopes and return addresses."""

    name = forms.CharField(label=_("Name"), max_length=rules.LONGEST_NAME)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(name, words) for name, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=USUAL,
    )
    redirects = forms.CharField(
        label=_("Return addresses"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://app.example/callback"}),
        help_text=_("One a line. Only where other people are to let the application in."),
    )

    @property
    def redirect_uris(self) -> list[str]:
        """The addresses that were entered."""
        return str(self.cleaned_data["redirects"]).split()


class NewApplicationForm(ApplicationForm):
    """The same, with how far it reaches and whether it can keep a secret."""

    reach = forms.ChoiceField(label=_("Its own calls act in"))
    keeps_secret = forms.BooleanField(
        label=_("It runs on a server and keeps a secret"), required=False, initial=True
    )
    field_order = ["name", "reach", "scopes", "redirects", "keeps_secret"]

    def __init__(self, account: Account, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["reach"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices = reach_words(account)


class WebhookForm(forms.Form):
    """Where to, and of what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://app.example/hooks"}),
    )
    events = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, application: Application, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        held = set(application.scopes.split())
        field = self.fields["events"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  for the type checker
        field.choices = [
            (name, name) for name, (_topic, scope) in rules.EVENTS.items() if scope in held
        ]
        field.initial = [name for name, _words in field.choices]
