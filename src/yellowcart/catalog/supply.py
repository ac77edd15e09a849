"""One-click listing: a supplier's catalogue as native goods that share the supplier's stock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import copies, events
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.fitting import Renames
from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import access_product
from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop

BATCH = 500


@dataclass(slots=True)
class Outcome:
    """What one click did, by native product id; ``missing`` are the wanted ids not on offer."""

    created: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)

    @property
    def products(self) -> list[UUID]:
        """Every native product that now stands in the shop for the wanted goods."""
        return [*self.created, *self.changed, *self.unchanged]


def supplier_goods(supplier_id: UUID) -> QuerySet[Product]:
    """What a supplier offers for listing, newest first."""
    return Product.objects.filter(
        shop_id=supplier_id,
        shop__type="supplier",
        shop__state="open",
        review_state="approved",
        on_shelf=True,
        origin__isnull=True,
    ).order_by("-id")


def waiting_for_review(supplier_id: UUID) -> int:
    """How many of a supplier's products the platform has not looked at yet."""
    return Product.objects.filter(shop_id=supplier_id, review_state="in_review").count()


def check_supplier(supplier: Shop, shop: Shop) -> None:
    """:class:`Problem` 409 ``not_a_supplier`` where a shop can't list a supplier's goods."""
    is_fit = supplier.type == "supplier" and supplier.state == "open" and supplier.id != shop.id
    if not is_fit or supplier.offered_to not in {None, shop.id}:
        raise Problem(
            "not_a_supplier", 409, _("Goods can be listed from another, open supplier shop only.")
        )


def do_list_supplier_goods(
    *,
    actor: Account,
    supplier: Shop,
    shop: Shop,
    product_ids: Sequence[UUID] | None = None,
    price: PriceRule | None = None,
) -> Outcome:
    """List a supplier's goods in a shop: all of them, or those wanted.

    Makes a native copy of each, or brings the copy it has in step and back on the shelf; a
    repeat changes nothing. ``price=None`` keeps the terms a copy has and follows the supplier
    where it is new. Works in batches, each its own transaction, so that it can be cut short and
    repeated. Raises ``not_a_supplier`` or ``shop_forbidden``.
    """
    access_shop(actor, shop.id, "goods")
    check_supplier(supplier, shop)
    goods = supplier_goods(supplier.id)
    if product_ids is not None:
        goods = goods.filter(id__in=list(product_ids))
    wanted = list(goods.order_by("id").values_list("id", flat=True))
    outcome = Outcome()
    if product_ids is not None:
        outcome.missing = sorted(set(product_ids) - set(wanted))
    for start in range(0, len(wanted), BATCH):
        do_list_batch(actor.id, supplier, shop, wanted[start : start + BATCH], price, outcome)
    return outcome


@transaction.atomic
def do_list_batch(
    actor_id: UUID,
    supplier: Shop,
    shop: Shop,
    wanted: Sequence[UUID],
    price: PriceRule | None,
    outcome: Outcome,
    renames: Renames | None = None,
) -> None:
    """List some of a supplier's goods in one transaction, adding to ``outcome``; asks nothing."""
    # Two clicks at once in one shop wait for each other here instead of failing on the copy.
    Shop.objects.select_for_update(no_key=True).get(id=shop.id)
    # Originals before copies, as everybody does: none can leave the shelf while it is copied.
    originals = list(
        supplier_goods(supplier.id)
        .filter(id__in=wanted)
        .order_by("id")
        .select_for_update(no_key=True, of=("self",))
    )
    known = list(
        Product.objects.select_for_update(no_key=True)
        .filter(shop=shop, origin__in=originals)
        .order_by("id")
    )
    changed: set[UUID] = set()
    for copy in known:
        terms = price.terms() if price else copy.supply_terms
        if copy.supply_terms != terms or not copy.on_shelf or copy.review_state != "approved":
            shelve = not copy.on_shelf and copy.review_state == "approved"
            if copy.supply_terms != terms or shelve:
                changed.add(copy.id)
            copy.supply_terms, copy.on_shelf = terms, copy.on_shelf or shelve
            copy.save(update_fields=["supply_terms", "on_shelf"])
            if shelve:
                events.announce(shop.id, events.ShelfChanged(str(copy.id), True))
    changed |= {copy.id for copy in copies.refresh(known)}
    listed = {copy.origin_id for copy in known}
    new = [original for original in originals if original.id not in listed]
    made = copies.make(new, shop, price or PriceRule(), actor_id, renames)
    outcome.created += [copy.id for copy in made]
    outcome.changed += [copy.id for copy in known if copy.id in changed]
    outcome.unchanged += [copy.id for copy in known if copy.id not in changed]
    if made or changed:
        outbox.audit(
            actor_id,
            "supply.list",
            f"shop:{shop.id}",
            supplier=str(supplier.id),
            created=len(made),
            changed=len(changed),
        )


def supplier_product_of(product: Product) -> Product | None:
    """The supplier's product that a link product points to, where a supplier here offers it."""
    if product.integration != "link":
        return None
    return (
        Product.objects.filter(
            _on_offer(),
            Q(shop__offered_to__isnull=True) | Q(shop__offered_to=product.shop_id),
            source=product.source,
            external_id=product.external_id,
        )
        .select_related("shop")
        .order_by("id")
        .first()
    )


def native_twin(product: Product) -> Product | None:
    """The shop's native copy of the goods that this link product points to, if it has one."""
    if product.integration != "link":
        return None
    return (
        Product.objects.filter(
            shop_id=product.shop_id,
            integration="native",
            origin__source=product.source,
            origin__external_id=product.external_id,
        )
        .exclude(origin__external_id="")
        .order_by("id")
        .first()
    )


def native_offers(product: Product) -> QuerySet[Product]:
    """Native copies on offer, in any shop, of the goods that this link product points to."""
    return (
        Product.objects.filter(
            integration="native",
            origin__source=product.source,
            origin__external_id=product.external_id,
            shop__state="open",
            review_state="approved",
            on_shelf=True,
        )
        .exclude(origin__external_id="")
        .select_related("shop")
        .order_by("id")
    )


def convertible(product_ids: Collection[UUID]) -> set[UUID]:
    """Those link products that one click can turn into native ones: a supplier here has them."""
    offered = Product.objects.filter(
        _on_offer(),
        Q(shop__offered_to__isnull=True) | Q(shop__offered_to=OuterRef("shop_id")),
        source=OuterRef("source"),
        external_id=OuterRef("external_id"),
    )
    return set(
        Product.objects.filter(Exists(offered), id__in=list(product_ids), integration="link")
        .exclude(external_id="")
        .values_list("id", flat=True)
    )


def do_convert_to_native(
    *, actor: Account, product: Product, price: PriceRule | None = None
) -> Product:
    """The native twin of a link product, made or put back on the shelf where need be.

    Raises ``not_convertible`` where no supplier here offers the same goods.
    """
    access_product(actor, product.id, "goods")
    original = supplier_product_of(product)
    if original is None:
        raise _not_convertible()
    shop = Shop.objects.get(id=product.shop_id)
    outcome = do_list_supplier_goods(
        actor=actor, supplier=original.shop, shop=shop, product_ids=[original.id], price=price
    )
    if not outcome.products:
        # The supplier took it away between the two looks.
        raise _not_convertible()
    return Product.objects.select_related("shop").get(id=outcome.products[0])


def _not_convertible() -> Problem:
    return Problem(
        "not_convertible",
        409,
        _("No supplier on this platform offers these goods, so they can't be made native."),
    )


def _on_offer() -> Q:
    return Q(
        shop__type="supplier",
        shop__state="open",
        review_state="approved",
        on_shelf=True,
    ) & ~Q(external_id="")
