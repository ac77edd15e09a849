"""The platform's clock shared by all processes of an installation, kept in the database."""

from datetime import datetime

from yellowcart.core import bus, clock
from yellowcart.core.models import ClockRow

CHANNEL = "clock"


def do_set_clock(instant: datetime, speed: float = 1.0) -> None:
    """Put every process of this installation on one line; refused in production."""
    line = clock.starting_at(instant, speed)
    clock.set_timeline(line)
    ClockRow.objects.update_or_create(
        id=1,
        defaults={"wall_us": line.wall_us, "platform_us": line.platform_us, "speed": line.speed},
    )
    bus.publish(CHANNEL)


def do_reset_clock() -> None:
    """Back to the machine's own time."""
    ClockRow.objects.all().delete()
    clock.set_timeline(clock.Timeline())
    bus.publish(CHANNEL)


def load_clock() -> None:
    """Take the installation's line into this process."""
    row = ClockRow.objects.first()
    clock.set_timeline(
        clock.Timeline(row.wall_us, row.platform_us, row.speed) if row else clock.Timeline()
    )
