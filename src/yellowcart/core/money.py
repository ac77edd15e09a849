"""Money: integer minor units and a currency. Rates are basis points (1 % = 100)."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language


class Money(NamedTuple):
    """An amount in minor units (fen, cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    def display(self, language: str) -> str:
        """As a person writes it: ``¥12.50``."""
        return display_minor(self.minor, self.currency, language)


# A full room's cart says the same amounts again and again, and formatting one takes 0.1 ms.
@lru_cache(maxsize=8_192)
def display_minor(minor: int, currency: str, language: str) -> str:
    """Minor units as a person writes them in a language such as ``zh-hans`` or ``en``."""
    locale = Locale.parse("zh_Hans_CN" if language.lower().startswith("zh") else "en_US")
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=locale)


class Shown:
    """An amount that is written in the language of whoever reads it, such as in a problem."""

    def __init__(self, minor: int, currency: str) -> None:
        self._minor, self._currency = minor, currency

    def __str__(self) -> str:
        return display_minor(self._minor, self._currency, get_language() or "en")


def parse_minor(text: str, currency: str) -> int:
    """Minor units from text such as ``12.5``; ``ValueError`` where a fraction would be lost."""
    try:
        amount = Decimal(text.strip()).scaleb(get_currency_precision(currency))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount of money; write it like 12.50") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"{text!r} is finer than the smallest unit of {currency}")
    return int(amount)


def share(minor: int, basis_points: int) -> int:
    """``basis_points`` of an amount, rounded half up to the minor unit, sign kept."""
    sign = -1 if (minor < 0) != (basis_points < 0) else 1
    return sign * ((abs(minor * basis_points) + 5_000) // 10_000)
