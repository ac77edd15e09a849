"""Paying for orders: begin with a provider, and take in what it tells, late, twice or crossed.

One payment pays all orders of a checkout. ``payments`` keeps the money; what it means for the
orders is decided here, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as inventory
from yellowcart.inventory import taking
from yellowcart.inventory.actions import Wanted
from yellowcart.orders import events, queries, rules
from yellowcart.orders.actions import close_sold_out, note, take_step
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import Party, check_step
from yellowcart.payments import actions as payments
from yellowcart.payments.actions import TakenIn
from yellowcart.payments.models import Payment, PaymentPart
from yellowcart.payments.providers import provider_for
from yellowcart.payments.providers.base import Charge, ProviderBusyError, Told, not_begun
from yellowcart.payments.rules import Share
from yellowcart.people.models import Account

#: The provider's name of a payment of nothing: coupons paid it all.
NOTHING = "none"
Key = tuple[UUID, UUID]


def do_start_payment(
    *,
    actor: Account,
    order_id: UUID,
    provider: str = "",
    ship_to: Mapping[str, str] | None = None,
    return_url: str = "",
) -> tuple[Payment, str]:
    """The buyer begins to pay a whole checkout, by any order of it; the payment and its page.

    Of a pre-sale this is the deposit first, and the balance in its time (409
    ``balance_not_open`` before that). ``ship_to`` is where the parcels go; without it the buyer's
    latest address is taken, and where there is none 422 ``ship_to_required``. Without a
    ``provider`` the first that is on here is taken. Beginning twice gives the same payment. Where
    nothing is to be paid, it is paid at once.
    """
    seen = queries.access_order(actor, order_id)
    if Party.BUYER not in seen.parties:
        raise Problem("forbidden", 403, _("Only the buyer pays an order."))
    chosen = provider_for(provider, seen.order.currency)
    payment, title = _open_payment(actor, seen.order, chosen.code, ship_to, return_url)
    if payment.provider == NOTHING:
        return payment, return_url or "/"
    if payment.provider_ref:
        return payment, payment.pay_url
    # Outside the transaction: a provider is somebody else's computer.
    charge = Charge(
        payment.id,
        payment.amount_minor,
        payment.currency,
        title,
        payment.return_url,
        payment.expires_at or now(),
    )
    try:
        started = chosen.start(charge)
    except ProviderBusyError as error:
        raise not_begun() from error
    payments.do_note_started(payment, started)
    return payment, started.pay_url


@transaction.atomic
def _open_payment(
    actor: Account,
    seen: Order,
    provider: str,
    ship_to: Mapping[str, str] | None,
    return_url: str,
) -> tuple[Payment, str]:
    orders = _lock_checkout(seen)
    order = next(one for one in orders if one.id == seen.id)
    at = now()
    _check_payable(order, at)
    _write_address(orders, _address(actor, order, ship_to))
    waiting = [one for one in orders if one.state == order.state and is_payable(one, at)]
    shares = [Share(one.shop_id, one.id, rules.due_minor(*_dues(one))) for one in waiting]
    is_free = not any(share.amount_minor for share in shares)
    payment, is_new = payments.do_open(
        checkout_id=order.checkout_id,
        stage=rules.stage_of(order.state, (one.deposit_minor for one in waiting)),
        buyer_id=actor.id,
        provider=NOTHING if is_free else provider,
        currency=order.currency,
        shares=shares,
        expires_at=min(one.expires_at for one in waiting),
        return_url=return_url,
    )
    if is_new:
        for one in waiting:
            note(one, "payment_started", actor.id, payment_id=str(payment.id))
    if is_free:
        told = Told(f"free:{payment.id}", "", True, 0, payment.currency, "", payment_id=payment.id)
        payment = do_record_payment(NOTHING, told)
    lines = lines_of(waiting)
    title = ", ".join(line.title for one in waiting for line in lines[one.id])
    return payment, title[:400]


def _check_payable(order: Order, at: datetime) -> None:
    check_step("pay", order.state, frozenset({Party.PLATFORM}))
    if order.expires_at <= at:
        raise Problem("order_expired", 409, _("This order was not paid in time. Order again."))
    if not is_payable(order, at):
        raise Problem(
            "balance_not_open",
            409,
            _("The balance of this pre-sale can't be paid yet."),
            extra={"balance_from": order.balance_from and order.balance_from.isoformat()},
        )


def is_payable(order: Order, at: datetime) -> bool:
    """Whether a payment for an order can begin at this instant."""
    if order.expires_at <= at:
        return False
    if order.state == "deposit_paid":
        return order.balance_from is not None and order.balance_from <= at
    return order.state == "awaiting_payment"


def _dues(order: Order) -> tuple[str, int, int]:
    return order.state, order.amount_minor, order.deposit_minor


def _address(actor: Account, order: Order, ship_to: Mapping[str, str] | None) -> dict[str, str]:
    address = rules.clean_address(ship_to or order.ship_to or queries.last_address(actor))
    missing = rules.missing_parts(address)
    if missing:
        raise Problem(
            "ship_to_required",
            422,
            _("Say where the parcel goes: name, phone and address."),
            extra={"missing": missing},
        )
    return address


def _write_address(orders: Sequence[Order], address: dict[str, str]) -> None:
    """What was paid before keeps the address it was paid with."""
    for one in orders:
        if one.state in {"awaiting_payment", "deposit_paid"} and one.ship_to != address:
            Order.objects.filter(shop_id=one.shop_id, id=one.id).update(ship_to=address)


def _lock_checkout(order: Order) -> list[Order]:
    """All orders of an order's checkout, locked in the order of their keys."""
    keys = Order.objects.filter(buyer_id=order.buyer_id, checkout_id=order.checkout_id)
    return _lock_orders(list(keys.values_list("shop_id", "id")))


def _lock_orders(keys: Sequence[Key]) -> list[Order]:
    return list(
        Order.objects.select_for_update(no_key=True)
        .filter(pk__in=sorted(keys))
        .order_by("shop_id", "id")
    )


@transaction.atomic
def do_record_payment(provider: str, told: Told) -> Payment:
    """Take in a provider's word on a charge. Once; a repeat changes nothing.

    Each order that waits for its part is paid by it. The part of one that doesn't (closed
    meanwhile, or paid twice, or sold out where the first to pay is served) goes back, and so does
    all of it where another amount came than was asked; the orders' histories say so.
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


def _settle(orders: Sequence[Order], parts: Mapping[Key, PaymentPart], taken: TakenIn) -> None:
    """Pay the orders that wait for it, and give back what the others were paid."""
    awaited = [order for order in orders if _awaits(order, parts, taken.payment)]
    served = _take_stock(awaited)
    for order in awaited:
        if (order.shop_id, order.id) not in served:
            close_sold_out(order, payment_id=str(taken.payment.id))
            _give_part_back(order, parts, taken, "sold_out_before_payment")
        else:
            _pay(order, parts[order.shop_id, order.id], taken.payment)
    for order in orders:
        if order not in awaited:
            _give_part_back(order, parts, taken, "not_awaited")


def _awaits(order: Order, parts: Mapping[Key, PaymentPart], payment: Payment) -> bool:
    """Whether an order waits for exactly this: the stage and the amount it was asked for."""
    wanted = "deposit_paid" if payment.stage == "balance" else "awaiting_payment"
    part = parts[order.shop_id, order.id]
    return order.state == wanted and part.amount_minor == rules.due_minor(*_dues(order))


def _take_stock(orders: Sequence[Order]) -> set[Key]:
    """Make the pieces of orders theirs; the orders for which there were enough.

    Pieces that were held for an order are always there. The deposit of a pre-sale keeps them
    held; what pays an order off makes them sold.
    """
    fresh = [one for one in orders if not one.reserves and one.state == "awaiting_payment"]
    keys = {(one.shop_id, one.id) for one in orders}
    wanted = {is_deposit: _wanted(fresh, is_deposit) for is_deposit in (False, True)}
    taking.lock_for_payment(keys, [one for some in wanted.values() for one in some])
    refused = taking.do_take(wanted[False]) if wanted[False] else []
    if wanted[True]:
        until = max(one.balance_until or one.expires_at for one in fresh)
        refused += taking.do_take(wanted[True], state="pending", expires_at=until)
    taken_now = {(one.shop_id, one.id) for one in fresh}
    inventory.do_capture(
        (one.shop_id, one.id)
        for one in orders
        if not _is_deposit(one) and (one.shop_id, one.id) not in taken_now
    )
    return keys - set(refused)


def _is_deposit(order: Order) -> bool:
    return order.state == "awaiting_payment" and order.deposit_minor > 0


def _wanted(orders: Sequence[Order], is_deposit: bool) -> list[Wanted]:
    """What orders that held nothing ask of the stock."""
    chosen = [one for one in orders if _is_deposit(one) == is_deposit]
    lines = [line for some in lines_of(chosen).values() for line in some]
    skus = Sku.objects.in_bulk({line.sku_id for line in lines})
    return [
        Wanted(
            line.shop_id,
            line.order_id,
            line.line_no,
            skus[line.sku_id].stock_shop_id,
            skus[line.sku_id].stock_sku_id,
            line.quantity,
        )
        for line in lines
    ]


def _pay(order: Order, part: PaymentPart, payment: Payment) -> None:
    verb = "pay_deposit" if _is_deposit(order) else "pay"
    take_step(order, verb, frozenset({Party.PLATFORM}), None, payment_id=str(payment.id))
    order.paid_minor += part.amount_minor
    if verb == "pay_deposit" and order.balance_until is not None:
        order.expires_at = order.balance_until
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(
        paid_minor=order.paid_minor, expires_at=order.expires_at
    )
    topic = events.DEPOSIT_PAID if verb == "pay_deposit" else events.PAID
    outbox.append_all([events.step(topic, order)])


def _give_part_back(
    order: Order, parts: Mapping[Key, PaymentPart], taken: TakenIn, why: str
) -> None:
    part = parts[order.shop_id, order.id]
    if part.amount_minor > 0:
        payments.do_refund(
            shop_id=part.shop_id,
            order_id=part.order_id,
            amount_minor=part.amount_minor,
            reason=why,
            reference=f"{why}:{part.payment_id}:{part.order_id}",
        )
    _note_return(order, taken, part.amount_minor, why)


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
