"""AAC to Opus for WebRTC, Opus to AAC for HLS and recordings: sound only, a few per cent of a core.

Pictures are never decoded. Sound has to be: browsers take no AAC over WebRTC, and iPhones and
editors no Opus in MP4.
"""

from typing import Any, Final

import av
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

RATE: Final = 48_000
#: Samples of an Opus packet that we make: 20 ms.
OPUS_SAMPLES: Final = 960
AAC_SAMPLES: Final = 1_024
_OPUS_BITS: Final = 96_000
_AAC_BITS: Final = 128_000
#: Where the source's time and the count of samples part by more, the count follows, in seconds.
_APART: Final = 0.08
#: A packet of sound that is longer is none.
_LARGEST: Final = 8_192


class Transcoder:
    """One direction, for one stream. Times are in samples at 48 kHz."""

    def __init__(
        self,
        source: str,
        target: str,
        *,
        config: bytes = b"",
        samples: int,
        bits: int,
        delay: int,
        options: dict[str, str],
        sample_format: str,
    ) -> None:
        # The library types what it makes by its name, which is not known here.
        decoder: Any = av.CodecContext.create(source, "r")
        encoder: Any = av.CodecContext.create(target, "w")
        self._decoder, self._encoder = decoder, encoder
        if config:
            decoder.extradata = config
        else:
            decoder.sample_rate = RATE
            decoder.layout = "stereo"
        encoder.sample_rate = RATE
        encoder.layout = "stereo"
        encoder.format = sample_format
        encoder.bit_rate = bits
        encoder.options = options
        encoder.open()
        self._resampler = AudioResampler(
            format=sample_format, layout="stereo", rate=RATE, frame_size=samples
        )
        self._samples, self._delay = samples, delay
        #: The time of the next packet that comes out, and of the next sample that goes in.
        self._out: int | None = None
        self._in = 0

    @property
    def config(self) -> bytes:
        """The encoder's description of its stream, for MP4."""
        return bytes(self._encoder.extradata or b"")

    def convert(self, data: bytes, time: int) -> list[tuple[int, bytes]]:
        """Packets that ``data`` completes, each with its time. Broken sound is left out."""
        if not 0 < len(data) <= _LARGEST:
            return []
        if self._out is None or abs(time - self._in) > _APART * RATE:
            self._out = time - self._delay if self._out is None else self._out + time - self._in
            self._in = time
        found: list[tuple[int, bytes]] = []
        try:
            for frame in self._decoder.decode(av.Packet(data)):
                self._in += round(frame.samples * RATE / (frame.sample_rate or RATE))
                frame.pts = None
                for part in self._resampler.resample(frame):
                    part.pts = None
                    for packet in self._encoder.encode(part):
                        found.append((self._out, bytes(packet)))
                        self._out += self._samples
        except (FFmpegError, ValueError):
            return found
        return found


def aac_to_opus(config: bytes) -> Transcoder:
    """For an RTMP publisher; ``config`` is its AudioSpecificConfig."""
    return Transcoder(
        "aac",
        "libopus",
        config=config,
        samples=OPUS_SAMPLES,
        bits=_OPUS_BITS,
        delay=312,
        options={"application": "audio", "frame_duration": "20", "compression_level": "5"},
        sample_format="s16",
    )


def opus_to_aac() -> Transcoder:
    """For a WebRTC publisher."""
    return Transcoder(
        "libopus",
        "aac",
        samples=AAC_SAMPLES,
        bits=_AAC_BITS,
        delay=1_024,
        options={"aac_coder": "fast"},
        sample_format="fltp",
    )
