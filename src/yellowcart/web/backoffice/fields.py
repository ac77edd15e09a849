"""Form fields for money and instants."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.money import parse_minor


def platform_zone() -> ZoneInfo:
    """The zone in which people here read and write instants."""
    return ZoneInfo(settings.TIME_ZONE)


class MoneyField(forms.CharField):
    """An amount as a person writes it (``12.50``), cleaned to minor units; None where empty."""

    default_error_messages: ClassVar = {
        "money": _("Write an amount like 12.50, without a currency sign."),
        "negative": _("An amount of money can't be below 0."),
    }

    def __init__(self, *, currency: str = "CNY", **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(max_length=20, **kwargs)
        self.currency = currency

    def clean(self, value: Any) -> Any:
        """Minor units as an ``int``, or None."""
        text = super().clean(value)
        if not text:
            return None
        try:
            minor = parse_minor(text.replace(",", "").replace("，", ""), self.currency)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["money"], code="money") from error
        if minor < 0:
            raise forms.ValidationError(self.error_messages["negative"], code="negative")
        return minor

    def prepare_value(self, value: Any) -> Any:
        """Minor units as text; what somebody typed stays as typed."""
        if not isinstance(value, int):
            return value
        digits = get_currency_precision(self.currency)
        return f"{value / 10**digits:.{digits}f}"


class InstantField(forms.CharField):
    """An instant in the platform's zone, cleaned to aware UTC; None where empty.

    Takes what a ``datetime-local`` input sends, a space instead of the T, and ``24:00`` for the
    end of a day.
    """

    default_error_messages: ClassVar = {
        "instant": _("Write a day and a time like 2021-11-15 20:00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        """An aware ``datetime`` in UTC, or None."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_instant(text, platform_zone())
        except InstantError as error:
            raise forms.ValidationError(self.error_messages["instant"], code="instant") from error

    def prepare_value(self, value: Any) -> Any:
        """The instant on the platform's wall clock; what somebody typed stays as typed."""
        if not isinstance(value, datetime):
            return value
        return timezone.localtime(value, platform_zone()).strftime("%Y-%m-%dT%H:%M")


class LinesField(forms.CharField):
    """One entry a line, cleaned to a tuple without blanks."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}))
        super().__init__(max_length=40_000, **kwargs)

    def clean(self, value: Any) -> Any:
        """The lines as a tuple of texts."""
        text = super().clean(value)
        return tuple(line.strip() for line in text.splitlines() if line.strip())

    def prepare_value(self, value: Any) -> Any:
        """Lines of text; what somebody typed stays as typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value
