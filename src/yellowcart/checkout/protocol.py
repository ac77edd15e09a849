"""Orders taken where the request was parsed, without a task, a scope and two messages for each.

uvicorn starts a task for every request and hands it callables to read and to answer with; under a
flash sale that costs more than the order. This is uvicorn's own protocol, so the bytes are read by
the same parser under the same rules; it only notices a plain order (``POST`` to an order's address
on a connection that has nothing else under way, without ``Expect`` or an upgrade), keeps its body,
and asks the lane, which calls back. Whatever is not that plain goes the way of all requests and
meets the same functions at its end (:mod:`checkout.routes`).
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from yellowcart.checkout.lane import Outcome, try_again
from yellowcart.checkout.routes import (
    MOST_BYTES,
    Headers,
    Response,
    holder_of,
    place_of,
    request_of,
    response_to,
    too_large,
)
from yellowcart.checkout.values import Request
from yellowcart.core.problems import Problem

log = logging.getLogger(__name__)

Ask = Callable[[Request, Callable[[Outcome], None]], None]
"""How a request reaches the lane: :meth:`checkout.lane.Lanes.ask`."""


@lru_cache(maxsize=1)
def _head_of(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """What uvicorn sends with every answer; the date in it changes once a second."""
    return b"".join([name + b": " + value + b"\r\n" for name, value in headers])


def default_head(headers: list[tuple[bytes, bytes]]) -> bytes:
    """What goes with every answer of the server, ready to send."""
    return _head_of(tuple(headers))


class _Nobody:
    """Stands for the event on which a request's task would wait."""

    @staticmethod
    def set() -> None:
        """Nobody waits."""


_NOBODY: Final = _Nobody()


class OrderCycle:
    """One order under way, with what uvicorn's protocol asks of a request under way."""

    __slots__ = (
        "body",
        "disconnected",
        "headers",
        "keep_alive",
        "message_event",
        "path",
        "protocol",
        "response_complete",
    )

    def __init__(self, protocol: "OrderProtocol", path: bytes, headers: Headers) -> None:
        self.protocol = protocol
        self.path = path
        self.headers = headers
        self.body = b""
        self.keep_alive = True
        self.disconnected = False
        self.response_complete = False
        self.message_event = _NOBODY

    def ask(self, ask: Ask) -> None:
        """Send the order to its lane. Whatever stands against it is answered here."""
        try:
            holder = holder_of("POST", self.headers)
            ask(request_of(self.path, holder, self.body), self.answer)
        except Problem as problem:
            self.answer(problem)
        except Exception:
            log.exception("an order failed")
            self.answer(try_again())

    def answer(self, outcome: Outcome) -> None:
        """Write the outcome; a buyer who has gone asks again with the same key."""
        if self.disconnected or self.response_complete:
            return
        try:
            response = response_to(outcome, self.headers)
        except Exception:
            log.exception("an order's answer could not be written")
            response = response_to(try_again(), self.headers)
        self.protocol.reply(self, response)


class OrderProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a short way for orders.

    Set :attr:`orders` on a subclass: it finds the lane when the first order comes.
    """

    orders: Callable[[], Ask]
    quiet_since = 0.0

    def on_message_begin(self) -> None:
        """A request begins. Its scope is made once it is known to need one."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Take a plain order; pass on everything else as uvicorn would have had it."""
        if self._is_plain_order():
            cycle = OrderCycle(self, self.url, self.headers)
            self.cycle = cast("Any", cycle)
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()

    def _is_plain_order(self) -> bool:
        parser = self.parser
        before: Any = self.cycle
        return (
            place_of(self.url) is not None
            and parser.get_method() == b"POST"
            and (before is None or before.response_complete)
            and not self.pipeline
            and not self.expect_100_continue
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.access_log
            and not self.root_path
            and self.limit_concurrency is None
        )

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        cycle: Any = self.cycle
        if type(cycle) is not OrderCycle:
            super().on_body(body)
        elif not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > MOST_BYTES:
                cycle.keep_alive = False
                cycle.answer(too_large())

    def on_message_complete(self) -> None:
        """The request is whole."""
        cycle: Any = self.cycle
        if type(cycle) is not OrderCycle:
            super().on_message_complete()
        elif not cycle.response_complete:
            cycle.ask(type(self).orders())

    def reply(self, cycle: OrderCycle, response: Response) -> None:
        """Write an answer in one piece, and make the connection ready for what comes next."""
        cycle.response_complete = True
        parts = [
            STATUS_LINE[response.status],
            default_head(self.server_state.default_headers),
            b"content-type: ",
            response.content_type,
            b"\r\ncontent-length: %d\r\ncache-control: no-store\r\n" % len(response.body),
        ]
        for name, value in response.extra:
            parts += (name, b": ", value, b"\r\n")
        if not cycle.keep_alive:
            parts.append(b"connection: close\r\n")
        parts += (b"\r\n", response.body)
        self.transport.write(b"".join(parts))
        if not cycle.keep_alive:
            self.transport.close()
        if self.pipeline or not cycle.keep_alive:
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self.quiet_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_more(self.timeout_keep_alive)

    # uvicorn sets a timer after each answer and takes it back with the next request. Between
    # orders it stays, and looks at the time when it goes off.

    def _wait_for_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def _unset_keepalive_if_required(self) -> None:
        cycle: Any = self.cycle
        if type(cycle) is not OrderCycle:
            super()._unset_keepalive_if_required()

    def timeout_keep_alive_handler(self) -> None:
        """Hang up where nothing came for as long as uvicorn waits."""
        self.timeout_keep_alive_task = None
        cycle: Any = self.cycle
        if type(cycle) is OrderCycle:
            left = self.quiet_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self._wait_for_more(left)
                return
        if cycle is None or cycle.response_complete:
            super().timeout_keep_alive_handler()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the socket's own protocol."""
        self._forget_timer()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """The buyer is gone."""
        self._forget_timer()
        super().connection_lost(exc)

    def _forget_timer(self) -> None:
        super()._unset_keepalive_if_required()
