"""What a publisher's figures mean, in words that say what to do. Pure."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Level = Literal["ok", "warn", "bad"]

#: Bitrates that people set, in kbit/s.
_STEPS: Final = (500, 800, 1_000, 1_500, 2_000, 2_500, 3_500, 4_500, 6_000)
#: A line that loses so much needs a bitrate this much lower, by the rule of thumb of senders that
#: adapt by themselves: back off by a quarter.
_BACK_OFF: Final = 0.75
_LOSS_BAD_PERCENT: Final = 5.0
_LOSS_WARN_PERCENT: Final = 1.0
_RTT_WARN_MS: Final = 300
#: Low-latency HLS can cut only at key frames, and a viewer who joins waits for one.
_KEYFRAME_WARN_SECONDS: Final = 4.0
_FPS_WARN: Final = 20.0
_BITRATE_LEAST_KBPS: Final = 400
_BITRATE_MOST_KBPS: Final = 8_000
_MOST_WORDS: Final = 3
_ORDER: Final = {"bad": 0, "warn": 1, "ok": 2}


class Advice(NamedTuple):
    """One plain word about the line."""

    code: str
    level: Level
    sentence: Promise
    params: dict[str, object]

    def text(self) -> str:
        """The sentence in the language in force."""
        return str(self.sentence) % self.params


def lower_step(kbps: float) -> int:
    """The next bitrate that people set at or below three quarters of this one, in kbit/s."""
    fitting = [step for step in _STEPS if step <= kbps * _BACK_OFF]
    return fitting[-1] if fitting else _STEPS[0]


def advise(health: Mapping[str, Any], protocol: str) -> list[Advice]:
    """What to tell the host, worst first, at most three; nothing where nothing is known."""
    if not health:
        return []
    words = [*_line(health), *_encoder(health, protocol)]
    if not words:
        return [Advice("steady", "ok", _("Your line is steady."), {})]
    return sorted(words, key=lambda word: _ORDER[word.level])[:_MOST_WORDS]


def _line(health: Mapping[str, Any]) -> list[Advice]:
    words = []
    loss, kbps = health.get("loss_percent"), health.get("bitrate_kbps")
    if loss is not None and loss >= _LOSS_WARN_PERCENT:
        bad = loss >= _LOSS_BAD_PERCENT
        mbit = f"{lower_step(kbps or 0) / 1_000:g}"
        words.append(
            Advice(
                "line_too_slow",
                "bad" if bad else "warn",
                _("Your line is too slow for this bitrate: lower it to %(mbit)s Mbit/s."),
                {"mbit": mbit},
            )
        )
    if kbps is not None and kbps < _BITRATE_LEAST_KBPS:
        words.append(
            Advice(
                "picture_poor",
                "warn",
                _(
                    "Little arrives (%(kbps)s kbit/s): the picture is poor. Use a cable or move"
                    " nearer to the Wi-Fi."
                ),
                {"kbps": kbps},
            )
        )
    if kbps is not None and kbps > _BITRATE_MOST_KBPS:
        words.append(
            Advice(
                "bitrate_high",
                "warn",
                _("Your bitrate is more than phones on the road can take: 2.5 Mbit/s is plenty."),
                {},
            )
        )
    rtt = health.get("rtt_ms")
    if rtt is not None and rtt >= _RTT_WARN_MS:
        words.append(
            Advice(
                "far_away",
                "warn",
                _("Your line takes %(rtt)s ms there and back. Turn off a VPN, or use a cable."),
                {"rtt": round(rtt)},
            )
        )
    return words


def _encoder(health: Mapping[str, Any], protocol: str) -> list[Advice]:
    words = []
    fps = health.get("fps")
    if fps is not None and fps < _FPS_WARN:
        words.append(
            Advice(
                "few_frames",
                "warn",
                _(
                    "Only %(fps)s frames a second arrive. Close other programs, or choose a smaller"
                    " picture."
                ),
                {"fps": f"{fps:.0f}"},
            )
        )
    gap = health.get("keyframe_seconds")
    if gap is not None and gap > _KEYFRAME_WARN_SECONDS and protocol == "rtmp":
        words.append(
            Advice(
                "keyframes_rare",
                "warn",
                _(
                    "A key frame comes every %(gap)s s, so viewers wait. Set the keyframe interval"
                    " to 2 s in OBS."
                ),
                {"gap": f"{gap:.0f}"},
            )
        )
    if health.get("b_frames"):
        words.append(
            Advice(
                "b_frames",
                "bad",
                _(
                    "Your video has B-frames, which make it jump in browsers. Choose profile"
                    " baseline and tune zerolatency."
                ),
                {},
            )
        )
    codec = str(health.get("video_codec") or "").lower()
    if codec and not any(name in codec for name in ("h264", "h.264", "avc")):
        words.append(
            Advice(
                "codec_unsuited",
                "bad",
                _("Your video is %(codec)s; not every browser shows it. Choose H.264 (x264)."),
                {"codec": codec.upper()},
            )
        )
    return words
