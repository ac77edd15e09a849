"""What a listing's container hears. Only rooms listen: their events are numbered and sent on."""

from collections.abc import Sequence
from uuid import UUID

from yellowcart.core import outbox
from yellowcart.listings.containers import Container


def mounted(container: Container, listing_id: UUID) -> None:
    """A listing came into the cart, or changed."""
    _tell(container, "room.listing.mounted", {"listing_id": str(listing_id)})


def unmounted(container: Container, listing_id: UUID) -> None:
    """A listing left the cart."""
    _tell(container, "room.listing.unmounted", {"listing_id": str(listing_id)})


def reordered(container: Container, order: Sequence[UUID]) -> None:
    """The cart has another order."""
    _tell(container, "room.cart.reordered", {"order": [str(listing_id) for listing_id in order]})


def _tell(container: Container, topic: str, payload: dict[str, object]) -> None:
    if container.surface == "live_room":
        outbox.append(topic, payload, room_id=container.id)
