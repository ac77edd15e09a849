"""What the catalogue announces."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from yellowcart.core import outbox
from yellowcart.core.models import OutboxEvent

TOPIC_REVIEW = "catalog.review"
TOPIC_SHELF = "catalog.shelf"
TOPIC_CHANGED = "catalog.product_changed"


@dataclass(frozen=True, slots=True)
class ReviewStepped:
    """A product's review took a step."""

    product_id: str
    state: str


@dataclass(frozen=True, slots=True)
class ShelfChanged:
    """A product was put on the shelf or taken off."""

    product_id: str
    on_shelf: bool


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """Words, pictures, variants or prices of a product changed."""

    product_id: str


_TOPICS: dict[type, str] = {
    ReviewStepped: TOPIC_REVIEW,
    ShelfChanged: TOPIC_SHELF,
    ProductChanged: TOPIC_CHANGED,
}


Event = ReviewStepped | ShelfChanged | ProductChanged


def announce(shop_id: UUID, event: Event) -> None:
    """Append the event to the outbox of the running transaction."""
    outbox.append(_TOPICS[type(event)], asdict(event), shop_id=shop_id)


def announce_all(events: Iterable[tuple[UUID, Event]]) -> None:
    """Append the events of shops to the outbox of the running transaction, in one statement."""
    rows = [
        OutboxEvent(topic=_TOPICS[type(event)], payload=asdict(event), shop_id=shop_id)
        for shop_id, event in events
    ]
    if rows:
        outbox.append_all(rows)
