"""Another platform pays the commission it owes for sales of its own."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.sources.models import Source


@transaction.atomic
def do_record_source_payment(
    *,
    actor: Account,
    source: str,
    currency: str,
    amount_minor: int,
    provider: str,
    reference: str,
) -> int:
    """An operator records what another platform paid; what it still owes then.

    ``provider`` is where the money lies, ``reference`` that side's own number: the same again
    changes nothing. Paying ahead leaves less than nothing owed. :class:`Problem` 404
    ``source_unknown``, 422 ``payment_amount``.
    """
    if not people.is_operator(actor):
        raise forbidden(_("Only the platform's operators record what another platform paid."))
    if not Source.objects.filter(code=source).exists():
        raise Problem("source_unknown", 404, _("There is no such source here."))
    if amount_minor <= 0:
        raise Problem("payment_amount", 422, _("Name an amount above 0."))
    do_post(
        f"source-payment:{provider}:{reference}"[:120],
        f"Paid by {source}",
        [
            Line(parties.provider(provider), Kind.CASH, currency, amount_minor),
            Line(parties.source(source), Kind.RECEIVABLE, currency, -amount_minor),
        ],
    )
    outbox.audit(
        actor.id, "settlement.source_payment", f"source:{source}", amount_minor=amount_minor
    )
    return ledger.balance(parties.source(source), Kind.RECEIVABLE, currency)
