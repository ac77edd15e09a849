"""One address asked for its picture. Speaks to the outside and to no table."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.core.fetching import Answer, FetchError, checked_addresses, fetch
from yellowcart.core.problems import in_languages, words_of
from yellowcart.pictures import rules
from yellowcart.pictures.decoding import Decoder, Shown, UnfitError

#: Failures that pass; the others stay until somebody mends them at the source.
_PASSING: Final = {"unreachable", "too_slow"}
_BUSY: Final = 429
_UNAVAILABLE: Final = 503
_UNFIT: Final = {
    "unknown": _("What came is no picture that can be shown: use JPEG, PNG, WebP or GIF."),
    "too_many_pixels": _("The picture has too many pixels: 40 million at most."),
    "broken": _("The picture is damaged, or only part of it came."),
}

#: ``kept``: a picture. ``same``: as we have it. ``refused``: there is none to be had.
#: ``failed``: no answer this time. ``waited``: the host asks for a rest.
Outcome = Literal["kept", "same", "refused", "failed", "waited"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be asked, and what we have of it: ``digest``, ``etag`` and ``modified``."""

    id: UUID
    url: str
    host: str
    shop_id: UUID
    attempts: int
    digest: str | None = None
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of asking. ``shown`` is None where a picture of that digest may be known."""

    outcome: Outcome
    took_ms: int = 0
    digest: str = ""
    shown: Shown | None = None
    etag: str = ""
    modified: str = ""
    words: dict[str, str] = field(default_factory=dict)
    wait_seconds: float = 0


def bring(wanted: Wanted, decoder: Decoder) -> Brought:
    """Ask an address for its picture, and make ours of it."""
    began = time.monotonic()
    try:
        answer = _asked(wanted)
    except FetchError as error:
        outcome: Outcome = "failed" if error.code in _PASSING else "refused"
        return Brought(outcome, _since(began), words=words_of(error))
    took = _since(began)
    if answer.status == 304 and wanted.digest:
        return Brought("same", took, etag=wanted.etag, modified=wanted.modified)
    if not answer.fine:
        return _declined(wanted, answer, took)
    return _made(wanted, answer, took, decoder)


def _asked(wanted: Wanted) -> Answer:
    headers = {"Accept": "image/webp,image/png,image/jpeg,image/gif;q=0.9"}
    if wanted.digest and wanted.etag:
        headers["If-None-Match"] = wanted.etag
    if wanted.digest and wanted.modified:
        headers["If-Modified-Since"] = wanted.modified
    return fetch(
        "GET",
        _with_tls(wanted.url),
        headers=headers,
        redirects=rules.MOST_REDIRECTS,
        most_bytes=rules.LARGEST_BYTES,
        all_seconds=rules.MOST_SECONDS,
    )


def _with_tls(url: str) -> str:
    """Old files write http:// where the host has long had TLS; without, few hosts may be asked."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "http":
        return url
    try:
        checked_addresses(parts.hostname or "", parts.port or 80, secure=False)
    except FetchError as error:
        if error.code == "address_refused":
            return "https" + url[len("http") :]
    return url


def _declined(wanted: Wanted, answer: Answer, took: int) -> Brought:
    words = in_languages(
        _("%(host)s answered %(status)s."), {"host": wanted.host, "status": answer.status}
    )
    if answer.status in {_BUSY, _UNAVAILABLE} and "retry-after" in answer.headers:
        return Brought("waited", took, words=words, wait_seconds=_wait_of(answer))
    passes = answer.status >= 500 or answer.status in {_BUSY, 408}
    return Brought("failed" if passes else "refused", took, words=words)


def _wait_of(answer: Answer) -> float:
    text = answer.headers["retry-after"]
    # A date is as good as a minute: what the host's clock shows is not known here.
    seconds = float(text) if text.isdecimal() and len(text) < 9 else 60.0
    return min(max(seconds, 1.0), rules.LONGEST_WAIT)


def _made(wanted: Wanted, answer: Answer, took: int, decoder: Decoder) -> Brought:
    digest = hashlib.sha256(answer.body).hexdigest()
    etag = _mark(answer.headers.get("etag", ""), 200)
    modified = _mark(answer.headers.get("last-modified", ""), 64)
    if digest == wanted.digest:
        return Brought("same", took, etag=etag, modified=modified)
    try:
        shown = decoder.make(answer.body)
    except UnfitError as error:
        return Brought("refused", took, words=in_languages(_UNFIT[error.why]))
    return Brought("kept", took, digest=digest, shown=shown, etag=etag, modified=modified)


def _mark(text: str, most: int) -> str:
    """A source's mark, to be sent back as it came; one that does not fit is none."""
    return text if len(text) <= most and text.isprintable() and text.isascii() else ""


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
