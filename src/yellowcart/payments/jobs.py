"""What is tried again against providers: giving money back.

Importing this module makes the jobs known to the worker by their names.
"""

from uuid import UUID

from yellowcart.core import jobs
from yellowcart.payments import queries
from yellowcart.payments.providers import provider_named
from yellowcart.payments.providers.base import GiveBack
from yellowcart.payments.providers.sandbox_sender import send_callback
from yellowcart.payments.refunds import SEND_JOB, do_note_given

__all__ = ["send_callback", "send_refund"]


@jobs.job(SEND_JOB)
def send_refund(shop_id: str, leg_id: str) -> None:
    """Ask a provider to give a leg's money back; raises, to be tried again, where it can't say."""
    leg, refund, charge, code = queries.leg_to_send(UUID(shop_id), UUID(leg_id))
    if leg.state == "done":
        return
    given = provider_named(code).refund(GiveBack(charge, leg.id, leg.amount_minor, refund.reason))
    do_note_given(leg.shop_id, leg.id, given)
