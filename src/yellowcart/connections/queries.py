"""Reading connections, and who may see them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.connections.models import Change, Connection, Supply
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop, shop_forbidden
from yellowcart.sources.connector import Can, Connector
from yellowcart.sources.registry import CONNECTORS

#: Refunds shown of one store.
MOST_SHOWN: Final = 20


def connection_not_found() -> Problem:
    """There is no such connection, or it is none of the caller's business; the two look alike."""
    return Problem("connection_not_found", 404, _("There is no such connection among yours."))


def access_connection(
    account: Account, connection_id: UUID, capability: str = "view"
) -> Connection:
    """A connection, for members of its shop who may do ``capability`` there; operators may look.

    A stranger gets ``connection_not_found``, a member whose role does not reach ``shop_forbidden``.
    """
    found = Connection.objects.select_related("shop", "supplier").filter(id=connection_id).first()
    if found is None or not may_in_shop(account, found.shop_id, "view"):
        raise connection_not_found()
    if not may_in_shop(account, found.shop_id, capability):
        raise shop_forbidden()
    return found


def connections_of(shop_id: UUID) -> QuerySet[Connection]:
    """A shop's connections that were not closed, the newest first."""
    return (
        Connection.objects.filter(shop_id=shop_id)
        .exclude(state="closed")
        .select_related("supplier")
        .order_by("-created_at")
    )


def all_connections() -> QuerySet[Connection]:
    """Every connection that was not closed, those in trouble first; for operators."""
    return (
        Connection.objects.exclude(state="closed")
        .select_related("shop", "supplier")
        .order_by("-failures", "source", "name", "id")
    )


def connection_of_supplier(supplier_id: UUID) -> Connection | None:
    """The connection whose goods a supplier's shop holds, if that is how they came."""
    return (
        Connection.objects.filter(supplier_id=supplier_id)
        .exclude(state__in=["closed", "draft"])
        .order_by("-created_at")
        .first()
    )


def connections_of_suppliers(supplier_ids: set[UUID]) -> dict[UUID, Connection]:
    """By supplier's shop: the connection that can take its orders."""
    rows = Connection.objects.filter(supplier_id__in=supplier_ids).exclude(
        Q(state="closed") | Q(state="draft")
    )
    return {row.supplier_id: row for row in rows.order_by("created_at") if row.supplier_id}


def supplies_of(shop_id: UUID, order_id: UUID) -> list[Supply]:
    """What of an order was, or is to be, handed over to connected suppliers."""
    rows = Supply.objects.filter(shop_id=shop_id, order_id=order_id)
    return list(rows.select_related("connection").order_by("created_at", "id"))


def changes_of(supplies: Iterable[Supply]) -> list[Change]:
    """What was refunded of orders handed over, in the order in which it was."""
    rows = Change.objects.filter(supply__in=[one.id for one in supplies])
    return list(rows.select_related("connection", "supply").order_by("created_at", "number"))


def to_settle(shop_id: UUID) -> QuerySet[Change]:
    """What the people of a shop have to settle with suppliers by hand, the oldest first."""
    rows = Change.objects.filter(connection__shop_id=shop_id, state="todo")
    return rows.select_related("connection", "supply").order_by("created_at", "id")


def latest_changes(connection: Connection) -> list[Change]:
    """What of a store's orders was refunded: what somebody has to settle first, then the latest."""
    rows = Change.objects.filter(connection=connection).select_related("connection", "supply")
    todo = list(rows.filter(state="todo").order_by("created_at")[:MOST_SHOWN])
    return todo + list(rows.exclude(state="todo").order_by("-created_at")[: MOST_SHOWN // 2])


def access_change(account: Account, change_id: UUID, capability: str = "view") -> Change:
    """A refund to be settled with a supplier, for members of the shop that connected it.

    Strangers get ``change_not_found``, members whose role does not reach ``shop_forbidden``.
    """
    found = Change.objects.select_related("connection", "supply").filter(id=change_id).first()
    if found is None or not may_in_shop(account, found.connection.shop_id, "view"):
        raise Problem("change_not_found", 404, _("There is no such refund among your shop's."))
    if not may_in_shop(account, found.connection.shop_id, capability):
        raise shop_forbidden()
    return found


def connectable() -> list[Connector]:
    """Every source that a store can be connected of, by its code."""
    return [CONNECTORS[code] for code in sorted(CONNECTORS)]


def supplies(connector: Connector) -> bool:
    """Whether goods of the source can be taken over and sold here, rather than linked to."""
    return Can.LIST_CATALOGUE in connector.can
