"""The edge when the database is away, and what keeps running."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from psycopg_pool import PoolTimeout

from yellowcart.core.ids import new_id
from yellowcart.edge.app import _keep, create_edge


class Away:
    """A store whose database does not answer."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def view(self, *_: Any) -> None:
        raise self.error

    listing = view


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), PoolTimeout("full")])
@pytest.mark.parametrize("path", ["/api/v1/rooms/{}", "/go/{}"])
async def test_without_a_database_people_are_asked_to_come_back(
    path: str, error: Exception
) -> None:
    edge = create_edge("postgresql:///nowhere")
    edge.state.snapshots = edge.state.store = edge.state.rules = Away(error)
    # Without its lifespan: nothing is started.
    transport = httpx.ASGITransport(app=edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get(path.format(new_id()), headers={"accept-language": "zh"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["detail"] == "服务暂时不可用，请稍后再试。"


async def test_a_part_that_fails_starts_again() -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("once")
        done.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(_keep("test", work))
    async with asyncio.timeout(120):
        await done.wait()
    task.cancel()
    assert len(tries) == 2
