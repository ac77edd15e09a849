"""Drafts from a catalogue file become products: new ones are made, known ones merged.

Joins the caller's transaction and asks no permission; ``inventory.importing`` does both, and
writes the stock that comes out of here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from yellowcart.catalog import copies, merging
from yellowcart.catalog.actions import REVIEWED_FIELDS
from yellowcart.catalog.events import TOPIC_CHANGED, TOPIC_REVIEW
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import OutboxEvent
from yellowcart.shops.models import Shop
from yellowcart.sources.drafts import ProductDraft, SkuDraft

_PRODUCT_COLUMNS = (
    *("title", "description_html", "vendor", "category", "tags", "images", "option_names"),
    *("on_shelf", "review_state", "import_digest", "import_base", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class KeptEdit:
    """A field that both the file and the shop changed; the shop's value stayed."""

    line: int
    title: str
    field: str


@dataclass(frozen=True, slots=True)
class StockSaid:
    """What the file says lies in the warehouse of one SKU."""

    sku_id: UUID
    on_hand: int
    line: int


@dataclass(slots=True)
class Applied:
    """What came of a batch of drafts."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skus_retired: int = 0
    kept: list[KeptEdit] = field(default_factory=list)
    stock: list[StockSaid] = field(default_factory=list)


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


def apply_drafts(shop: Shop, drafts: Sequence[ProductDraft], terms: Terms) -> Applied:
    """Write a batch of drafts of one shop. The same drafts again change nothing."""
    # Two imports into one shop take turns, so that neither trips over the other's new rows.
    Shop.objects.select_for_update(no_key=True).get(id=shop.id)
    known = {
        product.external_id: product
        for product in Product.objects.select_for_update(no_key=True)
        .filter(shop=shop, source=terms.source, external_id__in=[draft.key for draft in drafts])
        .order_by("id")
    }
    skus: dict[UUID, dict[str, Sku]] = {product.id: {} for product in known.values()}
    for sku in Sku.objects.filter(product_id__in=skus).exclude(external_id=""):
        skus[sku.product_id][sku.external_id] = sku
    batch = _Batch(shop, terms, now())
    for draft in drafts:
        product = known.get(draft.key)
        if product is None:
            batch.create(draft)
        else:
            batch.merge(draft, product, skus[product.id])
    batch.write()
    return batch.applied


class _Batch:
    """Rows to write, gathered draft by draft and written together."""

    def __init__(self, shop: Shop, terms: Terms, at: datetime) -> None:
        self.shop, self.terms, self.at = shop, terms, at
        self.applied = Applied()
        self._new: list[Product] = []
        self._changed: list[Product] = []
        self._new_skus: list[Sku] = []
        self._changed_skus: list[Sku] = []
        self._steps: list[ReviewEvent] = []
        self._touched: list[Product] = []

    def create(self, draft: ProductDraft) -> None:
        """A product that the shop does not have yet."""
        fields = merging.product_fields(draft)
        product = Product(
            shop=self.shop,
            source=self.terms.source,
            integration=self.terms.integration,
            external_id=draft.key,
            currency=self.terms.currency,
            import_digest=merging.digest_of(draft, fields),
            import_base=merging.base_of(draft, fields),
            created_at=self.at,
            updated_at=self.at,
            **fields,
        )
        self._step(product, self._state(draft))
        self._new.append(product)
        made: dict[str, Sku] = {}
        for position, one in enumerate(draft.skus):
            made[one.key] = self._new_sku(product, one, position, made)
        self.applied.created += 1

    def merge(self, draft: ProductDraft, product: Product, skus: dict[str, Sku]) -> None:
        """A product that the shop has: take over what the file changed and the shop did not."""
        fields = merging.product_fields(draft)
        digest = merging.digest_of(draft, fields)
        if product.import_digest == digest:
            self.applied.unchanged += 1
            return
        base = product.import_base
        merged = merging.merge(
            base.get("product", {}), fields, {name: getattr(product, name) for name in fields}
        )
        self._keep(draft.line, product, merged.kept)
        for name, value in merged.changes.items():
            setattr(product, name, value)
        touched = self._merge_skus(draft, product, skus) or bool(merged.changes)
        product.import_digest, product.import_base = digest, merging.base_of(draft, fields)
        if not draft.complete:
            # What a refused row would have said is not known: keep what the last file said.
            for part in ("skus", "stock"):
                product.import_base[part] = {**base.get(part, {}), **product.import_base[part]}
        if touched:
            product.updated_at = self.at
            self._touched.append(product)
            self._review(product, set(merged.changes))
        self._changed.append(product)
        self.applied.changed += touched
        self.applied.unchanged += not touched

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
        if self.terms.integration == "supply" and self._touched:
            copies.follow_originals([product.id for product in self._touched])
            copies.withdraw([product.id for product in self._touched if not product.on_shelf])

    def _merge_skus(self, draft: ProductDraft, product: Product, skus: dict[str, Sku]) -> bool:
        base = product.import_base
        touched = False
        for position, one in enumerate(draft.skus):
            sku = skus.get(one.key)
            if sku is None:
                skus[one.key] = self._new_sku(product, one, position, skus)
                touched = True
                continue
            wanted = merging.sku_fields(one, position)
            ours = {name: getattr(sku, name) for name in wanted}
            merged = merging.merge(base.get("skus", {}).get(one.key, {}), wanted, ours)
            self._keep(one.line, product, merged.kept)
            for name, value in merged.changes.items():
                setattr(sku, name, value)
            if merged.changes:
                self._changed_skus.append(sku)
                touched = True
            touched |= self._say_stock(one, sku, base.get("stock", {}).get(one.key))
        return self._retire(draft, skus) or touched

    def _retire(self, draft: ProductDraft, skus: dict[str, Sku]) -> bool:
        """Take variants that the file no longer has off sale, where it was read whole."""
        if not draft.complete:
            return False
        there = {one.key for one in draft.skus}
        gone = [sku for key, sku in skus.items() if key not in there and sku.active]
        for sku in gone:
            sku.active = False
        self._changed_skus += gone
        self.applied.skus_retired += len(gone)
        return bool(gone)

    def _new_sku(
        self, product: Product, draft: SkuDraft, position: int, siblings: dict[str, Sku]
    ) -> Sku:
        key = new_id()
        shared = siblings.get(draft.shares)
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
            self.applied.stock.append(StockSaid(key, draft.stock or 0, draft.line))
        return sku

    def _say_stock(self, draft: SkuDraft, sku: Sku, last: int | None) -> bool:
        """Pass on a count that the file changed; one that it repeats is older than our sales."""
        if draft.stock is None or draft.stock == last or sku.stock_shop_id != self.shop.id:
            return False
        self.applied.stock.append(StockSaid(sku.stock_sku_id, draft.stock, draft.line))
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


_ANY_SKU = SkuDraft(key="", line=0, price_minor=0)
