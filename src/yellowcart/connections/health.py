"""How a connection is: what its health page and the API say of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from yellowcart.connections import sold_here
from yellowcart.connections.models import Call, Connection, ListingRun, Message, Supply
from yellowcart.connections.rules import Health, health_of, percentile
from yellowcart.connections.states import SUPPLY_ENDS
from yellowcart.core.clock import wall

WINDOW: Final = timedelta(hours=1)
MOST_CALLS: Final = 2_000
ERRORS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Report:
    """A connection's last hour. ``p95_ms`` is of calls that were answered; None where none was.

    What waits: messages, orders, and variants whose sales the store is to be told of; and how many
    of these failed before. ``stock_told`` are the pieces that the store took off for us in all.
    """

    health: Health
    calls: int
    failed: int
    refused: int
    waited: int
    p95_ms: int | None
    errors: list[Call]
    messages_waiting: int
    orders_waiting: int
    orders_retried: int
    orders_returned: int
    stock_waiting: int
    stock_retried: int
    stock_told: int

    @property
    def share_failed(self) -> float:
        """Failed calls out of all."""
        return self.failed / self.calls if self.calls else 0.0


def report_of(connection: Connection) -> Report:
    """How a connection was in the last hour, and what waits."""
    recent = list(
        Call.objects.filter(connection=connection, at__gte=wall() - WINDOW)
        .order_by("-at")
        .values_list("outcome", "took_ms", "waited_ms")[:MOST_CALLS]
    )
    outcomes = Counter(row[0] for row in recent)
    answered = [max(row[1] - row[2], 0) for row in recent if row[0] == "answered"]
    failed = outcomes["failed"]
    open_orders = Supply.objects.filter(connection=connection).exclude(state__in=SUPPLY_ENDS)
    errors = Call.objects.filter(connection=connection).exclude(outcome="answered")
    stock_waiting, stock_retried, stock_told = sold_here.summed_up(connection)
    return Report(
        health=health_of(connection.breaker, failed / len(recent) if recent else 0.0),
        calls=len(recent),
        failed=failed,
        refused=outcomes["refused"],
        waited=outcomes["waited"],
        p95_ms=percentile(answered, 0.95),
        errors=list(errors.order_by("-at")[:ERRORS_SHOWN]),
        messages_waiting=Message.objects.filter(
            connection=connection, due_at__isnull=False
        ).count(),
        orders_waiting=open_orders.filter(state="unassigned").count(),
        orders_retried=open_orders.filter(attempts__gt=0).count(),
        orders_returned=Supply.objects.filter(connection=connection, state="returned").count(),
        stock_waiting=stock_waiting,
        stock_retried=stock_retried,
        stock_told=stock_told,
    )


@dataclass(frozen=True, slots=True)
class Consequences:
    """What disconnecting does: said before it is done."""

    goods: int
    copies: int
    orders_unassigned: int
    orders_at_supplier: int


def consequences_of(connection: Connection) -> Consequences:
    """What would become of goods and open orders."""
    supplies = Supply.objects.filter(connection=connection)
    goods = copies = 0
    supplier = connection.supplier
    if supplier is not None and supplier.offered_to == connection.shop_id:
        on_shelf = supplier.products.filter(on_shelf=True)
        goods = on_shelf.count()
        copies = supplier.products.model.objects.filter(origin__in=on_shelf, on_shelf=True).count()
    return Consequences(
        goods=goods,
        copies=copies,
        orders_unassigned=supplies.filter(state="unassigned").count(),
        orders_at_supplier=supplies.filter(state__in=["assigned", "part_sent"]).count(),
    )


def latest_runs(connection: Connection) -> list[ListingRun]:
    """The latest runs that listed the connection's goods."""
    if connection.supplier is None:
        return []
    rows = ListingRun.objects.filter(supplier=connection.supplier, shop=connection.shop)
    return list(rows.order_by("-begun_at")[:5])
