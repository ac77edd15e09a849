"""What is taken for a picture, how it is shown, and when it is asked for again. Pure."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

STATES: Final = ["waiting", "kept", "failed"]

#: Bytes of what a source sends.
LARGEST_BYTES: Final = 10 * 2**20
#: Seconds of a whole exchange.
MOST_SECONDS: Final = 20.0
MOST_REDIRECTS: Final = 3
#: Pictures asked of one host at the same time, by one worker, and of all hosts.
AT_ONCE_A_HOST: Final = 4
AT_ONCE: Final = 8
#: Waits before an address is asked again that failed for a reason that passes: seconds. After the
#: last it is given up until somebody wants it again.
LADDER: Final = (30, 2 * 60, 10 * 60, 3600, 6 * 3600)
#: An asking of which nothing was heard after this is made again.
TAKEN_SECONDS: Final = 120
#: What was looked at so lately is not looked at again because its product changed.
FRESH: Final = timedelta(minutes=10)
#: Addresses that no goods name are kept for so long; a product may be about to name them.
UNUSED: Final = timedelta(hours=1)
#: Longest rest that a host may ask for.
LONGEST_WAIT: Final = 3600.0

PREFIX: Final = "/pictures/"
SMALL: Final = "small"
LARGE: Final = "large"
SIZES: Final = (SMALL, LARGE)

_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def id_of(url: str) -> UUID:
    """The id under which an address is known: the same for everybody who names it."""
    return UUID(bytes=hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:16])


def is_foreign(url: str) -> bool:
    """Whether a picture's address leads elsewhere, so that we show a copy of ours."""
    return bool(_WEB.match(url))


def place_of(url: str, size: str = SMALL) -> str:
    """Where pages find a picture: our copy of one that is elsewhere, our own as it stands.

    There may be none yet, or never: then the place answers 404 and pages show the ground of their
    own. So a page need not know, and need not change when the picture comes.
    """
    return f"{PREFIX}{id_of(url)}/{size}.webp" if is_foreign(url) else url


def host_of(url: str) -> str:
    """The host, as breakers and paces know it; empty where the address has none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname or ''}{port}"[:255]


def wanted(urls: Iterable[str]) -> dict[UUID, str]:
    """The addresses that are fetched, once each, by id, in the order in which rows are locked."""
    found = {id_of(url): url for url in urls if is_foreign(url) and host_of(url)}
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of an address: its state, its failed attempts, and when it is asked again."""

    state: str
    attempts: int
    due_at: datetime | None


def after_answer(at: datetime, *, look_seconds: int) -> Next:
    """The picture is here: look now and then whether it is still the same."""
    return Next("kept", 0, at + timedelta(seconds=look_seconds))


def after_refusal(at: datetime, *, has_picture: bool, look_seconds: int) -> Next:
    """There is none, or nothing that can be shown. What we have stays."""
    if has_picture:
        return after_answer(at, look_seconds=look_seconds)
    return Next("failed", 0, None)


def after_failure(at: datetime, attempts: int, *, has_picture: bool, look_seconds: int) -> Next:
    """No answer, this time: another try later. ``attempts`` failed before this one."""
    if attempts < len(LADDER):
        state = "kept" if has_picture else "waiting"
        return Next(state, attempts + 1, at + timedelta(seconds=LADDER[attempts]))
    return after_refusal(at, has_picture=has_picture, look_seconds=look_seconds)
