"""Whom a rule may name. Shops live in a higher layer, which says here how to find one."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


class ShopSubject(NamedTuple):
    """A shop as rules see it."""

    id: str
    type: str


ShopLookup = Callable[[str], ShopSubject | None]
_lookup: list[ShopLookup] = []


def use_shops(lookup: ShopLookup) -> None:
    """Name the function that finds a shop by id or handle."""
    _lookup[:] = [lookup]


def find_shop(word: str) -> ShopSubject:
    """The shop with this id or handle; problem ``unknown_shop`` where there is none."""
    found = _lookup[0](word) if _lookup else None
    if found is None:
        raise Problem(
            "unknown_shop",
            404,
            _("There is no shop “%(shop)s” here; use its id or its handle."),
            params={"shop": word},
        )
    return found
