"""Seals: every committed entry gets a number and a hash over all before it, after its commit.

A worker's duty gives them, one sealer at a time, so that no one who writes an entry waits for
another. What is sealed is also carried over to the snapshots of the accounts it moves.
"""

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from django.db import connection, transaction

from yellowcart.core.arrays import uuid_array
from yellowcart.core.clock import now

#: Entries sealed in one transaction.
BATCH: Final = 1_000
#: What the first seal's hash follows.
GENESIS: Final = bytes(32)
_SEALER_LOCK: Final = 0x79656C6D  # any number all sealers share

#: An entry (``e``) with its postings as text. jsonb writes the same text on every server.
CONTENT: Final = """
jsonb_build_array(e.id, e.reference, (extract(epoch FROM e.at) * 1000000)::bigint, e.description,
  e.posting_count, e.reverses_id,
  (SELECT jsonb_agg(jsonb_build_array(p.id, p.account_id, a.party, a.kind, a.currency,
     p.amount_minor) ORDER BY p.id)
   FROM ledger_posting AS p LEFT JOIN ledger_account AS a ON a.id = p.account_id
   WHERE p.entry_id = e.id))::text"""

_SNAPSHOT = """
INSERT INTO ledger_snapshot AS s (account_id, amount_minor, posting_count, seq)
SELECT p.account_id, sum(p.amount_minor), count(*), %s FROM ledger_posting AS p
WHERE p.entry_id = ANY(%s::uuid[]) GROUP BY p.account_id ORDER BY p.account_id
ON CONFLICT (account_id) DO UPDATE SET amount_minor = s.amount_minor + excluded.amount_minor,
  posting_count = s.posting_count + excluded.posting_count, seq = excluded.seq"""


def next_hash(before: bytes, content: str) -> bytes:
    """The hash of the seal that follows one with the hash ``before``."""
    return hashlib.sha256(before + hashlib.sha256(content.encode()).digest()).digest()


@transaction.atomic
def do_seal(limit: int = BATCH) -> int:
    """Seal entries that wait, up to ``limit``; how many. 0 also while another process seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            f"SELECT e.id, {CONTENT} FROM ledger_entry AS e JOIN ledger_unsealed AS u"  # noqa: S608  no input in it
            " ON u.entry_id = e.id ORDER BY u.entry_id LIMIT %s",
            [limit],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute("SELECT seq, hash FROM ledger_seal ORDER BY seq DESC LIMIT 1")
        last, before = cursor.fetchone() or (0, GENESIS)
        before = bytes(before)
        seals = []
        for seq, (entry_id, content) in enumerate(rows, last + 1):
            before = next_hash(before, content)
            seals.append(
                {"seq": seq, "entry_id": entry_id, "content": content, "hash": before.hex()}
            )
        ids = uuid_array(entry_id for entry_id, _content in rows)
        # One JSON array: the driver would quote every element of an array of texts by itself.
        cursor.execute(
            "INSERT INTO ledger_seal (seq, entry_id, content, hash, sealed_at)"
            " SELECT seq, entry_id, content, decode(hash, 'hex'), %s"
            " FROM jsonb_to_recordset(%s::jsonb)"
            " AS s(seq bigint, entry_id uuid, content text, hash text)",
            [now(), msgspec.json.encode(seals).decode()],
        )
        cursor.execute(_SNAPSHOT, [last + len(rows), ids])
        cursor.execute("DELETE FROM ledger_unsealed WHERE entry_id = ANY(%s::uuid[])", [ids])
    return len(rows)


def seal_duty() -> datetime | None:
    """Seal everything that waits. New entries are found at the worker's next look."""
    while do_seal() == BATCH:
        pass
    return None
