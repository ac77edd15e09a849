"""What becomes of a connection that is lost: everybody learns of it, and nothing is left behind."""

import asyncio
import time
from pathlib import Path

import psycopg
import pytest
from tests.checkout.database import database_url, run

from yellowcart.checkout.wire import Wire

pytestmark = pytest.mark.django_db(transaction=True)

STATEMENTS = {b"one": b"SELECT 1", b"wrong": b"SELECT 1 / 0"}
ONE = [[(1,)]]


def cut(wire: Wire) -> None:
    """The server hangs up, and the loop has not noticed yet."""
    with psycopg.connect(database_url(), autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", [wire.backend_pid])
    time.sleep(0.05)


async def ask(wire: Wire, how_many: int) -> None:
    for _ in range(how_many):
        wire.send(b"one")
    await asyncio.wait_for(wire.sent(), 60)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
@pytest.mark.parametrize("how_many", [1, 5_000])
def test_a_lost_connection_leaves_nothing_to_watch(how_many) -> None:
    """Few statements fail in the answer, many already as they are sent."""

    async def scenario():
        before = open_files()
        for _ in range(3):
            wire = await Wire.open(database_url(), STATEMENTS)
            watched = wire._socket
            cut(wire)
            with pytest.raises(psycopg.OperationalError):
                await ask(wire, how_many)
            await wire.close()
            assert wire.closed
            assert not asyncio.get_running_loop().remove_reader(watched)
        return before, open_files()

    before, after = run(scenario)
    assert after == before


def test_a_connection_lost_while_idle_is_known_to_be() -> None:
    async def scenario():
        wire = await Wire.open(database_url(), STATEMENTS)
        cut(wire)
        async with asyncio.timeout(60):
            while not wire.closed:
                await asyncio.sleep(0.01)
        await wire.close()
        another = await Wire.open(database_url(), STATEMENTS)
        another.send(b"one")
        answer = await asyncio.wait_for(another.sent(), 60)
        await another.close()
        return answer

    assert run(scenario) == ONE


def test_an_error_is_told_and_the_connection_goes_on() -> None:
    async def scenario():
        wire = await Wire.open(database_url(), STATEMENTS)
        for name in (b"begin", b"one", b"wrong", b"one"):
            wire.send(name)
        with pytest.raises(psycopg.errors.DivisionByZero):
            await wire.sent()
        wire.send(b"rollback")
        await wire.sent()
        wire.send(b"one")
        wire.send(b"one")
        answers = await wire.sent()
        await wire.close()
        return answers

    assert run(scenario) == ONE * 2


def test_many_answers_come_in_many_pieces() -> None:
    """More than fits into a socket at once, both ways."""

    async def scenario():
        wire = await Wire.open(database_url(), {b"many": b"SELECT generate_series(1, 20000)"})
        for _ in range(50):
            wire.send(b"many")
        answers = await asyncio.wait_for(wire.sent(), 60)
        await wire.close()
        return answers

    answers = run(scenario)
    assert [len(rows) for rows in answers] == [20_000] * 50
