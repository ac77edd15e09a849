"""Why goods can't be offered here, in words. Shared by the verbs, the pages and the edge."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.listings.rules import (
    LEAST_COUNTDOWN_SECONDS,
    LONGEST_COUNTDOWN_SECONDS,
    Bounds,
    Wrong,
)
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


def sku_not_found() -> Problem:
    """The listing's product has no such SKU."""
    return Problem("sku_not_found", 404, _("These goods have no such variant."))


def sold_elsewhere() -> Problem:
    """The buyer of a link leaves; its price is the other side's to set."""
    return Problem(
        "jump_out",
        409,
        _("This is sold on its source's own site, and its price is set there."),
    )


def no_fans() -> Problem:
    """A price for fans needs a creator whose fans they are."""
    return Problem(
        "special_price_invalid",
        422,
        _("Only what a creator offers can have a price for their followers."),
        extra={"why": "no_creator"},
    )


def special_not_found() -> Problem:
    """The listing has no such special price."""
    return Problem("special_price_not_found", 404, _("There is no such price on this listing."))


def too_many_specials(most: int) -> Problem:
    """One SKU of a listing has as many prices as it may."""
    return Problem(
        "too_many_special_prices",
        409,
        _("At most %(most)s special prices at a time; end one first."),
        params={"most": most},
    )


def special_invalid(wrong: Wrong, bounds: Bounds, cut_bps: int | None) -> Problem:
    """A special price makes no sense, or goes too far."""
    if wrong is Wrong.TOO_LOW and cut_bps == 0:
        return Problem(
            "special_price_invalid",
            422,
            _("This shop sets its prices itself. Ask it to let hosts lower them."),
            extra={"why": wrong.value, "cut_bps": 0},
        )
    sentences = {
        Wrong.NOT_LOWER: _("A special price is lower than the regular one."),
        Wrong.TOO_LOW: _("That is too low: the shop lets hosts take off up to %(cut)s %%."),
        Wrong.DISCOUNT: _("Take off %(least)s to %(most)s %% of the regular price."),
        Wrong.SECONDS: _("A special price lasts %(shortest)s to %(longest)s seconds."),
        Wrong.OVER: _("A special price ends after it begins, in the future."),
        Wrong.ALLOCATION: _("The number of pieces is 1 or more."),
    }
    return Problem(
        "special_price_invalid",
        422,
        sentences.get(wrong, sentences[Wrong.NOT_LOWER]),
        params={
            "cut": f"{(10_000 if cut_bps is None else cut_bps) / 100:g}",
            "least": f"{bounds.least_bps / 100:g}",
            "most": f"{bounds.most_bps / 100:g}",
            "shortest": bounds.least_seconds,
            "longest": bounds.most_seconds,
        },
        extra={"why": wrong.value},
    )


def presale_invalid(wrong: Wrong) -> Problem:
    """A deposit or the time of the balance makes no sense."""
    sentence = (
        _("The deposit is more than nothing and less than the price.")
        if wrong is Wrong.DEPOSIT
        else _("The balance is due in a time to come, and the time ends after it begins.")
    )
    return Problem("presale_invalid", 422, sentence, extra={"why": wrong.value})


def commission_invalid(most_bps: int) -> Problem:
    """No such share of a sale can be promised."""
    return Problem(
        "commission_invalid",
        422,
        _("The commission is 0 to %(most)s %%."),
        params={"most": most_bps // 100},
    )


def countdown_invalid() -> Problem:
    """A countdown to the sale out of range."""
    return Problem(
        "countdown_invalid",
        422,
        _("A countdown lasts %(least)s to %(most)s seconds."),
        params={"least": LEAST_COUNTDOWN_SECONDS, "most": LONGEST_COUNTDOWN_SECONDS},
    )


def no_countdown() -> Problem:
    """There is no countdown to extend."""
    return Problem("no_countdown", 409, _("No countdown runs for this. Start one first."))
