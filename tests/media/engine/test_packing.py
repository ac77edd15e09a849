"""Parts, playlists, recordings and cuts, read by the library that players are made of."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import pytest

from yellowcart.media.engine import recording, replays
from yellowcart.media.engine.hls import LiveHls
from yellowcart.media.engine.packager import Packager, Part, Start
from yellowcart.media.engine.recording import Recorder
from yellowcart.media.engine.samples import Picture, Sound

FPS, AAC_SECONDS = 25, 1_024 / 48_000
BEGAN = 1_700_000_000.0


def split(stream: bytes) -> list[bytes]:
    """The units of a picture as the encoder writes it, with start codes."""
    return [unit for unit in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]


@pytest.fixture(scope="module")
def coded() -> tuple[bytes, tuple[bytes, ...], list[list[bytes]], bytes, list[bytes]]:
    """Four seconds of H.264 with a key frame each second, and of AAC."""
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuv420p"
    encoder.framerate, encoder.gop_size, encoder.max_b_frames = FPS, FPS, 0
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "sc_threshold": "0"}
    pictures: list[list[bytes]] = []
    for number in range(4 * FPS):
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 2 % 256]) * plane.buffer_size)
        frame.pts = number
        pictures += [split(bytes(packet)) for packet in encoder.encode(frame)]
    sps = next(u for u in pictures[0] if u[0] & 0x1F == 7)
    pps = next(u for u in pictures[0] if u[0] & 0x1F == 8)
    bare = [[u for u in units if u[0] & 0x1F in {1, 5}] for units in pictures]
    sounder: Any = av.CodecContext.create("aac", "w")
    sounder.sample_rate, sounder.layout, sounder.format = 48_000, "stereo", "fltp"
    sounder.open()
    sounds: list[bytes] = []
    for _ in range(int(4 / AAC_SECONDS)):
        quiet = av.AudioFrame("fltp", "stereo", 1_024)
        quiet.sample_rate = 48_000
        for plane in quiet.planes:
            plane.update(bytes(plane.buffer_size))
        sounds += [bytes(packet) for packet in sounder.encode(quiet)]
    return sps, (pps,), bare, bytes(sounder.extradata)[:2], sounds


def play(packager: Packager, coded: Any, *, sound: bool = True, begin: float = BEGAN) -> None:
    sps, pps, pictures, config, sounds = coded
    packager.video_setup(sps, pps)
    if sound:
        packager.audio_setup(config, 48_000, 2)
    heard = 0
    for number, units in enumerate(pictures):
        at = begin + number / FPS
        while sound and heard < len(sounds) and begin + heard * AAC_SECONDS <= at:
            packager.sound(Sound(begin + heard * AAC_SECONDS, sounds[heard]))
            heard += 1
        packager.picture(Picture(at, at, units, units[0][0] & 0x1F == 5))
    packager.close()


class Kept:
    """An output that keeps everything."""

    def __init__(self) -> None:
        self.starts: list[Start] = []
        self.parts: list[Part] = []

    def start(self, start: Start) -> None:
        self.starts.append(start)

    def part(self, part: Part) -> None:
        self.parts.append(part)


def read(path: Path) -> tuple[int, int, float]:
    """Decoded pictures and sounds, and the length in seconds."""
    with av.open(str(path)) as file:
        pictures = sum(1 for _ in file.decode(video=0))
    with av.open(str(path)) as file:
        sounds = sum(1 for _ in file.decode(audio=0)) if file.streams.audio else 0
        length = float((file.duration or 0) / 1_000_000)
    return pictures, sounds, length


@pytest.mark.parametrize("sound", [True, False])
def test_parts_behind_one_another_are_a_film(coded: Any, tmp_path: Path, sound: bool) -> None:
    kept = Kept()
    play(Packager([kept]), coded, sound=sound)
    assert len(kept.starts) == 1
    assert (kept.starts[0].width, kept.starts[0].height) == (64, 48)
    file = tmp_path / "film.mp4"
    file.write_bytes(kept.starts[0].data + b"".join(part.data for part in kept.parts))
    pictures, sounds, length = read(file)
    assert pictures == len(coded[2])
    assert (sounds > 180) is sound
    assert length == pytest.approx(4.0, abs=0.15)
    assert all(part.seconds <= 0.501 for part in kept.parts)
    assert all(part.independent for part in kept.parts if part.begins)
    ends = [part.at + part.seconds for part in kept.parts]
    assert [p.at for p in kept.parts[1:]] == pytest.approx(ends[:-1], abs=1e-6), "no holes"


def test_another_size_begins_anew(coded: Any) -> None:
    kept = Kept()
    packager = Packager([kept])
    play(packager, coded)
    sps, pps, *rest = coded
    play(packager, (sps[:3] + b"\x1f" + sps[4:], pps, *rest), begin=BEGAN + 9)
    assert len(kept.starts) == 2


async def test_a_player_is_told_what_is_there_and_waits_for_what_comes(coded: Any) -> None:
    hls = LiveHls()
    assert await hls.playlist(None, None) is None
    play(Packager([hls]), coded)
    text = await hls.playlist(None, None)
    assert text is not None
    assert "#EXT-X-MAP" in text
    assert text.count("#EXTINF") == 1, "the newest segment is still growing"
    names = [line.split('URI="')[1].split('"')[0] for line in text.splitlines() if 'URI="' in line]
    names += [line for line in text.splitlines() if line.endswith(".m4s")]
    folder = f"/media/hls/{hls.secret}/"
    assert all(name.startswith(folder) for name in names)
    *listed, hint = [name.removeprefix(folder) for name in names if "part-" in name]
    for name in ("init-1.mp4", "seg-0.m4s", *listed):
        assert await hls.data(name), name
    for name in ("part-99-0.m4s", "seg-7.m4s", "init-9.mp4", "part-x.m4s", "../etc", ""):
        assert await hls.data(name) is None

    waiting = asyncio.create_task(hls.data(hint))
    number, part = (int(n) for n in hint.removeprefix("part-").removesuffix(".m4s").split("-"))
    reloading = asyncio.create_task(hls.playlist(number, part))
    await asyncio.sleep(0)
    assert not waiting.done()
    hls.part(Part(b"new", BEGAN + 4, 0.5, independent=False, begins=False))
    assert await waiting == b"new"
    assert f"part-{number}-{part}.m4s" in str(await reloading)


async def test_another_publisher_is_a_break_and_old_segments_go(coded: Any) -> None:
    hls = LiveHls()
    for turn in range(8):
        play(Packager([hls]), coded, begin=BEGAN + 10 * turn)
        hls.stop()
    text = str(await hls.playlist(None, None))
    assert text.count("#EXTINF") <= 9
    gone = int(text.split("DISCONTINUITY-SEQUENCE:")[1].split(maxsplit=1)[0])
    assert gone + text.count("#EXT-X-DISCONTINUITY\n") == 7
    assert await hls.data("seg-0.m4s") is None
    assert await hls.data("init-1.mp4") is None
    old = hls.secret
    hls.rename()
    assert old not in str(await hls.playlist(None, None))


Told = list[tuple[str, datetime, int, int]]


def record(folder: Path, coded: Any, *, on: bool = True) -> Told:
    told: Told = []
    with ThreadPoolExecutor(1) as threads:
        recorder = Recorder(folder, "room/show", threads, lambda *given: told.append(given))
        recorder.switch(on=on)
        play(Packager([recorder]), coded)
        recorder.stop()
    return told


def test_a_recording_is_told_of_and_plays(coded: Any, tmp_path: Path) -> None:
    assert record(tmp_path, coded, on=False) == [], "nobody is recorded who is not on air"
    path, _at, length_ms, size = record(tmp_path, coded)[-1]
    file = tmp_path / path
    assert length_ms == pytest.approx(4_000, abs=50)
    assert size == file.stat().st_size
    assert read(file)[0] == len(coded[2])
    found = recording.load(file)
    assert found is not None
    assert found.length_ms == length_ms
    head = file.read_bytes()[found.init_size :]
    assert head[4:8] == b"sidx", "players of plain files may seek"
    with av.open(str(file)) as opened:
        opened.seek(3_000_000)
        first = next(opened.decode(video=0))
        assert first.time == pytest.approx(2.0, abs=1.1)


def test_what_a_crash_left_plays_as_far_as_it_is_whole(coded: Any, tmp_path: Path) -> None:
    path = record(tmp_path, coded)[-1][0]
    file = tmp_path / path
    whole = recording.load(file)
    assert whole is not None
    last = whole.segments[-1]
    file.write_bytes(file.read_bytes()[: last.offset + last.size // 2])
    index = recording.index_of(file)
    index.write_text(index.read_text() + '[12, "cut o')
    found = recording.load(file)
    assert found is not None
    assert found.segments == whole.segments[:-1]
    span = replays.Span(path, 0, 1 << 40)
    assert read(replays.cut(found, span, tmp_path))[0] == 2 * FPS
    assert recording.load(tmp_path / "none.mp4") is None


def test_a_span_is_cut_at_key_frames_and_opens_nothing_else(coded: Any, tmp_path: Path) -> None:
    path = record(tmp_path, coded)[-1][0]
    token = replays.link(path, from_ms=2_500, until_ms=2_900).split("/")[-2]
    span = replays.opened(token)
    assert span is not None
    found = replays.find(tmp_path, span)
    assert found is not None
    segments = found.between(span.from_ms, span.until_ms)
    assert [s.start_ms for s in segments] == [2_000], "from the key frame before"
    text = replays.playlist(found, span)
    assert text.count("#EXTINF") == 1
    assert "#EXT-X-ENDLIST" in text
    init = replays.piece(found, span, "init.mp4")
    inside = replays.piece(found, span, f"{segments[0].offset}.m4s")
    assert init
    assert inside
    outside = found.segments[0].offset
    for name in (f"{outside}.m4s", f"{outside + 1}.m4s", "1.mp4", "x.m4s", "٣.m4s"):
        assert replays.piece(found, span, name) is None
    cut = replays.cut(found, span, tmp_path)
    pictures, _sounds, length = read(cut)
    assert pictures == 2 * FPS
    assert length == pytest.approx(2.0, abs=0.1)
    assert replays.cut(found, span, tmp_path) == cut, "made once"


def test_addresses_are_ours_or_open_nothing(coded: Any, tmp_path: Path) -> None:
    path = record(tmp_path, coded)[-1][0]
    token = replays.link(path).split("/")[-2]
    assert replays.opened(token) is not None
    assert replays.opened(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert replays.opened("") is None
    (tmp_path.parent / "outside.mp4").write_bytes(b"x")
    for stranger in ("../outside.mp4", "/etc/passwd", path.replace(".mp4", ".jsonl"), "none.mp4"):
        assert replays.find(tmp_path, replays.Span(stranger, 0, 1_000)) is None
    assert replays.find(tmp_path, replays.Span(path, 9_000, 9_500)) is None, "after its end"
