"""What the worker does for orders: the duty that expires them, and the jobs of providers.

Importing this module makes the jobs known to the worker by their names.
"""

from datetime import datetime

from yellowcart.core import clock
from yellowcart.orders.actions import EXPIRE_BATCH, do_expire_due
from yellowcart.orders.payments import send_refund
from yellowcart.orders.providers.sandbox_sender import send_callback
from yellowcart.orders.queries import next_expiry

__all__ = ["expire_due", "send_callback", "send_refund"]


def expire_due() -> datetime | None:
    """Close every order whose time is over; the instant at which the next one's is.

    One that is being paid right now is not closed; whoever asks looks again by themselves.
    """
    while do_expire_due(clock.now()) == EXPIRE_BATCH:
        pass
    due = next_expiry()
    return due if due is not None and due > clock.now() else None
