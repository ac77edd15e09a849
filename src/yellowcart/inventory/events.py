"""What stock announces."""

from dataclasses import asdict, dataclass
from uuid import UUID

from yellowcart.core.models import OutboxEvent

TOPIC_STOCK = "inventory.stock_changed"


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Someone set or adjusted a stock row; ``free`` is what can still be sold from it."""

    sku_id: str
    on_hand: int
    free: int


def stock_changed(shop_id: UUID, event: StockChanged) -> OutboxEvent:
    """The outbox row of the event, for ``outbox.append_all``."""
    return OutboxEvent(shop_id=shop_id, topic=TOPIC_STOCK, payload=asdict(event))
