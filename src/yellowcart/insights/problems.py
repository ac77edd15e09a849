"""Refusals of figures."""

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


def room_not_found() -> Problem:
    """There is no such room."""
    return Problem("room_not_found", 404, _("There is no such room."))


def room_not_begun() -> Problem:
    """The room was never live, so that nothing can be counted of it."""
    return Problem("room_not_begun", 409, _("This room has not been live yet: it has no figures."))


def not_in_this_room() -> Problem:
    """A shop asked for its part of a room in which it has no goods."""
    return Problem("shop_not_in_room", 404, _("This shop has no goods in this room."))
