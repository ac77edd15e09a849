"""Where pictures begin and end in RTP payloads: H.264 (RFC 6184) and VP8 (RFC 7741)."""

from typing import Final

IDR: Final = 5
SEI: Final = 6
SPS: Final = 7
PPS: Final = 8
DELIMITER: Final = 9
_STAP_A: Final = 24
_FU_A: Final = 28


def begins_key_frame(codec: str, payload: bytes) -> bool:
    """Whether a packet may begin a picture that needs no other."""
    if not payload:
        return False
    return _h264_key(payload) if codec == "h264" else _vp8_key(payload)


def _h264_key(payload: bytes) -> bool:
    kind = payload[0] & 0x1F
    if kind == _FU_A:
        return len(payload) > 1 and payload[1] & 0x9F == 0x80 | IDR
    if kind == _STAP_A:
        return any(unit[0] & 0x1F in {IDR, SPS} for unit in split_aggregate(payload))
    return kind in {IDR, SPS}


def split_aggregate(payload: bytes) -> list[bytes]:
    """The units of a STAP-A packet, as far as it is whole."""
    units: list[bytes] = []
    position = 1
    while position + 2 < len(payload):
        length = int.from_bytes(payload[position : position + 2], "big")
        position += 2
        if not 0 < length <= len(payload) - position:
            break
        units.append(payload[position : position + length])
        position += length
    return units


def _vp8_key(payload: bytes) -> bool:
    first = payload[0]
    if not first & 0x10 or first & 0x07:
        return False  # not the start of the first partition
    position = 1
    if first & 0x80:
        if len(payload) < 2:
            return False
        extension = payload[1]
        position = 2
        if extension & 0x80:
            if len(payload) <= position:
                return False
            position += 2 if payload[position] & 0x80 else 1
        position += 1 if extension & 0x40 else 0
        position += 1 if extension & 0x30 else 0
    return len(payload) > position and not payload[position] & 0x01


class H264Assembler:
    """Puts units together from the payloads of one picture (RFC 6184, modes 0 and 1)."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._units: list[bytes] = []
        self._fragment: bytearray | None = None
        self._size = 0
        self._broken = False

    def add(self, payload: bytes) -> None:
        """The next payload, in order. A picture with a hole or a false part is dropped whole."""
        self._size += len(payload)
        if self._size > self._largest or not payload:
            self._broken = self._broken or self._size > self._largest
            return
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            self._part(payload)
            return
        self._broken = self._broken or self._fragment is not None
        if kind == _STAP_A:
            self._units += split_aggregate(payload)
        elif 1 <= kind <= 23:
            self._units.append(payload)
        else:
            self._broken = True

    def _part(self, payload: bytes) -> None:
        if len(payload) < 3:
            self._broken = True
            return
        header = payload[1]
        if header & 0x80:
            self._broken = self._broken or self._fragment is not None
            self._fragment = bytearray([payload[0] & 0xE0 | header & 0x1F])
        if self._fragment is None:
            self._broken = True
            return
        self._fragment += payload[2:]
        if header & 0x40:
            self._units.append(bytes(self._fragment))
            self._fragment = None

    def spoil(self) -> None:
        """Something of this picture is missing."""
        self._broken = True

    def take(self) -> list[bytes] | None:
        """The picture's units; None where it is not whole. Begins the next picture."""
        whole = not self._broken and self._fragment is None
        units = self._units
        self._units, self._fragment, self._size, self._broken = [], None, 0, False
        return units if whole and units else None


def cut(units: list[bytes], room: int) -> list[bytes]:
    """The payloads that carry one picture's units, none longer than ``room``."""
    payloads: list[bytes] = []
    for unit in units:
        if len(unit) <= room:
            payloads.append(unit)
            continue
        indicator = bytes([unit[0] & 0xE0 | _FU_A])
        kind = unit[0] & 0x1F
        body = unit[1:]
        step = room - 2
        for start in range(0, len(body), step):
            part = body[start : start + step]
            first, last = start == 0, start + step >= len(body)
            header = bytes([kind | (0x80 if first else 0) | (0x40 if last else 0)])
            payloads.append(indicator + header + part)
    return payloads
