"""What follows for a supplier's products when its store says more than a catalogue file would:
prices, goods that are gone, goods that wait for a look. Joins the caller's transaction and asks
no permission; ``connections`` does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from yellowcart.catalog import copies, events, merging
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.core.clock import now
from yellowcart.shops.models import Shop


@dataclass(frozen=True, slots=True)
class PriceSaid:
    """What a variant costs at its store, in minor units."""

    sku_id: UUID
    price_minor: int


def apply_prices(supplier: Shop, prices: Sequence[PriceSaid]) -> int:
    """Take over prices, unless somebody here changed what the store last said; how many changed.

    Copies follow by their own terms.
    """
    if not prices:
        return 0
    said = {one.sku_id: one.price_minor for one in prices}
    skus = [
        sku
        for sku in Sku.objects.filter(id__in=said, shop=supplier)
        if sku.price_minor != said[sku.id]
    ]
    products = {
        product.id: product
        for product in Product.objects.select_for_update(no_key=True)
        .filter(id__in={sku.product_id for sku in skus})
        .order_by("id")
    }
    changed: dict[UUID, Product] = {}
    written: list[Sku] = []
    for sku in skus:
        product = products[sku.product_id]
        base = product.import_base.get("skus", {}).get(sku.external_id, {})
        last = base.get("price_minor")
        if last is not None and last != merging.mark(sku.price_minor):
            continue
        sku.price_minor = said[sku.id]
        if sku.sale_price_minor is not None and sku.sale_price_minor > sku.price_minor:
            sku.sale_price_minor = None
        base["price_minor"] = merging.mark(sku.price_minor)
        written.append(sku)
        changed[product.id] = product
    instant = now()
    for product in changed.values():
        product.updated_at = instant
        # The file that was read last said another price, so it is read anew when it comes.
        product.import_digest = ""
        product.save(update_fields=["import_base", "import_digest", "updated_at"])
        events.announce(product.shop_id, events.ProductChanged(str(product.id)))
    Sku.objects.bulk_update(written, ["price_minor", "sale_price_minor"], batch_size=500)
    if changed:
        copies.follow_originals(sorted(changed))
    return len(written)


def gone_from(supplier: Shop, source: str, seen_keys: Collection[str]) -> tuple[list[UUID], int]:
    """Products on the shelf that are not among those seen, by their keys at the source, and how
    many there are."""
    mine = (
        Product.objects.filter(shop=supplier, source=source, origin__isnull=True, on_shelf=True)
        .exclude(external_id="")
        .order_by("id")
        .values_list("id", "external_id")
    )
    rows = list(mine)
    return [product_id for product_id, key in rows if key not in seen_keys], len(rows)


def take_gone(supplier: Shop, product_ids: Collection[UUID]) -> None:
    """Products that their store no longer lists leave the shelf, and their copies with them.

    When the store lists one again, that is news, and it comes back.
    """
    rows = Product.objects.select_for_update(no_key=True).filter(
        shop=supplier, id__in=list(product_ids), on_shelf=True
    )
    for product in rows.order_by("id"):
        product.on_shelf, product.import_digest, product.updated_at = False, "", now()
        product.import_base.setdefault("product", {})["on_shelf"] = merging.mark(False)
        product.save(update_fields=["on_shelf", "import_digest", "import_base", "updated_at"])
        events.announce(product.shop_id, events.ShelfChanged(str(product.id), False))
    copies.withdraw(sorted(product_ids))


def approve_waiting(supplier: Shop, actor_id: UUID) -> int:
    """Let every product of a supplier pass that waits for its review; how many did."""
    rows = list(
        Product.objects.select_for_update(no_key=True)
        .filter(shop=supplier, review_state="in_review")
        .order_by("id")
    )
    ids = [product.id for product in rows]
    Product.objects.filter(id__in=ids).update(review_state="approved", updated_at=now())
    ReviewEvent.objects.bulk_create(
        [ReviewEvent(product_id=one, state="approved", actor_id=actor_id) for one in ids],
        batch_size=1_000,
    )
    events.announce_all(
        (product.shop_id, events.ReviewStepped(str(product.id), "approved")) for product in rows
    )
    return len(rows)
