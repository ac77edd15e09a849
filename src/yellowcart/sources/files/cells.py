"""Reading single cells of a catalogue file. Each reader refuses rather than guesses."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.money import parse_minor

DEAREST_MINOR = 10**13
MOST_STOCK = 10**12
HEAVIEST_GRAMS = 2**31 - 1

_LONGEST = 60  # characters of any number
_SIGNS = re.compile(r"[\s\u00a0\u202f'’]|[A-Z]{3}|[¥￥$€£₩₹元]")
_PRICE = re.compile(r"-?\d+(?:[.,]\d+)*\Z", re.ASCII)
_WEB = re.compile(r"https?://[^\s/?#\"'<>]+[^\s\"'<>]*\Z", re.IGNORECASE)
_DAY = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?\Z"
)
_GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
}


class CellError(ValueError):
    """A cell that can't be read: a sentence with places, and what fills them."""

    def __init__(self, words: str | Promise, **params: object) -> None:
        super().__init__(str(params))
        self.words = words
        self.params = params


def price(text: str, currency: str, column: str) -> int:
    """A price in minor units. ``12.5``, ``12,50``, ``1,299.00`` and ``¥12`` are read; a comma or
    point before exactly three digits could be either sign and is refused."""
    plain = _SIGNS.sub("", text[:_LONGEST])
    if len(text) >= _LONGEST or not _PRICE.match(plain):
        raise CellError(
            _("%(column)s is “%(text)s”, which is no price; write it like 12.50."),
            column=column,
            text=text[:60],
        )
    if plain.startswith("-"):
        raise CellError(
            _("%(column)s is %(text)s; a price can't be below 0."), column=column, text=text[:60]
        )
    plain = _with_point(plain, text, column)
    try:
        minor = parse_minor(plain, currency)
    except ValueError:
        near = round(Decimal(plain), get_currency_precision(currency))
        raise CellError(
            _("%(column)s is %(text)s, finer than %(currency)s goes; write %(near)s."),
            column=column,
            text=text[:60],
            currency=currency,
            near=near,
        ) from None
    if minor >= DEAREST_MINOR:
        raise CellError(
            _("%(column)s is %(text)s, which is too much for a price."),
            column=column,
            text=text[:60],
        )
    return minor


def _with_point(plain: str, text: str, column: str) -> str:
    """The number with one decimal point and no separators of thousands."""
    if "," not in plain and plain.count(".") <= 1:
        return plain
    last = max(plain.rfind(","), plain.rfind("."))
    sign, tail = plain[last], plain[last + 1 :]
    other = "." if sign == "," else ","
    head = plain[:last]
    grouped = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(other)}\d{{3}})*|\d+", head)
    if plain.count(sign) == 1 and grouped and (other in head or len(tail) != 3):
        return f"{head.replace(other, '')}.{tail}"
    if (
        plain.count(sign) > 1
        and other not in plain
        and re.fullmatch(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+", plain)
    ):
        return plain.replace(sign, "")
    raise CellError(
        _("%(column)s is “%(text)s”, which can be read in two ways; write it like 1234.50."),
        column=column,
        text=text[:60],
    )


def whole_number(text: str, column: str) -> int:
    """A count such as ``12``, ``-3`` or ``12.0``."""
    try:
        number = Decimal(
            text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) else text
        )
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number != number.to_integral_value() or abs(number) > MOST_STOCK:
        raise CellError(
            _("%(column)s is “%(text)s”, which is no count; write a whole number."),
            column=column,
            text=text[:60],
        )
    return int(number)


def grams(text: str, unit: str) -> int:
    """A weight in grams; 0 where it is empty or can't be read, since nothing is sold by it."""
    try:
        weight = Decimal(text[:_LONGEST].replace(",", ".")) * _GRAMS.get(unit.lower(), Decimal(1))
    except InvalidOperation:
        return 0
    if not weight.is_finite() or weight <= 0:
        return 0
    return HEAVIEST_GRAMS if weight > HEAVIEST_GRAMS else int(weight)


def web_address(text: str) -> str:
    """The address where it is an ``http`` or ``https`` one of bearable length, else empty."""
    return text if _WEB.match(text) and len(text) <= 2_000 else ""


def truth(text: str, *, default: bool) -> bool:
    """``TRUE``/``FALSE``, ``1``/``0``, ``yes``/``no``; the default for anything else."""
    word = text.strip().lower()
    if word in {"true", "1", "yes", "y"}:
        return True
    return False if word in {"false", "0", "no", "n"} else default


def sale_start(text: str, zone: ZoneInfo, column: str) -> datetime | None:
    """The first instant of a sale; a day alone begins at its midnight in ``zone``."""
    found = _moment(text, zone, column)
    return found[0] if found else None


def sale_end(text: str, zone: ZoneInfo, column: str) -> datetime | None:
    """The first instant after a sale.

    The last day counts whole, whether it is written alone, at its midnight or at 23:59:59, which
    are the ways WooCommerce writes it.
    """
    found = _moment(text, zone, column)
    if found is None:
        return None
    moment, clock = found
    if clock == (0, 0, 0):
        return moment + timedelta(days=1)
    return moment + timedelta(seconds=1) if clock == (23, 59, 59) else moment


def _moment(text: str, zone: ZoneInfo, column: str) -> tuple[datetime, tuple[int, int, int]] | None:
    if not text:
        return None
    match = _DAY.match(text)
    try:
        if match is None:
            raise ValueError(text)
        hour, minute, second = (int(match[group] or "0") for group in (2, 3, 4))
        clock = (hour, minute, second)
        moment = datetime.fromisoformat(
            f"{match[1]}T{clock[0]:02}:{clock[1]:02}:{clock[2]:02}{match[5] or ''}"
        )
    except ValueError:
        raise CellError(
            _("%(column)s is “%(text)s”, which is no date; write it like 2021-11-30."),
            column=column,
            text=text[:60],
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)), clock


def listed(text: str) -> list[str]:
    """The parts of a comma-separated cell; ``\\,`` is a comma within a part."""
    parts = re.split(r"(?<!\\),", text)
    return [part for raw in parts if (part := raw.replace("\\,", ",").strip())]
