"""A show of the demo that can be seen again: four goods, each explained for ten seconds.

The rows of the show are written with the street; its picture is drawn by the worker, so that
nobody waits for it: colours that move, another pair for each explanation, and a bar that grows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from yellowcart.catalog.models import Product
from yellowcart.core import home, jobs
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.listings.actions import do_mount
from yellowcart.listings.containers import Container
from yellowcart.live.events import PINNED
from yellowcart.live.models import Room, RoomEvent, RoomSequence
from yellowcart.media.actions import do_add_recording
from yellowcart.media.engine.recording import index_of
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.people.models import Account

if TYPE_CHECKING:
    import av

FILM: Final = "demo.film"
#: One colour from the top left, one from the bottom right, an explanation each.
COLOURS: Final = (
    ("0x2e8b84", "0x12353d"),
    ("0x6f8fce", "0x24315e"),
    ("0xd8894a", "0x5c2a12"),
    ("0x7a5cc0", "0x2a1b57"),
)
#: Of an explanation.
SECONDS: Final = 10
WIDTH, HEIGHT, FRAMES_A_SECOND = 270, 480, 6
#: How long ago the show began.
AGO: Final = timedelta(hours=15)
_SECOND: Final = timedelta(seconds=1)


def plan_show(creator: Account, title: str, cover_url: str, products: Sequence[Product]) -> Room:
    """A show that is over, in which goods were pinned one after another; its picture follows."""
    began = now() - AGO
    room = Room.objects.create(
        creator=creator, title=title, cover_url=cover_url, scheduled_at=began
    )
    container = Container("live_room", room.id, creator.id)
    explained = [do_mount(creator, container, product.id) for product in products[: len(COLOURS)]]
    RoomSequence.objects.create(room_id=room.id, seq=len(explained))
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room_id=room.id,
            seq=place + 1,
            type=PINNED,
            payload={"listing_id": str(listing.id)},
            at=began + timedelta(seconds=place * SECONDS),
        )
        for place, listing in enumerate(explained)
    )
    room.state, room.started_at = "ended", began
    room.ended_at = began + timedelta(seconds=SECONDS * len(explained))
    room.save(update_fields=["state", "started_at", "ended_at"])
    jobs.defer(FILM, room=str(room.id))
    return room


@jobs.job(FILM)
def film(room: str) -> None:
    """Draw the show's picture and hand it in as its recording, from which the replay is cut."""
    found = Room.objects.filter(id=UUID(room), state="ended").first()
    if found is None or found.started_at is None or found.ended_at is None:
        return
    drawn = draw(f"demo/{found.id}.mp4", (found.ended_at - found.started_at) // _SECOND)
    broadcast = found.broadcasts.first() or Broadcast.objects.create(
        room=found,
        stream_key=_spent_key(found),
        protocol="rtmp",
        server="embedded",
        state="ended",
        pending=False,
        opened_at=found.started_at,
        started_at=found.started_at,
        ended_at=found.ended_at,
    )
    do_add_recording(
        broadcast.id, drawn.name, found.started_at, drawn.duration_ms, drawn.size_bytes
    )


def _spent_key(room: Room) -> StreamKey:
    """The key of a show that is over; nobody has its secret."""
    return StreamKey.objects.create(
        room=room, account=room.creator, digest=f"none:{new_id()}", revoked_at=now()
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file below the data folder's ``media``, with its index beside it."""

    name: str
    duration_ms: int
    size_bytes: int


def draw(name: str, seconds: int) -> Drawn:
    """Draw so many seconds into a file of fragments, as our engine records them."""
    # Only who draws needs the library.
    import av
    from av.video.frame import PictureType

    path = home.data_dir() / "media" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(path), "w", format="mp4", options=flags) as made:
        stream: Any = made.add_stream("libx264", rate=FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        # A key frame at the start of every second, so that cuts fall where pins do.
        stream.options = {
            "preset": "ultrafast",
            "crf": "30",
            "profile": "baseline",
            "g": str(FRAMES_A_SECOND),
            "sc_threshold": "0",
        }
        for number, frame in enumerate(_frames(seconds)):
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_A_SECOND)
            # What is drawn calls itself a key frame, each.
            frame.pict_type = PictureType.NONE
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    _write_index(path)
    return Drawn(name, seconds * 1_000, path.stat().st_size)


def _frames(seconds: int) -> "Iterator[av.VideoFrame]":
    import av

    for start in range(0, seconds, SECONDS):
        first, last = COLOURS[start // SECONDS % len(COLOURS)]
        graph = av.filter.Graph()
        chain = [
            graph.add(
                "gradients",
                f"s={WIDTH}x{HEIGHT}:c0={first}:c1={last}:x0=0:y0=0:x1={WIDTH}:y1={HEIGHT}"
                f":r={FRAMES_A_SECOND}:d={min(SECONDS, seconds - start)}:speed=0.02",
            ),
            # How much of the whole is over, in the height of a finger at the bottom.
            graph.add(
                "drawbox",
                f"x=0:y={HEIGHT - 8}:w={WIDTH}*{start + SECONDS}/{seconds}:h=8"
                ":color=0xffc81a:t=fill",
            ),
            graph.add("format", "pix_fmts=yuv420p"),
            graph.add("buffersink"),
        ]
        for one, following in pairwise(chain):
            one.link_to(following)
        graph.configure()
        while True:
            try:
                yield graph.pull()  # type: ignore[misc]
            except (EOFError, BlockingIOError):
                break


def _write_index(path: Path) -> None:
    """Tell each fragment, which is a second; see :mod:`media.engine.recording`."""
    lines: list[list[int]] = []
    data = path.read_bytes()
    at, began = 0, 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if kind == b"moof":
            if not lines:
                lines.append([at])
            began = at
        elif kind == b"mdat":
            lines.append([began, at + size - began, (len(lines) - 1) * 1_000, 1_000])
        at += size
    index_of(path).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
