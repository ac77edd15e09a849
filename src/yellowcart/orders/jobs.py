"""What the worker does for orders: the duty that expires them."""

from datetime import datetime

from yellowcart.core import clock
from yellowcart.orders.actions import EXPIRE_BATCH, do_expire_due
from yellowcart.orders.queries import next_expiry


def expire_due() -> datetime | None:
    """Close every order whose time is over; the instant at which the next one's is.

    One that is being paid right now is not closed; whoever asks looks again by themselves.
    """
    while do_expire_due(clock.now()) == EXPIRE_BATCH:
        pass
    due = next_expiry()
    return due if due is not None and due > clock.now() else None
