"""What the worker looks after: publishers of whom nothing is heard, servers to be asked."""

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from yellowcart.core import clock
from yellowcart.media import actions, choice, files, rules
from yellowcart.media.models import Broadcast
from yellowcart.media.replays import do_forget_recordings
from yellowcart.media.servers.http import ServerSilentError
from yellowcart.media.states import OPEN

log = logging.getLogger(__name__)

#: Seconds between two looks for recordings whose years are over.
TIDY_SECONDS: Final = 600.0
#: Seconds between two looks at a publisher on a server that does not report by itself.
ASK_SECONDS: Final = 4.0


def look_after_broadcasts() -> datetime | None:
    """Ask after publishers, and take note of those who fell silent."""
    for broadcast in Broadcast.objects.filter(state__in=OPEN):
        silent = (clock.wall() - broadcast.seen_wall_at).total_seconds()
        asks = broadcast.server != "embedded" and broadcast.state == "live"
        if asks and not broadcast.pending and silent >= ASK_SECONDS:
            silent = _ask(broadcast, silent)
        if (broadcast.pending and silent >= rules.NEVER_CAME_SECONDS) or (
            broadcast.state == "live" and silent >= rules.SILENT_SECONDS
        ):
            actions.do_broadcast_lost(broadcast.id)
        elif broadcast.state == "lost" and _gone(broadcast):
            actions.do_broadcast_ended(broadcast.id, "lost")
    return None


def _ask(broadcast: Broadcast, silent: float) -> float:
    """How many seconds nothing was heard of a publisher, now that its server was asked."""
    try:
        health = choice.named(broadcast.server).health(broadcast)
    except ServerSilentError as error:
        log.warning("the media server is silent", extra={"why": str(error)})
        return silent
    if health is None:
        actions.do_broadcast_lost(broadcast.id)
    else:
        actions.do_report_health(broadcast.id, health.known())
    return 0.0


def _gone(broadcast: Broadcast) -> bool:
    waits = timedelta(seconds=settings.MEDIA_LOST_SECONDS)
    return clock.now() - broadcast.state_at >= waits


class Tidy:
    """Forgets recordings that were kept for as long as they must be; see docs/video.md."""

    def __init__(self) -> None:
        self._looked = -TIDY_SECONDS

    def __call__(self) -> datetime | None:
        """Look now and then; the files go once it is written that they are gone."""
        if settings.MEDIA_KEEP_DAYS and time.monotonic() - self._looked >= TIDY_SECONDS:
            before = clock.now() - timedelta(days=settings.MEDIA_KEEP_DAYS)
            while names := do_forget_recordings(before):
                files.forget(names)
            self._looked = time.monotonic()
        return None
