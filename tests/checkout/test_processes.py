"""Several processes sell at once and meet only at the rows."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from tests.checkout.worlds import Place, check_stock, make_place

from yellowcart.inventory.models import Stock
from yellowcart.orders.models import Order, OrderLine

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


def rivals(*tasks: dict) -> list[dict[str, int]]:
    """Each task in a process of its own, all begun together; what came of each."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    done = subprocess.run(
        [sys.executable, "-m", "tests.checkout.rivals"],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def line(place: Place, quantity: int = 1) -> tuple[str, str, int, int]:
    return str(place.listing.id), str(place.sku.id), quantity, place.sku.price_minor


def selling(place: Place, baskets: list, **changes) -> dict:
    return {
        "work": "sell",
        "container": str(place.room.id),
        "baskets": baskets,
        "hold_for": 900,
        "most_in_batch": 32,
        **changes,
    }


def deadlocks() -> int:
    """How many PostgreSQL has broken up in this database since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_four_processes_never_oversell_one_sku() -> None:
    place = make_place(stock=300)
    outcomes = rivals(*(selling(place, [[line(place)]] * 150) for _ in range(4)))
    total = sum(map(Counter, outcomes), Counter())
    assert total == {"Placed": 300, "sold_out": 300}
    assert Order.objects.count() == 300
    stock = Stock.objects.get(sku_id=place.sku.id)
    assert (stock.on_hand, stock.reserved, stock.sold) == (300, 300, 0)
    check_stock()


def test_overlapping_baskets_never_deadlock() -> None:
    """Three processes want the same goods in orders that cross, while others let orders expire
    and change the stock: everybody waits, nobody for each other."""
    places = [make_place(stock=60) for _ in range(8)]
    room = places[0].room
    for place in places[1:]:
        place.listing.container_id = room.id
        place.listing.save()
    dice = random.Random(11)

    def crossing(*, reverse: bool) -> list:
        baskets = []
        for _ in range(120):
            some = sorted(dice.sample(range(8), dice.randint(2, 5)), reverse=reverse)
            baskets.append([line(places[number], dice.randint(1, 2)) for number in some])
        return baskets

    before = deadlocks()
    small = {"hold_for": 0.3, "most_in_batch": 6}
    *sellers, expired, moved = rivals(
        selling(places[0], crossing(reverse=False), **small),
        selling(places[0], crossing(reverse=True), **small),
        selling(places[0], crossing(reverse=True), **small),
        {"work": "expire", "seconds": 6},
        {
            "work": "restock",
            "seconds": 5,
            "stock": [[str(place.sku.stock_shop_id), str(place.sku.id)] for place in places],
        },
    )
    total = sum(map(Counter, sellers), Counter())
    assert set(total) <= {"Placed", "sold_out"}, total
    assert total.total() == 360
    assert total["Placed"] > 100
    assert expired["closed"] > 0
    assert moved["moves"] > 0
    assert deadlocks() == before
    assert OrderLine.objects.values("order_id").distinct().count() == Order.objects.count()
    check_stock()
