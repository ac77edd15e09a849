"""Whole pictures and sounds of a publisher, for HLS and recordings."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Picture:
    """One H.264 access unit. Times are in seconds since 1970 by our clock."""

    #: When it is shown, and when it is decoded.
    shown: float
    decoded: float
    units: list[bytes]
    key: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """One AAC frame."""

    at: float
    data: bytes


class Samples(Protocol):
    """Who takes them. Setups come before what they describe, and again when they change."""

    def video_setup(self, sps: bytes, pps: tuple[bytes, ...]) -> None:
        """How pictures are coded from here on."""

    def audio_setup(self, config: bytes, rate: int, channels: int) -> None:
        """How sound is coded from here on; ``config`` is an AudioSpecificConfig."""

    def picture(self, picture: Picture) -> None:
        """The next in order of decoding."""

    def sound(self, sound: Sound) -> None:
        """The next."""


class Nobody:
    """Takes them and does nothing."""

    def video_setup(self, sps: bytes, pps: tuple[bytes, ...]) -> None:
        """Nothing."""

    def audio_setup(self, config: bytes, rate: int, channels: int) -> None:
        """Nothing."""

    def picture(self, picture: Picture) -> None:
        """Nothing."""

    def sound(self, sound: Sound) -> None:
        """Nothing."""
