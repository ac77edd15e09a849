"""What the worker looks after for connections."""

import time
from datetime import datetime
from typing import Final

from yellowcart.connections import keeping, links, listing, waking
from yellowcart.core import clock

#: Seconds between two looks at what is seldom there: calls of yesterday, runs cut short, and
#: goods whose links are to pay.
SELDOM: Final = 20.0


class LookAfter:
    """Has every connection worked for whose time has come, and runs gone on with."""

    def __init__(self) -> None:
        self._looked = -SELDOM

    def __call__(self) -> datetime | None:
        """Do what is due; when to be asked again."""
        if time.monotonic() - self._looked >= SELDOM:
            self._looked = time.monotonic()
            keeping.do_forget_old_calls()
            listing.do_go_on()
            links.take_up()
        due = waking.queue_due()
        # Stores live on the wall clock, duties on the platform's.
        return None if due is None else clock.now() + (due - clock.wall())
