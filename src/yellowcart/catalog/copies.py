"""Native copies of a supplier's products: made, kept in step, taken away. Joins the caller's
transaction and asks no permission; ``supply`` and ``actions`` do.

A copy's SKUs point at the supplier's stock rows, so whatever any copy sells is gone for all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import events, merging, picturing
from yellowcart.catalog.fitting import Renames
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.money import share
from yellowcart.core.problems import Problem
from yellowcart.shops.models import Shop

_SKU_FIELDS = (
    *("position", "code", "barcode", "options", "price_minor", "compare_at_minor"),
    *("sale_price_minor", "sale_from", "sale_until", "weight_grams", "image_url"),
    *("stock_shop_id", "stock_sku_id", "active"),
)


@dataclass(frozen=True, slots=True)
class PriceRule:
    """What a copy costs: as the supplier's (``follow``), so many basis points more (``margin``),
    or one price for every SKU in minor units (``fixed``).

    A sale price of the supplier passes through the same way, but a fixed price knows no sale.
    """

    kind: Literal["follow", "margin", "fixed"] = "follow"
    margin_bps: int = 0
    fixed_minor: int = 0

    def __post_init__(self) -> None:
        """``price_rule_bad`` where the numbers make no price."""
        if (
            self.kind not in {"follow", "margin", "fixed"}
            or not -9_999 <= self.margin_bps <= 1_000_000
            or self.fixed_minor < 0
            or (self.kind == "fixed" and self.fixed_minor == 0)
        ):
            raise Problem(
                "price_rule_bad",
                422,
                _("Follow the supplier's price, add a margin, or name a price above 0."),
            )

    def price(self, supplier_minor: int) -> int:
        """The copy's price for a supplier's price."""
        if self.kind == "fixed":
            return self.fixed_minor
        return max(0, supplier_minor + share(supplier_minor, self.margin_bps))

    def terms(self) -> dict[str, Any]:
        """As kept in ``Product.supply_terms``."""
        kept: dict[str, Any] = {"kind": self.kind}
        if self.kind == "margin":
            kept["margin_bps"] = self.margin_bps
        if self.kind == "fixed":
            kept["fixed_minor"] = self.fixed_minor
        return kept

    @classmethod
    def of(cls, terms: dict[str, Any]) -> "PriceRule":
        """From ``Product.supply_terms``."""
        return cls(**terms) if terms else cls()


def make(
    originals: Sequence[Product],
    shop: Shop,
    rule: PriceRule,
    actor_id: UUID | None,
    renames: Renames | None = None,
) -> list[Product]:
    """New copies in ``shop`` of approved originals that have none there yet, in its own words."""
    words = renames or Renames()
    copies = [
        Product(
            shop=shop,
            title=original.title,
            description_html=original.description_html,
            vendor=original.vendor,
            category=words.category(original.category),
            tags=original.tags,
            images=original.images,
            option_names=words.option_names(original.option_names),
            currency=original.currency,
            source="native",
            integration="native",
            origin=original,
            review_state="approved",
            on_shelf=True,
            supply_terms=rule.terms(),
            import_base=_taken(original),
            ship_within_seconds=original.ship_within_seconds,
            presale_days=original.presale_days,
            return_rule=original.return_rule,
            price_protect_days=original.price_protect_days,
        )
        for original in originals
    ]
    Product.objects.bulk_create(copies)
    by_product = _skus_of(original.id for original in originals)
    Sku.objects.bulk_create(
        [
            _copied(sku, Sku(shop_id=shop.id, product=copy, external_id=str(sku.id)), rule)
            for copy in copies
            for sku in by_product.get(copy.origin_id, [])
        ]
    )
    # The words and pictures are those of goods that were reviewed.
    ReviewEvent.objects.bulk_create(
        [ReviewEvent(product=copy, state="approved") for copy in copies]
    )
    picturing.note_copies([copy.id for copy in copies])
    events.announce_all((shop.id, events.ProductChanged(str(copy.id))) for copy in copies)
    return copies


def refresh(copies: Collection[Product]) -> list[Product]:
    """Bring copies in step with their originals' SKUs, prices and pictures; those that changed.

    The copies' rows are locked by the caller. Words stay the shop's own, and so do pictures that
    the shop edited. Those of an original that waits for its review are not taken over yet.
    """
    origin_ids = {copy.origin_id for copy in copies if copy.origin_id is not None}
    theirs = _skus_of(origin_ids)
    ours = _skus_of(copy.id for copy in copies)
    originals: dict[UUID | None, Product] = {**Product.objects.in_bulk(origin_ids)}
    fresh: list[Sku] = []
    stale: list[Sku] = []
    changed: list[Product] = []
    for copy in copies:
        rule = PriceRule.of(copy.supply_terms)
        known = {sku.external_id: sku for sku in ours.get(copy.id, [])}
        before = (len(fresh), len(stale))
        for original in theirs.get(copy.origin_id, []):
            sku = known.pop(str(original.id), None)
            if sku is None:
                blank = Sku(shop_id=copy.shop_id, product=copy, external_id=str(original.id))
                fresh.append(_copied(original, blank, rule))
                continue
            was = [getattr(sku, name) for name in _SKU_FIELDS]
            _copied(original, sku, rule)
            if was != [getattr(sku, name) for name in _SKU_FIELDS]:
                stale.append(sku)
        for sku in known.values():
            if sku.active:
                sku.active = False
                stale.append(sku)
        pictured = copy.origin_id in originals and _follow_pictures(copy, originals[copy.origin_id])
        if pictured or before != (len(fresh), len(stale)):
            changed.append(copy)
    Sku.objects.bulk_create(fresh)
    Sku.objects.bulk_create(
        stale,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_SKU_FIELDS,
        batch_size=1_000,
    )
    for copy in changed:
        copy.updated_at = now()
        copy.save(update_fields=["images", "import_base", "updated_at"])
    picturing.note(changed)
    events.announce_all((one.shop_id, events.ProductChanged(str(one.id))) for one in changed)
    return changed


def follow_originals(original_ids: Iterable[UUID]) -> list[Product]:
    """After a supplier changed products: lock and refresh every copy of them."""
    copies = list(
        Product.objects.select_for_update(no_key=True)
        .filter(origin_id__in=list(original_ids))
        .order_by("id")
    )
    return refresh(copies) if copies else []


def withdraw(original_ids: Iterable[UUID]) -> int:
    """Take every copy of these products off the shelf, because the originals left it."""
    copies = list(
        Product.objects.select_for_update(no_key=True)
        .filter(origin_id__in=list(original_ids), on_shelf=True)
        .order_by("id")
    )
    Product.objects.filter(id__in=[copy.id for copy in copies]).update(
        on_shelf=False, updated_at=now()
    )
    events.announce_all((copy.shop_id, events.ShelfChanged(str(copy.id), False)) for copy in copies)
    return len(copies)


def on_shop_state(changes: Sequence[outbox.Event]) -> None:
    """When a supplier pauses or closes, nobody sells its goods on. Subscribed to ``shops``."""
    for change in changes:
        if change.payload["state"] != "open":
            withdraw(
                Product.objects.filter(shop_id=change.shop_id, copies__isnull=False)
                .order_by("id")
                .values_list("id", flat=True)
                .distinct()
            )


def _taken(original: Product) -> dict[str, Any]:
    """What ``import_base`` of a copy keeps: the marks of what is followed of the original."""
    return {"product": merging.marks({"images": original.images})}


def _follow_pictures(copy: Product, original: Product) -> bool:
    """Take over the original's pictures unless the shop edited them; whether they changed."""
    base = copy.import_base.get("product", {})
    if original.review_state != "approved" or "images" not in base:
        return False
    merged = merging.merge(base, {"images": original.images}, {"images": copy.images})
    if not merged.changes:
        return False
    copy.images, copy.import_base = original.images, _taken(original)
    return True


def _skus_of(product_ids: Iterable[UUID]) -> dict[UUID | None, list[Sku]]:
    result: dict[UUID | None, list[Sku]] = {}
    rows = Sku.objects.filter(product_id__in=list(product_ids)).order_by("position", "id")
    for sku in rows:
        result.setdefault(sku.product_id, []).append(sku)
    return result


def _copied(original: Sku, sku: Sku, rule: PriceRule) -> Sku:
    """Give a copy's SKU what it takes over from the original, the price by the rule."""
    for name in _SKU_FIELDS:
        setattr(sku, name, getattr(original, name))
    sku.price_minor = rule.price(original.price_minor)
    follows = rule.kind != "fixed"
    if original.compare_at_minor is not None:
        sku.compare_at_minor = rule.price(original.compare_at_minor) if follows else None
    if original.sale_price_minor is not None:
        sku.sale_price_minor = rule.price(original.sale_price_minor) if follows else None
    if not follows:
        sku.sale_from = sku.sale_until = None
    return sku
