"""What may be said in a room, and who may quieten whom. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.live.passes import account_blocked, blocked_from_room

LONGEST_TITLE: Final = 120
LONGEST_CHAT: Final = 200
MOST_BLOCKED_WORDS: Final = 200
LONGEST_BLOCKED_WORD: Final = 40
SLOWEST_MODE_SECONDS: Final = 600
LONGEST_MUTE_MINUTES: Final = 7 * 24 * 60
LONGEST_NOTE: Final = 200
LONGEST_REPORT: Final = 500
MOST_MODERATORS: Final = 50
#: What an unpaid order does: it holds its pieces, or whoever pays first has them.
RESERVATIONS: Final = ("hold", "first_paid")
SHORTEST_HOLD_SECONDS: Final = 30
LONGEST_HOLD_SECONDS: Final = 7_200

_JOINER = "\u200d"
_RANK = {"viewer": 0, "moderator": 1, "cohost": 2, "host": 3, "platform": 4}


def may_enter(practice: bool, role: str) -> bool:
    """Whether somebody with a role may see a room: a practice room only those who run it."""
    return not practice or role != "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What decides whether someone may speak in a room now.

    ``blocked`` is the platform's doing, ``shown_out`` the room's. ``since_last_ms`` is wall time
    since their last message here, None where there is none.
    """

    state: str
    slow_mode_seconds: int
    blocked_words: Sequence[str]
    muted_until: datetime | None
    blocked: bool
    since_last_ms: int | None
    shown_out: bool = False


def clean_chat(text: str) -> str:
    """The text as it is shown: one line, no control or invisible characters.

    Raises ``chat_empty`` or ``chat_too_long``.
    """
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or char == _JOINER or unicodedata.category(char) not in _UNSEEN
    )
    line = " ".join(kept.split()).strip(_JOINER)
    if not line:
        raise Problem("chat_empty", 422, _("Write something first."))
    if len(line) > LONGEST_CHAT:
        raise Problem(
            "chat_too_long",
            422,
            _("A message holds at most %(most)s characters; this one has %(length)s."),
            params={"most": LONGEST_CHAT, "length": len(line)},
        )
    return line


# Control, format (bidi overrides, zero width), surrogates, private use, unassigned.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


#: What people put between the letters of a word so that it is not found.
_FILLERS: Final = frozenset("._-*·・•~|/\\'\"`^+")
_NO_LETTERS: Final = frozenset({"Mn", "Me", "Zs", "Zl", "Zp"}) | _UNSEEN


def folded(text: str) -> str:
    """A text as words are looked for in it: whatever its case, its width, its accents, and what
    stands between its letters (spaces, invisible characters, dots and the like).

    Folding again changes nothing.
    """
    # NFKD and not NFKC, so that accents are characters of their own and fall away.
    plain = unicodedata.normalize("NFKD", text)
    # Some characters fold to others that are composed again.
    plain = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(
        char
        for char in plain
        if not char.isspace() and unicodedata.category(char) not in _NO_LETTERS
    )
    return "".join(char for char in letters if char not in _FILLERS) or letters


def has_blocked_word(text: str, words: Sequence[str]) -> bool:
    """Whether a text contains a word, see :func:`folded`."""
    line = folded(text)
    return any(word in line for word in map(folded, words) if word)


def check_chat(text: str, role: str, floor: Floor, at: datetime) -> str:
    """The text to say, or the problem that keeps someone from saying it at ``at``.

    Host and moderators are bound by neither slow mode nor blocked words.
    """
    line = clean_chat(text)
    if floor.blocked:
        raise account_blocked()
    if floor.shown_out:
        raise blocked_from_room()
    if floor.state != "live":
        raise Problem("chat_closed", 409, _("The chat is open while the show is live."))
    if _RANK.get(role, 0):
        return line
    if floor.muted_until is not None and at < floor.muted_until:
        raise Problem(
            "chat_muted",
            403,
            _("The host has muted you in this room for now."),
            extra={"until": iso(floor.muted_until)},
        )
    wait_ms = floor.slow_mode_seconds * 1_000 - (
        floor.since_last_ms if floor.since_last_ms is not None else floor.slow_mode_seconds * 1_000
    )
    if wait_ms > 0:
        raise too_fast(wait_ms)
    if has_blocked_word(line, floor.blocked_words):
        raise Problem("chat_blocked_word", 422, _("This room doesn't allow some of these words."))
    return line


def too_fast(wait_ms: int) -> Problem:
    """Someone speaks faster than the room allows."""
    return Problem(
        "chat_too_fast",
        429,
        _("Too fast: wait %(seconds)s s before the next message."),
        params={"seconds": -(-wait_ms // 1_000)},
        extra={"retry_after_ms": wait_ms},
    )


def guest_may_not_chat() -> Problem:
    """A guest spoke."""
    return Problem("sign_in_to_chat", 403, _("Sign in to chat; guests can watch."))


def may_quieten(actor_role: str, target_role: str) -> bool:
    """Whether someone may hide another's messages or mute them: only those below themselves."""
    actor = _RANK.get(actor_role, 0)
    return actor > 0 and actor > _RANK.get(target_role, 0)


def clean_words(words: Sequence[str]) -> list[str]:
    """Blocked words as they are kept: trimmed, each once. Raises ``blocked_words_invalid``."""
    kept = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if len(kept) > MOST_BLOCKED_WORDS or any(len(word) > LONGEST_BLOCKED_WORD for word in kept):
        raise Problem(
            "blocked_words_invalid",
            422,
            _("Use at most %(most)s words of at most %(longest)s characters."),
            params={"most": MOST_BLOCKED_WORDS, "longest": LONGEST_BLOCKED_WORD},
        )
    return kept


def clean_note(note: str, longest: int = LONGEST_NOTE) -> str:
    """A note as it is kept. Raises ``note_too_long``."""
    line = " ".join(note.split())
    if len(line) > longest:
        raise Problem(
            "note_too_long",
            422,
            _("A note holds at most %(most)s characters; this one has %(length)s."),
            params={"most": longest, "length": len(line)},
        )
    return line
