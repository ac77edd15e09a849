"""What was proven about a person, and figures from elsewhere, as an operator fills them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yellowcart.people.facts import SCORES
from yellowcart.people.models import Account, CreatorFacts
from yellowcart.web.base.templatetags.yc import in_language

PROVEN = frozenset({"real_name", "birth_date", "phone"})
COUNTED = ("outside_followers", "outside_public_videos", "minutes_watched_7d", "violations")
_LONGEST_SCORE = 100


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=10**9)


class ProofForm(forms.Form):
    """What conditions of permits ask and the platform can't find out by itself."""

    real_name = forms.BooleanField(label=_("Real name verified"), required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = forms.CharField(
        label=_("Phone that is theirs"), max_length=20, required=False, help_text=_("Empty: none.")
    )
    outside_followers = _count(_("Followers elsewhere"))
    outside_public_videos = _count(_("Public videos elsewhere"))
    minutes_watched_7d = _count(_("Minutes of live rooms watched in 7 days"))
    violations = _count(_("Violations"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in SCORES.items():
            self.fields[f"score_{name}"] = forms.FloatField(
                label=in_language(words), required=False, min_value=0, max_value=_LONGEST_SCORE
            )

    def proven(self) -> dict[str, Any]:
        """What changed of what is proven, for ``do_verify_person``."""
        names = PROVEN & set(self.changed_data)
        return {name: self.cleaned_data[name] for name in names}

    def figures(self) -> dict[str, Any]:
        """What changed of the figures, for ``do_record_facts``."""
        given, changed = self.cleaned_data, set(self.changed_data)
        figures: dict[str, Any] = {name: given[name] for name in COUNTED if name in changed}
        scores = {name: given[f"score_{name}"] for name in SCORES}
        if any(f"score_{name}" in changed for name in SCORES):
            figures["scores"] = {name: one for name, one in scores.items() if one is not None}
        return figures


def proof_form(person: Account) -> ProofForm:
    """Filled with what is known now."""
    facts = CreatorFacts.objects.filter(account=person).first() or CreatorFacts(account=person)
    known: dict[str, Any] = {name: getattr(facts, name) for name in COUNTED}
    known |= {f"score_{name}": score for name, score in facts.scores.items()}
    known |= {
        "real_name": person.real_name_verified_at is not None,
        "birth_date": person.birth_date,
        "phone": person.phone,
    }
    return ProofForm(initial=known)
