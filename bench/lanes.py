"""Server processes with nothing but the lane, and the duty that expires orders; made to be killed.

A keeper loads everything once, and forks: two servers on one socket and one process that expires
what was not paid. A child that dies is forked anew within milliseconds. It prints its port, then
``name pid`` for every child, and ends when its standard input does.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict

Verdicts = Callable[[Facts, datetime], Verdict]

SERVERS = 2
EXPIRE_EVERY_SECONDS = 0.2


def main() -> None:
    """Keep the children alive."""
    # Everything below needs Django, which needs to be set up.
    from yellowcart.config import boot

    boot.boot()
    from django.db import connections

    from yellowcart.policy import queries as policy

    verdict = policy.refresh().verdict
    # A pool's threads would not live on in the children.
    connections["default"].close_pool()
    connections.close_all()
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    work: dict[str, Callable[[], None]] = {
        f"server-{n}": lambda: _serve(listener, verdict) for n in range(SERVERS)
    }
    work["expirer"] = _expire
    alive: dict[int, str] = {}
    for name, one in work.items():
        _fork(name, one, alive)

    ending = threading.Event()

    def end() -> None:
        sys.stdin.read()
        ending.set()
        for pid in list(alive):
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    ended = threading.Thread(target=end, daemon=True)
    ended.start()
    while True:
        pid, _status = os.wait()
        if ending.is_set():
            break
        name = alive.pop(pid)
        _fork(name, work[name], alive)
    ended.join()


def _fork(name: str, work: Callable[[], None], alive: dict[int, str]) -> None:
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(1)
    alive[pid] = name
    print(name, pid, flush=True)


def _serve(listener: socket.socket, verdict: Verdicts) -> None:
    from starlette.applications import Starlette

    from yellowcart.checkout.lane import Lanes
    from yellowcart.checkout.protocol import Ask, OrderProtocol
    from yellowcart.checkout.routes import routes
    from yellowcart.config.listening import listen

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.lanes = Lanes(os.environ["DATABASE_URL"], verdict)
        yield
        await app.state.lanes.close()

    app = Starlette(routes=routes(), lifespan=lifespan)

    class Protocol(OrderProtocol):
        @staticmethod
        def orders() -> Ask:
            ask: Ask = app.state.lanes.ask
            return ask

    listen(app, listener, protocol=Protocol)


def _expire() -> None:
    from django.db import connections

    from yellowcart.core import clock
    from yellowcart.orders.actions import do_expire_due

    while True:
        try:
            do_expire_due(clock.now())
        except Exception:
            # The database is being killed too; an order that is due stays due. A pool would wait
            # ever longer before it tries again.
            connections.close_all()
            connections["default"].close_pool()
        time.sleep(EXPIRE_EVERY_SECONDS)


if __name__ == "__main__":
    main()
