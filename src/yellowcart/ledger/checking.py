"""Proves the books from the first entry, and says where they break.

Every seal is compared with what stands in the tables now, in the order of sealing: the entry, each
of its postings, their accounts, their number and their sum, what a reversal reverses, and the hash
over all before. Then what is kept beside the postings is compared with them: snapshots, purses,
and the queue of what waits for a seal.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction

from yellowcart.core.texts import Text
from yellowcart.ledger.chart import chart
from yellowcart.ledger.rules import Kind
from yellowcart.ledger.seals import CONTENT, GENESIS

#: Seals compared in one query.
BATCH: Final = 10_000
#: Places named before the check says only that there are more.
MOST_BREAKS: Final = 20

_SEALED = f"""
SELECT s.seq, s.entry_id, s.hash,
  sha256(coalesce(lag(s.hash) OVER (ORDER BY s.seq), %s)
    || sha256(convert_to(s.content, 'UTF8'))) AS wanted,
  s.content IS DISTINCT FROM {CONTENT} AS differs,
  e.id IS NULL AS is_gone
FROM ledger_seal AS s
-- By its index, one by one: a plan that reads all entries would read them again for every batch.
LEFT JOIN LATERAL (SELECT * FROM ledger_entry WHERE id = s.entry_id LIMIT 1) AS e ON true
WHERE s.seq > %s AND s.seq <= %s ORDER BY s.seq"""  # noqa: S608  no input in it

_WRONG_ENTRIES = """
SELECT e.id, e.reference, count(p.id), e.posting_count FROM ledger_entry AS e
LEFT JOIN ledger_posting AS p ON p.entry_id = e.id
GROUP BY e.id, e.reference, e.posting_count HAVING count(p.id) <> e.posting_count ORDER BY e.id"""

_UNBALANCED = """
SELECT e.reference, a.currency, sum(p.amount_minor) FROM ledger_posting AS p
JOIN ledger_entry AS e ON e.id = p.entry_id JOIN ledger_account AS a ON a.id = p.account_id
GROUP BY e.id, e.reference, a.currency HAVING sum(p.amount_minor) <> 0 ORDER BY e.id"""

_NOT_REVERSED = """
SELECT r.reference, o.reference
FROM ledger_entry AS r JOIN ledger_entry AS o ON o.id = r.reverses_id
WHERE (SELECT jsonb_agg(jsonb_build_array(p.account_id, p.amount_minor) ORDER BY p.account_id)
       FROM ledger_posting AS p WHERE p.entry_id = r.id) IS DISTINCT FROM
      (SELECT jsonb_agg(jsonb_build_array(p.account_id, -p.amount_minor) ORDER BY p.account_id)
       FROM ledger_posting AS p WHERE p.entry_id = o.id) ORDER BY r.id"""

_STRAY_ENTRIES = """
SELECT e.reference FROM ledger_entry AS e
WHERE NOT EXISTS (SELECT 1 FROM ledger_seal AS s WHERE s.entry_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM ledger_unsealed AS u WHERE u.entry_id = e.id) ORDER BY e.id"""

_STRAY_POSTINGS = """
SELECT p.id, p.amount_minor FROM ledger_posting AS p
WHERE NOT EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.id = p.entry_id)
   OR NOT EXISTS (SELECT 1 FROM ledger_account AS a WHERE a.id = p.account_id) ORDER BY p.id"""

_SUMS = """
WITH sums AS MATERIALIZED (
  SELECT p.account_id, sum(p.amount_minor) AS amount, count(*) AS postings,
    sum(p.amount_minor) FILTER (WHERE u.entry_id IS NULL) AS sealed_amount,
    count(*) FILTER (WHERE u.entry_id IS NULL) AS sealed_postings
  FROM ledger_posting AS p LEFT JOIN ledger_unsealed AS u ON u.entry_id = p.entry_id
  GROUP BY p.account_id)
SELECT a.party, a.kind, a.currency, coalesce(sums.amount, 0),
  coalesce(sums.postings, 0), coalesce(sums.sealed_amount, 0), coalesce(sums.sealed_postings, 0),
  coalesce(s.amount_minor, 0), coalesce(s.posting_count, 0), w.amount_minor
FROM ledger_account AS a LEFT JOIN sums ON sums.account_id = a.id
LEFT JOIN ledger_snapshot AS s ON s.account_id = a.id
LEFT JOIN ledger_purse AS w ON w.account_id = a.id
ORDER BY a.party, a.kind, a.currency"""


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the books break: its kind, the entry or account, and what is wrong."""

    kind: str
    place: str
    seq: int | None
    words: Text


@dataclass(slots=True)
class Report:
    """What a check found. ``head`` is the last seal's hash: kept elsewhere, it proves that
    nothing up to there was rewritten as a whole, seals included."""

    entries: int = 0
    postings: int = 0
    accounts: int = 0
    waiting: int = 0
    seq: int = 0
    head: str = ""
    totals: dict[str, int] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)
    unknown_accounts: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing breaks."""
        return not self.breaks

    def add(self, kind: str, place: str, en: str, zh: str, seq: int | None = None) -> None:
        """Note a place."""
        self.breaks.append(Break(kind, place, seq, Text(en, zh)))

    @property
    def is_full(self) -> bool:
        """Whether enough places are named."""
        return len(self.breaks) >= MOST_BREAKS


_beside: list[Callable[[Report], None]] = []


def also_check(check: Callable[[Report], None]) -> None:
    """Have a folder that keeps figures of its own beside the ledger compare them, too."""
    if check not in _beside:
        _beside.append(check)


def check_books(anchor: tuple[int, str] | None = None) -> Report:
    """Check everything in one snapshot of the database; ``anchor`` is a seal kept elsewhere."""
    report = Report()
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _count(report)
        _check_seals(report, anchor)
        _check_entries(report)
        _check_accounts(report)
        for check in _beside:
            check(report)
    return report


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _count(report: Report) -> None:
    [(report.entries, report.postings, report.accounts, report.waiting)] = _rows(
        "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_posting),"
        " (SELECT count(*) FROM ledger_account), (SELECT count(*) FROM ledger_unsealed)"
    )


def _check_seals(report: Report, anchor: tuple[int, str] | None) -> None:
    [(last,)] = _rows("SELECT coalesce(max(seq), 0) FROM ledger_seal")
    expected, before = 1, GENESIS
    for start in range(0, last, BATCH):
        for seq, entry_id, digest, wanted, differs, is_gone in _rows(
            _SEALED, [before, start, start + BATCH]
        ):
            if report.is_full:
                return
            if seq != expected:
                report.add(
                    "seal_missing",
                    f"seal {expected}",
                    f"seals {expected} to {seq - 1} are missing",
                    f"缺少第 {expected} 至 {seq - 1} 号封印",
                    expected,
                )
            elif bytes(digest) != bytes(wanted):
                report.add(
                    "seal_changed",
                    f"seal {seq}",
                    "the seal itself was changed: its hash does not follow from the one before",
                    "封印本身被改动：其哈希与前一号不衔接",
                    seq,
                )
            if differs:
                _explain(report, seq, entry_id, is_gone=is_gone)
            expected, before = seq + 1, bytes(digest)
            if anchor is not None and seq == anchor[0] and before.hex() != anchor[1].lower():
                report.add(
                    "anchor_differs",
                    f"seal {seq}",
                    "the hash is not the one that was kept: entries up to here were rewritten",
                    "哈希与留存的不一致：此前的分录被整体改写",
                    seq,
                )
    if anchor is not None and anchor[0] > last:
        report.add(
            "seal_missing",
            f"seal {anchor[0]}",
            f"the books end at seal {last}, before the one that was kept",
            f"账簿止于第 {last} 号封印，早于留存的封印",
            last,
        )
    report.seq, report.head = last, before.hex()


def _explain(report: Report, seq: int, entry_id: Any, *, is_gone: bool) -> None:
    """Name what of a sealed entry no longer stands as it was sealed."""
    [(content,)] = _rows("SELECT content FROM ledger_seal WHERE seq = %s", [seq])
    sealed = json.loads(content)
    place = f"{sealed[1]} ({entry_id})"
    if is_gone:
        report.add("entry_gone", place, "the entry was deleted", "分录被删除", seq)
        return
    [(now,)] = _rows(f"SELECT {CONTENT} FROM ledger_entry AS e WHERE e.id = %s", [entry_id])  # noqa: S608  no input in it
    found = json.loads(now)
    for en, zh, was, stands in _differences(sealed, found):
        report.add(
            "entry_changed",
            place,
            f"{en}: sealed as {was}, stands as {stands}",
            f"{zh}：封印时为 {was}，现为 {stands}",
            seq,
        )


def _differences(sealed: list[Any], found: list[Any]) -> Iterator[tuple[str, str, str, str]]:
    names = (
        ("id", "编号"),
        ("reference", "凭证号"),
        ("instant", "时间"),
        ("description", "摘要"),
        ("number of postings", "明细数"),
        ("reversed entry", "冲销的分录"),
    )
    for (en, zh), was, stands in zip(names, sealed, found, strict=False):
        if was != stands:
            yield en, zh, _show(was), _show(stands)
    before = {row[0]: row[1:] for row in sealed[6] or []}
    after = {row[0]: row[1:] for row in found[6] or []}
    for posting_id in sorted(before.keys() | after.keys()):
        was, stands = before.get(posting_id), after.get(posting_id)
        if was != stands:
            yield f"posting {posting_id}", f"明细 {posting_id}", _show(was), _show(stands)


def _show(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        _account, party, kind, currency, amount = value
        return f"{party} {kind} {amount} {currency}"
    return str(value)


def _check_entries(report: Report) -> None:
    for _id, reference, found, wanted in _rows(_WRONG_ENTRIES):
        report.add(
            "posting_count",
            reference,
            f"has {found} postings, not the {wanted} it was written with",
            f"有 {found} 条明细，而不是写入时的 {wanted} 条",
        )
    for reference, currency, gap in _rows(_UNBALANCED):
        report.add(
            "unbalanced",
            reference,
            f"debits and credits differ by {gap} {currency}",
            f"借贷相差 {gap} {currency}",
        )
    for reference, original in _rows(_NOT_REVERSED):
        report.add(
            "not_reversed",
            reference,
            f"does not undo {original} exactly",
            f"与所冲销的 {original} 不相符",
        )
    for (reference,) in _rows(_STRAY_ENTRIES):
        report.add(
            "never_sealed",
            reference,
            "is neither sealed nor waiting for a seal: it was put in by another way",
            "既未封印也不在待封印之列：并非正常写入",
        )
    for posting_id, amount in _rows(_STRAY_POSTINGS):
        report.add(
            "stray_posting",
            str(posting_id),
            f"a posting of {amount} without its entry or account",
            f"金额 {amount} 的明细没有对应的分录或账户",
        )


def _check_accounts(report: Report) -> None:
    known = chart()
    for (
        party,
        kind,
        currency,
        amount,
        _count,
        sealed,
        sealed_count,
        kept,
        kept_count,
        purse,
    ) in _rows(_SUMS):
        place = f"{party} {kind} {currency}"
        report.totals[currency] = report.totals.get(currency, 0) + int(amount)
        if not known.knows(party, kind):
            report.unknown_accounts.append(place)
        if (sealed, sealed_count) != (kept, kept_count):
            report.add(
                "snapshot",
                place,
                f"the snapshot says {kept} in {kept_count} postings; "
                f"the postings sum to {sealed} in {sealed_count}",
                f"快照为 {kept}（{kept_count} 条），明细合计 {sealed}（{sealed_count} 条）",
            )
        if kind in known.kinds and known.is_guarded(party, Kind(kind)):
            shown = known.shown(Kind(kind), int(amount))
            if shown != (purse or 0):
                report.add(
                    "purse",
                    place,
                    f"{purse or 0} is kept as left; the postings leave {shown}",
                    f"留存余额为 {purse or 0}，明细余额为 {shown}",
                )
            if shown < 0:
                report.add("overdrawn", place, f"is overdrawn by {-shown}", f"透支 {-shown}")
    for currency, total in sorted(report.totals.items()):
        if total:
            report.add(
                "trial_balance",
                currency,
                f"all accounts sum to {total}, not 0",
                f"全部账户合计 {total}，不为 0",
            )
