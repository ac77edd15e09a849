"""A show as an iCalendar file (RFC 5545), for the calendars that people use. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

_LASTS: Final = timedelta(hours=2)
_LONGEST_LINE: Final = 75


def calendar(
    *,
    uid: str,
    title: str,
    begins: datetime,
    url: str,
    host: str,
    postponed: int,
    cancelled: bool,
    written: datetime,
) -> str:
    """One event with an alarm ten minutes before. A postponed show has a higher ``SEQUENCE``, so
    that a calendar which knows it moves it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yellowcart//Shows//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}@yellowcart",
        f"DTSTAMP:{_instant(written)}",
        f"DTSTART:{_instant(begins)}",
        f"DTEND:{_instant(begins + _LASTS)}",
        f"SEQUENCE:{postponed}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_text(f'{title} · {host}')}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(title)}",
        "TRIGGER:-PT10M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) + "\r\n" for line in lines)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines are at most 75 octets long; what is longer goes on after a space."""
    parts, part, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _LONGEST_LINE:
            parts.append(part)
            part, size = "", 1
        part += char
        size += width
    return "\r\n ".join([*parts, part])
