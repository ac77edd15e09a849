"""Drafts from a catalogue file become products: new ones are made, known ones merged.

Joins the caller's transaction and asks no permission; ``inventory.importing`` does both, and
writes the stock that comes out of here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import copies, merging, picturing
from yellowcart.catalog.actions import REVIEWED_FIELDS
from yellowcart.catalog.applied import Applied, Change, FieldChange, KeptEdit, StockSaid
from yellowcart.catalog.edits import sku_edits, with_free_key
from yellowcart.catalog.events import TOPIC_CHANGED, TOPIC_REVIEW
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import OutboxEvent
from yellowcart.shops.models import Shop
from yellowcart.sources.files.drafts import ProductDraft, Refusal, SkuDraft

_PRODUCT_COLUMNS = (
    *("title", "description_html", "vendor", "category", "tags", "images", "option_names"),
    *("on_shelf", "review_state", "import_digest", "import_base", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file's products enter a shop. ``approve`` is an operator's to say."""

    source: str
    integration: str
    currency: str
    actor_id: UUID | None
    approve: bool = False


def terms_for(shop: Shop, currency: str, actor_id: UUID | None, approve: bool) -> Terms:
    """A supplier's goods carry the supplier's source. Others become the shop's own: whatever
    program wrote the file, they are sold and sent here, and rules about that source are not
    about them."""
    supplies = shop.type == "supplier"
    return Terms(
        source=shop.source if supplies else "native",
        integration="supply" if supplies else "native",
        currency=currency,
        actor_id=actor_id,
        approve=approve,
    )


#: Knows what lies in the warehouse of a shop's SKUs; a higher layer's to say.
OnHand = Callable[[Iterable[UUID]], Mapping[UUID, int]]


def _unknown(_sku_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    return {}


def apply_drafts(
    shop: Shop,
    drafts: Sequence[ProductDraft],
    terms: Terms,
    on_hand: OnHand = _unknown,
) -> Applied:
    """Write a batch of drafts of one shop. The same drafts again change nothing.

    ``on_hand`` is asked only for drafts of our own files.
    """
    # Two imports into one shop take turns, so that neither trips over the other's new rows.
    Shop.objects.select_for_update(no_key=True).get(id=shop.id)
    batch = _gathered(shop, drafts, terms, on_hand, lock=True)
    batch.write()
    return batch.applied


def unread(shop: Shop, source: str, drafts: Sequence[ProductDraft]) -> list[ProductDraft]:
    """Those of a source's drafts that are not word for word what was read last; locks nothing.

    The others change nothing, so they need not be given to :func:`apply_drafts`.
    """
    known = dict(
        Product.objects.filter(
            shop=shop, source=source, external_id__in=[draft.key for draft in drafts]
        ).values_list("external_id", "import_digest")
    )
    return [draft for draft in drafts if known.get(draft.key) != merging.digest_of(draft)]


def plan_drafts(
    shop: Shop, drafts: Sequence[ProductDraft], terms: Terms, on_hand: OnHand
) -> Applied:
    """What :func:`apply_drafts` would do, with every change named; locks and writes nothing."""
    return _gathered(shop, drafts, terms, on_hand, lock=False).applied


def _gathered(
    shop: Shop,
    drafts: Sequence[ProductDraft],
    terms: Terms,
    on_hand: OnHand,
    *,
    lock: bool,
) -> "_Batch":
    there = Q(source=terms.source, external_id__in=[draft.key for draft in drafts])
    ids = [draft.id for draft in drafts if draft.id is not None]
    # Exported in another system's columns, goods without a source of their own go by our ids.
    ids += [one for draft in drafts if (one := _uuid(draft.key)) is not None]
    if ids:
        there |= Q(id__in=ids)
    rows = Product.objects.filter(there, shop=shop).order_by("id")
    products = list(rows.select_for_update(no_key=True) if lock else rows)
    by_key = {one.external_id: one for one in products if one.source == terms.source}
    by_id = {one.id: one for one in products}
    skus: dict[UUID, list[Sku]] = {one.id: [] for one in products}
    for sku in Sku.objects.filter(product_id__in=skus).order_by("position", "id"):
        skus[sku.product_id].append(sku)
    edited = (sku.stock_sku_id for group in skus.values() for sku in group) if ids else ()
    batch = _Batch(shop, terms, now(), on_hand(edited))
    for draft in drafts:
        product = by_id.get(draft.id) if draft.id is not None else None
        product = product or by_key.get(draft.key)
        if product is None and _uuid(draft.key) in by_id:
            batch.refuse(
                draft,
                _(
                    "This is a product of this shop, in another system's columns; to edit it here,"
                    " take our own export."
                ),
            )
        elif product is None:
            batch.create(draft)
        elif draft.own:
            batch.edit(draft, product, skus[product.id])
        else:
            keyed = {sku.external_id: sku for sku in skus[product.id] if sku.external_id}
            batch.merge(draft, product, keyed)
    return batch


class _Batch:
    """Rows to write, gathered draft by draft and written together."""

    def __init__(self, shop: Shop, terms: Terms, at: datetime, on_hand: Mapping[UUID, int]) -> None:
        self.shop, self.terms, self.at, self._on_hand = shop, terms, at, on_hand
        self.applied = Applied()
        self._new: list[Product] = []
        self._changed: list[Product] = []
        self._new_skus: list[Sku] = []
        self._changed_skus: list[Sku] = []
        self._steps: list[ReviewEvent] = []
        self._touched: list[Product] = []

    def create(self, draft: ProductDraft) -> None:
        """A product that the shop does not have yet."""
        if draft.said is not None and not {"title", "price_minor"} <= draft.said:
            self.refuse(
                draft, _("This shop has no such product; a new one needs a name and a price.")
            )
            return
        fields = merging.product_fields(draft)
        product = Product(
            shop=self.shop,
            source=self.terms.source,
            integration=self.terms.integration,
            external_id=draft.key,
            currency=draft.currency or self.terms.currency,
            import_digest=merging.digest_of(draft),
            import_base=merging.base_of(draft, fields),
            created_at=self.at,
            updated_at=self.at,
            **fields,
        )
        self._step(product, self._state(draft))
        self._new.append(product)
        change = Change(draft.line, draft.title, "created", product.currency)
        made: dict[str, Sku] = {}
        for position, one in enumerate(draft.skus):
            made[one.key] = self._new_sku(product, one, position, made, draft.line)
            change.fields.append(
                FieldChange("price_minor", None, one.price_minor, _variant(one.options))
            )
        self.applied.created += 1
        self.applied.changes.append(change)

    def merge(self, draft: ProductDraft, product: Product, skus: dict[str, Sku]) -> None:
        """A product that the shop has: take over what the file changed and the shop did not."""
        if self._other_money(draft, product):
            return
        digest = merging.digest_of(draft)
        if product.import_digest == digest:
            self.applied.unchanged += 1
            return
        fields = merging.said(merging.product_fields(draft), draft.said)
        base = product.import_base
        change = Change(draft.line, product.title, "changed", product.currency)
        merged = merging.merge(
            base.get("product", {}), fields, {name: getattr(product, name) for name in fields}
        )
        self._keep(draft.line, product, merged.kept)
        self._take_over(product, merged.changes, change)
        touched = self._merge_skus(draft, product, skus, change) or bool(merged.changes)
        product.import_digest, product.import_base = digest, merging.base_of(draft, fields)
        if not draft.complete:
            # What a refused row would have said is not known: keep what the last file said.
            for part in ("skus", "stock"):
                product.import_base[part] = {**base.get(part, {}), **product.import_base[part]}
        if draft.said is not None:
            product.import_base["product"] = {
                **base.get("product", {}),
                **product.import_base["product"],
            }
        self._finish(product, change, set(merged.changes), touched=touched)
        self._changed.append(product)

    def edit(self, draft: ProductDraft, product: Product, skus: list[Sku]) -> None:
        """A product of one of our own files: take over what was changed in the file.

        What its source's last file said stays known, so that the next one still tells a change of
        the source from this edit.
        """
        if self._other_money(draft, product):
            return
        fields = merging.said(merging.product_fields(draft), draft.said)
        change = Change(draft.line, product.title, "changed", product.currency)
        merged = merging.merge_edit(
            merging.exported_base(draft.marks),
            fields,
            {name: getattr(product, name) for name in fields},
        )
        edits = sku_edits(draft, skus)
        if product.origin_id is not None and (merged.changes or any(one.differs for one in edits)):
            self.refuse(
                draft, _("A supplier's goods follow their supplier; change their price rule here.")
            )
            return
        self._keep(draft.line, product, merged.kept)
        self._take_over(product, merged.changes, change)
        touched = bool(merged.changes)
        position = max((sku.position for sku in skus), default=-1)
        known = {sku.external_id: sku for sku in skus if sku.external_id}
        for one, edit in zip(draft.skus, edits, strict=True):
            sku = edit.sku
            if sku is None:
                position += 1
                self._new_sku(product, with_free_key(one, known), position, known, draft.line)
                change.fields.append(
                    FieldChange("price_minor", None, one.price_minor, _variant(one.options))
                )
                touched = True
                continue
            self._keep(one.line, product, edit.merged.kept)
            self._take_over(sku, edit.merged.changes, change, _variant(sku.options))
            if edit.merged.changes:
                self._changed_skus.append(sku)
                touched = True
            if edit.counted and self._on_hand.get(sku.stock_sku_id) != one.stock:
                touched |= self._say_stock(one, sku, None, draft.line)
        self._finish(product, change, set(merged.changes), touched=touched)
        if touched:
            self._changed.append(product)

    def _take_over(
        self, row: Product | Sku, changes: merging.Fields, change: Change, variant: str = ""
    ) -> None:
        for name, value in changes.items():
            if name != "position":
                change.fields.append(FieldChange(name, getattr(row, name), value, variant))
            setattr(row, name, value)

    def _finish(self, product: Product, change: Change, names: set[str], *, touched: bool) -> None:
        """Count a product that was there, and have it looked at again where it must be."""
        self.applied.changed += touched
        self.applied.unchanged += not touched
        if touched:
            product.updated_at = self.at
            self._touched.append(product)
            self._review(product, names)
            self.applied.changes.append(change)

    def _other_money(self, draft: ProductDraft, product: Product) -> bool:
        if not draft.currency or draft.currency == product.currency:
            return False
        self.refuse(
            draft,
            _("The product is sold in %(ours)s and the file's prices are in %(theirs)s."),
            ours=product.currency,
            theirs=draft.currency,
        )
        return True

    def refuse(self, draft: ProductDraft, words: str | Promise, **params: object) -> None:
        """Take nothing of a draft, for this reason."""
        self.applied.refused += [Refusal(sku.line, words, params) for sku in draft.skus]

    def write(self) -> None:
        """Write everything gathered."""
        Product.objects.bulk_create(self._new, batch_size=500)
        # One statement of rows is several times faster than bulk_update's CASE over each of them.
        Product.objects.bulk_create(
            self._changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_PRODUCT_COLUMNS,
            batch_size=500,
        )
        Sku.objects.bulk_create(self._new_skus, batch_size=1_000)
        Sku.objects.bulk_create(
            self._changed_skus,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(merging.sku_fields(_ANY_SKU, 0)),
            batch_size=1_000,
        )
        ReviewEvent.objects.bulk_create(self._steps, batch_size=1_000)
        outbox.append_all(
            [self._event(TOPIC_CHANGED, {"product_id": str(one.id)}) for one in self._touched]
            + [
                self._event(TOPIC_REVIEW, {"product_id": str(one.product_id), "state": one.state})
                for one in self._steps
            ]
        )
        picturing.note([*self._new, *self._touched])
        if self.terms.integration == "supply" and self._touched:
            copies.follow_originals([product.id for product in self._touched])
            copies.withdraw([product.id for product in self._touched if not product.on_shelf])

    def _merge_skus(
        self, draft: ProductDraft, product: Product, skus: dict[str, Sku], change: Change
    ) -> bool:
        base = product.import_base
        touched = False
        for position, one in enumerate(draft.skus):
            sku = skus.get(one.key)
            if sku is None:
                skus[one.key] = self._new_sku(product, one, position, skus, draft.line)
                change.fields.append(
                    FieldChange("price_minor", None, one.price_minor, _variant(one.options))
                )
                touched = True
                continue
            wanted = merging.said(merging.sku_fields(one, position), draft.said)
            ours = {name: getattr(sku, name) for name in wanted}
            merged = merging.merge(base.get("skus", {}).get(one.key, {}), wanted, ours)
            self._keep(one.line, product, merged.kept)
            self._take_over(sku, merged.changes, change, _variant(sku.options))
            if merged.changes:
                self._changed_skus.append(sku)
                touched = True
            last = base.get("stock", {}).get(one.key)
            touched |= self._say_stock(one, sku, last, draft.line)
        return self._retire(draft, skus, change) or touched

    def _retire(self, draft: ProductDraft, skus: dict[str, Sku], change: Change) -> bool:
        """Take variants that the file no longer has off sale, where it was read whole."""
        if not draft.complete:
            return False
        there = {one.key for one in draft.skus}
        gone = [sku for key, sku in skus.items() if key not in there and sku.active]
        for sku in gone:
            self._take_over(sku, {"active": False}, change, _variant(sku.options))
        self._changed_skus += gone
        self.applied.skus_retired += len(gone)
        return bool(gone)

    def _new_sku(
        self,
        product: Product,
        draft: SkuDraft,
        position: int,
        siblings: dict[str, Sku],
        product_line: int,
    ) -> Sku:
        key = new_id()
        shared = siblings.get(draft.shares) if draft.shares else None
        sku = Sku(
            id=key,
            shop_id=self.shop.id,
            product=product,
            external_id=draft.key,
            stock_shop_id=self.shop.id,
            stock_sku_id=shared.stock_sku_id if shared else key,
            **merging.sku_fields(draft, position),
        )
        self._new_skus.append(sku)
        if shared is None:
            said = StockSaid(
                key, draft.stock or 0, draft.line, product_line, _variant(draft.options), new=True
            )
            self.applied.stock.append(said)
        return sku

    def _say_stock(self, draft: SkuDraft, sku: Sku, last: int | None, product_line: int) -> bool:
        """Pass on a count that the file changed; one that it repeats is older than our sales."""
        if draft.stock is None or draft.stock == last or sku.stock_shop_id != self.shop.id:
            return False
        self.applied.stock.append(
            StockSaid(
                sku.stock_sku_id, draft.stock, draft.line, product_line, _variant(sku.options)
            )
        )
        return True

    def _state(self, draft: ProductDraft) -> str:
        if self.terms.approve:
            return "approved"
        return "in_review" if draft.published else "draft"

    def _review(self, product: Product, changed: set[str]) -> None:
        """What was reviewed and is now different is reviewed again."""
        state = product.review_state
        if self.terms.approve:
            if state not in {"approved", "rejected"}:
                self._step(product, "approved")
            return
        looked_at = state == "approved" and bool(changed & set(REVIEWED_FIELDS))
        if looked_at or (state == "draft" and product.on_shelf):
            self._step(product, "in_review")

    def _step(self, product: Product, state: str) -> None:
        product.review_state = state
        self._steps.append(
            ReviewEvent(product=product, state=state, actor_id=self.terms.actor_id, at=self.at)
        )

    def _keep(self, line: int, product: Product, names: list[str]) -> None:
        self.applied.kept += [KeptEdit(line, product.title, name) for name in names]

    def _event(self, topic: str, payload: dict[str, str]) -> OutboxEvent:
        return OutboxEvent(shop_id=self.shop.id, topic=topic, payload=payload)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _variant(options: Sequence[str]) -> str:
    return " / ".join(options)


_ANY_SKU = SkuDraft(key="", line=0, price_minor=0)
