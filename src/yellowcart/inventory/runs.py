"""Imports that a page hands in: kept with their file, previewed and done by the worker, reported.

Whoever works at a run holds a lock that ends with its process; a run that nobody holds goes on
where its last batch was written.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.applied import Change, KeptEdit
from yellowcart.core import clock, jobs
from yellowcart.core.clock import now
from yellowcart.core.problems import LANGUAGES, Problem, words_of
from yellowcart.inventory.columns import (
    check_mapping,
    known_mapping,
    remember_mapping,
    suggested_mapping,
)
from yellowcart.inventory.importing import Report, Resumed, do_import, plan_import
from yellowcart.inventory.models import ImportRun
from yellowcart.inventory.refused import keep_refused
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop
from yellowcart.sources.files.catalogue import FORMATS, header_of

#: Largest file that a page takes; the command line takes any.
MOST_BYTES: Final = 32 * 1024 * 1024
#: Remarks of each kind that a run keeps.
MOST_REMARKS: Final = 20_000
#: Rows of a foreign file shown beside its columns.
SHOWN_SAMPLE: Final = 5
#: How long a file that nobody let in is kept.
KEPT: Final = timedelta(days=7)
#: Wall time after which a run that waits is taken for forgotten.
FORGOTTEN: Final = timedelta(seconds=60)
#: Starts of a step that wrote nothing, after which its file is not tried again.
MOST_TRIES: Final = 5
_LONGEST_VALUE: Final = 300
_MOST_FIELDS: Final = 60
_LOCK: Final = 0x1F11E


@transaction.atomic
def do_begin_import(
    actor: Account,
    shop: Shop,
    *,
    file_name: str,
    content: bytes,
    wanted: str = "auto",
    preview: bool = False,
) -> ImportRun:
    """Take a file in; the worker previews or imports it. Watch the run.

    Problems: ``shop_forbidden``, ``import_empty``, ``import_too_large``, ``format_unknown``.
    """
    access_shop(actor, shop.id, "goods")
    if wanted not in FORMATS:
        raise Problem("format_unknown", 422, _("This format is not known here."))
    if not content:
        raise Problem("import_empty", 422, _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise Problem(
            "import_too_large",
            422,
            _("The file has more than %(most)s MB. Split it, or import it on the command line."),
            params={"most": MOST_BYTES // (1024 * 1024)},
        )
    ImportRun.objects.filter(
        shop_id=shop.id, state__in=["mapping", "ready"], begun_at__lt=now() - KEPT
    ).update(state="dropped", content=b"", ended_at=now())
    run = ImportRun.objects.create(
        shop_id=shop.id,
        actor_id=actor.id,
        file_name=file_name[:200],
        wanted=wanted,
        goal="preview" if preview else "import",
        content=content,
    )
    jobs.defer("inventory.import", run_id=str(run.id))
    return run


@transaction.atomic
def do_name_columns(actor: Account, shop: Shop, run_id: UUID, mapping: Sequence[str]) -> ImportRun:
    """Say what the columns of a foreign file mean; it is previewed by that, and the shop's next
    file with this header too.

    Problems: ``import_not_found``, ``import_not_open``, or what ``check_mapping`` raises.
    """
    run = _locked(actor, shop, run_id, {"mapping", "ready"})
    if not run.header:
        raise _not_open()
    check_mapping(run.header, mapping)
    remember_mapping(shop.id, run.header, mapping, actor.id)
    run.mapping, run.wanted = list(mapping), "columns"
    return _again(run, actor, "preview")


@transaction.atomic
def do_let_in(actor: Account, shop: Shop, run_id: UUID) -> ImportRun:
    """Import the very file that was previewed.

    Problems: ``import_not_found``, ``import_not_open``, ``shop_forbidden``.
    """
    return _again(_locked(actor, shop, run_id, {"ready"}), actor, "import")


@transaction.atomic
def do_drop_import(actor: Account, shop: Shop, run_id: UUID) -> None:
    """Forget a file that nobody let in. Problems as for :func:`do_let_in`."""
    run = _locked(actor, shop, run_id, {"mapping", "ready"})
    run.state, run.content, run.ended_at = "dropped", b"", now()
    run.save(update_fields=["state", "content", "ended_at"])


def _locked(actor: Account, shop: Shop, run_id: UUID, states: set[str]) -> ImportRun:
    access_shop(actor, shop.id, "goods")
    access_run(actor, shop, run_id)
    run = ImportRun.objects.select_for_update(no_key=True).defer("content").get(id=run_id)
    if run.state not in states:
        raise _not_open()
    return run


def _not_open() -> Problem:
    return Problem(
        "import_not_open", 409, _("This import is not waiting for you; look at it once more.")
    )


def _again(run: ImportRun, actor: Account, goal: str) -> ImportRun:
    run.goal, run.state, run.phase, run.done, run.total = goal, "waiting", "", 0, 0
    run.actor_id, run.asked_at, run.tries = actor.id, clock.wall(), 0
    names = ["goal", "state", "phase", "done", "total", "mapping", "wanted"]
    run.save(update_fields=[*names, "actor_id", "asked_at", "tries"])
    jobs.defer("inventory.import", run_id=str(run.id))
    return run


@jobs.job("inventory.import")
def do_run_import(run_id: str) -> None:
    """Go on with an import that waits or was cut short; one that has ended is left alone."""
    with _alone(run_id) as alone:
        run = ImportRun.objects.filter(id=run_id, state__in=["waiting", "running"]).first()
        if not alone or run is None:
            return
        run.state, run.tries = "running", run.tries + 1
        run.save(update_fields=["state", "tries"])
        try:
            if run.tries > MOST_TRIES:
                raise Problem(
                    "import_gave_up",
                    500,
                    _("This file stopped the import several times; tell the platform, please."),
                )
            _carry_out(run)
        except Problem as problem:
            run.state, run.content, run.ended_at = "failed", b"", now()
            run.problem = words_of(problem)
            run.save(update_fields=["state", "problem", "content", "ended_at"])


def resume_due() -> datetime | None:
    """Go on with what a worker left when it died; returns when to look again, or ``None``."""
    left = ImportRun.objects.filter(state="running")
    forgotten = ImportRun.objects.filter(state="waiting", asked_at__lt=clock.wall() - FORGOTTEN)
    for run_id in left.union(forgotten).values_list("id", flat=True):
        do_run_import(str(run_id))
    return None


@contextmanager
def _alone(run_id: str) -> Iterator[bool]:
    """Whether this process now holds a run, until the end or its death."""
    # The lower half of an id is its random part.
    keys = [_LOCK, (UUID(run_id).int & 0xFFFFFFFF) - 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", keys)
        (alone,) = cursor.fetchone() or (False,)
    try:
        yield bool(alone)
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)


def _carry_out(run: ImportRun) -> None:
    """One step: find out about columns, preview, or import."""
    shop = Shop.objects.get(id=run.shop_id)
    actor = Account.objects.get(id=run.actor_id)
    content = bytes(run.content)
    previewing = run.goal == "preview"
    if previewing and not run.mapping and not _knows_columns(run, content):
        return

    def tell(phase: str, done: int, total: int) -> None:
        shown = "comparing" if previewing and phase == "writing" else phase
        ImportRun.objects.filter(id=run.id).update(phase=shown, done=done, total=total)

    def written(so_far: Resumed) -> None:
        ImportRun.objects.filter(id=run.id).update(progress=msgspec.to_builtins(so_far), tries=0)

    order: dict[str, Any] = {
        "shop": shop,
        "actor": actor,
        "wanted": run.wanted,
        "mapping": run.mapping,
        "progress": tell,
    }
    if previewing:
        report = plan_import(io.BytesIO(content), **order)
        run.changes = [_change(one) for one in report.changes]
        run.state = "ready"
    else:
        report = do_import(
            io.BytesIO(content), resumed=_resumed(run.progress), written=written, **order
        )
        run.state, run.content, run.ended_at = "done", b"", now()
    run.report, run.refused = _in_languages(report), keep_refused(content, report)
    run.save(update_fields=["state", "report", "refused", "changes", "content", "ended_at"])


def _knows_columns(run: ImportRun, content: bytes) -> bool:
    """Whether a file can be read as it is; if not, its columns wait to be named."""
    found = header_of(io.BytesIO(content), run.wanted)
    if found.format != "columns":
        return True
    run.header = list(found.names)
    run.sample = [[cell[:80] for cell in row] for row in found.sample[:SHOWN_SAMPLE]]
    known = known_mapping(run.shop_id, found.names)
    run.mapping = known or suggested_mapping(run.shop_id, found.names, found.sample)
    run.wanted = "columns"
    if known is None:
        run.state = "mapping"
    run.save(update_fields=["header", "sample", "mapping", "wanted", "state"])
    return known is not None


def _resumed(progress: dict[str, Any]) -> Resumed:
    kept = [KeptEdit(**one) for one in progress.get("kept", [])]
    return Resumed(**{**progress, "kept": kept})


def _change(change: Change) -> dict[str, Any]:
    return {
        "line": change.line,
        "title": change.title,
        "kind": change.kind,
        "currency": change.currency,
        "fields": [
            [one.field, one.variant, _value(one.old), _value(one.new)]
            for one in change.fields[:_MOST_FIELDS]
        ],
    }


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value[:_LONGEST_VALUE] if isinstance(value, str) else value


def _in_languages(report: Report) -> dict[str, object]:
    """The report with its sentences in each language, cut where nobody would read on."""
    bodies: dict[str, object] = {}
    for language in LANGUAGES:
        with translation.override(language):
            body = report.body()
        for name in ("refusals", "notes", "edits_kept"):
            body[name] = body[name][:MOST_REMARKS]
        bodies[language] = body
    return bodies


def runs_of(shop_id: UUID) -> QuerySet[ImportRun]:
    """A shop's imports, the newest first, without their files."""
    bulky = ("content", "refused", "changes", "sample")
    return ImportRun.objects.filter(shop_id=shop_id).defer(*bulky).order_by("-begun_at", "-id")


def access_run(account: Account, shop: Shop, run_id: UUID) -> ImportRun:
    """An import of a shop, for its members; ``import_not_found`` otherwise."""
    access_shop(account, shop.id, "view")
    run = runs_of(shop.id).filter(id=run_id).first()
    if run is None:
        raise Problem("import_not_found", 404, _("This shop has no such import."))
    return run
