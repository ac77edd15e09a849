"""Deposits: what must lie, what lies, paying it in, and getting it back in the end.

What lies is read from the ledger. A copy of the figure is kept where the rules on permits look
for it: with the shop, or among a creator's figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.money import Shown
from yellowcart.core.problems import Problem
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.people import actions as people_actions
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.settlement.access import access_party
from yellowcart.settlement.models import OPEN_STATES, DayTotal, Share, Withdrawal
from yellowcart.settlement.money import Movement, Till
from yellowcart.settlement.termpacks import installed_terms
from yellowcart.settlement.terms import DepositTerms, deposit_of, required_deposit
from yellowcart.shops import actions as shop_actions
from yellowcart.shops.models import Shop

#: The sales that raise a deposit are those settled in so many days.
SALES_DAYS = 30


@dataclass(frozen=True, slots=True)
class Deposit:
    """What must lie of a party, what lies, and the rule that says so (None: nothing must)."""

    required_minor: int
    lying_minor: int
    terms: DepositTerms | None

    @property
    def missing_minor(self) -> int:
        """What is still to be paid in."""
        return max(self.required_minor - self.lying_minor, 0)


def deposit(party: str, currency: str, at: datetime) -> Deposit:
    """A party's deposit."""
    lying = -ledger.balance(party, Kind.DEPOSIT, currency)
    terms = _terms(party, currency, at)
    required = required_deposit(terms, month_sales(party, currency, at) if terms else 0)
    return Deposit(required, lying, terms)


def _terms(party: str, currency: str, at: datetime) -> DepositTerms | None:
    found = parties.read(party)
    if found is None or found[0] not in {"shop", "creator"}:
        return None
    shop_type = ""
    if found[0] == "shop":
        shop = Shop.objects.filter(id=found[1]).first()
        if shop is None or shop.state == "closed":
            return None
        shop_type = shop.type
    return deposit_of(
        installed_terms().deposit,
        settings.PLATFORM,
        role="merchant" if found[0] == "shop" else "creator",
        shop_type=shop_type,
        currency=currency,
        at=at,
    )


def month_sales(party: str, currency: str, at: datetime) -> int:
    """The goods of a party's sales settled in the last 30 days."""
    total = DayTotal.objects.filter(
        party=party,
        currency=currency,
        day__gt=(at - timedelta(days=SALES_DAYS)).date(),
        day__lte=at.date(),
    ).aggregate(total=Sum("sales_minor"))["total"]
    return int(total or 0)


def check_deposit(party: str, currency: str, at: datetime) -> None:
    """:class:`Problem` 409 ``deposit_short`` where less lies than must."""
    found = deposit(party, currency, at)
    if found.missing_minor:
        raise Problem(
            "deposit_short",
            409,
            _("The deposit is too low: %(missing)s is missing. Pay it in first."),
            params={"missing": Shown(found.missing_minor, currency)},
            extra={"missing": found.missing_minor, "required": found.required_minor},
        )


def blocked_parties(accounts: Iterable[tuple[str, str]], at: datetime) -> set[tuple[str, str]]:
    """Those whose money is not settled because their deposit is too low.

    Only where a rule says so; others just can't take it out.
    """
    if not any(one.blocks_settlement for one in installed_terms().deposit):
        return set()
    blocked = set()
    for party, currency in accounts:
        found = deposit(party, currency, at)
        if found.terms is not None and found.terms.blocks_settlement and found.missing_minor:
            blocked.add((party, currency))
    return blocked


@transaction.atomic
def do_pay_in(*, actor: Account, party: str, currency: str, amount_minor: int) -> Deposit:
    """Pay into the deposit out of what could be withdrawn; what lies then.

    :class:`Problem` 409 ``not_enough``, 422 ``deposit_amount``.
    """
    party = access_party(actor, party, "payout")
    _check_amount(amount_minor)
    at = now()
    till = Till([(party, currency)], at)
    available = till.payable(party, currency)
    if amount_minor > available:
        raise Problem(
            "not_enough",
            409,
            _("That is more than can be withdrawn now."),
            extra={"available": available},
        )
    till.post(
        f"deposit:{new_id()}",
        "Deposit paid in",
        currency,
        Line(party, Kind.DEPOSIT, currency, 0),
        [Movement(party, "", -amount_minor, "deposit_paid")],
    )
    till.close()
    outbox.audit(actor.id, "settlement.deposit", party, amount_minor=amount_minor)
    return _changed(party, currency, at)


@transaction.atomic
def do_record_paid_in(
    *,
    actor: Account | None,
    party: str,
    currency: str,
    amount_minor: int,
    provider: str,
    reference: str,
) -> Deposit:
    """An operator, or the installation itself (None), records a deposit that came from outside;
    once for a reference.

    ``provider`` is where the money lies, ``reference`` that side's own number.
    """
    if actor is not None:
        if not people.is_operator(actor):
            raise forbidden(_("Only the platform's operators record deposits from outside."))
        party = access_party(actor, party)
    _check_amount(amount_minor)
    do_post(
        f"deposit-in:{provider}:{reference}"[:120],
        "Deposit received",
        [
            Line(parties.provider(provider), Kind.CASH, currency, amount_minor),
            Line(party, Kind.DEPOSIT, currency, -amount_minor),
        ],
    )
    by = actor.id if actor else None
    outbox.audit(by, "settlement.deposit_in", party, amount_minor=amount_minor)
    return _changed(party, currency, now())


def _check_amount(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise Problem("deposit_amount", 422, _("Name an amount above 0."))


@transaction.atomic
def do_return(*, actor: Account, party: str, currency: str) -> int:
    """Give a closed shop's deposit back to what it can withdraw; how much.

    :class:`Problem` 409 ``shop_not_closed``, and ``deposit_needed`` while a sale is not settled,
    a withdrawal is under way or something is owed.
    """
    party = access_party(actor, party, "payout")
    found = parties.read(party)
    shop = Shop.objects.filter(id=found[1]).first() if found and found[0] == "shop" else None
    if shop is None or shop.state != "closed":
        raise Problem("shop_not_closed", 409, _("A deposit is given back when its shop is closed."))
    at = now()
    till = Till([(party, currency)], at)
    is_open = Share.objects.filter(party=party, state__in=OPEN_STATES).exists()
    is_leaving = Withdrawal.objects.filter(party=party, state__in=["requested", "sent"]).exists()
    if is_open or is_leaving or till.owed(party, currency):
        raise Problem(
            "deposit_needed",
            409,
            _("The deposit stays until every sale is settled and nothing is owed."),
        )
    lying = -ledger.balance(party, Kind.DEPOSIT, currency)
    if lying:
        till.post(
            f"deposit-back:{new_id()}",
            "Deposit given back",
            currency,
            Line(party, Kind.DEPOSIT, currency, 0),
            [Movement(party, "", lying, "deposit_returned")],
        )
        till.close()
        outbox.audit(actor.id, "settlement.deposit_back", party, amount_minor=lying)
        _changed(party, currency, at)
    return lying


def _changed(party: str, currency: str, at: datetime) -> Deposit:
    """Copy what lies to where permits look for it, and let go of what waited for it."""
    found = deposit(party, currency, at)
    named = parties.read(party)
    if named is not None and named[0] == "shop":
        shop_actions.do_note_deposit(named[1], found.lying_minor, currency)
    elif named is not None and named[0] == "creator":
        account = Account.objects.filter(id=named[1]).first()
        if account is not None:
            people_actions.do_record_facts(
                account, by=None, deposit_minor=found.lying_minor, deposit_currency=currency
            )
    if not found.missing_minor:
        Share.objects.filter(party=party, state="held", reason="deposit").update(
            state="received", reason=""
        )
    return found
