"""Reading carts, and who may change the ones of shops, products and profiles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from yellowcart.catalog.queries import access_product
from yellowcart.core.clock import now
from yellowcart.listings.cart import BY_IDS, OF_CONTAINER, CartRow, cart_item, decode_row
from yellowcart.listings.containers import Container
from yellowcart.listings.facts import facts_of
from yellowcart.listings.models import Listing
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy
from yellowcart.policy.verdicts import Verdict
from yellowcart.shops.queries import access_shop


def cart_of(surface: str, container_id: UUID) -> list[CartRow]:
    """What is mounted somewhere, in order, barred listings included."""
    return _rows(OF_CONTAINER, {"surface": surface, "container": container_id})


def items_of(surface: str, container_id: UUID, language: str) -> list[dict[str, Any]]:
    """What a viewer sees there now, each listing with the verdict of this instant.

    Nothing of a practice room. The same shape as ``cart`` in a room's snapshot; barred listings
    have ``state`` ``barred``.
    """
    ask, at = policy.table().verdict, now()
    rows = cart_of(surface, container_id)
    return [cart_item(row, ask, at, language) for row in rows if not row.practice]


def item(listing_id: UUID, language: str, *, public: bool = False) -> dict[str, Any] | None:
    """One listing as a viewer sees it now; None where it is not offered any more, and, where this
    is for the ``public``, where it is in a practice room."""
    row = next(iter(rows_by_id([listing_id])), None)
    if row is None or row.state == "unmounted" or (public and row.practice):
        return None
    return cart_item(row, policy.table().verdict, now(), language)


def rows_by_id(listing_ids: Iterable[UUID]) -> list[CartRow]:
    """Listings in no order, whatever their state."""
    return _rows(BY_IDS, {"ids": list(listing_ids)})


def verdict_on(listing: Listing) -> Verdict:
    """The verdict on a listing at this instant."""
    return policy.table().verdict(facts_of(listing), now())


def is_offered(listing: Listing) -> bool:
    """Whether a listing is mounted and the verdict of this instant lets it be."""
    return listing.state != "unmounted" and verdict_on(listing).permits(
        has_task=bool(listing.task_order)
    )


def offered_in(listing_id: UUID, surface: str, container_id: UUID) -> Listing | None:
    """A listing of a container, mounted or barred; None where it is elsewhere or taken out."""
    return Listing.objects.filter(
        id=listing_id, surface=surface, container_id=container_id, state__in=["mounted", "barred"]
    ).first()


def access_profile(account: Account) -> Container:
    """The cart on one's own profile."""
    return Container("profile", account.id, account.id)


def access_shop_page(account: Account, shop_id: UUID) -> Container:
    """The cart on a shop's page, for those who may offer its goods."""
    return Container("shop_page", access_shop(account, shop_id, "goods").id, None)


def access_product_page(account: Account, product_id: UUID) -> Container:
    """The offer on a product's own page, for those who may offer the shop's goods."""
    return Container("product_page", access_product(account, product_id, "goods").id, None)


def _rows(statement: str, parameters: dict[str, Any]) -> list[CartRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT q.item::text FROM ({statement}) q ORDER BY q.position, q.id",  # noqa: S608  constants
            parameters,
        )
        return [decode_row(text) for (text,) in cursor.fetchall()]
