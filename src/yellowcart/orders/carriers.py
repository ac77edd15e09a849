"""What carried an order to the buyer, in the numbers the field's platforms use (Kuaishou's
``carrierType``, open.kwaixiaodian.com). Pure."""

from typing import Final

LIVE_ROOM: Final = 2
SHORT_VIDEO: Final = 1
LIVE_REPLAY: Final = 7
EXPLANATION: Final = 100_010
PROFILE: Final = 3
SHOP_PAGE: Final = 29
#: A place the field has no number for, such as a product's own page.
NONE: Final = 0

_OF_SURFACE: Final = {
    "live_room": LIVE_ROOM,
    "short_video": SHORT_VIDEO,
    "replay": LIVE_REPLAY,
    "profile": PROFILE,
    "shop_page": SHOP_PAGE,
}


def carrier_type(surface: str, *, explained: bool = False) -> int:
    """The number of a surface; ``explained``: the buyer watched one explanation of a replay, not
    the whole of it."""
    if explained and surface == "replay":
        return EXPLANATION
    return _OF_SURFACE.get(surface, NONE)
