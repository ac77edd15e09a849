"""What ``yellowcart bench bulk`` fills a database with is a platform whose books are sound."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from bench.bulk import migrate
from bench.filling import fill
from bench.pages import Who, all_pages
from bench.running import ROOT, installation

SOUND = """
import json, sys
from yellowcart.config import boot
boot.boot()
from yellowcart.ledger.checking import check_books
report = check_books()
json.dump([report.entries, report.waiting, [str(one) for one in report.breaks]], sys.stdout)
"""

STOCK = """
SELECT count(*) FROM inventory_stock AS stock JOIN (
  SELECT stock_sku_id,
    sum(quantity - shipped - released) FILTER (WHERE state = 'pending') AS pending,
    sum(quantity - shipped - released) FILTER (WHERE state = 'captured') AS captured
  FROM inventory_hold GROUP BY 1
) AS held ON held.stock_sku_id = stock.sku_id
WHERE stock.reserved <> coalesce(held.pending, 0) OR stock.sold <> coalesce(held.captured, 0)
"""


@pytest.mark.skipif("PYTEST_XDIST_WORKER" in os.environ, reason="starts a database of its own")
def test_a_filled_database_is_whole_and_its_books_are_sound() -> None:
    with installation() as home:
        migrate(home)
        fill(home.database_url, 400)
        with psycopg.connect(home.database_url) as conn:
            pages = all_pages(conn)
            # Keys, references and indexes that were put aside are back.
            missing = conn.execute(
                "SELECT count(*) FROM pg_constraint WHERE conrelid = 'ledger_posting'::regclass"
                " AND contype IN ('p', 'f')"
            ).fetchone()
            wrong = conn.execute(STOCK).fetchone()
            moves = conn.execute("SELECT count(*) FROM settlement_move").fetchone()
        told = subprocess.run(
            [sys.executable, "-c", SOUND],
            env=home.environment,
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    entries, waiting, breaks = json.loads(told.stdout)
    assert entries > 400
    assert (waiting, breaks) == (0, [])
    assert wrong == (0,)
    assert missing == (3,)
    assert moves is not None
    assert moves[0] > 100
    assert {page.who for page in pages} == set(Who)
