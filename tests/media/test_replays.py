"""Replays: made, sold in, hidden, deleted, forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.callers import Caller
from tests.factories import make_account, make_rule
from tests.media.worlds import Refused, key_of, opened
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.core import clock, home, outbox
from yellowcart.listings.models import Listing
from yellowcart.live import passes
from yellowcart.live.actions import do_end_room, do_pin
from yellowcart.live.models import Room
from yellowcart.media import actions, duties, jobs, replays, watching
from yellowcart.media.engine.replays import opened as opened_span
from yellowcart.media.models import Clip, Recording, Replay
from yellowcart.people.models import Account
from yellowcart.policy.actions import do_write_rule

pytestmark = pytest.mark.django_db


class Evening:
    """A show of two explanations, a minute each, recorded from its first second, now over."""

    def __init__(self, *, recorded: bool = True, practice: bool = False) -> None:
        self.began = clock.now()
        room = make_room(make_creator(), practice=practice)
        self.room_id = room.id
        self.host: Account = room.creator
        self.tea, self.cups = mount(room, make_goods()), mount(room, make_goods())
        broadcast = actions.do_broadcast_started(opened(key_of(room)).id)
        for seconds, listing in [(10, self.tea), (70, self.cups), (130, None)]:
            self._at(seconds)
            do_pin(self.host, room.id, listing.id if listing else None)
            outbox.relay_all()
        self._at(200)
        if recorded:
            actions.do_add_recording(
                broadcast.id, "shows/one.mp4", self.began, duration_ms=200_000, size_bytes=9
            )
        do_end_room(self.host, room.id)
        outbox.relay_all()
        Room.objects.filter(id=room.id).update(started_at=self.began)
        clock.set_timeline(clock.Timeline())
        jobs.make_replay(room=str(room.id))

    def _at(self, seconds: float) -> None:
        wall = clock.wall()
        since = int(wall.timestamp() * 1e6)
        to = int((self.began + timedelta(seconds=seconds)).timestamp() * 1e6)
        clock.set_timeline(clock.Timeline(wall_us=since, platform_us=to))

    @property
    def room(self) -> Room:
        return Room.objects.get(id=self.room_id)

    def goods(self) -> set[object]:
        """Products on offer in the replay."""
        rows = Listing.objects.filter(surface="replay", container_id=self.room_id, state="mounted")
        return set(rows.values_list("product_id", flat=True))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(home, "data_dir", lambda: tmp_path)
    (tmp_path / "media" / "shows").mkdir(parents=True)
    (tmp_path / "media" / "shows" / "one.mp4").write_bytes(b"moving pictures")
    (tmp_path / "media" / "shows" / "one.jsonl").write_text("[]")
    return tmp_path


def test_a_show_becomes_a_replay_cut_at_its_pins() -> None:
    evening = Evening()
    show = watching.access_replay(None, evening.room_id)
    assert len(show.parts) == 1
    assert [one.product_id for one in show.explanations] == [
        evening.tea.product_id,
        evening.cups.product_id,
    ]
    first, second = Clip.objects.order_by("position")
    assert abs(first.from_ms - 10_000) < 2_000
    assert abs(first.until_ms - 70_000) < 2_000
    assert first.until_ms <= second.from_ms
    # Nothing but the explanation is opened by its address.
    token = show.explanations[0].part.url.split("/")[-2]
    span = opened_span(token)
    assert span is not None
    assert (span.path, span.from_ms, span.until_ms) == (
        "shows/one.mp4",
        first.from_ms,
        first.until_ms,
    )
    assert evening.goods() == {evening.tea.product_id, evening.cups.product_id}


def test_made_again_it_is_the_same() -> None:
    evening = Evening()
    jobs.make_replay(room=str(evening.room_id))
    assert Replay.objects.count() == 1
    assert len(watching.access_replay(None, evening.room_id).explanations) == 2
    assert len(evening.goods()) == 2


def test_no_replay_without_pictures_nor_of_practice() -> None:
    for evening in (Evening(recorded=False), Evening(practice=True)):
        with Refused("replay_not_found"):
            watching.access_replay(evening.host, evening.room_id)
        assert evening.goods() == set()


def test_what_a_rule_bars_from_replays_is_not_offered_there() -> None:
    do_write_rule(make_rule("no-replays", sources=["native"], surfaces=["replay"]), by=None)
    evening = Evening()
    assert len(watching.access_replay(None, evening.room_id).explanations) == 2
    assert evening.goods() == set()


def test_a_hidden_replay_is_its_host_s_and_sells_nothing() -> None:
    evening = Evening()
    replays.do_hide_replay(evening.host, evening.room_id)
    for stranger in (None, make_account(), make_creator()):
        with Refused("replay_not_found"):
            watching.access_replay(stranger, evening.room_id)
    assert watching.access_replay(evening.host, evening.room_id).hidden
    assert evening.goods() == set()
    assert watching.explanations_of(evening.tea.product_id) == []
    replays.do_show_replay(evening.host, evening.room_id)
    assert len(evening.goods()) == 2
    assert [clip.replay.room_id for clip in watching.explanations_of(evening.tea.product_id)] == [
        evening.room_id
    ]


def test_a_deleted_replay_stays_deleted_and_its_recording_under_lock() -> None:
    evening = Evening()
    replays.do_delete_replay(evening.host, evening.room_id)
    jobs.make_replay(room=str(evening.room_id))
    with Refused("replay_not_found"):
        watching.access_replay(evening.host, evening.room_id)
    assert watching.explanations_of(evening.tea.product_id) == []
    assert Recording.objects.filter(state="ready").exists()


@pytest.mark.parametrize(
    "verb", [replays.do_hide_replay, replays.do_show_replay, replays.do_delete_replay]
)
def test_only_the_host_decides(verb) -> None:
    evening = Evening()
    for stranger in (make_account(), make_creator()):
        with Refused("not_your_room"):
            verb(stranger, evening.room_id)


def test_recordings_are_kept_for_their_years_and_no_longer(folder: Path, settings) -> None:
    evening = Evening()
    file = folder / "media" / "shows" / "one.mp4"
    duties.Tidy()()
    assert file.exists()
    old = clock.now() - timedelta(days=settings.MEDIA_KEEP_DAYS + 1)
    Recording.objects.update(started_at=old)
    duties.Tidy()()
    assert list(file.parent.iterdir()) == []
    assert Recording.objects.get().state == "deleted"
    assert watching.access_replay(None, evening.room_id).parts == []


def test_the_page_shows_explanations_and_sells_through_the_lane(client: Client) -> None:
    evening = Evening()
    page = client.get(f"/rooms/{evening.room_id}/replay/", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    text = page.content.decode()
    assert evening.tea.product.title in text
    assert "/media/recordings/" in text
    listing = Listing.objects.get(surface="replay", product_id=evening.tea.product_id)
    buyer = Client()
    buyer.force_login(make_account())
    told = buyer.post(
        "/api/v1/orders/pass", {"listing_id": str(listing.id)}, content_type="application/json"
    )
    assert told.status_code == 200
    profile = client.get(f"/@{evening.host.handle}/").content.decode()
    assert f"/rooms/{evening.room_id}/replay/" in profile
    product = client.get(f"/products/{evening.tea.product_id}/").content.decode()
    assert f"/rooms/{evening.room_id}/replay/?clip=" in product


def test_the_api_shows_hides_and_deletes() -> None:
    evening = Evening()
    url = f"/api/v1/media/rooms/{evening.room_id}/replay"
    host, other = Client(), Client()
    host.force_login(evening.host)
    other.force_login(make_creator())
    assert len(Client().get(url).json()["clips"]) == 2
    body = {"hidden": True}
    assert Client().patch(url, body, content_type="application/json").status_code == 401
    assert other.patch(url, body, content_type="application/json").status_code == 403
    assert other.delete(url).status_code == 403
    assert host.patch(url, body, content_type="application/json").json()["hidden"] is True
    assert other.get(url).status_code == 404
    assert host.delete(url).status_code == 204
    assert host.get(url).status_code == 404


def test_a_pass_says_whether_one_explanation_is_watched() -> None:
    evening = Evening()
    clip = Clip.objects.order_by("position").first()
    assert clip is not None
    listing = Listing.objects.filter(surface="replay", container_id=evening.room_id).first()
    assert listing is not None
    buyer = Caller(make_account())

    def explained(clip_id: object) -> bool:
        asked = {"listing_id": str(listing.id), "clip_id": str(clip_id) if clip_id else None}
        return passes.verify(buyer("POST", "/orders/pass", asked)[1]["pass"]).explained

    assert explained(clip.id)
    assert not explained(None)
    # A clip of another show's replay says nothing about this one.
    Clip.objects.filter(id=clip.id).update(replay=Replay.objects.create(room=make_room()))
    assert not explained(clip.id)
