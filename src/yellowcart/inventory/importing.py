"""A catalogue file enters a shop: products and their stock, in batches, with a report."""

from dataclasses import dataclass, field
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.importing import KeptEdit, Terms, apply_drafts, terms_for
from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.inventory.actions import do_count_many
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop, is_operator
from yellowcart.sources.catalogue import Catalogue, Progress, read_catalogue
from yellowcart.sources.drafts import Note, ProductDraft, Refusal

BATCH = 500
"""Products of one transaction: short enough not to hold a shop's rows for long."""
MOST_NOTES = 1_000


@dataclass(slots=True)
class Report:
    """What an import did. ``edits_kept`` are fields that both the file and the shop had changed."""

    shop: Shop
    format: str
    products_created: int = 0
    products_changed: int = 0
    products_unchanged: int = 0
    variants_retired: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    edits_kept: list[KeptEdit] = field(default_factory=list)

    @property
    def rows_refused(self) -> int:
        """How many rows of the file were not taken over."""
        return len(self.refusals)

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


def do_import(
    file: IO[bytes],
    *,
    shop: Shop,
    actor: Account | None,
    wanted: str = "auto",
    currency: str = "",
    approve: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import a Shopify or WooCommerce export into a shop.

    ``actor`` is a member who may edit goods, or ``None`` for the platform itself at its own
    terminal. Published products go into review, or straight through it where ``approve`` is
    asked for by an operator. Each batch commits by itself: an import cut short is simply run
    again. Raises ``shop_forbidden``, ``operator_only``, ``shop_closed`` or what
    :func:`read_catalogue` raises.
    """
    _check(shop, actor, approve)
    tell = progress or (lambda _phase, _done, _total: None)
    catalogue = read_catalogue(
        file,
        wanted=wanted,
        currency=currency or shop.currency,
        zone=ZoneInfo(settings.TIME_ZONE),
        progress=tell,
    )
    actor_id = actor.id if actor else None
    terms = terms_for(shop, currency or shop.currency, actor_id, approve)
    report = Report(shop, catalogue.format)
    _read_items(catalogue, report, terms, tell)
    with transaction.atomic():
        outbox.audit(
            actor_id,
            "catalog.import",
            f"shop:{shop.id}",
            format=report.format,
            created=report.products_created,
            changed=report.products_changed,
            refused=report.rows_refused,
        )
    return report


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


def _read_items(catalogue: Catalogue, report: Report, terms: Terms, tell: Progress) -> None:
    batch: list[ProductDraft] = []
    done = 0
    tell("writing", 0, catalogue.products)
    for item in catalogue.items:
        if isinstance(item, Refusal):
            report.refusals.append(item)
        elif isinstance(item, Note):
            if len(report.notes) < MOST_NOTES:
                report.notes.append(item)
        else:
            batch.append(item)
            if len(batch) == BATCH:
                _write(batch, report, terms)
                done += len(batch)
                tell("writing", done, catalogue.products)
                batch = []
    if batch:
        _write(batch, report, terms)
    tell("writing", catalogue.products, catalogue.products)
    report.refusals.sort(key=lambda one: one.line)
    report.notes.sort(key=lambda one: one.line)


@transaction.atomic
def _write(batch: list[ProductDraft], report: Report, terms: Terms) -> None:
    applied = apply_drafts(report.shop, batch, terms)
    lines = {said.sku_id: said.line for said in applied.stock}
    counted = do_count_many(
        report.shop.id,
        {said.sku_id: said.on_hand for said in applied.stock},
        actor_id=terms.actor_id,
        reason="import",
    )
    report.products_created += applied.created
    report.products_changed += applied.changed
    report.products_unchanged += applied.unchanged
    report.variants_retired += applied.skus_retired
    report.edits_kept += applied.kept
    report.notes += [
        Note(lines[sku_id], _("The stock is below what orders were promised and was set to that."))
        for sku_id in counted.raised
    ]
