"""The form in which somebody asks to have a decision looked at again."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AppealForm(forms.Form):
    """Why the decision should be another."""

    words = forms.CharField(
        label=_("Why it should be decided otherwise"),
        min_length=10,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Name facts the platform can check. An operator reads and answers it."),
    )
