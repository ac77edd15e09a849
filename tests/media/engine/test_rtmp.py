"""RTMP's bytes: read whatever the pieces they come in, and never more than is allowed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.media.engine.rtmp import amf, chunks, flv
from yellowcart.media.engine.rtmp.chunks import Message, Reader, RtmpError

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
    max_leaves=8,
)
MESSAGES = st.lists(
    st.builds(
        Message,
        st.sampled_from([chunks.AUDIO, chunks.VIDEO, chunks.COMMAND, chunks.DATA]),
        st.just(1),
        st.one_of(st.integers(0, 0xFFFFFE), st.integers(0xFFFFFF, 0xFFFFFFFF)),
        st.binary(min_size=1, max_size=700),
    ),
    max_size=5,
)
SPS = bytes.fromhex("6742c00bd901414fec04400000fa40003a9803c50a92")
RECORD = (
    bytes([1, 0x42, 0xC0, 0x0B, 0xFF, 0xE1])
    + len(SPS).to_bytes(2, "big")
    + SPS
    + b"\x01\x00\x02\x68\xce"
)


@given(st.lists(VALUES, max_size=5))
def test_values_come_back(values: list[Any]) -> None:
    assert amf.decode(amf.encode(*values)) == values


@given(st.binary(max_size=120))
def test_no_bytes_break_amf(data: bytes) -> None:
    try:
        amf.decode(data)
    except amf.AmfError:
        return


def test_what_nests_without_end_is_refused() -> None:
    with pytest.raises(amf.AmfError):
        amf.decode(b"\x03\x00\x01a" * 200)


@given(MESSAGES, st.integers(1, 300), st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_messages_come_back_whatever_the_pieces(
    messages: list[Message], chunk_size: int, pieces: list[int]
) -> None:
    size = Message(chunks.SET_CHUNK_SIZE, 0, 0, chunk_size.to_bytes(4, "big"))
    data = chunks.write(size, chunk_stream=2, chunk_size=128)
    for message in messages:
        data += chunks.write(message, chunk_stream=4, chunk_size=chunk_size)
    reader = Reader(1_000)
    found: list[Message] = []
    place = 0
    while place < len(data):
        step = pieces[place % len(pieces)]
        found += reader.feed(data[place : place + step])
        place += step
    assert found == messages
    assert reader.held == 0


def test_short_headers_count_the_time_on() -> None:
    first = b"\x04" + b"\x00\x00\x10" + b"\x00\x00\x01" + b"\x08" + b"\x01\x00\x00\x00" + b"a"
    second = b"\x44" + b"\x00\x00\x05" + b"\x00\x00\x02" + b"\x09" + b"bc"
    third = b"\x84" + b"\x00\x00\x07" + b"de"
    fourth = b"\xc4" + b"fg"
    found = [(m.kind, m.time, m.body) for m in Reader(99).feed(first + second + third + fourth)]
    assert found == [(8, 16, b"a"), (9, 21, b"bc"), (9, 28, b"de"), (9, 35, b"fg")]


@given(st.binary(max_size=600), st.integers(1, 50))
def test_no_bytes_break_the_reader_or_make_it_keep_more_than_they_are(
    data: bytes, step: int
) -> None:
    reader = Reader(10_000)
    try:
        for place in range(0, len(data), step):
            for message in reader.feed(data[place : place + step]):
                assert len(message.body) <= 10_000
    except RtmpError:
        return
    assert reader.held <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x04\x00\x00\x00\xff\xff\xff\x09\x01\x00\x00\x00",  # 16 MB announced
        b"\xc4",  # refers to nothing
        b"".join(
            bytes([n]) + b"\x00\x00\x00\x00\x00\x02\x08\x01\x00\x00\x00a" for n in range(3, 30)
        ),
        b"\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00\x00\x00\x00\x00",  # chunks of nothing
    ],
)
def test_who_asks_for_too_much_is_refused(data: bytes) -> None:
    with pytest.raises(RtmpError):
        list(Reader(1_000_000).feed(data))


def test_tags_are_read() -> None:
    setup = flv.video(b"\x17\x00\x00\x00\x00" + RECORD, None)
    assert setup == flv.VideoSetup(SPS, (b"\x68\xce",), 4)
    assert isinstance(setup, flv.VideoSetup)
    picture = flv.video(b"\x27\x01\xff\xff\xf0\x00\x00\x00\x02\x41\x9a", setup)
    assert picture == flv.Picture([b"\x41\x9a"], -16, key=False)
    assert flv.audio(b"\xaf\x00\x12\x10") == flv.AudioSetup(b"\x12\x10", 44_100, 2)
    assert flv.audio(b"\xaf\x01abc") == flv.Sound(b"abc")


@pytest.mark.parametrize("body", [b"\x22abcdef", b"\x97hvc1", b"\x17\x00\x00\x00\x00\x01"])
def test_pictures_that_are_not_carried_are_refused(body: bytes) -> None:
    with pytest.raises(flv.FlvError):
        flv.video(body, None)


@given(st.binary(max_size=80))
def test_no_tag_breaks_its_reader(data: bytes) -> None:
    setup = flv.VideoSetup(SPS, (), 4)
    for begin in (b"", b"\x17\x00\x00\x00\x00\x01", b"\x27\x01\x00\x00\x00"):
        for read in (lambda body: flv.video(body, setup), flv.audio):
            try:
                read(begin + data)
            except flv.FlvError:
                continue
