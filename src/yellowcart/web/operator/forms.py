"""What an operator fills in."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import iso
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Rule
from yellowcart.policy.words import INTEGRATIONS, SHOP_TYPES, SURFACES
from yellowcart.web.base import words
from yellowcart.web.base.rule_names import name_of
from yellowcart.web.operator.fields import (
    Checks,
    Choices,
    InstantField,
    PercentField,
    WordsField,
)

Options = list[tuple[str, "str | Promise"]]


def _named(names: Any, known: Any) -> Options:
    return [(name, known.get(name, name)) for name in names]


def source_options() -> Options:
    """Every source that rules may name."""
    return _named(policy.known_sources(), words.SOURCES)


def surface_options() -> Options:
    """Every surface."""
    return _named(SURFACES, SURFACE_NAMES)


def integration_options() -> Options:
    """Every integration."""
    return [(name, words.INTEGRATIONS[name].label) for name in INTEGRATIONS]


def _outcomes() -> Options:
    return [(name, word.label) for name, word in words.OUTCOMES.items()]


class AskForm(forms.Form):
    """May goods of a source be offered on a surface, then, as far as was known at another time?"""

    source = forms.ChoiceField(label=_("Source"))
    surface = forms.ChoiceField(label=_("Surface"))
    integration = forms.ChoiceField(
        label=_("Integration"),
        required=False,
        help_text=_("How the goods are joined; the usual way of the source if left open."),
    )
    shop = forms.CharField(
        label=_("Shop"), required=False, help_text=_("Its id or handle, where rules name shops.")
    )
    at = InstantField(label=_("At the instant"), required=False)
    as_of = InstantField(
        label=_("As known on"),
        required=False,
        help_text=_("Only what was written by then counts: what did we believe on that day?"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        usual: Options = [("", _("The usual one"))]
        self._choose("source", source_options())
        self._choose("surface", surface_options())
        self._choose("integration", usual + integration_options())

    def _choose(self, name: str, options: Options) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = options


class DraftForm(forms.Form):
    """A rule nobody is told of yet. Its fields are the keys of a pack's ``[[rule]]``."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("For the operators; nobody else sees it.")
    )
    key = forms.CharField(
        label=_("Rule key"),
        max_length=100,
        help_text=_(
            "Names the rule for good, such as kuaishou.2021-11-16.youzan-live. The key of an "
            "existing rule makes this its next revision."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=Choices,
        initial="rule",
        choices=[("rule", _("Rule")), ("suspension", _("Suspension, for the time being"))],
    )
    outcome = forms.ChoiceField(label=_("Outcome"), widget=Choices, initial="deny")
    sources = forms.MultipleChoiceField(
        label=_("Sources"),
        widget=Checks,
        required=False,
        help_text=_("Tick none to mean every source."),
    )
    integrations = forms.MultipleChoiceField(
        label=_("Integrations"),
        widget=Checks,
        required=False,
        help_text=_("Links only, goods sold here only; tick none for both."),
    )
    surfaces = forms.MultipleChoiceField(
        label=_("Surfaces"),
        widget=Checks,
        required=False,
        help_text=_("Tick none to mean every surface."),
    )
    shop_types = forms.MultipleChoiceField(
        label=_("Shop types"), widget=Checks, required=False, help_text=_("Tick none to mean any.")
    )
    shops = WordsField(
        label=_("Shops"), required=False, help_text=_("Ids, separated by commas; empty for all.")
    )
    creators = WordsField(
        label=_("Creators"),
        required=False,
        help_text=_("Ids, separated by commas; empty for all."),
    )
    effective_from = InstantField(label=_("Holds from"))
    effective_until = InstantField(
        label=_("Until"), required=False, help_text=_("Leave empty where no end is known.")
    )
    reason_zh = forms.CharField(
        label=_("Reason, in Chinese"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
        help_text=_("What merchants, creators and viewers read where something is barred."),
    )
    reason_en = forms.CharField(
        label=_("Reason, in English"), widget=forms.Textarea(attrs={"rows": 3, "lang": "en"})
    )
    remedy_zh = forms.CharField(
        label=_("What to do instead, in Chinese"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
        help_text=_("Where it may still sell, and how goods come back. Needed unless it allows."),
    )
    remedy_en = forms.CharField(
        label=_("What to do instead, in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    fee_bps = PercentField(
        label=_("Platform fee in percent"),
        required=False,
        help_text=_("Only where the rule changes the fee."),
    )
    supersedes = WordsField(
        label=_("Supersedes"),
        required=False,
        help_text=_("Keys of rules that end where this one begins."),
    )
    notice = forms.CharField(label=_("Number of the notice"), required=False, max_length=200)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where the decision is written down."),
    )

    #: How the page groups the fields.
    GROUPS = (
        (_("What it is"), ("title", "key", "kind", "outcome")),
        (
            _("Which goods, where"),
            ("sources", "integrations", "surfaces"),
        ),
        (_("Whose"), ("shop_types", "shops", "creators")),
        (_("When"), ("effective_from", "effective_until")),
        (_("In words"), ("reason_zh", "reason_en", "remedy_zh", "remedy_en")),
        (_("Further"), ("fee_bps", "supersedes", "notice", "evidence")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (
            ("outcome", _outcomes()),
            ("sources", source_options()),
            ("integrations", integration_options()),
            ("surfaces", surface_options()),
            ("shop_types", _named(SHOP_TYPES, words.SHOP_TYPES)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = choices

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def body(self) -> dict[str, Any]:
        """What was filled in, as the keys of a pack's ``[[rule]]``; empty ones left out."""
        data = self.cleaned_data
        plain = (
            "key",
            "kind",
            "outcome",
            "sources",
            "integrations",
            "surfaces",
            "shop_types",
            "shops",
            "creators",
            "fee_bps",
            "supersedes",
            "notice",
            "evidence",
        )
        body: dict[str, Any] = {name: data[name] for name in plain}
        body["effective_from"] = iso(data["effective_from"])
        body["effective_until"] = iso(data["effective_until"]) if data["effective_until"] else None
        body["reason"] = {"en": data["reason_en"], "zh": data["reason_zh"]}
        if data["remedy_en"] or data["remedy_zh"]:
            body["remedy"] = {"en": data["remedy_en"], "zh": data["remedy_zh"]}
        return {name: value for name, value in body.items() if value not in (None, "", [])}

    def take_problems(self, errors: list[dict[str, str]]) -> None:
        """Put each of a problem's ``errors`` beside the field it names."""
        for error in errors:
            place = error["where"].replace(".", "_")
            if place in {"reason", "remedy"}:
                place += "_en"
            self.add_error(place if place in self.fields else None, error["message"])


def from_body(title: str, body: dict[str, Any]) -> dict[str, Any]:
    """A draft's fields, from its title and body."""
    initial = {name: value for name, value in body.items() if name not in {"reason", "remedy"}}
    for name in ("reason", "remedy"):
        for language, text in (body.get(name) or {}).items():
            initial[f"{name}_{language}"] = text
    return {"title": title, **initial}


def from_rule(rule: Rule) -> dict[str, Any]:
    """A draft that corrects a rule: its fields as they stand."""
    lists = ("sources", "integrations", "surfaces", "shop_types", "shops", "creators")
    return {
        "title": name_of(rule),
        "key": rule.key,
        "kind": rule.kind.value,
        "outcome": rule.outcome.value,
        **{name: sorted(getattr(rule, name) or ()) for name in lists},
        "effective_from": rule.effective_from,
        "effective_until": rule.effective_until,
        "reason_en": rule.reason.en,
        "reason_zh": rule.reason.zh,
        "remedy_en": rule.remedy.en if rule.remedy else "",
        "remedy_zh": rule.remedy.zh if rule.remedy else "",
        "fee_bps": rule.fee_bps,
        "supersedes": list(rule.supersedes),
        "notice": rule.notice or "",
        "evidence": rule.evidence or "",
    }
