"""Form fields the operator's forms share."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.insights.queries import platform_zone


class InstantField(forms.CharField):
    """An instant as people write it, in the platform's zone; 24:00 is the end of a day."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", _("In the platform's zone, such as 2021-11-16 00:00; 24:00 ends a day.")
        )
        super().__init__(**options)
        self.widget.attrs |= {
            "placeholder": "2021-11-15 24:00",
            "maxlength": "40",
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> Any:
        """The instant in UTC, or None where the field may be empty and is."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_instant(text, platform_zone())
        except InstantError:
            raise ValidationError(
                _("This is not an instant; write it like 2021-11-16 00:00."), code="bad_instant"
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """As it is written in the platform's zone."""
        if isinstance(value, datetime):
            local = value.astimezone(platform_zone())
            return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether what was sent differs, written alike."""
        return bool(self.prepare_value(initial) != data)


class WordsField(forms.CharField):
    """Names separated by commas or spaces; an empty list where there are none."""

    def to_python(self, value: Any) -> Any:
        """The names in order, each once."""
        text = super().to_python(value) or ""
        names = text.replace(",", " ").replace("，", " ").split()
        return list(dict.fromkeys(names))

    def prepare_value(self, value: Any) -> Any:
        """Joined by commas."""
        return ", ".join(value) if isinstance(value, list) else value


class PercentField(forms.DecimalField):
    """A rate people write in percent and the platform keeps in basis points."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, **options)

    def clean(self, value: Any) -> Any:
        """Basis points, or None."""
        percent = super().clean(value)
        return None if percent is None else int(percent * 100)

    def prepare_value(self, value: Any) -> Any:
        """Percent."""
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value


class Checks(forms.CheckboxSelectMultiple):
    """Several of a few, as boxes one can tick."""

    template_name = "operator/widgets/checks.html"
    option_template_name = "operator/widgets/check.html"


class Choices(forms.RadioSelect):
    """One of a few, as buttons."""

    template_name = "operator/widgets/choices.html"
    option_template_name = "operator/widgets/choice.html"
