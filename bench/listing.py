"""One click: a connected store's 10,000 products become native goods of a shop, in the background.

``one_catalogue_one_shop``: a source in memory lists 10,000 products of two variants each, without
pictures. They are read page by page into the supplier's shop, listed in one click, and both once
more, which must change nothing. Everything runs as the worker does it, on an embedded PostgreSQL
with default durability; the source answers at once, so that our own share is what is measured.

The limit is measured in the same run: PostgreSQL copying the same product and variant rows with
their indexes in one statement each.
"""

import os
import time
from pathlib import Path
from typing import Any, Final

from bench.running import installation

PRODUCTS: Final = 10_000
PAGE: Final = 250
PROMISED_SECONDS: Final = 60.0


def run(products: int = PRODUCTS) -> dict[str, Any]:
    """The figures; ``ratio`` is the click's time over the limit's."""
    with installation() as home:
        os.environ.update(home.environment)
        # Django needs the settings of the installation that was just started.
        from yellowcart.config import boot

        boot.boot(database=False)
        boot.migrate()
        return _measure(products)


def _measure(products: int) -> dict[str, Any]:
    # Models load once Django is set up.
    from yellowcart.catalog.models import Product
    from yellowcart.connections import actions, lane, listing
    from yellowcart.connections.models import Connection, Following
    from yellowcart.core.clock import wall
    from yellowcart.people.models import Account
    from yellowcart.shops.actions import do_open_shop
    from yellowcart.sources.registry import CONNECTORS

    CONNECTORS["bench"] = _store(products)
    owner = Account.objects.create(username="bench", handle="bench", display_name="Bench")
    shop = do_open_shop(owner=owner, name="Bench", type="enterprise")
    typed = {"url": "https://store.example"}
    connection = actions.do_connect(actor=owner, shop=shop, source="bench", typed=typed)
    Connection.objects.filter(id=connection.id).update(approves=True)

    def read() -> float:
        Following.objects.filter(connection=connection, kind="catalogue").update(due_at=wall())
        began = time.perf_counter()
        while True:
            Connection.objects.filter(id=connection.id).update(lane_until=None)
            lane.do_work(str(connection.id))
            row = Following.objects.get(connection=connection, kind="catalogue")
            if not row.is_running and row.ended_at is not None:
                return time.perf_counter() - began

    def click() -> tuple[float, Any]:
        began = time.perf_counter()
        connection.refresh_from_db()
        supplier = connection.supplier
        if supplier is None:
            raise RuntimeError("the store has no supplier")
        one = listing.do_begin_run(actor=owner, shop=shop, supplier=supplier)
        listing.do_run(str(one.id))
        one.refresh_from_db()
        return time.perf_counter() - began, one

    reading, first = read(), click()
    spent = _cpu_seconds()
    reading_again = read()
    spent = [after - before for before, after in zip(spent, _cpu_seconds(), strict=True)]
    second = click()
    listed = Product.objects.filter(shop=shop, on_shelf=True).count()
    if listed != products or second[1].unchanged != products:
        raise RuntimeError(f"{listed} of {products} listed, {second[1].unchanged} unchanged")
    limit = _bare_copy()
    return {
        "bench": "listing",
        "case": "one_catalogue_one_shop",
        "ratio": round(first[0] / limit, 2),
        "click_seconds": round(first[0], 2),
        "promised_seconds": PROMISED_SECONDS,
        "limit_seconds": round(limit, 2),
        "products": products,
        "products_a_second": round(products / first[0]),
        "reading_seconds": round(reading, 2),
        "reading_and_click_seconds": round(reading + first[0], 2),
        "reading_again_seconds": round(reading_again, 2),
        "reading_again_cpu_seconds": round(spent[0], 2),
        "reading_again_database_cpu_seconds": round(spent[1], 2),
        "click_again_seconds": round(second[0], 2),
        "changed_by_second_click": second[1].created + second[1].changed,
    }


def _cpu_seconds() -> list[float]:
    """Processor seconds of this process so far, and of the database's that serves it (0 where the
    system does not tell)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path("/proc") / str(cursor.fetchone()[0]) / "stat"
    if not stat.exists():
        return [time.process_time(), 0.0]
    ticks = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return [time.process_time(), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")]


def _bare_copy() -> float:
    """Seconds for PostgreSQL alone to write the same rows with the same indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("catalog_product", "catalog_sku"):
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        began = time.perf_counter()
        cursor.execute(
            "INSERT INTO bare_catalog_product SELECT * FROM catalog_product"
            " WHERE origin_id IS NOT NULL"
        )
        cursor.execute(
            "INSERT INTO bare_catalog_sku SELECT s.* FROM catalog_sku s"
            " JOIN catalog_product p ON p.id = s.product_id WHERE p.origin_id IS NOT NULL"
        )
        return time.perf_counter() - began


def _store(products: int) -> Any:
    """A connector whose store is a row of numbers."""
    from yellowcart.sources.connector import Can, Connector, Page, Setting, Store
    from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

    def draft(number: int) -> ProductDraft:
        return ProductDraft(
            key=f"p{number}",
            line=0,
            title=f"Oolong from garden {number}",
            description_html=f"<p>Picked by hand on slope {number % 97}.</p>",
            vendor="Tea Hall",
            category="Food > Tea",
            tags=("tea", f"garden-{number % 50}"),
            option_names=("Weight",),
            skus=tuple(
                SkuDraft(
                    key=f"p{number}-{grams}",
                    line=0,
                    price_minor=1_900 + number % 700 + grams * 10,
                    options=(f"{grams} g",),
                    weight_grams=grams,
                    stock=100 + number % 40,
                )
                for grams in (100, 250)
            ),
        )

    class BenchConnector(Connector):
        """Lists so many products, a page at a time, at once."""

        source = "bench"
        name = "Bench"
        can = frozenset({Can.LIST_CATALOGUE})
        settings = (Setting("url", "Address", kind="url"),)

        def check(self, store: Store) -> str:
            return "Tea Hall"

        def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
            start = int(cursor or 0)
            rows = [draft(number) for number in range(start, min(start + PAGE, products))]
            end = start + PAGE
            return Page(rows, str(end) if end < products else "", products)

    return BenchConnector()
