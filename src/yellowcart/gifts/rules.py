"""Decisions about coins, packets and bags: values in, values out."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

#: The same gift again within this goes on with the same combo.
COMBO_LASTS: Final = timedelta(seconds=8)
#: Most of one gift sent at once.
MOST_AT_ONCE: Final = 9_999
#: Beats further apart than this tell nothing of what was watched between them.
LONGEST_BEAT: Final = timedelta(seconds=75)
LONGEST_SAYING: Final = 60
#: Of an emoji: joiners, keycaps, variation selectors, skin tones, flags' letters.
_EMOJI_PARTS: Final = {0x200D, 0x20E3, 0xFE0E, 0xFE0F, 0x3030, 0x303D, 0x203C, 0x2049}


class Purse(NamedTuple):
    """Coins and the money behind them."""

    coins: int
    worth_minor: int


def worth_of(purse: Purse, coins: int) -> int:
    """The money behind so many coins of a purse: their average price, rounded down; the last
    coins take all that is left."""
    if not 0 < coins <= purse.coins:
        raise ValueError(f"{coins} coins can't be taken from {purse.coins}")
    if coins == purse.coins:
        return purse.worth_minor
    return purse.worth_minor * coins // purse.coins


def spent_today(spent_day: date | None, spent_coins: int, today: date) -> int:
    """What was given on this day, of a count that is kept for one day only."""
    return spent_coins if spent_day == today else 0


def is_too_young(birth_date: date | None, least_age: int, today: date) -> bool:
    """Whether somebody is known to be younger than ``least_age``; born on 29 February counts from
    1 March in other years."""
    if birth_date is None or least_age <= 0:
        return False
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (0 if had_birthday else 1) < least_age


def equal_shares(coins: int, pieces: int) -> list[int]:
    """So many pieces of the same size, the first ones a coin more where it does not divide."""
    base, rest = divmod(coins, pieces)
    return [base + 1] * rest + [base] * (pieces - rest)


def lucky_shares(coins: int, pieces: int, below: Callable[[int], int]) -> list[int]:
    """Pieces of different sizes, at least a coin each, that add up to ``coins``.

    Each is drawn evenly from 1 to twice the average of what is left, so that no place in the
    order is better than another. ``below(n)`` gives a random whole number from 0 to n - 1.
    """
    shares: list[int] = []
    left = coins
    for waiting in range(pieces, 1, -1):
        most = max(1, min(2 * left // waiting - 1, left - (waiting - 1)))
        shares.append(1 + below(most))
        left -= shares[-1]
    return [*shares, left]


def worths(worth_minor: int, shares: Sequence[int]) -> list[int]:
    """The money behind each share of coins; adds up to ``worth_minor``."""
    total, so_far, before, found = sum(shares), 0, 0, []
    for coins in shares:
        so_far += coins
        upto = worth_minor * so_far // total
        found.append(upto - before)
        before = upto
    return found


class Need(StrEnum):
    """What a bag asks of those who enter."""

    FOLLOW = "follow"
    SAY = "say"
    WATCH = "watch"
    BUY = "buy"


class Needs(NamedTuple):
    """The conditions of a bag."""

    follow: bool
    say: str
    watch_seconds: int
    buy: bool


class Deeds(NamedTuple):
    """What somebody did since a bag opened, as the server knows it."""

    follows: bool
    said: frozenset[str]
    watched_seconds: float
    bought: bool


def unmet(needs: Needs, deeds: Deeds) -> list[Need]:
    """The conditions that somebody does not meet yet, in a fixed order."""
    met = {
        Need.FOLLOW: not needs.follow or deeds.follows,
        Need.SAY: not needs.say or plain(needs.say) in deeds.said,
        Need.WATCH: deeds.watched_seconds >= needs.watch_seconds,
        Need.BUY: not needs.buy or deeds.bought,
    }
    return [need for need, is_met in met.items() if not is_met]


def plain(text: str) -> str:
    """A comment as it is compared: composed alike, without regard to case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_emoji(text: str) -> bool:
    """Whether a text has an emoji, or parts of which emoji are made."""
    return any(
        ord(char) in _EMOJI_PARTS or ord(char) >= 0x1F000 or unicodedata.category(char) == "So"
        for char in text
    )


def watched(seconds: float, beat_at: datetime | None, at: datetime, speed: float) -> float:
    """The seconds watched after a beat at ``at``: what passed since the one before, unless they
    were too far apart. ``speed`` is how fast the platform's clock runs."""
    if beat_at is None:
        return seconds
    gap = at - beat_at
    if timedelta() < gap <= LONGEST_BEAT * max(speed, 1):
        return seconds + gap.total_seconds()
    return seconds


def bearer_of(funder: str) -> str:
    """Who bears what a funder pays, in the words of an order's discount: ``merchant``,
    ``platform`` or ``creator`` (whose own coins and earnings are)."""
    if funder == "platform":
        return "platform"
    return "merchant" if funder.startswith("shop:") else "creator"


def barred_word(title: str, words: Iterable[str]) -> str | None:
    """The word for which goods can't be a prize, or None. Latin words are matched whole."""
    lower = title.casefold()
    for word in sorted(words):
        pattern = re.escape(word.casefold())
        if word.isascii():
            pattern = rf"\b{pattern}\b"
        if re.search(pattern, lower):
            return word
    return None


def masked(name: str) -> str:
    """A name as others see it among the winners: its first and last letter."""
    if len(name) <= 1:
        return f"{name}*"
    return f"{name[0]}{'*' * min(max(len(name) - 2, 1), 3)}{name[-1] if len(name) > 2 else ''}"
