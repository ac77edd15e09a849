"""Recordings handed out: signed addresses for a recording or a span of it, and their answers.

Who may see a replay is decided where the address is made (``link``); here only the signature is
checked, and that nothing outside the span is asked for. A span begins at the key frame before its
start and ends at the one after its end.

``link(path, from_ms, until_ms)`` + ``index.m3u8``
    an HLS playlist of the span
``…`` + ``video.mp4``
    one MP4 file of it, remuxed without re-encoding: it plays in every browser as it is. A span
    longer than :data:`LONGEST_CUT_SECONDS` comes as the fragments that were written.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.core import signing

from yellowcart.media.engine import recording

_SALT: Final = "yellowcart recording"
#: How long an address is good, in seconds of wall time.
GOOD_SECONDS: Final = 12 * 3_600
#: A longer span is not put into a file of its own.
LONGEST_CUT_SECONDS: Final = 1_800
_EVER: Final = 1 << 52


@dataclass(frozen=True)
class Span:
    """What a signed address opens: a file (relative to the media folder) and a stretch of it."""

    path: str
    from_ms: int
    until_ms: int


def link(path: str, *, from_ms: int = 0, until_ms: int | None = None) -> str:
    """The address of a span, to which ``index.m3u8`` or ``video.mp4`` is added.

    ``path`` is as ``do_add_recording`` got it; times are milliseconds from its start, half-open.
    """
    end = _EVER if until_ms is None else until_ms
    token = signing.dumps([path, max(0, from_ms), max(0, end)], salt=_SALT, compress=True)
    return f"/media/recordings/{token}/"


def opened(token: str) -> Span | None:
    """What a token opens; None where it is not ours or too old."""
    try:
        path, from_ms, until_ms = signing.loads(token, salt=_SALT, max_age=GOOD_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Span(str(path), int(from_ms), int(until_ms))


def find(folder: Path, span: Span) -> recording.Recording | None:
    """The recording of a span, where it holds any of it."""
    file = (folder / span.path).resolve()
    if not file.is_relative_to(folder.resolve()) or file.suffix != ".mp4":
        return None
    found = recording.load(file)
    return found if found and found.between(span.from_ms, span.until_ms) else None


def playlist(found: recording.Recording, span: Span) -> str:
    """The span as HLS; addresses are relative to the playlist's."""
    return recording.playlist(found, from_ms=span.from_ms, until_ms=span.until_ms)


def piece(found: recording.Recording, span: Span, name: str) -> bytes | None:
    """``init.mp4`` or a segment of the span by its offset, such as ``1234.m4s``."""
    if name == "init.mp4":
        return _read(found.file, 0, found.init_size)
    stem, _dot, kind = name.partition(".")
    if kind != "m4s" or not stem.isdecimal() or len(stem) > 15:
        return None
    for segment in found.between(span.from_ms, span.until_ms):
        if segment.offset == int(stem):
            return _read(found.file, segment.offset, segment.size)
    return None


def _read(file: Path, offset: int, size: int) -> bytes:
    with file.open("rb") as opened_file:
        opened_file.seek(offset)
        return opened_file.read(size)


def cut(found: recording.Recording, span: Span, folder: Path) -> Path:
    """The span as a file. It is made once and kept in ``cuts``; takes a second an hour or so."""
    segments = found.between(span.from_ms, span.until_ms)
    if sum(s.length_ms for s in segments) > LONGEST_CUT_SECONDS * 1_000:
        return found.file
    first, last = segments[0], segments[-1]
    name = sha256(f"{span.path} {first.offset} {last.offset + last.size}".encode()).hexdigest()
    target = folder / "cuts" / f"{name[:32]}.mp4"
    if target.exists():
        return target
    target.parent.mkdir(exist_ok=True)
    with (
        NamedTemporaryFile(dir=target.parent, suffix=".part") as source,
        NamedTemporaryFile(dir=target.parent, suffix=".mp4", delete=False) as made,
    ):
        source.write(_read(found.file, 0, found.init_size))
        for segment in segments:
            source.write(_read(found.file, segment.offset, segment.size))
        source.flush()
        try:
            remux(Path(source.name), Path(made.name))
        except BaseException:
            Path(made.name).unlink(missing_ok=True)
            raise
        Path(made.name).replace(target)
    return target


def remux(source: Path, target: Path) -> None:
    """The same pictures and sounds in an MP4 with its index in front, beginning at nought."""
    # Only who cuts needs the library.
    import av

    with (
        av.open(str(source)) as read,
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as written,
    ):
        streams: dict[int, Any] = {
            stream.index: written.add_stream_from_template(stream)
            for stream in read.streams
            if stream.type in {"video", "audio"}
        }
        begin: float | None = None
        for packet in read.demux(list(read.streams)):
            if packet.dts is None or packet.pts is None:
                continue
            if begin is None:
                begin = float(packet.dts * packet.time_base)
            shift = round(begin / packet.time_base)
            if packet.dts < shift:
                continue
            packet.dts -= shift
            packet.pts -= shift
            packet.stream = streams[packet.stream.index]
            written.mux(packet)
