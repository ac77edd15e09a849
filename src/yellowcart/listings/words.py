"""What surfaces are called on pages, in reports and in refusals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SURFACE_NAMES: Final[Mapping[str, Promise]] = {
    "live_room": _("Live room"),
    "short_video": _("Short video"),
    "product_page": _("Product page"),
    "profile": _("Profile"),
    "shop_page": _("Shop page"),
    "replay": _("Replay"),
}

STATE_WORDS: Final[Mapping[str, Promise]] = {
    "mounted": _("Offered"),
    "barred": _("Barred by a rule"),
    "unmounted": _("Taken out"),
}
