"""What reports call their definitions, dimensions and values."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.insights.rules import UNKNOWN, Definition, Dimension, Loop
from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.sources.models import Source

DEFINITIONS: Final[dict[Definition, Promise]] = {
    Definition.PLACED: _("Placed"),
    Definition.PAID: _("Paid"),
    Definition.NET: _("Net"),
}

MEANINGS: Final[dict[Definition, Promise]] = {
    Definition.PLACED: _(
        "Placed GMV: every order at the moment it was placed, paid or not, and every sale a "
        "source told of, revoked ones too."
    ),
    Definition.PAID: _(
        "Paid GMV: orders at the moment they were paid, refunded or not, and the sales that "
        "sources stand by, at the moment of the sale."
    ),
    Definition.NET: _(
        "Net GMV: what is left of paid GMV now, less refunds and without orders closed after "
        "payment or sales revoked by their source."
    ),
}

DIMENSIONS: Final[dict[Dimension, Promise]] = {
    Dimension.SOURCE: _("Source"),
    Dimension.INTEGRATION: _("Integration"),
    Dimension.SURFACE: _("Surface"),
    Dimension.LOOP: _("Loop"),
    Dimension.DAY: _("Day"),
    Dimension.HOUR: _("Hour"),
    Dimension.MINUTE: _("Minute"),
}

_VALUES: Final[dict[Dimension, dict[str, Promise]]] = {
    Dimension.LOOP: {Loop.CLOSED: _("Closed loop"), Loop.JUMP_OUT: _("Jump-out")},
    Dimension.INTEGRATION: {
        "native": _("Sold here"),
        "supply": _("Sold here, shipped by the supplier"),
        "link": _("Bought at the source"),
    },
    Dimension.SURFACE: {**SURFACE_NAMES, UNKNOWN: _("Not known")},
}


class Names:
    """Names of values in the reader's language; sources are read once."""

    def __init__(self) -> None:
        chinese = (get_language() or "en").startswith("zh")
        self._sources = dict(
            Source.objects.values_list("code", "name_zh" if chinese else "name_en")
        )

    def of(self, dimension: Dimension, value: str) -> str:
        """A value's name; an unknown one, and a day, as it is written."""
        if dimension is Dimension.SOURCE:
            return self._sources.get(value) or value
        if dimension in {Dimension.HOUR, Dimension.MINUTE}:
            return value[5:16].replace("T", " ")
        return str(_VALUES.get(dimension, {}).get(value, value))
