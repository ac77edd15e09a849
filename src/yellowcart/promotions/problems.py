"""What can be refused around coupons, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.promotions.rules import WhyNot

NOT_YOUR_COUPON: Final = _("Only whoever gave this coupon looks after it.")
NOT_YOUR_ROOM: Final = _("A creator gives coupons for their own rooms.")

_INVALID: Final[dict[str, Promise]] = {
    "bearer": _("Say who bears it: merchant, creator or platform."),
    "shop": _("A merchant's coupon is for their shop, a creator's for what they sell."),
    "listing": _("This is not offered there any more, or it is not yours."),
    "fans": _("A coupon for followers needs a room or a creator whose followers they are."),
    "title": _("Give the coupon a name of at most 120 characters."),
    "off": _("Say what it takes off: an amount, or 0.01 to 100 % with an amount at most."),
    "threshold": _("The least order is 0 or more."),
    "budget": _("The budget must pay for one use at least."),
    "uses": _("The number of uses is 1 or more."),
    "claim": _("The time to claim it ends after it begins, in the future."),
    "use": _("The time to use it ends after it begins, within three years."),
    "currency": _("Write the currency as three letters, such as CNY."),
}
_CLAIMS: Final[dict[WhyNot, Promise]] = {
    WhyNot.NOT_YET: _("This coupon can't be claimed yet. Come back when it can."),
    WhyNot.OVER: _("This coupon can no longer be claimed."),
    WhyNot.SPENT: _("This coupon is used up."),
    WhyNot.FANS_ONLY: _("This coupon is for followers. Follow first, then claim it."),
}
WHY_NOT: Final[dict[WhyNot, Promise]] = {
    WhyNot.NOT_CLAIMED: _("Not claimed yet"),
    WhyNot.NOT_YET: _("Not yet"),
    WhyNot.OVER: _("Over"),
    WhyNot.USED: _("Used"),
    WhyNot.SPENT: _("Used up"),
}
"""Why a coupon in somebody's hands can't be used now, in a word or two."""


def coupon_not_found() -> Problem:
    """No coupon has this id."""
    return Problem("coupon_not_found", 404, _("There is no such coupon."))


def coupon_invalid(why: str) -> Problem:
    """The terms of a new coupon make no sense; ``why`` names the part."""
    return Problem("coupon_invalid", 422, _INVALID[why], extra={"why": why})


def not_claimable(why: WhyNot) -> Problem:
    """The coupon can't be claimed by this buyer now."""
    return Problem("coupon_refused", 409, _CLAIMS[why], extra={"why": why.value})
