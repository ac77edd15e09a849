"""What viewers get of what publishers send: one stream without holes, whoever comes and goes."""

import asyncio
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.media.engine import rtcp
from yellowcart.media.engine.feed import Feed, Packet, Track
from yellowcart.media.engine.intake import RtpIntake, SenderClock
from yellowcart.media.engine.rtp import Incoming, Unwrapper
from yellowcart.media.engine.viewing import Sending

KEY, OTHER = b"\x65k", b"\x41p"


@dataclass
class Line:
    """A viewer's connection that keeps what it is sent."""

    sent: list[tuple[int, int, bytes]] = field(default_factory=list)
    full: bool = False
    over: bool = False

    def send_rtp(self, packet: bytes) -> bool:
        _first, _second, sequence, timestamp, _ssrc = struct.unpack("!BBHII", packet[:12])
        self.sent.append((sequence, timestamp, packet[12:]))
        return not self.full

    def send_rtcp(self, packet: bytes) -> None:
        """Reports are of no interest here."""

    @property
    def sequences(self) -> list[int]:
        unwrapper = Unwrapper(16)
        return [unwrapper.unwrap(sequence) for sequence, _time, _payload in self.sent]


@dataclass
class Asked:
    """A publisher that counts what it is asked."""

    times: int = 0

    def want_key_frame(self) -> None:
        self.times += 1

    def close(self, why: str) -> None:
        """Nothing to close."""


def feed_with(track: str = "h264") -> tuple[Feed, Track]:
    feed = Feed(UUID(int=1))
    feed.source = Asked()
    return feed, feed.track(track)


def viewer_of(feed: Feed, track: Track) -> tuple[Sending, Line]:
    line = Line()
    sending = Sending(feed, track, line, 102)  # type: ignore[arg-type]
    sending.start()
    return sending, line


def publish(track: Track, numbers: list[int], *, keys: set[int], start: int = 0) -> RtpIntake:
    intake = RtpIntake(track, 7, SenderClock())
    for number in numbers:
        payload = KEY if number in keys else OTHER
        intake.deliver(
            Incoming(
                96,
                True,
                (start + number) & 0xFFFF,
                3_000 * number,
                7,
                payload + bytes([number]),
                b"",
            )
        )
    return intake


def test_who_comes_late_begins_at_the_newest_key_frame_and_is_soon_up_to_date() -> None:
    feed, track = feed_with()
    publish(track, list(range(20)), keys={0, 12})
    _sending, line = viewer_of(feed, track)
    assert [payload[-1] for _s, _t, payload in line.sent] == list(range(12, 20))
    times = [time for _s, time, _p in line.sent]
    assert all(0 < b - a <= 180 for a, b in pairwise(times)), "shown at once"


def test_who_comes_before_the_first_key_frame_waits_for_one_that_is_asked_for() -> None:
    feed, track = feed_with()
    _sending, line = viewer_of(feed, track)
    assert isinstance(feed.source, Asked)
    assert feed.source.times == 1
    publish(track, list(range(10)), keys={4})
    assert [payload[-1] for _s, _t, payload in line.sent] == list(range(4, 10))


@given(
    st.lists(st.tuples(st.integers(1, 40), st.sets(st.integers(0, 40))), min_size=1, max_size=4),
    st.integers(0, 0xFFFF),
    st.sets(st.integers(0, 120), max_size=6),
)
def test_a_viewer_sees_one_sequence_without_holes(
    publishers: list[tuple[int, set[int]]], start: int, pauses: set[int]
) -> None:
    """Over publishers that follow each other and pauses of a slow line."""
    feed, track = feed_with()
    sending, line = viewer_of(feed, track)
    count = 0
    for length, keys in publishers:
        intake = RtpIntake(track, 7, SenderClock())
        for number in range(length):
            if count in pauses:
                sending.pause()
            payload = KEY if number in keys else OTHER
            intake.deliver(
                Incoming(96, True, (start + number) & 0xFFFF, 3_000 * number, 7, payload, b"")
            )
            count += 1
    sequences = line.sequences
    assert all(b == a + 1 for a, b in pairwise(sequences))
    times = [time for _s, time, _p in line.sent]
    assert all(0 < (b - a) % (1 << 32) < 1 << 31 for a, b in pairwise(times))
    if line.sent:
        assert line.sent[0][2] == KEY


@given(st.permutations(list(range(1, 12))))
def test_late_packets_get_their_own_place(order: list[int]) -> None:
    feed, track = feed_with()
    _sending, line = viewer_of(feed, track)
    publish(track, [0, *order], keys={0})
    base = line.sequences[0]
    assert {s - base: p[-1] for s, (_q, _t, p) in zip(line.sequences, line.sent, strict=True)} == {
        n: n for n in range(12)
    }


def test_what_a_viewer_misses_is_sent_again_as_it_was() -> None:
    feed, track = feed_with()
    sending, line = viewer_of(feed, track)
    publish(track, list(range(9)), keys={0})
    missed = line.sent[3:6]
    before = len(line.sent)
    sending.again(tuple(sequence for sequence, _t, _p in missed))
    assert line.sent[before:] == missed
    sending.again(((line.sent[0][0] - 5) & 0xFFFF,))
    assert len(line.sent) == before + 3, "what was never sent is not made up"


def test_a_line_that_loses_too_much_gets_no_pictures_until_the_next_key_frame() -> None:
    feed, track = feed_with()
    sending, line = viewer_of(feed, track)
    intake = publish(track, list(range(5)), keys={0})
    for _ in range(2):
        sending.arrives(rtcp.Reception(1, 0.4, 0, 0))
    for number, payload in enumerate([OTHER, OTHER, KEY, OTHER], start=5):
        intake.deliver(Incoming(96, True, number, 3_000 * number, 7, payload, b""))
    assert [p for _s, _t, p in line.sent[5:]] == [KEY, OTHER]
    assert sending.pauses == 1


def test_holes_are_asked_for_until_they_are_filled_or_given_up() -> None:
    _feed, track = feed_with()
    intake = publish(track, [0, 1, 4], keys={0})
    wanted, lost = intake.to_ask(0.05)
    assert ([n & 0xFFFF for n in wanted], lost) == ([2, 3], False)
    assert intake.lost == 2
    intake.deliver(Incoming(96, True, 2, 6_000, 7, OTHER, b""))
    assert intake.missing
    intake.deliver(Incoming(96, True, 3, 9_000, 7, OTHER, b""))
    assert (intake.missing, intake.lost) == (False, 0)
    assert intake.deliver(Incoming(96, True, 5, 9_000, 7, OTHER, b""))
    assert not intake.deliver(Incoming(96, True, 900, 9_000, 7, OTHER, b"")), "a key frame mends it"
    arrival = intake.arrival()
    assert arrival is not None
    assert arrival.lost > 0.9


def test_another_codec_sends_viewers_away_to_ask_anew() -> None:
    feed, _track = feed_with()
    changes: list[int] = []
    feed.changed = lambda: changes.append(1)
    assert feed.track("h264") is feed.tracks["video"]
    assert changes == []
    feed.track("vp8")
    assert changes == [1]


@pytest.mark.parametrize("far", [5_000, 70_000])
def test_a_jump_forgets_what_cannot_be_asked_for_any_more(far: int) -> None:
    track = Track("h264")
    first = track.head
    track.push(Packet(first + 1, 10, True, KEY, key=True))
    track.push(Packet(first + 1 + far, 20, True, OTHER, key=False))
    assert track.get(first + 1) is None
    assert track.since_key() == []
    track.push(Packet(first + 2, 11, True, OTHER, key=False))
    assert track.head == first + 1 + far


async def test_sender_clocks_bring_picture_and_sound_together() -> None:
    clock = SenderClock()
    feed = Feed(UUID(int=1))
    video, audio = feed.track("h264"), feed.track("opus")
    picture, sound = RtpIntake(video, 1, clock), RtpIntake(audio, 2, clock)
    picture.deliver(Incoming(96, True, 0, 90_000, 1, KEY, b""))
    await asyncio.sleep(0.05)
    sound.deliver(Incoming(111, False, 0, 48_000, 2, b"x", b""))
    apart: Any = audio.clock.at(audio.head) and audio.clock.seconds - video.clock.seconds
    assert apart >= 0.05, "as they arrived"
    # The publisher says that both were taken at the same moment.
    picture.heard(rtcp.SenderReport(1, 1_000.0, 90_000))
    sound.heard(rtcp.SenderReport(2, 1_000.0, 48_000))
    assert audio.clock.seconds == pytest.approx(video.clock.seconds, abs=1e-6)
