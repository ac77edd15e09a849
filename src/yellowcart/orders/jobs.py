"""What the worker does for orders: the duties that expire them, take them as received, and let
merchants owe what they promised."""

from collections.abc import Callable
from datetime import datetime

from yellowcart.core import clock
from yellowcart.orders import queries, waitlist
from yellowcart.orders.actions import EXPIRE_BATCH, do_expire_due
from yellowcart.orders.receiving import BATCH, do_compensate_due, do_receive_due


def expire_due() -> datetime | None:
    """Close every order whose time is over; the instant at which the next one's is.

    One that is being paid right now is not closed; whoever asks looks again by themselves.
    """
    return catch_up(do_expire_due, EXPIRE_BATCH, queries.next_expiry)


def lapse_due() -> datetime | None:
    """Take back every offer to one who waited whose time is over; when the next one's is."""
    return catch_up(waitlist.do_lapse_due, waitlist.LAPSE_BATCH, waitlist.next_lapse)


def receive_due() -> datetime | None:
    """Look at every receipt whose time has come; the instant of the next one."""
    return catch_up(do_receive_due, BATCH, queries.next_receipt)


def compensate_due() -> datetime | None:
    """Let every merchant owe whose promise is broken; the instant of the next promise."""
    return catch_up(do_compensate_due, BATCH, queries.next_promise)


def catch_up(
    do: Callable[[datetime], int], batch: int, next_due: Callable[[], datetime | None]
) -> datetime | None:
    """Do what is due in batches until nothing is; when to come back, None where by itself."""
    while do(clock.now()) == batch:
        pass
    due = next_due()
    return due if due is not None and due > clock.now() else None
