"""The demo has a show that can be seen again, with what was explained in it one by one."""

from pathlib import Path

import av
import pytest
from tests.rooms import make_creator, make_goods

from yellowcart.core import home, outbox
from yellowcart.demo import film
from yellowcart.media import jobs, watching
from yellowcart.media.engine import recording, replays
from yellowcart.media.models import Recording


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(home, "data_dir", lambda: tmp_path)
    return tmp_path / "media"


def test_what_is_drawn_can_be_cut_at_every_second(folder: Path) -> None:
    drawn = film.draw("demo/one.mp4", 12)
    held = recording.load(folder / drawn.name)
    assert held is not None
    assert (held.length_ms, len(held.segments)) == (12_000, 12)
    cut = replays.cut(held, replays.Span(drawn.name, 10_000, 12_000), folder)
    with av.open(str(cut)) as opened:
        frames = list(opened.decode(video=0))
    assert len(frames) == 2 * film.FRAMES_A_SECOND
    assert (frames[0].width, frames[0].height) == (film.WIDTH, film.HEIGHT)


@pytest.mark.django_db
def test_the_show_has_a_clip_for_each_of_its_goods(folder: Path) -> None:
    products = [make_goods() for _ in range(2)]
    room = film.plan_show(make_creator(), "Camping", "", products)
    outbox.relay_all()
    for _ in range(2):
        film.film(str(room.id))
    jobs.make_replay(room=str(room.id))
    show = watching.access_replay(None, room.id)
    assert [one.product_id for one in show.explanations] == [one.id for one in products]
    assert [one.part.duration_ms for one in show.explanations] == [10_000, 10_000]
    assert [part.duration_ms for part in show.parts] == [20_000]
    assert Recording.objects.count() == 1
    assert [one.room_id for one in watching.newest_replays()] == [room.id]
