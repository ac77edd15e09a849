"""A draw that anybody can check afterwards: commit, fix the list, reveal. Pure.

1. When a bag opens, a secret seed of 32 bytes is made and
   ``commit = SHA-256("<seed>|<bag>|<winners>|<closes at>")`` is published, so that the seed can't
   be chosen once anybody has entered.
2. Everybody who enters has a pseudonym and a nonce of their own choosing. When the bag closes,
   the list ``"<pseudonym>:<nonce>\\n"``, sorted by pseudonym, is fixed, and published is its
   ``entrants_hash = SHA-256(list)``.
3. Then the seed is shown, and winners are drawn from the sorted pseudonyms by Fisher and Yates:
   place ``i`` swaps with ``i + pick(n - i)``. ``pick(m)`` takes the next of
   ``HMAC-SHA256(seed, "<entrants_hash>:<counter>")``, counter 0, 1, 2, …, its first 8 bytes as a
   whole number ``x``; where ``x`` is not below the greatest multiple of ``m`` in 2^64 the next is
   taken instead (so that no rest is likelier than another), else the pick is ``x mod m``.

Hashes and the seed are written in lower-case hexadecimal; texts are UTF-8.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

NONCE: Final = re.compile(r"^[0-9a-f]{16,64}$")
_SPAN: Final = 1 << 64


class Entrant(NamedTuple):
    """Somebody in the list: a name that says nothing of them, and their own number."""

    pseudonym: str
    nonce: str


def commitment(seed: str, bag: str, winners: int, closes_at: str) -> str:
    """What is published when a bag opens."""
    return _sha256(f"{seed}|{bag}|{winners}|{closes_at}")


def listed(entrants: Iterable[Entrant]) -> str:
    """The list of entrants as it is hashed."""
    return "".join(f"{one.pseudonym}:{one.nonce}\n" for one in sorted(entrants))


def entrants_hash(entrants: Iterable[Entrant]) -> str:
    """What is published when the list is fixed."""
    return _sha256(listed(entrants))


def draw(seed: str, hashed: str, pseudonyms: Iterable[str], winners: int) -> list[str]:
    """The winners in order; all of them where there are no more entrants than prizes."""
    places = sorted(pseudonyms)
    key, counter = bytes.fromhex(seed), 0
    for place in range(min(winners, len(places))):
        left = len(places) - place
        limit = _SPAN - _SPAN % left
        while True:
            message = f"{hashed}:{counter}".encode()
            number = int.from_bytes(hmac.digest(key, message, "sha256")[:8])
            counter += 1
            if number < limit:
                break
        chosen = place + number % left
        places[place], places[chosen] = places[chosen], places[place]
    return places[: min(winners, len(places))]


def faults(published: Mapping[str, Any]) -> list[str]:
    """What is wrong with a draw as it was published; empty where everything holds.

    ``commit`` (the seed is another one, or the terms were), ``entrants`` (the list was changed),
    ``winners`` (others were drawn), ``unfinished`` (not drawn yet), ``malformed``.
    """
    try:
        seed, hashed = published["seed"], published["entrants_hash"]
        if not seed or not hashed:
            return ["unfinished"]
        entrants = [Entrant(one["pseudonym"], one["nonce"]) for one in published["entrants"]]
        wanted = int(published["winners_wanted"])
        drawn = draw(seed, hashed, [one.pseudonym for one in entrants], wanted)
        checks = {
            "commit": published["commit"]
            == commitment(seed, published["bag_id"], wanted, published["closes_at"]),
            "entrants": hashed == entrants_hash(entrants),
            "winners": _names(published["winners"]) == drawn,
        }
    except (KeyError, TypeError, ValueError):
        return ["malformed"]
    return [name for name, holds in checks.items() if not holds]


def _names(winners: Sequence[Any]) -> list[str]:
    return [one if isinstance(one, str) else one["pseudonym"] for one in winners]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
