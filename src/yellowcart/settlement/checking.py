"""What ``yellowcart ledger check`` asks of settlement: statements and shares against the ledger."""

from django.db import connection

from yellowcart.ledger.checking import Report

_STATEMENTS = """
WITH said AS (
  SELECT party, currency, sum(amount_minor) AS amount FROM settlement_move GROUP BY 1, 2),
days AS (
  SELECT party, currency, sum(amount_minor) AS amount FROM settlement_day GROUP BY 1, 2),
held AS (
  SELECT a.party, a.currency, -sum(p.amount_minor) AS amount,
    sum(p.amount_minor) FILTER (WHERE a.kind = 'receivable') AS owed
  FROM ledger_account AS a JOIN ledger_posting AS p ON p.account_id = a.id
  WHERE a.kind IN ('payable', 'receivable', 'revenue', 'expense', 'tax')
    AND split_part(a.party, ':', 1) IN ('shop', 'creator', 'mcn', 'service', 'platform', 'tax')
  GROUP BY 1, 2)
SELECT party, currency, coalesce(said.amount, 0), coalesce(days.amount, 0),
  coalesce(held.amount, 0), coalesce(held.owed, 0), coalesce(position.owed_minor, 0)
FROM said FULL JOIN days USING (party, currency) FULL JOIN held USING (party, currency)
FULL JOIN settlement_position AS position USING (party, currency)
ORDER BY party, currency"""

_BILLS = """
SELECT b.id, b.paid_minor - b.refunded_minor,
  coalesce(sum(s.amount_minor - s.returned_minor), 0)
FROM settlement_bill AS b LEFT JOIN settlement_share AS s
  ON s.shop_id = b.shop_id AND s.bill_id = b.id
GROUP BY b.shop_id, b.id, b.paid_minor, b.refunded_minor
HAVING b.paid_minor - b.refunded_minor <> coalesce(sum(s.amount_minor - s.returned_minor), 0)
ORDER BY b.id LIMIT 20"""


def check_settlement(report: Report) -> None:
    """Note every party whose statement, days or debt differ from the ledger, and every bill whose
    shares don't add up to what its buyer paid and kept."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS)
        for party, currency, said, days, held, owed, position in cursor.fetchall():
            place = f"{party} {currency}"
            if not said == days == held:
                report.add(
                    "statement",
                    place,
                    f"the statement sums to {said}, its days to {days}; the ledger has {held}",
                    f"对账单合计 {said}，按日合计 {days}，账簿为 {held}",
                )
            if owed != position:
                report.add(
                    "owed",
                    place,
                    f"{position} is kept as owed; the ledger has {owed}",
                    f"留存欠款 {position}，账簿为 {owed}",
                )
        cursor.execute(_BILLS)
        for bill_id, wanted, found in cursor.fetchall():
            report.add(
                "shares",
                f"bill {bill_id}",
                f"the shares add up to {found}, not to the {wanted} that was paid and kept",
                f"分账合计 {found}，与实付留存 {wanted} 不符",
            )
