"""What RTMP's audio and video messages carry: FLV tags with H.264 and AAC."""

from dataclasses import dataclass
from typing import Final

_AVC: Final = 7
_AAC: Final = 10
#: The sampling frequencies of an AudioSpecificConfig (ISO 14496-3, table 1.18).
_RATES: Final = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip
#: Parameter sets and units of one message.
_MOST_UNITS: Final = 256


class FlvError(ValueError):
    """Not a tag that we can carry; the text says why."""


@dataclass(frozen=True, slots=True)
class VideoSetup:
    """The decoder's parameters (ISO 14496-15, 5.3.3.1)."""

    sps: bytes
    pps: tuple[bytes, ...]
    length_size: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit. ``offset`` is presentation after decoding, in milliseconds."""

    units: list[bytes]
    offset: int
    key: bool


@dataclass(frozen=True, slots=True)
class AudioSetup:
    """An AudioSpecificConfig and what it says."""

    config: bytes
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Sound:
    """One AAC frame."""

    data: bytes


def video(body: bytes, setup: VideoSetup | None) -> VideoSetup | Picture | None:
    """What a video message says; None where there is nothing in it for us."""
    if not body:
        return None
    if body[0] & 0x80:
        raise FlvError("enhanced RTMP")
    if body[0] & 0x0F != _AVC:
        raise FlvError("not H.264")
    if len(body) < 5:
        return None
    if body[1] == 0:
        return _video_setup(body[5:])
    if body[1] != 1 or setup is None:
        return None
    offset = int.from_bytes(body[2:5], "big", signed=True)
    units = _units(body[5:], setup.length_size)
    return Picture(units, offset, body[0] >> 4 == 1) if units else None


def _video_setup(record: bytes) -> VideoSetup:
    if len(record) < 7 or record[0] != 1:
        raise FlvError("decoder configuration")
    sets: list[list[bytes]] = [[], []]
    position = 5
    for which in range(2):
        if position >= len(record):
            raise FlvError("decoder configuration")
        count = record[position] & (0x1F if which == 0 else 0xFF)
        position += 1
        for _ in range(count):
            length = int.from_bytes(record[position : position + 2], "big")
            unit = record[position + 2 : position + 2 + length]
            if not unit or len(unit) != length:
                raise FlvError("decoder configuration")
            sets[which].append(unit)
            position += 2 + length
    if not sets[0] or len(sets[0][0]) < 4:
        raise FlvError("decoder configuration")
    return VideoSetup(sets[0][0], tuple(sets[1]), (record[4] & 3) + 1)


def _units(data: bytes, size: int) -> list[bytes]:
    units: list[bytes] = []
    position = 0
    while position + size <= len(data):
        length = int.from_bytes(data[position : position + size], "big")
        position += size
        if length > len(data) - position:
            raise FlvError("a unit is cut off")
        if length:
            units.append(data[position : position + length])
        position += length
        if len(units) > _MOST_UNITS:
            raise FlvError("too many units")
    return units


def audio(body: bytes) -> AudioSetup | Sound | None:
    """What an audio message says; None where there is nothing in it for us."""
    if not body:
        return None
    if body[0] >> 4 != _AAC:
        raise FlvError("not AAC")
    if len(body) < 2:
        return None
    if body[1] == 0:
        return _audio_setup(body[2:])
    return Sound(body[2:]) if body[1] == 1 and len(body) > 2 else None


def _audio_setup(config: bytes) -> AudioSetup:
    if len(config) < 2:
        raise FlvError("audio configuration")
    bits = int.from_bytes(config[:5].ljust(5, b"\0"), "big")
    if bits >> 35 == 31:
        raise FlvError("audio profile")
    index = bits >> 31 & 0x0F
    shift = 31
    if index == 15:
        shift -= 24
        rate = bits >> shift & 0xFF_FFFF
    elif index < len(_RATES):
        rate = _RATES[index]
    else:
        raise FlvError("audio rate")
    channels = bits >> (shift - 4) & 0x0F
    if not 8_000 <= rate <= 96_000 or channels not in {1, 2}:
        raise FlvError("audio layout")
    return AudioSetup(config, rate, channels)
