"""Sales on their way through payment and receipt to settlement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.factories import make_account, make_operator
from tests.orders.worlds import World, fresh, make_world
from tests.payments.checkouts import buy, start

from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.rules import Kind
from yellowcart.orders import receiving, shipping
from yellowcart.orders.models import Order, OrderDiscount, OrderLine
from yellowcart.payments.actions import do_refund
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.settlement.duties import settle_duty
from yellowcart.settlement.models import DayTotal, Move, Position, Share

START = "2026-03-02T10:00:00+08:00"


def set_clock(text: str = START) -> None:
    """It is this instant now."""
    clock.set_timeline(clock.starting_at(parse_instant(text)))


def pass_days(days: float) -> None:
    """So much later."""
    clock.set_timeline(clock.starting_at(now() + timedelta(days=days)))


def work() -> None:
    """What the worker does at one look."""
    outbox.relay_all()
    settle_duty()


@dataclass(frozen=True)
class Market:
    """A shop, a creator who promotes its goods, an operator and a buyer."""

    world: World
    creator: Account
    operator: Account

    @property
    def shop(self) -> str:
        return parties.shop(self.world.shop.id)

    @property
    def host(self) -> str:
        return parties.creator(self.creator.id)

    def order(
        self,
        goods: int = 10_000,
        *,
        commission_bps: int = 0,
        borne: dict[str, int] | None = None,
        **fields: Any,
    ) -> Order:
        """An unpaid order of one piece of these goods, with coupons by bearer."""
        off = sum((borne or {}).values())
        self.world.sku.price_minor = goods
        order = self.world.order(discount_minor=off, creator_id=self.creator.id, **fields)
        OrderLine.objects.filter(shop_id=order.shop_id, order_id=order.id).update(
            commission_bps=commission_bps
        )
        OrderDiscount.objects.bulk_create(
            OrderDiscount(
                shop_id=order.shop_id,
                order_id=order.id,
                coupon_id=new_id(),
                checkout_id=order.checkout_id,
                bearer=bearer,
                amount_minor=amount,
            )
            for bearer, amount in (borne or {}).items()
        )
        return order

    def sell(self, goods: int = 10_000, **options: Any) -> Order:
        """An order that was paid, shipped and received just now."""
        order = self.order(goods, **options)
        # What coupons pay whole is paid as soon as the buyer begins.
        (buy if order.amount_minor else start)(self.world, order)
        self.receive(order)
        return order

    def receive(self, order: Order) -> None:
        """The parcel is sent and here."""
        shipping.do_ship(
            actor=self.world.owner,
            shop_id=order.shop_id,
            order_id=order.id,
            carrier="SF",
            tracking_no=str(order.id)[-12:],
        )
        receiving.do_confirm_receipt(actor=self.world.buyer, order_id=order.id)

    def settle(self, goods: int = 10_000, **options: Any) -> Order:
        """An order whose money is settled."""
        order = self.sell(goods, **options)
        work()
        pass_days(7)
        work()
        return fresh(order)


def make_market() -> Market:
    """See :class:`Market`."""
    return Market(make_world(stock=100), make_account(), make_operator())


def refund(order: Order, amount: int, reason: str = "broken", reference: str = "") -> None:
    """Money of an order goes back."""
    do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=amount,
        reason=reason,
        reference=reference or str(new_id()),
    )


def on_books(party: str, kind: Kind, currency: str = "CNY") -> int:
    """What the ledger has, debit positive."""
    return ledger.balance(party, kind, currency)


def shares(order_id: UUID) -> dict[str, Share]:
    """The shares of a bill by role."""
    return {row.role: row for row in Share.objects.filter(bill_id=order_id)}


def prove() -> None:
    """The books are sound, and statements, days and positions say what the ledger says."""
    assert check_books().breaks == []
    said: dict[tuple[str, str], int] = {}
    for move in Move.objects.all():
        key = (move.party, move.currency)
        said[key] = said.get(key, 0) + move.amount_minor
    days: dict[tuple[str, str], int] = {}
    for day in DayTotal.objects.all():
        key = (day.party, day.currency)
        days[key] = days.get(key, 0) + day.amount_minor
    assert said == days
    counted = (Kind.PAYABLE, Kind.RECEIVABLE, Kind.REVENUE, Kind.EXPENSE, Kind.TAX)
    for (party, currency), total in said.items():
        held = -sum(on_books(party, kind, currency) for kind in counted)
        assert held == total, party
    for row in Position.objects.all():
        assert on_books(row.party, Kind.RECEIVABLE, row.currency) == row.owed_minor


def at(text: str) -> datetime:
    """An instant."""
    return parse_instant(text)
