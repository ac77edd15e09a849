"""What is in wallets: coins in, coins out, each with the money behind them. Joins transactions.

A wallet's row is locked while anything is done with it, so that one account's gifts follow one
another; the database refuses to fall below zero.
"""

from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from yellowcart.core.clock import now
from yellowcart.gifts import problems, rules
from yellowcart.gifts.models import CoinMove, Wallet
from yellowcart.gifts.terms import CoinTerms
from yellowcart.people.models import Account


class Taken(NamedTuple):
    """Coins that left a wallet, and the money behind them."""

    coins: int
    worth_minor: int
    currency: str
    left: int


def lock(account_id: UUID, currency: str) -> Wallet:
    """The account's wallet, locked; made where there is none. An empty one changes currency."""
    Wallet.objects.bulk_create(
        [Wallet(account_id=account_id, currency=currency)], ignore_conflicts=True
    )
    wallet = Wallet.objects.select_for_update(no_key=True).get(account_id=account_id)
    if wallet.coins == 0:
        wallet.currency = currency
    return wallet


def check_age(account: Account, terms: CoinTerms) -> None:
    """Whether somebody is old enough for coins, where their age is known; ``too_young``."""
    today = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if rules.is_too_young(account.birth_date, terms.least_age, today):
        raise problems.too_young(terms.least_age)


def do_give(wallet: Wallet, coins: int) -> Taken:
    """Take coins out of a locked wallet for a gift; counts towards the day.

    ``not_enough_coins``, ``gift_day_limit``.
    """
    return _take(wallet, coins, given=coins)


def do_take(wallet: Wallet, coins: int, kind: str, reference: str) -> Taken:
    """Take coins out of a locked wallet for something else than a gift; ``not_enough_coins``."""
    taken = _take(wallet, coins, given=0)
    CoinMove.objects.create(
        account_id=wallet.account_id,
        kind=kind,
        coins=-coins,
        worth_minor=-taken.worth_minor,
        reference=reference,
        at=now(),
    )
    return taken


def _take(wallet: Wallet, coins: int, *, given: int) -> Taken:
    if coins > wallet.coins:
        raise problems.not_enough_coins(wallet.coins)
    worth = rules.worth_of(rules.Purse(wallet.coins, wallet.worth_minor), coins)
    at = now()
    if given:
        today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        wallet.spent_coins = rules.spent_today(wallet.spent_day, wallet.spent_coins, today) + given
        wallet.spent_day = today
    wallet.coins -= coins
    wallet.worth_minor -= worth
    wallet.touched_at = at
    wallet.save()
    return Taken(coins, worth, wallet.currency, wallet.coins)


def check_day(wallet: Wallet, coins: int, terms: CoinTerms) -> None:
    """Whether so many coins may still be given today; ``gift_day_limit``."""
    today = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    left = terms.day_most - rules.spent_today(wallet.spent_day, wallet.spent_coins, today)
    if coins > left:
        raise problems.day_limit(max(left, 0))


def do_put(
    account_id: UUID, coins: int, worth_minor: int, currency: str, kind: str, reference: str
) -> None:
    """Put coins into a wallet, with the money that is behind them on the ledger.

    ``coins_currency`` where it holds coins of another currency.
    """
    wallet = lock(account_id, currency)
    if wallet.currency != currency:
        raise problems.currency_differs()
    CoinMove.objects.create(
        account_id=account_id,
        kind=kind,
        coins=coins,
        worth_minor=worth_minor,
        reference=reference,
        at=now(),
    )
    wallet.coins += coins
    wallet.worth_minor += worth_minor
    wallet.save()


def do_put_back(wallet: Wallet, coins: int, worth_minor: int, reference: str) -> None:
    """Take what a top-up put in out of a locked wallet that nothing was taken of since."""
    CoinMove.objects.create(
        account_id=wallet.account_id,
        kind="refund",
        coins=-coins,
        worth_minor=-worth_minor,
        reference=reference,
        at=now(),
    )
    wallet.coins -= coins
    wallet.worth_minor -= worth_minor
    wallet.save()
