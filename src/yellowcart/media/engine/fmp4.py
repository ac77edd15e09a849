"""Fragmented MP4 (ISO 14496-12, -14, -15), written by hand: two kinds of boxes are all it takes.

A muxer library would write files; here each part of half a second has to be bytes of its own.
"""

from dataclasses import dataclass
from struct import pack
from typing import Final

from yellowcart.media.engine.sps import PictureSize

VIDEO_RATE: Final = 90_000
VIDEO_TRACK: Final = 1
AUDIO_TRACK: Final = 2
_UNITY: Final = pack("!9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
#: Sample flags: depends on nothing; depends on others and is no sync sample.
_SYNC: Final = 0x0200_0000
_OTHER: Final = 0x0101_0000


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """How pictures are coded."""

    sps: bytes
    pps: tuple[bytes, ...]
    size: PictureSize


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How sound is coded."""

    config: bytes
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture or sound; times in units of its track's rate."""

    data: bytes
    duration: int
    sync: bool
    offset: int = 0


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box."""
    body = b"".join(parts)
    return pack("!I", len(body) + 8) + kind + body


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, pack("!I", version << 24 | flags), *parts)


def init(video: VideoFormat | None, audio: AudioFormat | None) -> bytes:
    """The initialization segment."""
    traks, extends = b"", b""
    if video is not None:
        traks += _trak(VIDEO_TRACK, VIDEO_RATE, b"vide", _avc1(video), video.size)
        extends += full(b"trex", 0, 0, pack("!5I", VIDEO_TRACK, 1, 0, 0, 0))
    if audio is not None:
        traks += _trak(AUDIO_TRACK, audio.rate, b"soun", _mp4a(audio), None)
        extends += full(b"trex", 0, 0, pack("!5I", AUDIO_TRACK, 1, 0, 0, 0))
    header = full(
        b"mvhd",
        0,
        0,
        pack("!4I", 0, 0, 1_000, 0),
        pack("!IHHII", 0x10000, 0x100, 0, 0, 0),
        _UNITY,
        bytes(24),
        pack("!I", 3),
    )
    return box(b"ftyp", b"iso6", pack("!I", 1), b"iso6mp41avc1dash") + box(
        b"moov", header, traks, box(b"mvex", extends)
    )


def _trak(number: int, rate: int, handler: bytes, entry: bytes, size: PictureSize | None) -> bytes:
    width, height = (size.width, size.height) if size is not None else (0, 0)
    tkhd = full(
        b"tkhd",
        0,
        7,
        pack("!5I", 0, 0, number, 0, 0),
        bytes(8),
        pack("!HHHH", 0, 0, 0 if size is not None else 0x100, 0),
        _UNITY,
        pack("!II", width << 16, height << 16),
    )
    media_header = (
        full(b"vmhd", 0, 1, bytes(8)) if size is not None else full(b"smhd", 0, 0, bytes(4))
    )
    data = box(b"dinf", full(b"dref", 0, 0, pack("!I", 1), full(b"url ", 0, 1)))
    tables = box(
        b"stbl",
        full(b"stsd", 0, 0, pack("!I", 1), entry),
        full(b"stts", 0, 0, bytes(4)),
        full(b"stsc", 0, 0, bytes(4)),
        full(b"stsz", 0, 0, bytes(8)),
        full(b"stco", 0, 0, bytes(4)),
    )
    mdia = box(
        b"mdia",
        full(b"mdhd", 0, 0, pack("!4IHH", 0, 0, rate, 0, 0x55C4, 0)),
        full(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"yellowcart\0"),
        box(b"minf", media_header, data, tables),
    )
    return box(b"trak", tkhd, mdia)


def _avc1(video: VideoFormat) -> bytes:
    sps = video.sps
    record = bytes([1, sps[1], sps[2], sps[3], 0xFF, 0xE1]) + pack("!H", len(sps)) + sps
    record += bytes([len(video.pps)]) + b"".join(pack("!H", len(p)) + p for p in video.pps)
    return box(
        b"avc1",
        bytes(6),
        pack("!H", 1),
        bytes(16),
        pack("!HH", video.size.width, video.size.height),
        pack("!IIIH", 0x480000, 0x480000, 0, 1),
        bytes(32),
        pack("!Hh", 0x18, -1),
        box(b"avcC", record),
    )


def _mp4a(audio: AudioFormat) -> bytes:
    specific = b"\x05" + bytes([len(audio.config)]) + audio.config
    decoder = bytes([0x40, 0x15, 0, 0, 0]) + pack("!II", 0, 0) + specific
    decoder = b"\x04" + bytes([len(decoder)]) + decoder
    stream = pack("!HB", 0, 0) + decoder + b"\x06\x01\x02"
    descriptor = b"\x03" + bytes([len(stream)]) + stream
    return box(
        b"mp4a",
        bytes(6),
        pack("!H", 1),
        bytes(8),
        pack("!HHHHI", audio.channels, 16, 0, 0, (audio.rate & 0xFFFF) << 16),
        full(b"esds", 0, 0, descriptor),
    )


def fragment(sequence: int, tracks: list[tuple[int, int, list[Sample]]]) -> bytes:
    """A fragment: of each track its number, the time of its first sample, and its samples."""
    present = [track for track in tracks if track[2]]
    # Where the data lie depends on the header's length, which does not depend on where.
    length = len(_moof(sequence, present, 0))
    header = _moof(sequence, present, length + 8)
    return header + box(b"mdat", *(s.data for _n, _t, samples in present for s in samples))


def _moof(sequence: int, tracks: list[tuple[int, int, list[Sample]]], start: int) -> bytes:
    fragments = b""
    for number, time, samples in tracks:
        runs = b"".join(
            pack("!IIIi", s.duration, len(s.data), _SYNC if s.sync else _OTHER, s.offset)
            for s in samples
        )
        fragments += box(
            b"traf",
            full(b"tfhd", 0, 0x02_0000, pack("!I", number)),
            full(b"tfdt", 1, 0, pack("!Q", time)),
            full(b"trun", 1, 0xF01, pack("!Ii", len(samples), start), runs),
        )
        start += sum(len(s.data) for s in samples)
    return box(b"moof", full(b"mfhd", 0, 0, pack("!I", sequence)), fragments)


def index(references: list[tuple[int, int]], *, track: int, room: int) -> bytes:
    """A segment index (``sidx``) of ``(bytes, milliseconds)`` that fills ``room`` bytes.

    With it in front a player knows the length, and goes to any place without reading the rest.
    Where there are more references than fit, neighbours are put together.
    """
    most = (room - 40 - 8) // 12
    step = -(-len(references) // most) if references else 1
    merged = [
        (sum(size for size, _ms in some), sum(ms for _size, ms in some))
        for some in (references[at : at + step] for at in range(0, len(references), step))
    ]
    free = room - 40 - 12 * len(merged)
    body = pack("!IIQQHH", track, 1_000, 0, free, 0, len(merged))
    body += b"".join(pack("!III", size, ms, 0x9000_0000) for size, ms in merged)
    return full(b"sidx", 1, 0, body) + box(b"free", bytes(free - 8))
