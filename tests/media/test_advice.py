"""What is said of a line."""

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.media.advice import advise, lower_step

FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "bitrate_kbps": st.integers(0, 50_000),
        "fps": st.floats(0, 120),
        "rtt_ms": st.integers(0, 10_000),
        "loss_percent": st.floats(0, 100),
        "keyframe_seconds": st.floats(0, 60),
        "video_codec": st.sampled_from(["H264", "avc1.42", "hevc", "VP8"]),
    },
)


def codes(protocol: str = "rtmp", **health: object) -> list[str]:
    return [word.code for word in advise(health, protocol)]


def test_a_slow_line_hears_to_which_bitrate_to_go() -> None:
    words = advise({"bitrate_kbps": 2_500, "loss_percent": 8.0}, "rtmp")
    assert (words[0].code, words[0].level) == ("line_too_slow", "bad")
    assert "1.5 Mbit/s" in words[0].text()


def test_each_trouble_has_its_word() -> None:
    good = {"bitrate_kbps": 2_000, "fps": 30.0, "rtt_ms": 40, "loss_percent": 0.0}
    assert codes(**good, video_codec="H264", keyframe_seconds=2.0) == ["steady"]
    assert codes(**{**good, "rtt_ms": 400}) == ["far_away"]
    assert codes(**{**good, "fps": 9.0}) == ["few_frames"]
    assert codes(**{**good, "bitrate_kbps": 100}) == ["picture_poor"]
    assert codes(**{**good, "bitrate_kbps": 12_000}) == ["bitrate_high"]
    assert codes(**good, keyframe_seconds=10.0) == ["keyframes_rare"]
    # A browser sends key frames when a viewer asks for one.
    assert codes("whip", **good, keyframe_seconds=10.0) == ["steady"]
    assert codes(**good, video_codec="hevc") == ["codec_unsuited"]
    assert advise({}, "rtmp") == []


@given(FIGURES, st.sampled_from(["rtmp", "whip"]))
def test_any_figures_give_few_words_worst_first(health: dict[str, object], protocol: str) -> None:
    words = advise(health, protocol)
    assert len(words) <= 3
    assert bool(words) == bool(health)
    levels = [{"bad": 0, "warn": 1, "ok": 2}[word.level] for word in words]
    assert levels == sorted(levels)
    assert all(word.text() for word in words)


@given(st.floats(700, 100_000))
def test_the_step_down_is_a_step_down(kbps: float) -> None:
    assert lower_step(kbps) <= kbps * 0.75
