"""The verbs of paying: begin with a provider, and take in what it tells, late, twice or crossed."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import jobs, outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as inventory
from yellowcart.orders import books, events, queries, rules
from yellowcart.orders.actions import lines_of, lock_order, note, take_step
from yellowcart.orders.models import CallbackReceipt, Order, Payment
from yellowcart.orders.providers.base import Charge, Provider, Told
from yellowcart.orders.providers.sandbox import Sandbox, charge_not_found
from yellowcart.orders.states import PAYMENT_STEPS, Party, check_step
from yellowcart.people.models import Account

PROVIDERS: dict[str, Provider] = {"sandbox": Sandbox()}


def provider_named(code: str) -> Provider:
    """The provider; :class:`Problem` 422 where there is none of that name."""
    if code not in PROVIDERS:
        raise Problem("provider_unknown", 422, _("There is no such way to pay."))
    return PROVIDERS[code]


def do_start_payment(
    *,
    actor: Account,
    order_id: UUID,
    provider: str = "sandbox",
    ship_to: Mapping[str, str] | None = None,
    return_url: str = "",
) -> tuple[Payment, str]:
    """The buyer begins to pay; the payment, and the page to go to.

    ``ship_to`` is where the parcel goes; without it the buyer's latest address is taken, and
    where there is none 422 ``ship_to_required``. Beginning twice gives the same payment.
    """
    chosen = provider_named(provider)
    payment, title = _open_payment(actor, order_id, provider, ship_to)
    if payment.provider_ref:
        return payment, chosen.pay_url(payment.provider_ref)
    # Outside the transaction: a provider is somebody else's computer.
    started = chosen.start(
        Charge(payment.id, payment.amount_minor, payment.currency, title, return_url)
    )
    Payment.objects.filter(id=payment.id).update(provider_ref=started.ref)
    payment.provider_ref = started.ref
    return payment, started.pay_url


@transaction.atomic
def _open_payment(
    actor: Account, order_id: UUID, provider: str, ship_to: Mapping[str, str] | None
) -> tuple[Payment, str]:
    seen = queries.access_order(actor, order_id)
    if Party.BUYER not in seen.parties:
        raise Problem("forbidden", 403, _("Only the buyer pays an order."))
    order = lock_order(seen.order.shop_id, order_id)
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
    if address != order.ship_to:
        Order.objects.filter(shop_id=order.shop_id, id=order.id).update(ship_to=address)
    payment = Payment.objects.filter(
        shop_id=order.shop_id, order_id=order.id, provider=provider, state="started"
    ).first()
    if payment is None:
        payment = Payment.objects.create(
            id=new_id(),
            shop_id=order.shop_id,
            order_id=order.id,
            provider=provider,
            amount_minor=order.amount_minor,
            currency=order.currency,
            started_at=now(),
        )
        note(order, "payment_started", actor.id, payment_id=str(payment.id))
    title = ", ".join(line.title for line in lines_of([order])[order.id])
    return payment, title[:400]


@transaction.atomic
def do_record_payment(provider: str, told: Told) -> Payment:
    """Take in a provider's word on a charge. Once; a repeat changes nothing.

    Money for an order that is not waiting for it (closed meanwhile, or paid twice), or of another
    amount than was asked, goes back at once, and the order's history says so.
    """
    _receipt, first_time = CallbackReceipt.objects.get_or_create(
        sender=f"pay:{provider}",
        message_id=told.message_id,
        defaults={"body_hash": told.body_hash, "received_at": now()},
    )
    seen = _payment(provider, told.ref)
    if not first_time:
        return seen
    order = lock_order(seen.shop_id, seen.order_id)
    payment = Payment.objects.select_for_update(no_key=True).get(id=seen.id)
    target = "succeeded" if told.succeeded else "failed"
    if target not in PAYMENT_STEPS[payment.state]:
        return payment
    _set_state(payment, target)
    if not told.succeeded:
        note(order, "payment_failed", None, payment_id=str(payment.id))
    elif (told.amount_minor, told.currency) != (payment.amount_minor, payment.currency):
        _give_money_back(order, payment, told, "amount_differs")
    elif order.state != "awaiting_payment":
        _give_money_back(order, payment, told, "not_awaited")
    else:
        books.do_book_payment(order, payment, told, is_kept=True)
        take_step(order, "pay", frozenset({Party.PLATFORM}), None, payment_id=str(payment.id))
        inventory.do_capture([(order.shop_id, order.id)])
        outbox.append_all([events.step(events.PAID, order)])
    return payment


def _payment(provider: str, ref: str) -> Payment:
    payment = Payment.objects.filter(provider=provider, provider_ref=ref).first()
    if payment is None:
        raise charge_not_found()
    return payment


def _set_state(payment: Payment, state: str) -> None:
    payment.state = state
    payment.finished_at = now()
    payment.save(update_fields=["state", "finished_at", "refunded_minor"])


def _give_money_back(order: Order, payment: Payment, told: Told, why: str) -> None:
    payment.refunded_minor = told.amount_minor
    _set_state(payment, "refunded")
    books.do_book_payment(order, payment, told, is_kept=False)
    note(
        order,
        "payment_refunded",
        None,
        payment_id=str(payment.id),
        amount_minor=told.amount_minor,
        why=why,
    )
    outbox.append_all([events.step(events.REFUNDED, order)])
    jobs.defer("orders.refund_payment", payment_id=str(payment.id))


@jobs.job("orders.refund_payment")
def send_refund(payment_id: str) -> None:
    """Ask the provider to give a refunded payment's money back."""
    payment = Payment.objects.get(id=payment_id)
    if payment.state == "refunded" and payment.provider_ref:
        provider_named(payment.provider).refund(payment.provider_ref, payment.refunded_minor)
        books.do_book_refund(payment)
