"""The screen beside the camera: a room's figures while it is live, for those who work it. The page
is ``reading/screen.html`` in the frame of whoever reads it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from yellowcart.insights.room_reading import live_body
from yellowcart.insights.rules import Definition
from yellowcart.insights.words import DEFINITIONS, MEANINGS
from yellowcart.live.models import Room


def screen_context(room: Room, shell: str, shop_id: UUID | None = None) -> dict[str, Any]:
    """What the page shows first; ``shell`` is the frame's template, ``shop_id`` whose part."""
    return {
        "room": room,
        "shell": shell,
        "part": str(shop_id) if shop_id else "",
        "figures": live_body(room, get_language() or "en", shop_id),
        "definitions": [
            {"value": one.value, "label": DEFINITIONS[one], "meaning": MEANINGS[one]}
            for one in Definition
        ],
        "zone": settings.TIME_ZONE,
    }
