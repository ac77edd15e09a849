"""A publisher's samples into parts and segments of fragmented MP4, for HLS and for recordings.

Pictures and sounds stay as they were coded. A segment begins with a key frame; a part lasts about
:data:`PART_SECONDS`.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from yellowcart.media.engine import fmp4
from yellowcart.media.engine.samples import Picture, Sound
from yellowcart.media.engine.sps import size_of

PART_SECONDS: Final = 0.5
#: A segment lasts at least so long; how long it is decided by the next key frame.
SEGMENT_SECONDS: Final = 1.6
#: A publisher with longer pauses between key frames has its segments cut at other pictures.
_LONGEST_SEGMENT: Final = 12.0
#: How long a first picture waits for sound, and sound for a picture.
_WAIT_SECONDS: Final = 1.0
_ALONE_SECONDS: Final = 2.5
#: A gap in the pictures longer than this is shown as a still of this length, in seconds.
_LONGEST_STILL: Final = 5.0
_MOST_WAITING: Final = 600


@dataclass(frozen=True, slots=True)
class Start:
    """What follows is coded like this."""

    data: bytes
    #: For the CODECS attribute and for who wants to know.
    codecs: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some tenths of a second. ``at`` is when its first picture was, in seconds since 1970."""

    data: bytes
    at: float
    seconds: float
    #: Begins with a picture that needs no other.
    independent: bool
    #: Begins a segment.
    begins: bool


class Output(Protocol):
    """Who gets them."""

    def start(self, start: Start) -> None:
        """Coded like this from the next part on."""

    def part(self, part: Part) -> None:
        """The next part."""


class Packager:
    """One publisher's samples. It writes nothing before it knows both picture and sound."""

    def __init__(self, outputs: list[Output]) -> None:
        self.outputs = outputs
        self._video: fmp4.VideoFormat | None = None
        self._audio: fmp4.AudioFormat | None = None
        self._started: tuple[fmp4.VideoFormat | None, fmp4.AudioFormat | None] | None = None
        self._base = 0.0
        self._pictures: list[Picture] = []
        self._sounds: list[Sound] = []
        self._sequence = 0
        self._segment_at: float | None = None
        #: Where the last fragment's tracks ended, in their own units.
        self._ends: dict[int, int] = {}

    def video_setup(self, sps: bytes, pps: tuple[bytes, ...]) -> None:
        """Pictures are coded like this from here on."""
        size = size_of(sps)
        if size is None:
            return
        found = fmp4.VideoFormat(sps, pps, size)
        if found != self._video:
            self._change()
            self._video = found

    def audio_setup(self, config: bytes, rate: int, channels: int) -> None:
        """Sound is coded like this from here on."""
        found = fmp4.AudioFormat(config, rate, channels)
        if found != self._audio:
            self._change()
            self._audio = found

    def picture(self, picture: Picture) -> None:
        """The next picture."""
        if self._video is None:
            return
        if self._started is None and not self._pictures and not picture.key:
            return
        last = self._pictures[-1] if self._pictures else None
        if last is not None and picture.decoded <= last.decoded:
            picture = Picture(
                max(picture.shown, last.decoded + 0.001),
                last.decoded + 0.001,
                picture.units,
                picture.key,
            )
        if self._started is None and not self._begin(picture.decoded):
            self._wait(picture)
            return
        if self._pictures and self._is_due(picture):
            self._write(picture.decoded)
        self._pictures.append(picture)

    def sound(self, sound: Sound) -> None:
        """The next sound."""
        if self._audio is None:
            return
        self._sounds.append(sound)
        if len(self._sounds) > _MOST_WAITING:
            del self._sounds[: _MOST_WAITING // 2]
        first = self._sounds[0].at
        if self._video is not None:
            return
        if self._started is None:
            if sound.at - first > _ALONE_SECONDS:
                self._base = first
                self._start()
        elif sound.at - first >= PART_SECONDS:
            self._write(sound.at)

    def close(self) -> None:
        """Write what is left."""
        if self._started is None:
            return
        if self._pictures:
            self._write(self._pictures[-1].decoded + 1 / 30)
        elif self._video is None and self._sounds:
            self._write(self._sounds[-1].at)

    def _change(self) -> None:
        """Something else comes: end what was."""
        self.close()
        self._started = None
        self._pictures.clear()
        self._segment_at = None

    def _wait(self, picture: Picture) -> None:
        if picture.key:
            # The newest key frame will do to begin with.
            self._pictures.clear()
        self._pictures.append(picture)
        if len(self._pictures) > _MOST_WAITING:
            self._pictures.clear()

    def _begin(self, now: float) -> bool:
        """Whether both are known, or one was waited for long enough."""
        if not self._pictures:
            return False
        waiting = self._pictures
        first = waiting[0].decoded
        if self._audio is None and now - first < _WAIT_SECONDS:
            return False
        self._base = first
        self._start()
        self._pictures = []
        for picture in waiting:
            self.picture(picture)
        return True

    def _start(self) -> None:
        self._started = self._video, self._audio
        self._ends = {}
        self._sounds = [s for s in self._sounds if s.at >= self._base]
        names = [] if self._video is None else [self._video.size.codec]
        if self._audio is not None:
            names.append("mp4a.40.2")
        size = self._video.size if self._video is not None else None
        start = Start(
            fmp4.init(self._video, self._audio),
            ",".join(names),
            size.width if size else 0,
            size.height if size else 0,
        )
        for output in self.outputs:
            output.start(start)

    def _is_due(self, following: Picture) -> bool:
        first, last = self._pictures[0].decoded, self._pictures[-1].decoded
        since = 0.0 if self._segment_at is None else following.decoded - self._segment_at
        if following.key and since >= SEGMENT_SECONDS - 0.001:
            return True
        # No part may last longer than was announced: with one more picture it might.
        rhythm = following.decoded - last
        return following.decoded + rhythm - first > PART_SECONDS + 0.001 or since > _LONGEST_SEGMENT

    def _write(self, until: float) -> None:
        """A part with everything before ``until``."""
        tracks: list[tuple[int, int, list[fmp4.Sample]]] = []
        begins, independent, at = True, True, self._sounds[0].at if self._sounds else until
        if self._video is not None:
            first = self._pictures[0]
            until = min(until, self._pictures[-1].decoded + _LONGEST_STILL)
            at, independent = first.decoded, first.key
            begins = self._begins(first)
            tracks.append(self._video_run(until))
        elif self._segment_at is not None and at - self._segment_at < SEGMENT_SECONDS:
            begins = False
        if begins:
            self._segment_at = at
        if self._audio is not None:
            tracks.append(self._audio_run(until))
        if not any(samples for _n, _t, samples in tracks):
            return
        self._sequence += 1
        part = Part(
            fmp4.fragment(self._sequence, tracks), at, max(until - at, 0.001), independent, begins
        )
        self._pictures.clear()
        for output in self.outputs:
            output.part(part)

    def _begins(self, first: Picture) -> bool:
        if self._segment_at is None:
            return True
        since = first.decoded - self._segment_at
        return (first.key and since >= SEGMENT_SECONDS - 0.001) or since > _LONGEST_SEGMENT

    def _video_run(self, until: float) -> tuple[int, int, list[fmp4.Sample]]:
        times = [self._ticks(p.decoded, fmp4.VIDEO_RATE) for p in self._pictures]
        times.append(self._ticks(until, fmp4.VIDEO_RATE))
        samples = [
            fmp4.Sample(
                b"".join(len(unit).to_bytes(4, "big") + unit for unit in picture.units),
                max(1, times[index + 1] - times[index]),
                picture.key,
                round((picture.shown - picture.decoded) * fmp4.VIDEO_RATE),
            )
            for index, picture in enumerate(self._pictures)
        ]
        return fmp4.VIDEO_TRACK, times[0], samples

    def _audio_run(self, until: float) -> tuple[int, int, list[fmp4.Sample]]:
        if self._audio is None:
            return fmp4.AUDIO_TRACK, 0, []
        rate = self._audio.rate
        taken = [s for s in self._sounds if s.at < until]
        self._sounds = self._sounds[len(taken) :]
        if not taken:
            return fmp4.AUDIO_TRACK, 0, []
        samples = [fmp4.Sample(s.data, 1_024, sync=True) for s in taken]
        start = self._ticks(taken[0].at, rate)
        end = self._ends.get(fmp4.AUDIO_TRACK)
        # Sound has no holes but real ones: what differs by less is only how times were rounded.
        if end is not None and abs(start - end) < rate // 10:
            start = end
        elif end is not None:
            start = max(start, end)
        self._ends[fmp4.AUDIO_TRACK] = start + 1_024 * len(samples)
        return fmp4.AUDIO_TRACK, start, samples

    def _ticks(self, seconds: float, rate: int) -> int:
        return max(0, round((seconds - self._base) * rate))
