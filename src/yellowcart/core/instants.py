"""Reading and showing instants.

A day ends at 24:00, which is the next day's 00:00: notices say "from 15 November 24:00" and mean
16 November 00:00. Instants without a zone are refused rather than guessed.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yellowcart.core.texts import Text

#: What people call a zone; the others are told by their distance from UTC.
_ZONES: Final = {
    "Asia/Shanghai": Text("Beijing time", "北京时间"),
    "Asia/Chongqing": Text("Beijing time", "北京时间"),
    "PRC": Text("Beijing time", "北京时间"),
    "UTC": Text("UTC", "UTC"),
}

_FORM = re.compile(
    r"^(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>\.\d{1,6})?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
)


class InstantError(ValueError):
    """Text that is not one instant; the message says what to write instead."""


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The instant ``text`` names, in UTC.

    ``24:00`` is the next day's midnight. A day alone is its first instant. Where the text has no
    offset, ``zone`` is used; without one it is refused with :class:`InstantError`.
    """
    match = _FORM.match(text.strip())
    if match is None:
        raise InstantError(f"{text!r} is not an instant; write it like 2021-11-16T00:00:00+08:00")
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    second = int(match["second"] or 0)
    micro = round(float(match["fraction"] or 0) * 1_000_000)
    ends_day = hour == 24
    if ends_day and (minute or second or micro):
        raise InstantError(f"{text!r}: 24:00 is the end of a day; nothing comes after it")
    try:
        day = datetime.strptime(match["day"], "%Y-%m-%d")  # noqa: DTZ007  the zone follows
        local = day.replace(hour=0 if ends_day else hour, minute=minute, second=second)
    except ValueError as error:
        raise InstantError(f"{text!r} is not on the calendar: {error}") from error
    try:
        local = local.replace(microsecond=micro) + timedelta(days=1 if ends_day else 0)
        return _with_zone(local, match["zone"], zone, text).astimezone(UTC)
    except OverflowError as error:
        raise InstantError(f"{text!r} is before or after all that can be told apart") from error


def _with_zone(local: datetime, offset: str | None, zone: ZoneInfo | None, text: str) -> datetime:
    if offset is not None:
        return datetime.fromisoformat(local.isoformat() + offset.replace("Z", "+00:00"))
    if zone is None:
        raise InstantError(f"{text!r} has no zone; add one, for example {text.strip()}+08:00")
    return local.replace(tzinfo=zone)


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def in_words(instant: datetime, zone: ZoneInfo, *, naming_zone: bool = False) -> Text:
    """An instant on a zone's clock as a person writes it, for sentences that are kept."""
    local = instant.astimezone(zone)
    words = Text(
        f"{local.day} {local:%b %Y, %H:%M}",
        f"{local:%Y年}{local.month}月{local.day}日 {local:%H:%M}",
    )
    if not naming_zone:
        return words
    name = _ZONES.get(zone.key) or _from_utc(local)
    return Text(f"{words.en} {name.en}", f"{words.zh}（{name.zh}）")


def _from_utc(local: datetime) -> Text:
    """How far a clock is from UTC: "UTC+8", "UTC-3:30"."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    name = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return Text(name, name)
