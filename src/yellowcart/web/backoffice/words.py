"""What can be refused in the back offices themselves."""

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


def no_way_back() -> Problem:
    """No native goods stand behind a link."""
    return Problem(
        "no_way_back",
        409,
        _("Nobody here offers these goods as native ones, so they can't be converted."),
    )
