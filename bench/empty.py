"""The server with nothing to do: the same uvicorn, parser and protocol, and a fixed answer.

What this gives over the same generator is the most that any endpoint of this server could give on
this machine. A process of its own: it prints its port and ends with its standard input.
"""

import os
import socket
import sys
import threading
from typing import Any

from yellowcart.config import boot

BODY = b'{"order_id":"00000000-0000-0000-0000-000000000000"}'


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """No request comes here."""


def main() -> None:
    """Serve until nobody listens."""
    # The protocol leads to the lane, and the lane to models.
    boot.boot(database=False)
    from yellowcart.checkout.protocol import OrderCycle, OrderProtocol
    from yellowcart.checkout.routes import Response
    from yellowcart.config.listening import listen

    answer = Response(201, b"application/json", BODY)

    class Empty(OrderProtocol):
        """Answers without looking."""

        def on_message_complete(self) -> None:
            """The request is whole; that is all that is asked of it."""
            cycle: Any = self.cycle
            if type(cycle) is OrderCycle:
                self.reply(cycle, answer)
            else:
                super().on_message_complete()

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    listen(_nothing, listener, protocol=Empty)


if __name__ == "__main__":
    main()
