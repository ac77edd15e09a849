"""Processes that sell, let orders expire or change stock, all at once; see ``test_processes``.

Reads a JSON list of tasks from standard input, forks a process for each, and prints what came of
each as a JSON list.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import django


def main() -> None:
    tasks = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yellowcart.config.settings"
    django.setup()
    begin, begun = os.pipe()
    children = [_fork(task, begin, begun) for task in tasks]
    os.close(begun)  # which every child waits for
    results = []
    for child, reading in children:
        with os.fdopen(reading) as result:
            results.append(json.loads(result.read()))
        os.waitpid(child, 0)
    sys.stdout.write(json.dumps(results))


def _fork(task: dict, begin: int, begun: int) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(begun)
        os.read(begin, 1)
        result = {"sell": sell, "expire": expire, "restock": restock}[task["work"]](task)
        os.write(writing, json.dumps(result).encode())
    finally:
        os._exit(0)


def sell(task: dict) -> dict[str, int]:
    """Ask a lane of this process for all baskets at once; the outcomes by kind."""
    from tests.checkout.worlds import NO_RULES, basket

    from yellowcart.checkout.lane import Lane
    from yellowcart.checkout.values import Line, Refused

    requests = [
        basket(
            *(
                Line(UUID(listing), UUID(sku), quantity, price)
                for listing, sku, quantity, price in lines
            ),
            container=UUID(task["container"]),
        )
        for lines in task["baskets"]
    ]

    async def scenario() -> list:
        lane = Lane(
            os.environ["DATABASE_URL"],
            NO_RULES.verdict,
            timedelta(seconds=task["hold_for"]),
            most_in_batch=task["most_in_batch"],
        )
        answers = await asyncio.gather(*map(lane.submit, requests), return_exceptions=True)
        await lane.close()
        return answers

    outcomes: Counter[str] = Counter()
    for answer in asyncio.run(scenario()):
        outcomes[answer.code.value if isinstance(answer, Refused) else type(answer).__name__] += 1
    return dict(outcomes)


def expire(task: dict) -> dict[str, int]:
    """Close what is due, again and again."""
    from yellowcart.core import clock
    from yellowcart.orders.actions import do_expire_due

    closed, ends = 0, time.monotonic() + task["seconds"]
    while time.monotonic() < ends:
        closed += do_expire_due(clock.now(), limit=20)
    return {"closed": closed}


def restock(task: dict) -> dict[str, int]:
    """Bring a piece here and take one there, again and again."""
    from yellowcart.core.problems import Problem
    from yellowcart.inventory.actions import do_adjust_stock

    moves, ends, dice = 0, time.monotonic() + task["seconds"], random.Random(7)
    while time.monotonic() < ends:
        shop, sku = dice.choice(task["stock"])
        try:
            do_adjust_stock(
                UUID(shop),
                UUID(sku),
                dice.choice([1, -1]),
                actor_id=None,
                reason="count",
                idempotency_key=None,
            )
        except Problem:
            continue  # promised to somebody
        moves += 1
    return {"moves": moves}


if __name__ == "__main__":
    main()
