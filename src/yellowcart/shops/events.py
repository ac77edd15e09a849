"""What shops announce, and under which topics."""

from dataclasses import asdict, dataclass
from uuid import UUID

from yellowcart.core import outbox

TOPIC_OPENED = "shops.opened"
TOPIC_STATE = "shops.state_changed"


@dataclass(frozen=True, slots=True)
class ShopOpened:
    """A shop began to exist."""

    shop_id: str
    handle: str
    type: str
    source: str


@dataclass(frozen=True, slots=True)
class ShopStateChanged:
    """A shop was paused, opened again or closed."""

    shop_id: str
    state: str


def announce(shop_id: UUID, event: ShopOpened | ShopStateChanged) -> None:
    """Append the event to the outbox of the running transaction."""
    topic = TOPIC_OPENED if isinstance(event, ShopOpened) else TOPIC_STATE
    outbox.append(topic, asdict(event), shop_id=shop_id)
