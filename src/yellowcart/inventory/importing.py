"""A catalogue file enters a shop: products and their stock, in batches, with a report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.applied import Applied, Change, FieldChange, KeptEdit
from yellowcart.catalog.importing import OnHand, Terms, apply_drafts, plan_drafts, terms_for
from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.inventory.actions import do_count_many
from yellowcart.inventory.models import Stock
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop, is_operator
from yellowcart.sources.files.catalogue import Catalogue, Progress, read_catalogue
from yellowcart.sources.files.drafts import Note, ProductDraft, Refusal

BATCH = 500
"""Products of one transaction: short enough not to hold a shop's rows for long."""
MOST_NOTES = 1_000
MOST_CHANGES = 2_000
"""Changes that a preview names; all of them are counted."""


@dataclass(slots=True)
class Report:
    """What an import did. ``edits_kept`` are fields that both the file and the shop had changed.

    ``lines`` are those of every product of which a row was refused; only a preview tells
    ``changes``.
    """

    shop: Shop
    format: str
    products_created: int = 0
    products_changed: int = 0
    products_unchanged: int = 0
    variants_retired: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    edits_kept: list[KeptEdit] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)

    @property
    def rows_refused(self) -> int:
        """How many rows of the file were not taken over."""
        return len(self.refusals)

    def add(self, applied: Applied) -> None:
        """Count a batch in."""
        self.products_created += applied.created
        self.products_changed += applied.changed
        self.products_unchanged += applied.unchanged
        self.variants_retired += applied.skus_retired
        self.edits_kept += applied.kept
        self.refusals += applied.refused

    def body(self) -> dict[str, Any]:
        """As JSON, its sentences in the language now active."""
        return {
            "shop": {"id": str(self.shop.id), "handle": self.shop.handle},
            "format": self.format,
            "products_created": self.products_created,
            "products_changed": self.products_changed,
            "products_unchanged": self.products_unchanged,
            "variants_retired": self.variants_retired,
            "rows_refused": self.rows_refused,
            "refusals": [{"line": one.line, "reason": one.reason} for one in self.refusals],
            "notes": [{"line": one.line, "note": one.reason} for one in self.notes],
            "edits_kept": [
                {"line": one.line, "product": one.title, "field": one.field}
                for one in self.edits_kept
            ],
        }


@dataclass(slots=True)
class Resumed:
    """Where an import that was cut short goes on: ``drafts`` of the file, in its order, have been
    written, and this is what came of them."""

    drafts: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    kept: list[KeptEdit] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)

    def add(self, drafts: int, applied: Applied, raised: Sequence[int]) -> None:
        """Count a batch in."""
        self.drafts += drafts
        self.created += applied.created
        self.changed += applied.changed
        self.unchanged += applied.unchanged
        self.retired += applied.skus_retired
        self.kept += applied.kept
        self.raised += raised


#: Called within the transaction of each batch with what has been written so far.
Written = Callable[[Resumed], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Which file enters which shop, on whose behalf, and how it is read."""

    file: IO[bytes]
    shop: Shop
    actor: Account | None
    wanted: str = "auto"
    mapping: Sequence[str] = ()
    currency: str = ""
    approve: bool = False


def do_import(
    file: IO[bytes],
    *,
    shop: Shop,
    actor: Account | None,
    wanted: str = "auto",
    mapping: Sequence[str] = (),
    currency: str = "",
    approve: bool = False,
    progress: Progress | None = None,
    resumed: Resumed | None = None,
    written: Written | None = None,
) -> Report:
    """Import a catalogue file into a shop.

    ``actor`` is a member who may edit goods, or ``None`` for the platform itself at its own
    terminal. Published products go into review, or straight through it where ``approve`` is
    asked for by an operator. Each batch commits by itself, and ``written`` with it: an import cut
    short goes on from what that was last told, or is simply run again. Raises ``shop_forbidden``,
    ``operator_only``, ``shop_closed`` or what :func:`read_catalogue` raises.
    """
    order = Order(file, shop, actor, wanted, mapping, currency, approve)
    catalogue, terms, tell = _open(order, progress)
    run = resumed or Resumed()
    report = Report(shop, catalogue.format)
    _count_in(report, run)
    skipped, passed = run.drafts, 0

    def write(batch: list[ProductDraft]) -> None:
        nonlocal passed
        passed += len(batch)
        if passed > skipped:
            _write(batch, report, terms, run, written)
        else:
            # What was refused when it was written is refused still.
            report.refusals += plan_drafts(shop, batch, terms, _on_hand(shop)).refused

    _read_items(catalogue, report, write, tell, skipped=skipped)
    with transaction.atomic():
        outbox.audit(
            terms.actor_id,
            "catalog.import",
            f"shop:{shop.id}",
            format=report.format,
            created=report.products_created,
            changed=report.products_changed,
            refused=report.rows_refused,
        )
    return report


def plan_import(
    file: IO[bytes],
    *,
    shop: Shop,
    actor: Account | None,
    wanted: str = "auto",
    mapping: Sequence[str] = (),
    currency: str = "",
    approve: bool = False,
    progress: Progress | None = None,
) -> Report:
    """What :func:`do_import` would do, with its changes named; nothing is written or locked."""
    order = Order(file, shop, actor, wanted, mapping, currency, approve)
    catalogue, terms, tell = _open(order, progress)
    report = Report(shop, catalogue.format)

    def plan(batch: list[ProductDraft]) -> None:
        applied = plan_drafts(shop, batch, terms, _on_hand(shop))
        _name_stock(shop, applied)
        report.add(applied)
        report.changes += applied.changes[: MOST_CHANGES - len(report.changes)]

    _read_items(catalogue, report, plan, tell, skipped=0)
    return report


def _open(order: Order, progress: Progress | None) -> tuple[Catalogue, Terms, Progress]:
    _check(order.shop, order.actor, order.approve)
    tell = progress or (lambda _phase, _done, _total: None)
    currency = order.currency or order.shop.currency
    catalogue = read_catalogue(
        order.file,
        wanted=order.wanted,
        mapping=order.mapping,
        currency=currency,
        zone=ZoneInfo(settings.TIME_ZONE),
        progress=tell,
    )
    actor_id = order.actor.id if order.actor else None
    return catalogue, terms_for(order.shop, currency, actor_id, order.approve), tell


def _check(shop: Shop, actor: Account | None, approve: bool) -> None:
    if shop.state == "closed":
        raise Problem("shop_closed", 409, _("This shop is closed; nothing can be added to it."))
    if actor is None:
        return
    if not (approve and is_operator(actor)):
        access_shop(actor, shop.id, "goods")
    if approve and not is_operator(actor):
        raise Problem(
            "operator_only", 403, _("Only the platform's operators may approve what they import.")
        )


def _read_items(
    catalogue: Catalogue,
    report: Report,
    take: Callable[[list[ProductDraft]], None],
    tell: Progress,
    *,
    skipped: int,
) -> None:
    """Hand the drafts on in batches. Batches end at the same drafts in every run over a file."""
    batch: list[ProductDraft] = []
    done = 0
    tell("writing", min(skipped, catalogue.products), catalogue.products)
    for item in catalogue.items:
        if isinstance(item, Refusal):
            report.refusals.append(item)
        elif isinstance(item, Note):
            if len(report.notes) < MOST_NOTES:
                report.notes.append(item)
        else:
            batch.append(item)
            if len(batch) == BATCH:
                take(batch)
                done += len(batch)
                tell("writing", max(done, skipped), catalogue.products)
                batch = []
    if batch:
        take(batch)
    tell("writing", catalogue.products, catalogue.products)
    report.lines |= catalogue.lines | {one.line for one in report.refusals}
    report.refusals.sort(key=lambda one: one.line)
    report.notes.sort(key=lambda one: one.line)


@transaction.atomic
def _write(
    batch: list[ProductDraft],
    report: Report,
    terms: Terms,
    run: Resumed,
    written: Written | None,
) -> None:
    applied = apply_drafts(report.shop, batch, terms, _on_hand(report.shop))
    lines = {said.sku_id: said.line for said in applied.stock}
    counted = do_count_many(
        report.shop.id,
        {said.sku_id: said.on_hand for said in applied.stock},
        actor_id=terms.actor_id,
        reason="import",
    )
    report.add(applied)
    report.notes += _raised([lines[sku_id] for sku_id in counted.raised])
    run.add(len(batch), applied, [lines[sku_id] for sku_id in counted.raised])
    if written is not None:
        written(run)


def _raised(lines: Sequence[int]) -> list[Note]:
    words = _("The stock is below what orders were promised and was set to that.")
    return [Note(line, words) for line in lines]


def _count_in(report: Report, run: Resumed) -> None:
    """What was written before this import was cut short."""
    report.products_created = run.created
    report.products_changed = run.changed
    report.products_unchanged = run.unchanged
    report.variants_retired = run.retired
    report.edits_kept += run.kept
    report.notes += _raised(run.raised)


def _on_hand(shop: Shop) -> OnHand:
    def counts(sku_ids: Iterable[UUID]) -> Mapping[UUID, int]:
        keys = list(sku_ids)
        rows = (
            Stock.objects.filter(shop_id=shop.id, sku_id__in=keys) if keys else Stock.objects.none()
        )
        return dict(rows.values_list("sku_id", "on_hand"))

    return counts


def _name_stock(shop: Shop, applied: Applied) -> None:
    """Name the counts that a batch would change, beside its other changes."""
    there = _on_hand(shop)(said.sku_id for said in applied.stock if not said.new)
    changes = {one.line: one for one in applied.changes}
    for said in applied.stock:
        change = changes.get(said.product_line)
        old = None if said.new else there.get(said.sku_id, 0)
        if change is not None and old != said.on_hand:
            change.fields.append(FieldChange("stock", old, said.on_hand, said.variant))
