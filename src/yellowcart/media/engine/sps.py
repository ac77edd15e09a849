"""What an H.264 sequence parameter set says of the picture (ITU-T H.264, 7.3.2.1.1)."""

from dataclasses import dataclass
from typing import Final

_WITH_CHROMA: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


class SpsError(ValueError):
    """Not a parameter set that we can read."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """The picture's size in pixels, and the codec's name for MP4 and HLS."""

    width: int
    height: int
    codec: str


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise SpsError("cut off")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def unsigned(self) -> int:
        """An Exp-Golomb code (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise SpsError("code too long")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def read(sps: bytes) -> PictureSize:
    """What a set says; :class:`SpsError` where it makes no sense."""
    if len(sps) < 5 or sps[0] & 0x1F != 7:
        raise SpsError("no parameter set")
    profile, constraints, level = sps[1], sps[2], sps[3]
    bits = _Bits(sps[4:].replace(b"\x00\x00\x03", b"\x00\x00"))
    bits.unsigned()
    chroma, separate = 1, 0
    if profile in _WITH_CHROMA:
        chroma = bits.unsigned()
        if chroma == 3:
            separate = bits.take(1)
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
        if bits.take(1):
            for index in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if index < 6 else 64)
    bits.unsigned()
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()
    bits.unsigned()
    bits.take(1)
    width = (bits.unsigned() + 1) * 16
    map_units = bits.unsigned() + 1
    frames_only = bits.take(1)
    height = (2 - frames_only) * map_units * 16
    if not frames_only:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        array = 0 if separate else chroma
        step_x = 2 if array in {1, 2} else 1
        step_y = (2 if array == 1 else 1) * (2 - frames_only)
        width -= (left + right) * step_x
        height -= (top + bottom) * step_y
    if not (16 <= width <= 8_192 and 16 <= height <= 8_192):
        raise SpsError("size")
    return PictureSize(width, height, f"avc1.{profile:02x}{constraints:02x}{level:02x}")


def size_of(sps: bytes) -> PictureSize | None:
    """What a set says, or None where it makes no sense."""
    try:
        return read(sps)
    except SpsError:
        return None


def _skip_scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
