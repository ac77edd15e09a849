"""What the worker does for after-sales: the duty that takes the steps that are due."""

from datetime import datetime

from yellowcart.aftersales.deciding import BATCH, do_step_due
from yellowcart.aftersales.queries import next_deadline
from yellowcart.orders.jobs import catch_up


def step_due() -> datetime | None:
    """Take every step of a case whose time has come; the instant of the next one."""
    return catch_up(do_step_due, BATCH, next_deadline)
