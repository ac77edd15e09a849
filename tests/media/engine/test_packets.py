"""Bytes that strangers send: read right where they are right, refused where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.media.engine import pictures, rtcp, rtp, sdp, sps
from yellowcart.media.engine.rtcp import Arrival, KeyFrameWanted, Nack, Reception, SenderReport

BASELINE_SPS = bytes.fromhex("6742c00bd901414fec04400000fa40003a9803c50a92")
HIGH_SPS_1080 = bytes.fromhex("67640028acd940780227e5c05a808080a0000003002000000781e3068c2b")

OFFER = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11:22
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11:22
a=setup:actpass
a=mid:1
a=sendrecv
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtpmap:97 H264/90000
a=fmtp:97 packetization-mode=1;profile-level-id=64001f
a=rtpmap:98 H264/90000
a=fmtp:98 packetization-mode=1;profile-level-id=42e01f
"""


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers_of_datagrams(data: bytes) -> None:
    try:
        packet = rtp.parse(data)
    except rtp.RtpError:
        pass
    else:
        assert len(packet.payload) <= len(data) - 12
        rtp.element(packet.extension, 3)
    list(rtcp.parse(data))
    for codec in ("h264", "vp8"):
        pictures.begins_key_frame(codec, data)


@given(
    st.integers(0, 127),
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.binary(min_size=1, max_size=50),
    st.integers(0, 3),
)
def test_a_packet_with_extension_and_padding_is_read(
    kind: int, marker: bool, sequence: int, timestamp: int, payload: bytes, padding: int
) -> None:
    flags = 0x80 | 0x10 | (0x20 if padding else 0)
    data = rtp.HEADER.pack(flags, kind | marker << 7, sequence, timestamp, 7)
    data += b"\xbe\xde\x00\x01" + b"\x32abc" + payload
    data += bytes(max(0, padding - 1)) + (bytes([padding]) if padding else b"")
    packet = rtp.parse(data)
    assert (packet.payload_type, packet.marker) == (kind, marker)
    assert (packet.sequence, packet.timestamp, packet.payload) == (sequence, timestamp, payload)
    assert rtp.element(packet.extension, 3) == b"abc"
    assert rtp.element(packet.extension, 4) == b""


@given(st.integers(0, 1 << 40), st.lists(st.integers(-30_000, 30_000), max_size=30))
def test_numbers_are_counted_on(start: int, steps: list[int]) -> None:
    unwrapper = rtp.Unwrapper(16)
    first = unwrapper.unwrap(start % 65_536)
    newest = 0
    for step in steps:
        value = max(newest + step, -60_000)
        if abs(value - newest) >= 32_768:
            continue
        assert unwrapper.unwrap((start + value) % 65_536) - first == value
        newest = max(newest, value)


def test_reports_say_what_was_written() -> None:
    written = rtcp.sender_report(
        9, seconds=1_700_000_000.25, timestamp=1 << 33 | 5, packets=3, size=4, name="x"
    )
    (report,) = rtcp.parse(written)
    assert isinstance(report, SenderReport)
    assert (report.ssrc, report.timestamp) == (9, 5)
    assert report.seconds == pytest.approx(1_700_000_000.25, abs=1e-6)
    arrival = Arrival(5, 0.5, 12, 70_000, 3, 0xAABB, 77)
    assert list(rtcp.parse(rtcp.receiver_report(1, [arrival]))) == [Reception(5, 0.5, 0xAABB, 77)]
    assert list(rtcp.parse(rtcp.picture_loss(1, 6))) == [KeyFrameWanted(6)]
    both = rtcp.receiver_report(1, []) + rtcp.bitrate_limit(1, 2_500_000, [5, 6])
    assert rtcp.is_rtcp(both)


@given(st.sets(st.integers(0, 300), min_size=1, max_size=60), st.integers(0, 0xFFFF))
def test_what_is_missing_is_asked_for_exactly(missing: set[int], start: int) -> None:
    wanted = [(start + each) & 0xFFFF for each in sorted(missing)]
    (report,) = rtcp.parse(rtcp.nack(1, 2, wanted))
    assert report == Nack(2, tuple(wanted))


@given(
    st.lists(
        st.builds(
            lambda kind, body: bytes([0x60 | kind]) + body,
            st.integers(1, 12),
            st.binary(min_size=1, max_size=5_000),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(20, 1_400),
)
def test_pictures_come_out_as_they_went_in(units: list[bytes], room: int) -> None:
    payloads = pictures.cut(units, room)
    assert all(len(payload) <= room for payload in payloads)
    assembler = pictures.H264Assembler(1_000_000)
    for payload in payloads:
        assembler.add(payload)
    assert assembler.take() == units


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_payloads_break_the_assembly(payloads: list[bytes]) -> None:
    assembler = pictures.H264Assembler(300)
    for payload in payloads:
        assembler.add(payload)
    units = assembler.take()
    assert units is None or all(units)
    assembler.add(b"\x65abc")
    assert assembler.take() == [b"\x65abc"], "one bad picture does not spoil the next"


def test_aggregates_and_key_frames_are_seen() -> None:
    together = b"\x78" + b"\x00\x02\x67a" + b"\x00\x02\x68b" + b"\x00\x03\x65cd"
    assert pictures.begins_key_frame("h264", together)
    assert pictures.split_aggregate(together) == [b"\x67a", b"\x68b", b"\x65cd"]
    assert not pictures.begins_key_frame("h264", b"\x61abc")
    assert pictures.begins_key_frame("h264", b"\x7c\x85abc")
    assert not pictures.begins_key_frame("h264", b"\x7c\x05abc"), "not the first fragment"
    assert pictures.begins_key_frame("vp8", b"\x10\x00")
    assert not pictures.begins_key_frame("vp8", b"\x10\x01")
    assert pictures.begins_key_frame("vp8", b"\x90\x80\x81\x02\x00")


def test_a_parameter_set_tells_the_size() -> None:
    assert sps.read(HIGH_SPS_1080) == sps.PictureSize(1920, 1080, "avc1.640028")
    assert sps.read(BASELINE_SPS).codec == "avc1.42c00b"


@given(st.binary(max_size=60))
def test_no_parameter_set_breaks_its_reader(data: bytes) -> None:
    for begin in (b"", b"\x67\x64\x00\x28", b"\x67\x42\xe0\x1f"):
        try:
            found = sps.read(begin + data)
        except sps.SpsError:
            continue
        assert 16 <= found.width <= 8_192


def test_the_wanted_codec_is_found_in_an_offer() -> None:
    offer = sdp.read(OFFER)
    audio, video = offer.media
    assert (offer.ufrag, offer.passive) == ("abcd", False)
    opus = sdp.find(audio, "opus")
    assert opus is not None
    assert (opus.number, opus.channels) == (111, 2)
    chosen = sdp.find(video, "h264")
    assert chosen is not None
    assert chosen.number == 98, "constrained baseline before the others"
    high = sdp.find(video, "h264", profile="6400")
    assert high is not None
    assert high.number == 97
    assert sdp.find(video, "av1") is None


@given(st.integers(0, len(OFFER) - 1), st.text(max_size=12), st.integers(0, 40))
def test_no_offer_breaks_the_reader(place: int, inserted: str, removed: int) -> None:
    text = OFFER[:place] + inserted + OFFER[place + removed :]
    try:
        offer = sdp.read(text)
    except sdp.OfferError:
        return
    assert offer.media
    assert offer.ufrag
