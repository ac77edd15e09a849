"""Three server processes show one room, over each bus, whatever becomes of the bus."""

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.db import connection
from django.test import override_settings
from tests.factories import make_account
from tests.natsserver import Nats, running_nats
from tests.rooms import (
    Server,
    Viewer,
    database_url,
    eventually,
    make_room,
    pass_for,
    relayed,
    serving,
)

from yellowcart.core import bus, outbox
from yellowcart.core.bus import background
from yellowcart.live import actions, moderation
from yellowcart.live.models import Room, RoomEvent

LISTENERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE application_name = 'yellowcart bus' AND datname = current_database()"
)


@pytest.fixture(scope="module", params=["postgres", "nats"])
def house(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[list[Server], Nats | None]]:
    """The processes, and the NATS they hear each other over where it is that."""
    folder = tmp_path_factory.mktemp("several")
    with ExitStack() as stack:
        nats = stack.enter_context(running_nats(folder)) if request.param == "nats" else None
        env = {"YELLOWCART_BUS": nats.url, "YELLOWCART_BUS_SUBJECT": uuid4().hex} if nats else {}
        with django_db_blocker.unblock():
            url = database_url()
        servers = [stack.enter_context(serving(url, folder, **env)) for _ in range(3)]
        if nats:
            stack.enter_context(
                override_settings(BUS=nats.url, BUS_SUBJECT=env["YELLOWCART_BUS_SUBJECT"])
            )
            stack.callback(background.close_all)
        yield servers, nats


def happen(room: Room, title: str) -> int:
    """The host does something, in this process; the number it gets."""
    actions.do_change_room(room.creator, room.id, title=title)
    outbox.relay_all()
    return RoomEvent.objects.filter(room_id=room.id).latest("seq").seq


def titles(viewer: Viewer, seq: int) -> list[str]:
    """What a viewer saw the room called, up to a number; every number once and in order."""
    events = viewer.events_up_to(seq)
    numbers = [event["seq"] for event in events]
    assert numbers == list(range(numbers[0], seq + 1))
    return [event["title"] for event in events if event["type"] == "room.state"]


@pytest.mark.usefixtures("db")
def test_one_room_in_three_processes(house: tuple[list[Server], Nats | None], monkeypatch) -> None:
    servers, nats = house
    speaker = make_account()
    room = make_room()
    with ExitStack() as stack:
        viewers = [stack.enter_context(server.viewer(room)) for server in servers]
        talker = stack.enter_context(servers[0].viewer(room, pass_for(room, speaker)))
        for viewer in (*viewers, talker):
            viewer.snapshot()

        # What one says is heard in all, and so is what the host does elsewhere.
        talker.say("hello")
        eventually(lambda: relayed(room, "chat"))
        assert [viewer.event("chat")["text"] for viewer in viewers] == ["hello"] * 3
        last = happen(room, "one")
        assert [titles(viewer, last) for viewer in viewers] == [["one"]] * 3

        # Who is put out is out in every process, and its pass is good in none.
        moderation.do_block_viewer(room.creator, room.id, speaker.id)
        assert talker.error()["code"] == "blocked_from_room"
        with servers[2].viewer(room, pass_for(room, speaker)) as again:
            assert again.error()["code"] == "blocked_from_room"

        # The bus breaks: nobody's socket does, and what happened meanwhile arrives.
        if nats is None:
            with connection.cursor() as cursor:
                cursor.execute(LISTENERS.replace("count(*)", "pg_terminate_backend(pid)"))
                assert cursor.rowcount >= 3
        else:
            nats.stop()
        last = happen(room, "two")
        assert [titles(viewer, last)[-1] for viewer in viewers] == ["two"] * 3

        if nats is not None:
            nats.start()
        last = happen(room, "three")
        assert [titles(viewer, last)[-1] for viewer in viewers] == ["three"] * 3

        # A process that ends between its commit and its message has told nobody.
        monkeypatch.setattr(bus, "publish", lambda *_args: None)
        last = happen(room, "four")
        assert [titles(viewer, last)[-1] for viewer in viewers] == ["four"] * 3
