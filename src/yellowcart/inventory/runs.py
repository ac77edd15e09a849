"""Imports that a page hands in: kept with their file, done by the worker, reported on.

A worker that dies on the way leaves the run to the next try of its job; batches that were
written before are found unchanged then.
"""

import io
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yellowcart.core import jobs
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.importing import Report, do_import
from yellowcart.inventory.models import ImportRun
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop
from yellowcart.sources.catalogue import FORMATS

#: Largest file that a page takes; the command line takes any.
MOST_BYTES: Final = 32 * 1024 * 1024
#: Remarks of each kind that a run keeps.
MOST_REMARKS: Final = 20_000
LANGUAGES: Final = ("en", "zh-hans")


@transaction.atomic
def do_begin_import(
    actor: Account, shop: Shop, *, file_name: str, content: bytes, wanted: str = "auto"
) -> ImportRun:
    """Take a file in; the worker imports it. Watch the run.

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
    run = ImportRun.objects.create(
        shop_id=shop.id,
        actor_id=actor.id,
        file_name=file_name[:200],
        wanted=wanted,
        content=content,
    )
    jobs.defer("inventory.import", run_id=str(run.id))
    return run


@jobs.job("inventory.import")
def do_run_import(run_id: str) -> None:
    """Do an import that waits; one that has ended is left alone."""
    run = ImportRun.objects.filter(id=run_id, state__in=["waiting", "running"]).first()
    if run is None:
        return
    run.state = "running"
    run.save(update_fields=["state"])

    def tell(phase: str, done: int, total: int) -> None:
        ImportRun.objects.filter(id=run.id).update(phase=phase, done=done, total=total)

    try:
        report = do_import(
            io.BytesIO(bytes(run.content)),
            shop=Shop.objects.get(id=run.shop_id),
            actor=Account.objects.get(id=run.actor_id),
            wanted=run.wanted,
            progress=tell,
        )
    except Problem as problem:
        run.state = "failed"
        run.problem = {language: str(problem.body(language)["detail"]) for language in LANGUAGES}
    else:
        run.state = "done"
        run.report = _in_languages(report)
    run.content, run.ended_at = b"", now()
    run.save(update_fields=["state", "problem", "report", "content", "ended_at"])


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
    return ImportRun.objects.filter(shop_id=shop_id).defer("content").order_by("-begun_at", "-id")


def access_run(account: Account, shop: Shop, run_id: UUID) -> ImportRun:
    """An import of a shop, for its members; ``import_not_found`` otherwise."""
    access_shop(account, shop.id, "view")
    run = runs_of(shop.id).filter(id=run_id).first()
    if run is None:
        raise Problem("import_not_found", 404, _("This shop has no such import."))
    return run
