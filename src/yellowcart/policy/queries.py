"""Reading the installation's rules.

The compiled table is kept once in each process. Rules are only ever appended, so the number of
rows and the newest id say whether it is current; that is looked up at most once a second, and at
once after a message on the bus. A verdict that flips at a known instant needs neither.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from yellowcart.policy.models import Boundary, PolicyDraft, RuleRevision
from yellowcart.policy.rows import rule_of
from yellowcart.policy.rules import Rule
from yellowcart.policy.table import RuleTable, compile_rules
from yellowcart.policy.words import USUAL_INTEGRATION

#: The bus channel that says rules were written; its payload is of no matter.
CHANNEL = "policy"
CHECK_SECONDS = 1.0

Version = tuple[int, UUID | None]


@dataclass(frozen=True, slots=True)
class _Loaded:
    table: RuleTable
    version: Version


_lock = threading.Lock()
_loaded: _Loaded | None = None
_checked = 0.0


def table() -> RuleTable:
    """The compiled rules of this installation, at most a second behind another process."""
    loaded = _loaded
    if loaded is not None and time.monotonic() - _checked < CHECK_SECONDS:
        return loaded.table
    return refresh()


def loaded_table() -> RuleTable:
    """The table this process last loaded, without asking the database.

    For paths that must not wait; whoever uses it calls :func:`refresh` when the process starts
    and on every message of :data:`CHANNEL`.
    """
    loaded = _loaded
    return loaded.table if loaded is not None else refresh()


def refresh() -> RuleTable:
    """Load the rules again if any were written since, and return the table."""
    global _loaded, _checked  # noqa: PLW0603  one table a process is the point
    with _lock:
        version = _version()
        if _loaded is None or _loaded.version != version:
            _loaded = _Loaded(compile_rules(all_rules()), version)
        _checked = time.monotonic()
        return _loaded.table


def forget() -> None:
    """Have the next :func:`table` look again; called by whoever wrote or heard of rules."""
    global _checked  # noqa: PLW0603  one table a process is the point
    _checked = 0.0


def version() -> Version:
    """What changes whenever rules are written: the number of rows and the newest id."""
    return _loaded.version if _loaded is not None else _version()


def _version() -> Version:
    newest = RuleRevision.objects.order_by("-id").values_list("id", flat=True).first()
    counted = RuleRevision.objects.aggregate(rows=Count("id"))
    return counted["rows"], newest


def all_rules() -> list[Rule]:
    """Every period of every revision ever written, in the order of writing."""
    return [rule_of(row) for row in RuleRevision.objects.order_by("written_at", "id")]


def revisions(key: str) -> list[Rule]:
    """Every revision of one rule, oldest first; empty for an unknown key."""
    rows = RuleRevision.objects.filter(key=key).order_by("revision", "effective_from")
    return [rule_of(row) for row in rows]


def known_sources() -> dict[str, str]:
    """The sources rules may name and how each is usually joined."""
    named: set[str] = set()
    lists = RuleRevision.objects.exclude(sources=None).values_list("sources", flat=True)
    for sources in lists.distinct():
        named.update(sources or ())
    return dict(USUAL_INTEGRATION) | {
        source: "link" for source in sorted(named) if source not in USUAL_INTEGRATION
    }


def drafts(states: Iterable[str] = ("draft",)) -> list[PolicyDraft]:
    """Drafts in these states, newest first."""
    return list(PolicyDraft.objects.filter(state__in=list(states)).order_by("-created_at"))


def draft(draft_id: UUID) -> PolicyDraft | None:
    """One draft."""
    return PolicyDraft.objects.filter(id=draft_id).first()


def boundary(instant: datetime) -> Boundary | None:
    """What the sweep did at an instant."""
    return Boundary.objects.filter(instant=instant).first()


def boundaries(after: datetime, until: datetime) -> list[Boundary]:
    """The boundaries in ``(after, until]``, in order, swept or not."""
    found = Boundary.objects.filter(instant__gt=after, instant__lte=until)
    return list(found.order_by("instant"))


def unswept(until: datetime) -> list[datetime]:
    """The instants up to ``until`` whose sweep has not been done, in order."""
    waiting = Boundary.objects.filter(swept_at=None, instant__lte=until)
    return list(waiting.order_by("instant").values_list("instant", flat=True))


def next_boundary(after: datetime) -> datetime | None:
    """The first instant after ``after`` at which any verdict may flip."""
    return (
        Boundary.objects.filter(instant__gt=after)
        .order_by("instant")
        .values_list("instant", flat=True)
        .first()
    )
