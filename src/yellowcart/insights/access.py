"""Whose figures an account may read."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.insights import problems
from yellowcart.insights.rules import Scope
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.live.queries import is_cohost
from yellowcart.people import access
from yellowcart.people import queries as people
from yellowcart.shops import queries as shops


def access_scope(user: access.User, shop: str = "", scope: Scope | None = None) -> Scope:
    """The scope narrowed to what a reader may see.

    An operator sees every shop, or the one named by id or handle. A shop's member sees that shop
    alone, and need not name it where there is only one. Everybody else is refused.
    """
    account = access.access_person(user)
    wanted = scope or Scope()
    if people.is_operator(account):
        return replace(wanted, shop_id=shops.get_shop(shop).id) if shop else wanted
    if shop:
        return replace(wanted, shop_id=shops.access_shop(account, shop, "view").id)
    own = list(shops.shops_of(account)[:2])
    if len(own) == 1:
        return replace(wanted, shop_id=own[0].id)
    if not own:
        raise access.forbidden(
            _("Figures are for the platform's operators and the members of a shop.")
        )
    raise Problem(
        "shop_needed",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("You work in several shops; name one of them with shop=."),
    )


def access_room(user: access.User, room_id: UUID) -> Room:
    """A room, for its creator or an operator."""
    account = access.access_person(user)
    room = Room.objects.filter(id=room_id).first()
    if room is None:
        raise problems.room_not_found()
    if room.creator_id != account.id and not people.is_operator(account):
        raise access.forbidden(_("A room's figures are for its creator and the operators."))
    return room


def access_screen(user: access.User, room_id: UUID, shop: str = "") -> tuple[Room, UUID | None]:
    """A room and the shop whose part of its live figures may be read, None for the whole.

    The whole is for those who work the room: its creator, whoever hosts it with them, and the
    operators. A shop's members read the part of their own goods, as of its report
    (:func:`access_room_part`); the rooms before it are in the report alone, which is not the
    co-hosts'.
    """
    account = access.access_person(user)
    room = Room.objects.filter(id=room_id).first()
    if room is None:
        raise problems.room_not_found()
    works = room.creator_id == account.id or is_cohost(account, room)
    if not shop and (works or people.is_operator(account)):
        return room, None
    return access_room_part(user, room_id, shop)


def access_room_part(user: access.User, room_id: UUID, shop: str = "") -> tuple[Room, UUID | None]:
    """A room and the shop whose part of it may be read, None for the whole.

    Its creator and operators read the whole, or one shop's part where they name it. A shop's
    member reads the part of that shop, named where they work in several, and only of rooms in
    which it has or had goods.
    """
    account = access.access_person(user)
    room = Room.objects.filter(id=room_id).first()
    if room is None:
        raise problems.room_not_found()
    if room.creator_id == account.id or people.is_operator(account):
        shop_id = shops.get_shop(shop).id if shop else None
    else:
        shop_id = access_scope(user, shop).shop_id
    if shop_id is not None and not _sold_in(room_id, shop_id):
        raise problems.not_in_this_room()
    return room, shop_id


def _sold_in(room_id: UUID, shop_id: UUID) -> bool:
    return Listing.objects.filter(
        surface="live_room", container_id=room_id, shop_id=shop_id
    ).exists()
