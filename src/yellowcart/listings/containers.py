"""Where listings are: a surface and the thing on it that holds them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Container:
    """A room, video, profile, shop page or product page that someone was let into.

    Whoever owns the thing makes this after asking for permission: ``live.queries.access_cart``,
    ``videos.queries.access_cart``, and :mod:`yellowcart.listings.queries` for the rest.
    ``creator_id`` is the creator who offers the goods there, None where the shop itself does.
    """

    surface: str
    id: UUID
    creator_id: UUID | None
