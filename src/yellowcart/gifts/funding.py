"""Who pays for the coins that are given away in a room: set aside at once, given back unused.

A funder is ``wallet`` (coins of one's own), ``creator`` (what the host can take out),
``shop:<id>`` (what a shop can take out) or ``platform`` (the platform's expense).
"""

from typing import Final
from uuid import UUID

from yellowcart.core.clock import now
from yellowcart.gifts import problems, wallets
from yellowcart.gifts.terms import CoinTerms
from yellowcart.gifts.wallets import Taken
from yellowcart.ledger.rules import Kind, Line
from yellowcart.listings.models import Listing
from yellowcart.live import problems as live_problems
from yellowcart.live.models import Room
from yellowcart.people import queries as people
from yellowcart.people.access import access_operator
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.settlement.access import access_party
from yellowcart.settlement.money import Movement, Till
from yellowcart.settlement.rules import Role
from yellowcart.shops import queries as shops

WALLET: Final = "wallet"
CREATOR: Final = "creator"


def access_funder(actor: Account, room: Room, funder: str) -> str:
    """The party that pays, if the actor may spend its money in this room.

    The host pays with their own coins or earnings, a shop's owner in rooms that sell its goods,
    an operator for the platform anywhere. Problems: ``not_your_room``, ``shop_not_in_room``,
    ``funder_invalid``, those of the party's own access.
    """
    if funder == parties.PLATFORM:
        access_operator(actor)
        return funder
    if funder in {WALLET, CREATOR}:
        if room.creator_id != actor.id:
            raise live_problems.not_your_room()
        return funder if funder == WALLET else parties.creator(actor.id)
    if not funder.startswith("shop:"):
        raise problems.funder_invalid()
    party = access_party(actor, funder, "payout")
    mounted = Listing.objects.filter(
        shop_id=party.partition(":")[2], surface="live_room", container_id=room.id, state="mounted"
    )
    if room.creator_id != actor.id and not mounted.exists():
        raise problems.shop_not_in_room()
    return party


def funders_for(actor: Account, room: Room) -> list[tuple[str, str]]:
    """Who else than the host's own purse could pay here for somebody who runs the room: the
    actor's shops with their names, and ``platform`` for an operator; see :func:`access_funder`."""
    owned = [
        (parties.shop(shop.id), shop.name)
        for shop in shops.shops_of(actor, "payout")
        if room.creator_id == actor.id
    ]
    return [*owned, *([(parties.PLATFORM, "")] if people.is_operator(actor) else [])]


def do_set_aside(
    actor: Account, funder: str, coins: int, terms: CoinTerms, kind: str, reference: str
) -> Taken:
    """Take the money of so many coins from a funder that was asked for by :func:`access_funder`.

    ``not_enough_coins``, ``not_enough``.
    """
    if funder == WALLET:
        wallet = wallets.lock(actor.id, terms.currency)
        return wallets.do_take(wallet, coins, f"{kind}_funded", reference)
    worth = terms.price_minor(coins)
    till = Till([(funder, terms.currency)], now())
    if funder != parties.PLATFORM:
        available = till.payable(funder, terms.currency)
        if worth > available:
            raise problems.not_enough_earned(available)
    _post(till, funder, -worth, terms.currency, kind, reference)
    return Taken(coins, worth, terms.currency, 0)


def do_give_back(
    account_id: UUID,
    funder: str,
    *,
    coins: int,
    worth_minor: int,
    currency: str,
    kind: str,
    reference: str,
) -> None:
    """Give a funder back what was not used; ``account_id`` is whose wallet paid where one did."""
    if funder == WALLET:
        wallets.do_put(account_id, coins, worth_minor, currency, f"{kind}_returned", reference)
    elif worth_minor:
        till = Till([(funder, currency)], now())
        _post(till, funder, worth_minor, currency, f"{kind}_returned", reference)


def _post(
    till: Till, funder: str, amount_minor: int, currency: str, kind: str, reference: str
) -> None:
    role = Role.SUBSIDY if funder == parties.PLATFORM else ""
    till.post(
        reference,
        "Coins given away in a room",
        currency,
        Line(parties.PLATFORM, Kind.COINS, currency, 0),
        [Movement(funder, role, amount_minor, kind)],
    )
    till.close()
