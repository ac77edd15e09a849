"""Recordings as they are watched: addresses of stretches of them; and the files, when they go.

Our own engine hands out a stretch under a signed address that is good for some hours, and nothing
outside of it; so what was sent before the show stays unseen. Of a recording that another server
keeps the whole file is what can be named; players keep to the stretch.
"""

from dataclasses import dataclass
from pathlib import Path

from yellowcart.core import home
from yellowcart.media.engine import replays as engine
from yellowcart.media.engine.recording import index_of
from yellowcart.media.models import Recording


@dataclass(frozen=True, slots=True)
class Part:
    """``[from_ms, until_ms)`` of the video at ``url``; to its end where ``until_ms`` is null.

    ``duration_ms`` is how long it lasts.
    """

    url: str
    from_ms: int
    until_ms: int | None
    duration_ms: int


def part(recording: Recording, from_ms: int, until_ms: int, *, whole: bool = False) -> Part:
    """A stretch of a recording. Where ``whole`` it may be hours: then ours is an HLS playlist."""
    duration = until_ms - from_ms
    if recording.url:
        return Part(recording.url, from_ms, until_ms, duration)
    link = engine.link(recording.path, from_ms=from_ms, until_ms=until_ms)
    return Part(link + ("index.m3u8" if whole else "video.mp4"), 0, None, duration)


def within(name: str) -> Path | None:
    """Our file of this name; None where it is gone, or lies elsewhere."""
    root = (home.data_dir() / "media").resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def forget(names: list[str]) -> None:
    """Delete recordings, and every stretch that was put into a file of its own."""
    for name in names:
        path = within(name)
        if path is not None:
            index_of(path).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
    if names:
        for made in (home.data_dir() / "media" / "cuts").glob("*.mp4"):
            made.unlink(missing_ok=True)
