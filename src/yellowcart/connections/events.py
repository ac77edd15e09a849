"""What connections announce."""

from typing import Final

from yellowcart.connections.models import Connection
from yellowcart.core import outbox

CONNECTED: Final = "connections.connected"
CLOSED: Final = "connections.closed"
LOCKED_OUT: Final = "connections.locked_out"
SUPPLY_RETURNED: Final = "connections.supply_returned"
#: Somebody of the shop has to settle a refund with a supplier by hand; ``change_id`` names it.
SETTLE_BY_HAND: Final = "connections.settle_by_hand"


def announce(connection: Connection, topic: str, **more: str) -> None:
    """Append to the outbox of the running transaction."""
    payload = {"connection_id": str(connection.id), "source": connection.source, **more}
    outbox.append(topic, payload, shop_id=connection.shop_id)
