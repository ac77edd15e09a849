"""Cutting a show at its pins."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.media.clips import SHORTEST_PART_MS, Cut, Piece, Pin, Span, cut, explanations, spans

EIGHT = datetime(2021, 11, 15, 12, tzinfo=UTC)
A, B = UUID(int=1), UUID(int=2)


def at(seconds: float) -> datetime:
    return EIGHT + timedelta(seconds=seconds)


def piece(number: int, begins: float, seconds: float) -> Piece:
    return Piece(UUID(int=100 + number), at(begins), round(seconds * 1_000))


def test_a_pin_lasts_until_the_next() -> None:
    pins = [Pin(at(10), A), Pin(at(40), B), Pin(at(70), None), Pin(at(90), A)]
    assert spans(pins, at(120)) == [
        Span(A, at(10), at(40)),
        Span(B, at(40), at(70)),
        Span(A, at(90), at(120)),
    ]


def test_pinning_the_pinned_one_again_is_one_explanation() -> None:
    assert spans([Pin(at(10), A), Pin(at(20), A)], at(60)) == [Span(A, at(10), at(60))]


def test_media_time_is_the_clock_less_the_recording_s_start() -> None:
    found = explanations([Pin(at(10), A), Pin(at(40), None)], (at(0), at(60)), [piece(0, -5, 100)])
    assert found == [Cut(A, UUID(int=100), 15_000, 45_000)]


def test_an_explanation_over_a_broken_line_is_a_clip_of_each_part() -> None:
    pieces = [piece(1, 60, 60), piece(0, 0, 30)]
    found = explanations([Pin(at(20), A), Pin(at(80), None)], (at(0), at(120)), pieces)
    assert found == [Cut(A, UUID(int=100), 20_000, 30_000), Cut(A, UUID(int=101), 0, 20_000)]


def test_a_preview_before_the_show_is_shown_to_nobody() -> None:
    found = explanations([Pin(at(-50), A)], (at(0), at(60)), [piece(0, -100, 200)])
    assert found == [Cut(A, UUID(int=100), 100_000, 160_000)]
    assert cut(at(0), at(60), [piece(0, -100, 200)]) == [Cut(None, UUID(int=100), 100_000, 160_000)]


def test_a_line_that_breaks_off_often_loses_no_explanation() -> None:
    pieces = [piece(n, 4 * n, 3.5) for n in range(4)]
    found = explanations([Pin(at(0), A), Pin(at(9), None)], (at(0), at(60)), pieces)
    assert [one.until_ms - one.from_ms for one in found] == [3_500, 3_500, 1_000]


def test_what_is_too_short_is_no_clip() -> None:
    pins = [Pin(at(0), A), Pin(at(4.999), B), Pin(at(9.999), None)]
    found = explanations(pins, (at(0), at(60)), [piece(0, 0, 60)])
    assert [one.listing_id for one in found] == [B]


MOMENTS = st.floats(0, 3_600).map(at)
PINS = st.lists(st.tuples(MOMENTS, st.sampled_from([None, A, B])), max_size=20).map(
    lambda found: [Pin(when, who) for when, who in sorted(found, key=lambda one: one[0])]
)
PIECES = st.lists(st.tuples(st.floats(0, 1_200), st.floats(0.001, 900)), max_size=5).map(
    lambda found: [piece(n, begins, seconds) for n, (begins, seconds) in enumerate(found)]
)


@given(PINS, MOMENTS)
def test_spans_never_overlap_and_none_is_empty(pins: list[Pin], ends: datetime) -> None:
    found = spans(pins, ends)
    assert all(span.begins < span.ends <= ends for span in found)
    assert all(one.ends <= other.begins for one, other in pairwise(found))
    for span in found:
        # Whoever asks which pin held at its first moment hears the same listing.
        held = [pin for pin in pins if pin.at <= span.begins][-1]
        assert held.listing_id == span.listing_id


@given(PINS, PIECES, st.tuples(MOMENTS, MOMENTS).map(sorted))
def test_clips_lie_within_their_recording_and_their_explanation(
    pins: list[Pin], pieces: list[Piece], show: list[datetime]
) -> None:
    by_id = {one.id: one for one in pieces}
    held = spans(pins, show[1])
    for clip in explanations(pins, (show[0], show[1]), pieces):
        recording = by_id[clip.piece_id]
        assert 0 <= clip.from_ms < clip.until_ms <= recording.duration_ms
        assert clip.until_ms - clip.from_ms >= SHORTEST_PART_MS
        begins = recording.started_at + timedelta(milliseconds=clip.from_ms)
        ends = recording.started_at + timedelta(milliseconds=clip.until_ms)
        assert show[0] <= begins
        assert ends <= show[1]
        assert any(
            span.listing_id == clip.listing_id and span.begins <= begins and ends <= span.ends
            for span in held
        )
