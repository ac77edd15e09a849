"""RTCP packets (RFC 3550, 4585, 5104; REMB): those we read and those we send."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack_from
from typing import Final

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
SOURCE_DESCRIPTION: Final = 202
GOODBYE: Final = 203
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206
#: From 1900, where NTP begins, to 1970.
_NTP_EPOCH: Final = 2_208_988_800


def is_rtcp(data: bytes) -> bool:
    """Whether a packet that shares the port with RTP is RTCP (RFC 5761)."""
    return len(data) >= 8 and 192 <= data[1] <= 223


def ntp(seconds: float) -> int:
    """Seconds since 1970 as a 64 bit NTP timestamp."""
    return int((seconds + _NTP_EPOCH) * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


def from_ntp(value: int) -> float:
    """A 64 bit NTP timestamp as seconds since 1970."""
    return value / (1 << 32) - _NTP_EPOCH


@dataclass(frozen=True, slots=True)
class SenderReport:
    """When a sender's RTP timestamp is, on its own clock."""

    ssrc: int
    seconds: float
    timestamp: int


@dataclass(frozen=True, slots=True)
class Reception:
    """How a stream of ours arrives."""

    ssrc: int
    #: Of the last interval, 0 to 1.
    lost: float
    #: The middle of the last sender report's NTP time, and the wait since, both in 1/65536 s.
    last_report: int
    since: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Packets that somebody misses."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameWanted:
    """A PLI or FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Bye:
    """The other side leaves."""


Report = SenderReport | Reception | Nack | KeyFrameWanted | Bye


def parse(data: bytes) -> Iterator[Report]:
    """What a compound packet says. It ends at the first part that makes no sense."""
    position = 0
    while position + 8 <= len(data):
        count, kind, words = data[position] & 0x1F, data[position + 1], 0
        if data[position] >> 6 != 2:
            return
        words = int.from_bytes(data[position + 2 : position + 4], "big")
        end = position + 4 * (words + 1)
        if end > len(data):
            return
        yield from _part(kind, count, data[position:end])
        position = end


def _part(kind: int, count: int, part: bytes) -> Iterator[Report]:
    if kind == SENDER_REPORT and len(part) >= 28:
        ssrc, time, timestamp = unpack_from("!IQI", part, 4)
        yield SenderReport(ssrc, from_ntp(time), timestamp)
        yield from _receptions(part, 28, count)
    elif kind == RECEIVER_REPORT:
        yield from _receptions(part, 8, count)
    elif kind == GOODBYE:
        yield Bye()
    elif kind == TRANSPORT_FEEDBACK and count == 1 and len(part) >= 16:
        yield _nack(part)
    elif kind == PAYLOAD_FEEDBACK and count in {1, 4} and len(part) >= 12:
        place = 8 if count == 1 or len(part) < 20 else 12
        yield KeyFrameWanted(int.from_bytes(part[place : place + 4], "big"))


def _receptions(part: bytes, start: int, count: int) -> Iterator[Reception]:
    for position in range(start, min(start + 24 * count, len(part) - 23), 24):
        ssrc, lost = unpack_from("!IB", part, position)
        last_report, since = unpack_from("!II", part, position + 16)
        yield Reception(ssrc, lost / 256, last_report, since)


def _nack(part: bytes) -> Nack:
    wanted: list[int] = []
    for position in range(12, len(part) - 3, 4):
        first, bits = unpack_from("!HH", part, position)
        wanted.append(first)
        wanted.extend((first + n + 1) & 0xFFFF for n in range(16) if bits >> n & 1)
    return Nack(int.from_bytes(part[8:12], "big"), tuple(wanted))


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def sender_report(
    ssrc: int, *, seconds: float, timestamp: int, packets: int, size: int, name: str
) -> bytes:
    """A sender report with the sender's name."""
    body = pack(
        "!IQIII",
        ssrc,
        ntp(seconds),
        timestamp & 0xFFFF_FFFF,
        packets & 0xFFFF_FFFF,
        size & 0xFFFF_FFFF,
    )
    return _packet(0, SENDER_REPORT, body) + _description(ssrc, name)


def _description(ssrc: int, name: str) -> bytes:
    text = name.encode()
    item = pack("!IBB", ssrc, 1, len(text)) + text + b"\0"
    return _packet(1, SOURCE_DESCRIPTION, item + b"\0" * (-len(item) % 4))


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a stream of theirs arrives, for a receiver report."""

    ssrc: int
    #: Of the last interval, 0 to 1.
    lost: float
    lost_in_all: int
    #: The extended highest sequence number, 32 bits.
    highest: int
    #: In units of the track's clock.
    jitter: int
    last_report: int
    #: In 1/65536 s.
    since: int


def receiver_report(ssrc: int, arrivals: list[Arrival]) -> bytes:
    """A receiver report."""
    body = pack("!I", ssrc)
    for arrival in arrivals:
        body += pack(
            "!IIIIII",
            arrival.ssrc,
            min(255, int(arrival.lost * 256)) << 24
            | min(0x7F_FFFF, max(0, arrival.lost_in_all)) & 0xFF_FFFF,
            arrival.highest & 0xFFFF_FFFF,
            arrival.jitter & 0xFFFF_FFFF,
            arrival.last_report & 0xFFFF_FFFF,
            arrival.since & 0xFFFF_FFFF,
        )
    return _packet(len(arrivals), RECEIVER_REPORT, body)


def picture_loss(sender: int, ssrc: int) -> bytes:
    """A request for a key frame (PLI)."""
    return _packet(1, PAYLOAD_FEEDBACK, pack("!II", sender, ssrc))


def nack(sender: int, ssrc: int, sequences: list[int]) -> bytes:
    """A request to repeat packets; ``sequences`` in order."""
    body = pack("!II", sender, ssrc)
    waiting = [sequence & 0xFFFF for sequence in sequences]
    while waiting:
        first, bits = waiting.pop(0), 0
        while waiting and 1 <= (distance := (waiting[0] - first) & 0xFFFF) <= 16:
            bits |= 1 << (distance - 1)
            waiting.pop(0)
        body += pack("!HH", first, bits)
    return _packet(1, TRANSPORT_FEEDBACK, body)


def bitrate_limit(sender: int, bits: int, ssrcs: list[int]) -> bytes:
    """The most a browser shall send (REMB), in bits a second for all streams together."""
    exponent = max(0, bits.bit_length() - 18)
    mantissa = bits >> exponent
    body = pack("!II", sender, 0) + b"REMB"
    body += pack("!BBH", len(ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    return _packet(15, PAYLOAD_FEEDBACK, body + b"".join(pack("!I", ssrc) for ssrc in ssrcs))
