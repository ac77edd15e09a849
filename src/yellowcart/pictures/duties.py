"""What the worker does for pictures: asks for those that are due, a few at a time."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.problems import in_languages
from yellowcart.pictures import actions, rules
from yellowcart.pictures.decoding import Decoder
from yellowcart.pictures.fetching import Brought, Wanted, bring

log = logging.getLogger(__name__)

#: Seconds between two looks while some are under way.
SOON: Final = timedelta(seconds=0.1)


class LookAfter:
    """Keeps some askings under way, each in a thread that knows no database.

    A host that is slow has a few of the places and no more, so that the others go on; what came is
    written here, where the next ones are taken.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(rules.AT_ONCE, "picture")
        self._decoder = Decoder()
        self._running: dict[Future[Brought], Wanted] = {}

    def __call__(self) -> datetime | None:
        """Write what came, take what is due; when to be asked again."""
        for future in [one for one in self._running if one.done()]:
            actions.do_keep(self._running.pop(future), _result(future))
        free = rules.AT_ONCE - len(self._running)
        if free:
            busy: dict[str, int] = {}
            for wanted in self._running.values():
                busy[wanted.host] = busy.get(wanted.host, 0) + 1
            for wanted in actions.do_take(free, busy):
                self._running[self._pool.submit(bring, wanted, self._decoder)] = wanted
        return clock.now() + SOON if self._running else None

    def close(self) -> None:
        """Let go of threads and the decoder; what is under way is asked again after a while."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._decoder.close()

    def work_off(self) -> None:
        """Go on until nothing is due or under way; for tests and commands."""
        while self() is not None:
            for future in self._running:
                future.exception()


def _result(future: Future[Brought]) -> Brought:
    try:
        return future.result()
    except Exception:
        log.exception("a picture could not be asked for")
        return Brought("failed", words=in_languages(_("Something went wrong here.")))
