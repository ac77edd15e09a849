"""A room's figures for the control plane's pages and API, read in its own connection."""

from typing import Any
from uuid import UUID

from yellowcart.core.clock import now
from yellowcart.insights.room_figures import counts_of
from yellowcart.insights.room_view import Show, as_part, figures_body
from yellowcart.live import queries as live
from yellowcart.live.models import Room
from yellowcart.policy import queries as policy


def live_body(room: Room, language: str, shop_id: UUID | None = None) -> dict[str, Any] | None:
    """What the live screen shows at this instant; None before the room began. For one shop:
    its own goods' part, without alerts, which are the host's."""
    if room.started_at is None:
        return None
    row = live.room_row(room.id)
    cart = row.cart if row else []
    show = Show(
        room_id=room.id,
        title=room.title,
        state=room.state,
        started_at=room.started_at,
        ended_at=room.ended_at,
        pinned=room.pinned_listing_id,
        cart=[one for one in cart if shop_id is None or one.shop_id == shop_id],
    )
    body = figures_body(show, counts_of(room, shop_id), policy.table().verdict, now(), language)
    return body if shop_id is None else as_part(body)
