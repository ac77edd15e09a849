"""Paying for orders: begin with a provider, and take in what it tells, late, twice or crossed.

One payment pays all orders of a checkout. ``payments`` keeps the money; what it means for the
orders is decided here, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as inventory
from yellowcart.orders import events, queries, rules
from yellowcart.orders.actions import lines_of, note, take_step
from yellowcart.orders.models import Order
from yellowcart.orders.states import Party, check_step
from yellowcart.payments import actions as payments
from yellowcart.payments.actions import TakenIn
from yellowcart.payments.models import Payment, PaymentPart
from yellowcart.payments.providers import provider_named
from yellowcart.payments.providers.base import Charge, Told
from yellowcart.payments.rules import Share
from yellowcart.people.models import Account


def do_start_payment(
    *,
    actor: Account,
    order_id: UUID,
    provider: str = "sandbox",
    ship_to: Mapping[str, str] | None = None,
    return_url: str = "",
) -> tuple[Payment, str]:
    """The buyer begins to pay a whole checkout, by any order of it; the payment and its page.

    ``ship_to`` is where the parcels go; without it the buyer's latest address is taken, and
    where there is none 422 ``ship_to_required``. Beginning twice gives the same payment.
    """
    chosen = provider_named(provider)
    payment, title = _open_payment(actor, order_id, provider, ship_to)
    if payment.provider_ref:
        return payment, payment.pay_url
    # Outside the transaction: a provider is somebody else's computer.
    started = chosen.start(
        Charge(
            payment.id,
            payment.amount_minor,
            payment.currency,
            title,
            return_url,
            payment.expires_at or now(),
        )
    )
    payments.do_note_started(payment, started)
    return payment, started.pay_url


@transaction.atomic
def _open_payment(
    actor: Account, order_id: UUID, provider: str, ship_to: Mapping[str, str] | None
) -> tuple[Payment, str]:
    seen = queries.access_order(actor, order_id)
    if Party.BUYER not in seen.parties:
        raise Problem("forbidden", 403, _("Only the buyer pays an order."))
    orders = _lock_checkout(seen.order)
    order = next(one for one in orders if one.id == order_id)
    check_step("pay", order.state, frozenset({Party.PLATFORM}))
    if order.expires_at <= now():
        raise Problem("order_expired", 409, _("This order was not paid in time. Order again."))
    address = rules.clean_address(ship_to or order.ship_to or queries.last_address(actor))
    missing = rules.missing_parts(address)
    if missing:
        raise Problem(
            "ship_to_required",
            422,
            _("Say where the parcel goes: name, phone and address."),
            extra={"missing": missing},
        )
    waiting = [one for one in orders if one.state == order.state and one.expires_at > now()]
    for one in waiting:
        if address != one.ship_to:
            Order.objects.filter(shop_id=one.shop_id, id=one.id).update(ship_to=address)
    payment, is_new = payments.do_open(
        checkout_id=order.checkout_id,
        stage="full",
        buyer_id=actor.id,
        provider=provider,
        currency=order.currency,
        shares=[Share(one.shop_id, one.id, one.amount_minor) for one in waiting],
        expires_at=min(one.expires_at for one in waiting),
    )
    if is_new:
        for one in waiting:
            note(one, "payment_started", actor.id, payment_id=str(payment.id))
    lines = lines_of(waiting)
    title = ", ".join(line.title for one in waiting for line in lines[one.id])
    return payment, title[:400]


def _lock_checkout(order: Order) -> list[Order]:
    """All orders of an order's checkout, locked in the order of their keys."""
    keys = Order.objects.filter(buyer_id=order.buyer_id, checkout_id=order.checkout_id)
    return _lock_orders(list(keys.values_list("shop_id", "id")))


def _lock_orders(keys: Sequence[tuple[UUID, UUID]]) -> list[Order]:
    return list(
        Order.objects.select_for_update(no_key=True)
        .filter(pk__in=sorted(keys))
        .order_by("shop_id", "id")
    )


@transaction.atomic
def do_record_payment(provider: str, told: Told) -> Payment:
    """Take in a provider's word on a charge. Once; a repeat changes nothing.

    Each order that waits for its part is paid by it. The part of one that doesn't (closed
    meanwhile, or paid twice) goes back, and so does all of it where another amount came than was
    asked; the orders' histories say so.
    """
    taken = payments.do_take_in(provider, told)
    if not taken.parts:
        return taken.payment
    by_order = {(part.shop_id, part.order_id): part for part in taken.parts}
    orders = _lock_orders(list(by_order))
    if taken.outcome == "failed":
        for order in orders:
            note(order, "payment_failed", None, payment_id=str(taken.payment.id))
    elif taken.outcome == "stray":
        for order in orders:
            _note_return(order, taken, told.amount_minor, "amount_differs")
    else:
        _settle(orders, by_order, taken)
    taken.payment.refresh_from_db()
    return taken.payment


def _settle(
    orders: Sequence[Order], parts: Mapping[tuple[UUID, UUID], PaymentPart], taken: TakenIn
) -> None:
    """Pay the orders that wait for it, and give back what the others were paid."""
    paid = [order for order in orders if order.state == "awaiting_payment"]
    for order in paid:
        take_step(order, "pay", frozenset({Party.PLATFORM}), None, payment_id=str(taken.payment.id))
    inventory.do_capture([(order.shop_id, order.id) for order in paid])
    outbox.append_all([events.step(events.PAID, order) for order in paid])
    for order in orders:
        if order not in paid:
            _give_part_back(order, parts[order.shop_id, order.id], taken)


def _give_part_back(order: Order, part: PaymentPart, taken: TakenIn) -> None:
    if part.amount_minor > 0:
        payments.do_refund(
            shop_id=part.shop_id,
            order_id=part.order_id,
            amount_minor=part.amount_minor,
            reason="not_awaited",
            reference=f"not-awaited:{part.payment_id}:{part.order_id}",
        )
    _note_return(order, taken, part.amount_minor, "not_awaited")


def _note_return(order: Order, taken: TakenIn, amount_minor: int, why: str) -> None:
    note(
        order,
        "payment_refunded",
        None,
        payment_id=str(taken.payment.id),
        amount_minor=amount_minor,
        why=why,
    )
    outbox.append_all([events.step(events.REFUNDED, order)])
