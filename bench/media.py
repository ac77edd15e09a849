"""What video costs: a publisher, each WHEP viewer, HLS with the recording; and what it would cost
to decode and encode again, as aiortc's MediaRelay does, measured in the same run.

One 720p publisher at 2 Mbit/s over RTMP; the engine runs alone in a process of its own, whose CPU
time is read from the kernel. Viewers are sockets in another process that show nothing. The relay
decodes the same pictures once for all and encodes them once a viewer, with aiortc's own codecs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from aiortc.codecs.h264 import H264Encoder

ROOM = "00000000-0000-0000-0000-000000000001"
VIEWERS = (10, 40)
SETTLE_SECONDS = 4.0
FILM_SECONDS = 20
#: Frames that the relay's codecs are timed over: two seconds.
RELAY_FRAMES = 60
FPS = 30
#: A viewer of 2 Mbit/s gets some 250 packets a second and more; fewer are no measurement.
LEAST_PACKETS = 200


def run(seconds: int = 10) -> dict[str, Any]:
    """The figures; each step is measured over so many ``seconds``."""
    with tempfile.TemporaryDirectory(prefix="yellowcart-bench-") as name:
        folder = Path(name)
        film = _film(folder)
        passing = _steps(folder, film, "pass", (0, *VIEWERS), seconds)
        packing = _steps(folder, film, "pack", (0,), seconds)
        decode, encode = _relay(film)
    few, many = VIEWERS
    each = (passing[many][0] - passing[few][0]) / (many - few)
    per_core = (1 - passing[0][0]) / each
    relay = max(0.0, (1 - decode) / encode)
    return {
        "ratio": round(per_core / relay, 1) if relay else None,
        "viewers_per_core": round(per_core),
        "relay_viewers_per_core": round(relay, 2),
        "publisher_percent": round(100 * passing[0][0], 2),
        "viewer_percent": round(100 * each, 3),
        "hls_and_recording_percent": round(100 * (packing[0][0] - passing[0][0]), 2),
        "packets_per_viewer_second": round(passing[many][1] / many),
        "relay_decode_percent": round(100 * decode, 1),
        "relay_encode_percent": round(100 * encode, 1),
        "load_average": os.getloadavg()[0],
    }


def _film(folder: Path) -> Path:
    """H.264 as OBS sends it, at 2 Mbit/s, and AAC."""
    film = folder / "film.flv"
    subprocess.run(
        [
            *[_ffmpeg(), "-hide_banner", "-loglevel", "error"],
            *["-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate={FPS}"],
            *["-f", "lavfi", "-i", "anoisesrc=amplitude=0.1:sample_rate=48000"],
            *["-t", str(FILM_SECONDS), "-c:v", "libx264", "-preset", "veryfast"],
            *["-tune", "zerolatency", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-g", "60"],
            *["-b:v", "2M", "-minrate", "2M", "-maxrate", "2M", "-bufsize", "2M"],
            *["-x264-params", "nal-hrd=cbr", "-c:a", "aac", "-b:a", "128k", str(film)],
        ],
        check=True,
    )
    return film


def _ffmpeg() -> str:
    found = shutil.which("ffmpeg")
    if found is None:
        raise RuntimeError("bench media needs ffmpeg: scripts/install-test-tools.sh")
    return found


@contextmanager
def _started(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _steps(
    folder: Path, film: Path, mode: str, steps: tuple[int, ...], seconds: int
) -> dict[int, tuple[float, float]]:
    """For each number of viewers the engine's share of a core, and packets received a second."""
    found: dict[int, tuple[float, float]] = {}
    server = _started(sys.executable, "-m", "bench.media_server", str(folder), mode)
    with server as engine:
        assert engine.stdout
        http, rtmp = engine.stdout.readline().split()
        send = ["-c", "copy", "-f", "flv", f"rtmp://127.0.0.1:{rtmp}/live/key"]
        play = [_ffmpeg(), "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", str(film)]
        with _started(*play, *send):
            time.sleep(SETTLE_SECONDS)
            for count in steps:
                url = f"http://127.0.0.1:{http}/media/rooms/{ROOM}/whep"
                found[count] = _measured(engine, url, count, seconds)
    return found


def _measured(
    engine: subprocess.Popen[str], url: str, count: int, seconds: int
) -> tuple[float, float]:
    if not count:
        return _share(engine.pid, seconds), 0.0
    with _started(sys.executable, "-m", "bench.media_viewers", url, str(count)) as load:
        assert load.stdout
        load.stdout.readline()
        time.sleep(SETTLE_SECONDS)
        before, began = _count(load), time.monotonic()
        share = _share(engine.pid, seconds)
        received = (_count(load) - before) / (time.monotonic() - began)
        if received / count < LEAST_PACKETS:
            raise RuntimeError(f"{count} viewers got {received / count:.0f} packets a second each")
        return share, received


def _count(load: subprocess.Popen[str]) -> int:
    assert load.stdout
    # What was printed while nobody read is old: the pipe is read to what is new.
    newest, until = 0, time.monotonic() + 1.5
    while time.monotonic() < until:
        newest = int(load.stdout.readline())
    return newest


def _share(pid: int, seconds: int) -> float:
    """The share of a core that a process took over so many seconds."""
    before, began = _cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return (_cpu_seconds(pid) - before) / (time.monotonic() - began)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _relay(film: Path) -> tuple[float, float]:
    """CPU seconds to decode and to encode a second of the film, with aiortc's codecs."""
    frames: list[Any] = []
    began = time.process_time()
    with av.open(str(film)) as opened:
        opened.streams.video[0].thread_type = "NONE"
        for frame in opened.decode(video=0):
            frames.append(frame)
            if len(frames) == RELAY_FRAMES:
                break
    decode = (time.process_time() - began) / (RELAY_FRAMES / FPS)
    encoder = H264Encoder()
    encoder.target_bitrate = 2_000_000
    began = time.process_time()
    for number, frame in enumerate(frames):
        encoder.encode(frame, force_keyframe=number == 0)
    return decode, (time.process_time() - began) / (RELAY_FRAMES / FPS)
