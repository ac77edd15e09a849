"""What is tried again against providers: asking, giving money back, fetching statements.

Importing this module makes the jobs known to the worker by their names.
"""

from uuid import UUID

from yellowcart.core import jobs
from yellowcart.payments import incoming, queries, reconciling
from yellowcart.payments.duties import ASK_JOB
from yellowcart.payments.models import Payment
from yellowcart.payments.providers import provider_named
from yellowcart.payments.providers.base import GiveBack
from yellowcart.payments.providers.sandbox_sender import send_callback
from yellowcart.payments.refunds import SEND_JOB, do_note_given
from yellowcart.payments.reports import RECONCILE_JOB

__all__ = ["ask_payment", "reconcile", "send_callback", "send_refund"]


@jobs.job(SEND_JOB)
def send_refund(shop_id: str, leg_id: str, is_again: bool = False) -> None:
    """Ask a provider to give a leg's money back; raises, to be tried again, where it can't say.

    ``is_again``: a person wants what was refused to be tried once more.
    """
    leg, refund, charge, code = queries.leg_to_send(UUID(shop_id), UUID(leg_id))
    if leg.state == "done":
        return
    wanted = GiveBack(charge, leg.id, leg.amount_minor, refund.reason, leg.provider_ref, is_again)
    do_note_given(leg.shop_id, leg.id, provider_named(code).refund(wanted))


@jobs.job(ASK_JOB)
def ask_payment(payment_id: str) -> None:
    """Ask a provider what became of a payment of which it said nothing."""
    payment = Payment.objects.get(id=payment_id)
    provider = provider_named(payment.provider)
    if payment.state != "started" or not provider.is_on():
        return
    told = provider.query(queries.taken(payment))
    if told is not None:
        incoming.record(payment.provider, told)


@jobs.job(RECONCILE_JOB)
def reconcile(run_id: str) -> None:
    """Fetch a provider's statement of a day and hold it against our books."""
    reconciling.reconcile_run(UUID(run_id))
