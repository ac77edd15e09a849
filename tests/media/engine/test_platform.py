"""The platform as the engine asks it, on the real database."""

import asyncio
from uuid import UUID

import pytest
from tests.media.worlds import Refused, key_of, on_air, opened
from tests.rooms import make_room, pass_for

from yellowcart.live.actions import do_end_room
from yellowcart.media.engine.control import Platform

pytestmark = pytest.mark.django_db(transaction=True)


def test_publishers_of_a_process_that_died_may_come_back_at_once() -> None:
    room = make_room()
    key = key_of(room)
    opened(key)
    broadcast = on_air()
    with Refused("already_publishing"):
        opened(key)
    asyncio.run(Platform().begin())
    broadcast.refresh_from_db()
    assert broadcast.state == "lost"
    assert opened(key).state == "waiting"


def test_what_is_believed_of_a_room_is_forgotten_when_it_ends() -> None:
    room = make_room()
    guest, elsewhere = pass_for(room), pass_for(make_room())

    async def story() -> list[bool]:
        platform = Platform()

        async def may(token: str) -> bool:
            return await platform.may_watch(UUID(str(room.id)), token)

        found = [await may(guest), await may(elsewhere), await may("none")]
        await asyncio.to_thread(do_end_room, room.creator, room.id)
        found.append(await may(guest))
        platform.forget(room.id)
        found.append(await may(guest))
        return found

    assert asyncio.run(story()) == [True, False, False, True, False]
