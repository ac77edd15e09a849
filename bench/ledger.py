"""The books of a million settled orders: sealing, proving, balances and statements.

Half of the orders are one shop's, the rest a thousand shops', over a year. Every order has two
ledger entries (paid, settled), a bill with three shares and three lines of statements. The limit
of the check is PostgreSQL adding up the same postings once, without proving anything.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.running import installation

ROUNDS = 40
BIG_SHOP = "00000000-0000-7000-8000-000000000001"
YEAR_BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
YEAR_ENDS = datetime(2026, 1, 1, tzinfo=UTC)

_FILL = (
    "SET session_replication_role = replica",
    """CREATE TEMPORARY TABLE sales AS SELECT n,
      lpad(to_hex(n), 8, '0') AS hex,
      CASE WHEN n %% 2 = 0 THEN '00000000-0000-7000-8000-000000000001'
        ELSE '00000000-0000-7000-8000-' || lpad(to_hex(2 + n %% 999), 12, '0') END AS shop,
      '00000000-0000-7000-8001-' || lpad(to_hex(n %% 500), 12, '0') AS creator,
      timestamptz '2025-01-01Z' + (n * (interval '365 days' / %(orders)s)) AS at,
      1000 + (n::bigint * 7919 %% 50000) AS goods
    FROM generate_series(0, %(orders)s - 1) AS n""",
    """INSERT INTO ledger_account (id, party, kind, currency)
      SELECT gen_random_uuid(), party, kind, 'CNY' FROM (
        SELECT DISTINCT 'shop:' || shop AS party, kind FROM sales, (VALUES ('held'), ('payable'))
          AS k(kind)
        UNION SELECT DISTINCT 'creator:' || creator, 'payable' FROM sales
        UNION VALUES ('platform', 'revenue'), ('provider:sandbox', 'cash')) AS wanted""",
    """INSERT INTO ledger_entry (id, reference, at, description, posting_count)
      SELECT (hex || '-0000-7000-8000-00000000000' || step)::uuid,
        CASE step WHEN 1 THEN 'payment:' ELSE 'settle:' END || hex,
        at, 'Order', step * 2 FROM sales, (VALUES (1), (2)) AS s(step)""",
    """INSERT INTO ledger_posting (id, entry_id, account_id, amount_minor)
      SELECT gen_random_uuid(), (hex || '-0000-7000-8000-00000000000' || step)::uuid, a.id, amount
      FROM sales CROSS JOIN LATERAL (VALUES
        (1, 'provider:sandbox', 'cash', goods), (1, 'shop:' || shop, 'held', -goods),
        (2, 'shop:' || shop, 'held', goods), (2, 'platform', 'revenue', -goods / 10),
        (2, 'creator:' || creator, 'payable', -goods / 10),
        (2, 'shop:' || shop, 'payable', 2 * (goods / 10) - goods)
      ) AS p(step, party, kind, amount)
      JOIN ledger_account AS a ON a.party = p.party AND a.kind = p.kind""",
    "INSERT INTO ledger_unsealed SELECT id FROM ledger_entry",
    """INSERT INTO ledger_purse (account_id, amount_minor)
      SELECT a.id, -sum(p.amount_minor) FROM ledger_posting AS p
      JOIN ledger_account AS a ON a.id = p.account_id WHERE a.kind = 'payable' GROUP BY a.id""",
    """INSERT INTO settlement_bill (shop_id, id, kind, source, currency, goods_minor, paid_minor,
        refunded_minor, late_minor, line_count, sold_at, since, is_disputed)
      SELECT shop::uuid, (hex || '-0000-7000-8000-000000000001')::uuid, 'order', 'native', 'CNY',
        goods, goods, 0, 0, 1, at, at, false FROM sales""",
    """INSERT INTO settlement_share (id, shop_id, bill_id, share_no, role, party, currency,
        amount_minor, returned_minor, adjusted_minor, parts, rule_key, state, reason, sold_at,
        due_at, settled_at)
      SELECT (hex || '-0000-7000-8000-00000000000' || no)::uuid, shop::uuid,
        (hex || '-0000-7000-8000-000000000001')::uuid, no, role, party, 'CNY', amount, 0, 0,
        jsonb_build_object('goods', amount), '',
        CASE WHEN n %% 10 = 0 THEN 'received' ELSE 'completed' END, '', at, at + interval '7 days',
        CASE WHEN n %% 10 = 0 THEN NULL ELSE at END
      FROM sales CROSS JOIN LATERAL (VALUES
        (0, 'merchant', 'shop:' || shop, goods - 2 * (goods / 10)),
        (1, 'platform', 'platform', goods / 10), (2, 'creator', 'creator:' || creator, goods / 10)
      ) AS s(no, role, party, amount)""",
    """INSERT INTO settlement_move (id, party, currency, at, kind, amount_minor, share_id,
        reference, reason)
      SELECT s.id, s.party, 'CNY', s.sold_at, 'settled', s.amount_minor, s.id,
        'settle:' || left(s.id::text, 8), '' FROM settlement_share AS s""",
    """INSERT INTO settlement_day (party, currency, day, kind, amount_minor, sales_minor)
      SELECT party, currency, (at AT TIME ZONE 'UTC')::date, kind, sum(amount_minor), 0
      FROM settlement_move GROUP BY 1, 2, 3, 4""",
    "SET session_replication_role = origin",
    "ANALYZE",
)


def run(orders: int = 1_000_000) -> dict[str, Any]:
    """The figures; ``ratio`` is the time of the whole check over that of adding up once."""
    with installation() as home:
        os.environ.update(home.environment)
        # Django reads its settings once the database is there.
        from yellowcart.config import boot

        boot.boot(database=False)
        boot.migrate()
        return _measure(orders)


def _measure(orders: int) -> dict[str, Any]:
    from django.db import connection

    from yellowcart.ledger.checking import check_books
    from yellowcart.ledger.seals import do_seal

    _fill(orders)
    began = time.perf_counter()
    sealed = 0
    while count := do_seal():
        sealed += count
    seal_seconds = time.perf_counter() - began
    began = time.perf_counter()
    report = check_books()
    check_seconds = time.perf_counter() - began
    if not report.is_sound:
        raise RuntimeError(f"the books are broken: {report.breaks[:3]}")
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, sum(amount_minor) FROM ledger_posting GROUP BY account_id"
        )
        cursor.fetchall()
    sum_seconds = time.perf_counter() - began
    return {
        "bench": "ledger",
        "orders": orders,
        "entries": report.entries,
        "postings": report.postings,
        "ratio": round(check_seconds / sum_seconds, 1),
        "check_seconds": round(check_seconds, 1),
        "sum_seconds": round(sum_seconds, 2),
        "checked_entries_per_second": round(report.entries / check_seconds),
        "sealed_entries_per_second": round(sealed / seal_seconds),
        **_reads(),
    }


def _reads() -> dict[str, float]:
    from yellowcart.ledger import queries as ledger
    from yellowcart.ledger.rules import Kind
    from yellowcart.settlement import queries

    big = f"shop:{BIG_SHOP}"
    middle = YEAR_BEGINS + timedelta(days=200)
    first = queries.statement("platform", "CNY", YEAR_BEGINS, YEAR_ENDS)

    def page(party: str, start: datetime, cursor: str = "") -> Callable[[], object]:
        return lambda: queries.statement(
            party, "CNY", start, start + timedelta(days=30), cursor=cursor
        )

    asked: dict[str, Callable[[], object]] = {
        "balance": lambda: ledger.balance("platform", Kind.REVENUE, "CNY"),
        "balances": lambda: ledger.balances(big),
        "overview": lambda: queries.overview(big, "CNY"),
        "statement_of_a_shop": page(big, middle),
        "statement_of_the_platform": page("platform", middle),
        "statement_of_a_creator": page("creator:00000000-0000-7000-8001-000000000007", middle),
        "statement_of_a_year": lambda: queries.statement(big, "CNY", YEAR_BEGINS, YEAR_ENDS),
        "next_page": lambda: queries.movements(
            "platform", "CNY", YEAR_BEGINS, YEAR_ENDS, cursor=first.next_cursor or ""
        ),
        "upcoming_of_a_shop": lambda: queries.upcoming(big, "CNY"),
        "upcoming_of_the_platform": lambda: queries.upcoming("platform", "CNY"),
    }
    return {f"{name}_p95_ms": _p95(ask) for name, ask in asked.items()}


def _p95(ask: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - began) * 1_000)
    return round(statistics.quantiles(spent, n=20)[18], 1)


def _fill(orders: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"orders": orders} if "%" in statement else None)
