"""What the worker looks after for gifts, in one duty: each part takes moments."""

from datetime import datetime

from yellowcart.gifts.drawing import draw_duty
from yellowcart.gifts.packets import end_duty
from yellowcart.gifts.settling import settle_duty


def look_after() -> datetime | None:
    """Draw what is due, end packets, part gifts; when to look again."""
    dues = [draw_duty(), end_duty(), settle_duty()]
    return min((due for due in dues if due is not None), default=None)
