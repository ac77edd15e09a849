"""The words that the pages' scripts say, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.web.base.words import STATES


def buying_words() -> dict[str, Any]:
    """What the buy sheet says."""
    return {
        "soldOut": _("Sold out"),
        "onlyLeft": _("Only %(count)s left"),
        "left": _("%(count)s in stock"),
        "standard": _("Standard"),
        "variant": _("Choose"),
        "quantity": _("Quantity"),
        "fewer": _("Fewer"),
        "more": _("More"),
        "limit": _("At most %(count)s for each buyer"),
        "signIn": _("Sign in to buy"),
        "placeOrder": _("Place the order · %(total)s"),
        "noAnswer": _(
            "No answer came. Try again: it stays one order, and nothing is charged twice."
        ),
        "pay": _("Pay now"),
        "placed": _("Your order is placed"),
        "payWithin": _("Pay within"),
        "seeOrder": _("See the order"),
    }


def room_words() -> dict[str, Any]:
    """What a room's scripts say."""
    return {
        **buying_words(),
        "phases": {state: str(word.label) for state, word in STATES["room"].items()},
        "surfaces": {surface: str(name) for surface, name in SURFACE_NAMES.items()},
        "roles": {"host": _("Host"), "moderator": _("Moderator"), "platform": _("Platform")},
        "statuses": {
            "connecting": _("Entering the room…"),
            "broken": _("The line is broken; finding the way back…"),
        },
        "viewers": _("%(count)s watching"),
        "startsAt": _("Starts %(when)s"),
        "startsIn": _("Begins in"),
        "over": _("The show is over"),
        "overMore": _("Its goods may still be on the host's profile."),
        "pinned": _("Explaining"),
        "sold": _("%(count)s sold"),
        "leaves": _("Leaves this cart in"),
        "day": _("d"),
        "jump": _("At %(source)s"),
        "look": _("Look"),
        "buy": _("Buy"),
        "notOnSale": _("Not on sale"),
        "barred": _("May not be sold in live rooms"),
        "checking": _("The rule for this is changing right now"),
        "checkingMore": _("It is back in a moment if it may stay."),
        "whereElse": _("Where to get it"),
        "since": _("Since"),
        "stillOpen": _("Still open"),
        "rule": _("Rule"),
        "revision": _("revision %(number)s"),
        "cut": _("%(when)s: %(count)s goods left this cart."),
        "restored": _("%(count)s goods are back in the cart."),
    }
