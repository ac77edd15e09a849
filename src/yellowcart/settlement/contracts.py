"""Contracts between the parties of a sale: written by operators, revised, never edited."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.settlement.models import ContractRevision
from yellowcart.settlement.rules import Contract, ContractBase, ContractKind

#: Who may leave whom a share of what: payer's prefix, payee's prefix, base.
KINDS = {
    ContractKind.MCN: {("creator", "mcn", ContractBase.COMMISSION)},
    ContractKind.SERVICE: {
        ("shop", "service", ContractBase.GOODS),
        ("creator", "service", ContractBase.COMMISSION),
    },
}


@dataclass(frozen=True, slots=True)
class TermsWritten:
    """What an operator writes into a contract."""

    payer: str
    payee: str
    kind: ContractKind
    base: ContractBase
    rate_bps: int
    effective_from: datetime
    effective_until: datetime | None = None
    withdrawn: bool = False
    note: str = ""


@transaction.atomic
def do_write(
    *, actor: Account, written: TermsWritten, contract_id: UUID | None = None
) -> ContractRevision:
    """Write a contract, or the next revision of one; operators only.

    It counts for sales made after it was written as well as before: what of those is not opened
    as a bill yet is parted by it. :class:`Problem` 422 ``contract_bad``, 404
    ``contract_not_found``, and 409 ``contract_too_much`` where a payer would leave more than all.
    """
    if not people.is_operator(actor):
        raise forbidden(_("Contracts are written by the platform's operators."))
    _check(written)
    # Two who write contracts follow one another, so that revisions count up and rates add up.
    rows = list(ContractRevision.objects.select_for_update(no_key=True).filter(payer=written.payer))
    revision = 1
    if contract_id is not None:
        known = [row for row in rows if row.contract_id == contract_id]
        if not known:
            raise Problem("contract_not_found", 404, _("There is no such contract of this payer."))
        revision = max(row.revision for row in known) + 1
    row = ContractRevision.objects.create(
        contract_id=contract_id or new_id(),
        revision=revision,
        payer=written.payer,
        payee=written.payee,
        kind=written.kind.value,
        base=written.base.value,
        rate_bps=written.rate_bps,
        effective_from=written.effective_from,
        effective_until=written.effective_until,
        withdrawn=written.withdrawn,
        written_by=actor.id,
        note=written.note[:200],
    )
    _check_sum(written)
    outbox.audit(
        actor.id,
        "settlement.contract",
        f"contract:{row.contract_id}",
        revision=revision,
        payer=row.payer,
        payee=row.payee,
        rate_bps=row.rate_bps,
    )
    return row


def _check(written: TermsWritten) -> None:
    payer, payee = parties.read(written.payer), parties.read(written.payee)
    fits = (
        payer is not None
        and payee is not None
        and (payer[0], payee[0], written.base) in KINDS[written.kind]
        and 0 < written.rate_bps <= 10_000
        and (written.effective_until is None or written.effective_until > written.effective_from)
    )
    if not fits:
        raise Problem(
            "contract_bad",
            422,
            _(
                "Name a creator and its MCN, or a shop or creator and its service provider, a rate "
                "of 1 to 10,000 basis points, and an end after the beginning."
            ),
        )


def _check_sum(written: TermsWritten) -> None:
    """Refuse what would leave a payer's base below nothing at any instant."""
    mine = [
        each
        for each in of_payers([written.payer]).get(written.payer, ())
        if each.base is written.base
    ]
    for each in mine:
        if sum(other.rate_bps for other in mine if other.holds(each.effective_from)) > 10_000:
            raise Problem(
                "contract_too_much",
                409,
                _("Together with its other contracts this payer would leave more than all."),
            )


def of_payers(names: Iterable[str]) -> dict[str, list[Contract]]:
    """The contracts that stand, by payer: the latest revision of each."""
    latest: dict[UUID, ContractRevision] = {}
    for row in ContractRevision.objects.filter(payer__in=list(names)).order_by("revision"):
        latest[row.contract_id] = row
    found: defaultdict[str, list[Contract]] = defaultdict(list)
    for row in latest.values():
        if not row.withdrawn:
            found[row.payer].append(
                Contract(
                    id=str(row.contract_id),
                    payer=row.payer,
                    payee=row.payee,
                    kind=ContractKind(row.kind),
                    base=ContractBase(row.base),
                    rate_bps=row.rate_bps,
                    effective_from=row.effective_from,
                    effective_until=row.effective_until,
                )
            )
    return dict(found)


def paid_as(account_id: UUID) -> list[str]:
    """In which roles an account was ever promised a share: ``mcn``, ``service``, both or none."""
    names = {kind.value: f"{kind.value}:{account_id}" for kind in ContractKind}
    known = set(
        ContractRevision.objects.filter(payee__in=names.values()).values_list("payee", flat=True)
    )
    return [kind for kind, name in names.items() if name in known]


def of_party(party: str) -> list[ContractRevision]:
    """The latest revision of every contract in which a party pays or is paid."""
    ids = ContractRevision.objects.filter(Q(payer=party) | Q(payee=party)).values("contract_id")
    latest: dict[UUID, ContractRevision] = {}
    for row in ContractRevision.objects.filter(contract_id__in=ids).order_by("revision"):
        latest[row.contract_id] = row
    return sorted(latest.values(), key=lambda row: (row.effective_from, row.contract_id))
