"""Taking money out: asked for within limits, sent, and arrived or come back.

Asking locks the party's position before anything is read, so that two can never take the same
money; the ledger's own check on what is payable stands behind it.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from yellowcart.core import jobs, outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.money import Shown
from yellowcart.core.problems import Problem
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.settlement import deposits, parties
from yellowcart.settlement.access import access_party
from yellowcart.settlement.models import Withdrawal
from yellowcart.settlement.money import Movement, Till
from yellowcart.settlement.payouts import PROVIDERS, Paid, Payout, usual_provider
from yellowcart.settlement.termpacks import installed_terms
from yellowcart.settlement.terms import WithdrawalTerms, sent_at, withdrawal_of

SEND_JOB = "settlement.send_payout"
#: Withdrawals handed on in one transaction.
BATCH = 100


@transaction.atomic
def do_request(
    *, actor: Account, party: str, currency: str, amount_minor: int, idempotency_key: str
) -> Withdrawal:
    """Ask for money to be paid out. The same key again gives the same withdrawal.

    Problems: those of :func:`access.access_party`, 422 ``withdrawal_closed`` for a currency
    without limits, ``withdrawal_amount`` outside of them, 409 ``withdrawal_day_limit``,
    ``deposit_short`` and ``not_enough``.
    """
    party = access_party(actor, party, "payout")
    at = now()
    till = Till([(party, currency)], at)
    known = Withdrawal.objects.filter(party=party, idempotency_key=idempotency_key).first()
    if known is not None:
        return known
    terms = withdrawal_of(installed_terms().withdrawal, settings.PLATFORM, currency, at)
    if terms is None:
        raise Problem(
            "withdrawal_closed", 422, _("Money of this currency can't be withdrawn here.")
        )
    _check_limits(terms, party, amount_minor, at)
    deposits.check_deposit(party, currency, at)
    available = till.payable(party, currency)
    if amount_minor > available:
        raise Problem(
            "not_enough",
            409,
            _("That is more than can be withdrawn now."),
            extra={"available": available},
        )
    row = Withdrawal.objects.create(
        id=new_id(),
        party=party,
        currency=currency,
        amount_minor=amount_minor,
        requested_by=actor.id,
        requested_at=at,
        send_at=sent_at(terms, at, ZoneInfo(settings.TIME_ZONE)),
        provider=usual_provider(),
        idempotency_key=idempotency_key,
    )
    till.post(
        f"withdraw:{row.id}",
        "Withdrawal",
        currency,
        Line(party, Kind.PAYOUT, currency, 0),
        [Movement(party, "", -amount_minor, "withdrawal")],
    )
    till.close()
    outbox.audit(
        actor.id, "settlement.withdraw", party, withdrawal=str(row.id), amount_minor=amount_minor
    )
    return row


def _check_limits(terms: WithdrawalTerms, party: str, amount_minor: int, at: datetime) -> None:
    if not terms.least_minor <= amount_minor <= terms.most_minor:
        raise Problem(
            "withdrawal_amount",
            422,
            _("One withdrawal is at least %(least)s and at most %(most)s."),
            params={
                "least": Shown(terms.least_minor, terms.currency),
                "most": Shown(terms.most_minor, terms.currency),
            },
            extra={"least": terms.least_minor, "most": terms.most_minor},
        )
    midnight = at.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    today = (
        Withdrawal.objects.filter(party=party, currency=terms.currency, requested_at__gte=midnight)
        .exclude(state="failed")
        .aggregate(count=Count("id"), total=Sum("amount_minor"))
    )
    left = terms.day_most_minor - (today["total"] or 0)
    if today["count"] >= terms.day_count or amount_minor > left:
        raise Problem(
            "withdrawal_day_limit",
            409,
            _("That is more than can be withdrawn in one day. Try again tomorrow."),
            extra={"left_today": max(left, 0), "times_left": terms.day_count - today["count"]},
        )


@transaction.atomic
def do_send_due(at: datetime, limit: int = BATCH) -> int:
    """Hand withdrawals whose time has come to their provider; how many. A job asks it."""
    rows = list(
        Withdrawal.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state="requested", send_at__lte=at, provider__in=sorted(PROVIDERS))
        .order_by("send_at")[:limit]
    )
    for row in rows:
        row.state, row.sent_at = "sent", at
        row.save(update_fields=["state", "sent_at"])
        jobs.defer(SEND_JOB, withdrawal_id=str(row.id))
    return len(rows)


@jobs.job(SEND_JOB)
def send_payout(withdrawal_id: str) -> None:
    """Ask a provider to pay a withdrawal out; raises, to be tried again, where it can't say."""
    row = Withdrawal.objects.get(id=withdrawal_id)
    if row.state == "sent":
        # Outside of any transaction: a provider is somebody else's computer.
        paid = PROVIDERS[row.provider].send(
            Payout(row.id, row.party, row.amount_minor, row.currency)
        )
        do_end(row.id, paid)


@transaction.atomic
def do_end(withdrawal_id: UUID, paid: Paid) -> Withdrawal:
    """Book what became of a withdrawal, once: gone, or back with the party."""
    row = Withdrawal.objects.filter(id=withdrawal_id).first()
    if row is None:
        raise Problem("withdrawal_not_found", 404, _("There is no such withdrawal."))
    # The position first, as everybody who moves this party's money takes it.
    till = Till([(row.party, row.currency)], now())
    row = Withdrawal.objects.select_for_update(no_key=True).get(id=withdrawal_id)
    if row.state in {"done", "failed"} or paid.state == "sent":
        return row
    row.state, row.ended_at = paid.state, now()
    row.provider_ref, row.failure = paid.ref[:100], paid.fault[:200]
    row.save(update_fields=["state", "ended_at", "provider_ref", "failure"])
    if paid.state == "done":
        do_post(
            f"payout:{row.id}",
            "Withdrawal paid out",
            [
                Line(row.party, Kind.PAYOUT, row.currency, row.amount_minor),
                Line(parties.provider(row.provider), Kind.CASH, row.currency, -row.amount_minor),
            ],
        )
        return row
    till.post(
        f"withdraw-failed:{row.id}",
        "Withdrawal came back",
        row.currency,
        Line(row.party, Kind.PAYOUT, row.currency, 0),
        [Movement(row.party, "", row.amount_minor, "withdrawal_failed", reason=row.failure)],
    )
    till.close()
    return row


def do_end_by_hand(*, actor: Account, withdrawal_id: UUID, is_paid: bool, words: str) -> Withdrawal:
    """An operator paid a withdrawal at the bank, or could not; ``words`` is the bank's number or
    why. :class:`Problem` 409 ``withdrawal_ended`` where it ended the other way already."""
    if not people.is_operator(actor):
        raise forbidden(_("Only the platform's operators pay withdrawals by hand."))
    wanted = "done" if is_paid else "failed"
    with transaction.atomic():
        row = do_end(withdrawal_id, Paid(wanted, ref=words, fault="" if is_paid else words))
        if row.state != wanted:
            raise Problem("withdrawal_ended", 409, _("This withdrawal has ended already."))
        outbox.audit(actor.id, f"settlement.withdrawal_{wanted}", row.party, withdrawal=str(row.id))
    return row


def send_duty() -> datetime | None:
    """Hand on every withdrawal whose time has come; when the next one's is."""
    while do_send_due(now()) == BATCH:
        pass
    due = (
        Withdrawal.objects.filter(state="requested", provider__in=sorted(PROVIDERS))
        .order_by("send_at")
        .values_list("send_at", flat=True)
        .first()
    )
    return due if due is not None and due > now() else None
