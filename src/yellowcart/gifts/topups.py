"""Buying coins: begun with a payment provider, taken in from its word, refunded while unused."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.models import PLATFORM
from yellowcart.gifts import problems, wallets
from yellowcart.gifts.models import TopUp, Wallet
from yellowcart.gifts.packs import coin_terms
from yellowcart.payments import actions as payments
from yellowcart.payments.incoming import COINS
from yellowcart.payments.models import Payment
from yellowcart.payments.providers import provider_for
from yellowcart.payments.providers.base import Charge, ProviderBusyError, Told, not_begun
from yellowcart.payments.rules import Share
from yellowcart.people.models import Account

#: How long a top-up can be paid.
LASTS: Final = timedelta(minutes=15)
#: Most coins bought at once.
MOST_COINS: Final = 100_000


def do_start(
    *,
    actor: Account,
    coins: int,
    idempotency_key: str,
    provider: str = "",
    return_url: str = "",
) -> tuple[TopUp, Payment, str]:
    """Begin to buy coins; the top-up, its payment and the page where it is paid.

    The same key again gives the same top-up, and a new attempt where the last one failed.
    Problems: ``coins_off``, ``too_young``, ``coins_amount``, ``key_invalid``, ``key_taken``, those
    of choosing a provider.
    """
    terms = coin_terms(now())
    chosen = provider_for(provider, terms.currency)
    top_up, payment = _open(actor, coins, idempotency_key, chosen.code, return_url)
    if payment.provider_ref:
        return top_up, payment, payment.pay_url
    # Outside the transaction: a provider is somebody else's computer.
    charge = Charge(
        payment.id,
        payment.amount_minor,
        payment.currency,
        _("%(coins)s coins") % {"coins": coins},
        payment.return_url,
        payment.expires_at or now(),
    )
    try:
        started = chosen.start(charge)
    except ProviderBusyError as error:
        raise not_begun() from error
    payments.do_note_started(payment, started)
    return top_up, payment, started.pay_url


@transaction.atomic
def _open(
    actor: Account, coins: int, idempotency_key: str, provider: str, return_url: str
) -> tuple[TopUp, Payment]:
    check_key(idempotency_key)
    terms = coin_terms(now())
    wallets.check_age(actor, terms)
    if not 1 <= coins <= MOST_COINS:
        raise problems.amount_invalid(MOST_COINS)
    wallet = wallets.lock(actor.id, terms.currency)
    if wallet.currency != terms.currency:
        raise problems.currency_differs()
    # The wallet's lock keeps two with one key apart.
    top_up = TopUp.objects.filter(account_id=actor.id, idempotency_key=idempotency_key).first()
    if top_up is None:
        top_up = TopUp.objects.create(
            account_id=actor.id,
            coins=coins,
            amount_minor=terms.price_minor(coins),
            currency=terms.currency,
            idempotency_key=idempotency_key,
            asked_at=now(),
        )
    elif top_up.coins != coins or top_up.state != "asked":
        raise problems.key_taken()
    payment, _is_new = payments.do_open(
        checkout_id=top_up.id,
        stage=COINS,
        buyer_id=actor.id,
        provider=provider,
        currency=top_up.currency,
        shares=[Share(PLATFORM, top_up.id, top_up.amount_minor)],
        expires_at=now() + LASTS,
        return_url=return_url,
    )
    return top_up, payment


@transaction.atomic
def do_record(provider: str, told: Told) -> Payment:
    """Take in a provider's word on a top-up, once; a repeat changes nothing.

    What is paid twice, or for a top-up that was refunded meanwhile, goes back.
    """
    taken = payments.do_take_in(provider, told)
    if taken.outcome != "succeeded":
        return taken.payment
    top_up = TopUp.objects.select_for_update(no_key=True).get(id=taken.payment.checkout_id)
    if top_up.state == "asked":
        wallets.do_put(
            top_up.account_id,
            top_up.coins,
            top_up.amount_minor,
            top_up.currency,
            "top_up",
            f"top_up:{top_up.id}",
        )
        top_up.state, top_up.paid_at = "paid", now()
        top_up.save(update_fields=["state", "paid_at"])
        outbox.audit(top_up.account_id, "coins.top_up", f"top_up:{top_up.id}", coins=top_up.coins)
    else:
        payments.do_refund(
            shop_id=PLATFORM,
            order_id=top_up.id,
            amount_minor=taken.payment.amount_minor,
            reason="not_awaited",
            reference=f"not_awaited:{taken.payment.id}",
        )
    taken.payment.refresh_from_db()
    return taken.payment


@transaction.atomic
def do_refund(*, actor: Account, top_up_id: UUID) -> TopUp:
    """Give back what was paid for coins of which none left the wallet since; for whoever bought
    them. Doing it again changes nothing. ``top_up_not_found``, ``top_up_used``."""
    seen = TopUp.objects.filter(id=top_up_id, account_id=actor.id).first()
    if seen is None:
        raise problems.top_up_not_found()
    wallet = wallets.lock(actor.id, seen.currency)
    top_up = TopUp.objects.select_for_update(no_key=True).get(id=seen.id)
    if top_up.state == "refunded":
        return top_up
    if not _is_unused(top_up, wallet):
        raise problems.top_up_used()
    # At its own price rather than the average, so that the other top-ups stay as they were.
    wallets.do_put_back(wallet, top_up.coins, top_up.amount_minor, f"refund:{top_up.id}")
    payments.do_refund(
        shop_id=PLATFORM,
        order_id=top_up.id,
        amount_minor=top_up.amount_minor,
        reason="top_up_unused",
        reference=f"top_up:{top_up.id}",
    )
    top_up.state, top_up.refunded_at = "refunded", now()
    top_up.save(update_fields=["state", "refunded_at"])
    outbox.audit(actor.id, "coins.refund", f"top_up:{top_up.id}", coins=top_up.coins)
    return top_up


def _is_unused(top_up: TopUp, wallet: Wallet) -> bool:
    return (
        top_up.state == "paid"
        and top_up.paid_at is not None
        and (wallet.touched_at is None or wallet.touched_at < top_up.paid_at)
        and wallet.coins >= top_up.coins
        and wallet.worth_minor >= top_up.amount_minor
    )


def check_key(key: str) -> None:
    """Whether an idempotency key is one; ``key_invalid``."""
    if not 8 <= len(key) <= 100:
        raise problems.key_invalid()
