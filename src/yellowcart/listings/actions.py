"""Putting goods into carts and taking them out. Each verb is one transaction.

Carts of one container change one after the other, behind an advisory lock, so that positions and
the limit hold. Whoever calls these holds a :class:`Container`, which is made only for people who
were let in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import get_product
from yellowcart.catalog.rules import why_not_offerable
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings import events, problems
from yellowcart.listings.cart import MOST_LISTINGS
from yellowcart.listings.containers import Container
from yellowcart.listings.facts import facts_of
from yellowcart.listings.models import Listing
from yellowcart.people import queries as people
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy
from yellowcart.shops import queries as shops
from yellowcart.shops import rules as shop_rules

OFFERED = ("mounted", "barred")


@dataclass(frozen=True, slots=True)
class Terms:
    """How something is offered: pieces a buyer may have, and when in ``[from, until)``.

    ``task_order`` names the approved task under which a rule may let it in.
    """

    purchase_limit: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    task_order: str = ""

    def check(self) -> None:
        """Raise ``offer_invalid`` where they make no sense."""
        if self.purchase_limit is not None and self.purchase_limit < 1:
            raise problems.offer_invalid()
        if self.sale_from and self.sale_until and self.sale_until <= self.sale_from:
            raise problems.offer_invalid()


@transaction.atomic
def do_mount(
    actor: Account, container: Container, product_id: UUID, terms: Terms | None = None
) -> Listing:
    """Offer a product, last in the cart.

    Whoever promotes another's goods is promised the commission that the shop offers now.

    Problems: ``product_not_found``, ``product_not_offerable``, ``permit_missing``,
    ``not_this_shops``, ``barred_by_policy`` with the verdict, ``already_mounted``, ``cart_full``,
    ``offer_invalid``.
    """
    terms = terms or Terms()
    terms.check()
    product = get_product(product_id)
    reason = why_not_offerable(product.review_state, product.on_shelf, product.shop.state)
    if reason is not None:
        raise problems.not_offerable(reason)
    own = _check_seller(actor, container, product)
    listing = Listing(
        shop_id=product.shop_id,
        product=product,
        surface=container.surface,
        container_id=container.id,
        creator_id=container.creator_id,
        source=product.source,
        integration=product.integration,
        shop_type=product.shop.type,
        purchase_limit=terms.purchase_limit,
        commission_bps=0 if own else product.shop.commission_bps,
        sale_from=terms.sale_from,
        sale_until=terms.sale_until,
        task_order=terms.task_order,
        mounted_at=now(),
    )
    _check_verdict(listing)
    _lock(container)
    offered = _offered(container)
    if offered.filter(product=product).exists():
        raise problems.already_mounted()
    if offered.count() >= MOST_LISTINGS:
        raise problems.cart_full(MOST_LISTINGS)
    last = offered.aggregate(last=Max("position"))["last"]
    listing.position = 0 if last is None else last + 1
    listing.save(force_insert=True)
    outbox.audit(actor.id, "listing.mount", f"listing:{listing.id}", product=str(product.id))
    events.mounted(container, listing.id)
    return listing


@transaction.atomic
def do_unmount(actor: Account, container: Container, listing_id: UUID) -> None:
    """Take a listing out of its cart; doing it again is ``listing_not_found``."""
    _lock(container)
    listing = locked_in(container, listing_id)
    listing.state = "unmounted"
    listing.unmounted_at = now()
    listing.save(update_fields=["state", "unmounted_at"])
    outbox.audit(actor.id, "listing.unmount", f"listing:{listing.id}")
    events.unmounted(container, listing.id)


@transaction.atomic
def do_reorder(actor: Account, container: Container, order: Sequence[UUID]) -> None:
    """Put the cart in another order. ``order_incomplete`` unless it names each listing once."""
    _lock(container)
    listings = {listing.id: listing for listing in _offered(container)}
    if len(order) != len(listings) or set(order) != listings.keys():
        raise problems.order_incomplete()
    for position, listing_id in enumerate(order):
        listings[listing_id].position = position
    Listing.objects.bulk_update(listings.values(), ["position"])
    outbox.audit(actor.id, "cart.reorder", f"{container.surface}:{container.id}")
    events.reordered(container, order)


@transaction.atomic
def do_change_terms(
    actor: Account, container: Container, listing_id: UUID, terms: Terms
) -> Listing:
    """Change how something is offered, where it stands; a countdown to its sale is over."""
    terms.check()
    _lock(container)
    listing = locked_in(container, listing_id)
    listing.purchase_limit = terms.purchase_limit
    listing.sale_from = terms.sale_from
    listing.sale_until = terms.sale_until
    listing.task_order = terms.task_order
    listing.held, listing.hides_price, listing.reveals_at = False, False, None
    listing.save(
        update_fields=[
            "purchase_limit",
            "sale_from",
            "sale_until",
            "task_order",
            "held",
            "hides_price",
            "reveals_at",
        ]
    )
    outbox.audit(actor.id, "listing.terms", f"listing:{listing.id}")
    events.mounted(container, listing.id)
    return listing


def do_count_sold(pieces: Mapping[UUID, int]) -> dict[UUID, int]:
    """Count pieces ordered through listings; their totals. Joins the caller's transaction."""
    if not pieces:
        return {}
    ids = sorted(pieces)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listings_sold (listing_id, quantity)"
            " SELECT * FROM unnest(%s::uuid[], %s::bigint[])"
            " ON CONFLICT (listing_id) DO UPDATE"
            " SET quantity = listings_sold.quantity + EXCLUDED.quantity"
            " RETURNING listing_id, quantity",
            [ids, [pieces[listing_id] for listing_id in ids]],
        )
        return dict(cursor.fetchall())


def _check_seller(actor: Account, container: Container, product: Product) -> bool:
    """Whether the goods are the offering person's or the shop's own; a problem where they can't."""
    if container.creator_id is None:
        own = container.id == (product.shop_id if container.surface == "shop_page" else product.id)
        if not own:
            raise problems.not_this_shops()
        shops.access_shop(actor, product.shop_id, "goods")
        return True
    own = shop_rules.may(shops.role_in(actor, product.shop_id), "goods")
    permit = "sell_own" if own else "promote"
    if not people.has_permit(container.creator_id, permit):
        raise problems.permit_missing(permit)
    return own


def _check_verdict(listing: Listing) -> None:
    verdict = policy.table().verdict(facts_of(listing), now())
    if not verdict.permits(has_task=bool(listing.task_order)):
        raise problems.barred(verdict, get_language() or "en")


def _lock(container: Container) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"cart:{container.surface}:{container.id}"],
        )


def _offered(container: Container) -> QuerySet[Listing]:
    return Listing.objects.filter(
        surface=container.surface, container_id=container.id, state__in=OFFERED
    )


def locked_in(container: Container, listing_id: UUID) -> Listing:
    """A listing of a cart, its row locked as every sale through it locks it; else
    ``listing_not_found``."""
    listing = _offered(container).select_for_update(no_key=True).filter(id=listing_id).first()
    if listing is None:
        raise problems.listing_not_found()
    return listing
