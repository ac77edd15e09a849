"""Why goods can't be offered here, in words. Shared by the verbs, the pages and the edge."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.policy.verdicts import Verdict


def listing_not_found() -> Problem:
    """No listing has this id, or it is not offered any more."""
    return Problem("listing_not_found", 404, _("This is not offered here any more."))


def barred(verdict: Verdict, language: str) -> Problem:
    """A verdict refuses the offer; the body says which rule, why, and what to do."""
    return Problem(
        "barred_by_policy",
        403,
        _("A rule of the platform doesn't allow this here now. %(reason)s"),
        params={"reason": verdict.reason.in_language(language)},
        extra={"verdict": verdict.as_json(language)},
    )


def not_offerable(why: "str | Promise") -> Problem:
    """The product itself can't be offered anywhere; ``why`` is a sentence."""
    return Problem("product_not_offerable", 409, why)


def already_mounted() -> Problem:
    """One product is in one cart once."""
    return Problem("already_mounted", 409, _("This product is in the cart already."))


def cart_full(most: int) -> Problem:
    """The cart holds as many listings as it may."""
    return Problem(
        "cart_full",
        409,
        _("A cart holds at most %(most)s products; take one out first."),
        params={"most": most},
    )


def order_incomplete() -> Problem:
    """A new order must name what is in the cart, each once."""
    return Problem(
        "order_incomplete",
        422,
        _("The cart has changed. Load it again and send every listing once."),
    )


def permit_missing(permit: str) -> Problem:
    """The creator lacks the right to sell their own or others' goods."""
    words = {
        "sell_own": _("You need the permit to sell your own goods. Apply for it first."),
        "promote": _("You need the permit to promote others' goods. Apply for it first."),
    }
    return Problem("permit_missing", 403, words[permit], extra={"permit": permit})


def not_this_shops() -> Problem:
    """A shop's own pages carry its own goods."""
    return Problem("not_this_shops", 403, _("Only the shop's own goods can be listed here."))


def offer_invalid() -> Problem:
    """The terms of an offer make no sense."""
    return Problem(
        "offer_invalid",
        422,
        _("The limit is 1 or more, and the sale must end after it starts."),
    )
