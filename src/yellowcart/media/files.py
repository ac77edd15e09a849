"""Recordings as files: where they lie, and the addresses at which they are watched.

An address of ours is a signed token that names the file, good for some hours: whoever was shown a
replay can watch it to its end, no question is asked of the database for each piece that a player
fetches, and a replay that was hidden is given to nobody new.
"""

from pathlib import Path
from typing import Final

from django.core import signing

from yellowcart.core import home
from yellowcart.media.models import Recording

PREFIX: Final = "/recordings/"
_SALT: Final = "yellowcart.media.recording"
_GOOD_SECONDS: Final = 8 * 3_600


def folder() -> Path:
    """Where our own recordings lie."""
    return home.data_dir() / "media"


def address(recording: Recording) -> str:
    """Where a recording is watched from now on for some hours."""
    if recording.url:
        return recording.url
    return f"{PREFIX}{signing.dumps(recording.path, salt=_SALT)}.mp4"


def opened(token: str) -> Path | None:
    """The file that a token names; None where it is not ours, too old, or gone."""
    try:
        name = signing.loads(token.removesuffix(".mp4"), salt=_SALT, max_age=_GOOD_SECONDS)
    except signing.BadSignature:
        return None
    return within(str(name))


def within(name: str) -> Path | None:
    """The file of this name below :func:`folder`; None where it is none, or lies elsewhere."""
    root = folder().resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def forget(names: list[str]) -> None:
    """Delete files; one that is gone is no error."""
    for name in names:
        path = within(name)
        if path is not None:
            path.unlink(missing_ok=True)
            path.with_suffix(".jsonl").unlink(missing_ok=True)
