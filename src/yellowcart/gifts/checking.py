"""What ``yellowcart ledger check`` asks of gifts: every coin has its money behind it."""

from django.db import connection

from yellowcart.ledger.checking import Report

#: By currency: what is behind coins in wallets, in shares nobody claimed, in bags that are not
#: drawn and in gifts that are not parted; and what the ledger owes for coins.
_BEHIND = """
WITH held AS (
  SELECT currency, sum(worth_minor) AS amount FROM gifts_wallet GROUP BY 1
  UNION ALL SELECT p.currency, sum(s.worth_minor) FROM gifts_packet p
    JOIN gifts_packet_share s ON s.packet_id = p.id
    WHERE p.state = 'open' AND s.claimed_by IS NULL GROUP BY 1
  UNION ALL SELECT currency, sum(fund_minor) FROM gifts_bag
    WHERE state IN ('open', 'closed') AND prize = 'coins' GROUP BY 1
  UNION ALL SELECT currency, sum(worth_minor) FROM gifts_sent WHERE batch_id IS NULL GROUP BY 1),
sums AS (SELECT currency, sum(amount) AS amount FROM held GROUP BY 1),
owed AS (
  SELECT a.currency, -sum(p.amount_minor) AS amount FROM ledger_account a
  JOIN ledger_posting p ON p.account_id = a.id WHERE a.kind = 'coins' GROUP BY 1)
SELECT currency, coalesce(sums.amount, 0), coalesce(owed.amount, 0)
FROM sums FULL JOIN owed USING (currency)
WHERE coalesce(sums.amount, 0) <> coalesce(owed.amount, 0) ORDER BY currency"""


def check_coins(report: Report) -> None:
    """Note every currency in which the coins there are and the ledger differ."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND)
        for currency, behind, owed in cursor.fetchall():
            report.add(
                "coins",
                f"platform {currency}",
                f"coins stand for {behind}; the ledger has {owed}",
                f"金币对应 {behind}，账簿为 {owed}",
            )
