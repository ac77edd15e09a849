"""What a refused buyer reads: the code, the sentence, and what is true now."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.checkout.rules import MOST_PIECES, Refusal, Refused, Why
from yellowcart.core.instants import iso
from yellowcart.core.money import display_minor
from yellowcart.core.problems import Problem

_WORDS: dict[Why, Promise] = {
    Why.UNKNOWN: _("This is not offered here. Open the cart again to see what is."),
    Why.NOT_MOUNTED: _("This was taken out of the cart. Look what else is in it."),
    Why.ROOM_NOT_LIVE: _("The room is not live, so nothing can be bought in it now."),
    Why.JUMP_OUT: _("This is sold on its source's own site. Follow its link to buy it there."),
    Why.NOT_OFFERED: _("The shop does not sell this at the moment."),
    Why.NOT_YET: _("The sale has not begun yet. Come back when it does."),
    Why.OVER: _("The sale is over."),
}


def problem_of(refused: Refused, language: str) -> Problem:
    """The problem that tells a buyer why, in their language."""
    match refused.code:
        case Refusal.SOLD_OUT:
            return Problem(
                "sold_out",
                409,
                _sold_out(refused.left),
                extra={"left": refused.left},
                params={"left": refused.left},
            )
        case Refusal.LIMIT_REACHED:
            return _limit_reached(refused)
        case Refusal.PRICE_CHANGED:
            return _price_changed(refused, language)
        case Refusal.BARRED:
            return _barred(refused, language)
        case Refusal.KEY_REUSED:
            return key_reused()
        case Refusal.BAD_QUANTITY:
            return Problem(
                "invalid_request",
                422,
                _("Order between 1 and %(most)s pieces."),
                params={"most": MOST_PIECES},
            )
        case Refusal.NOT_ON_SALE:
            return _not_on_sale(refused)


def key_reused() -> Problem:
    """The idempotency key already stands for another order."""
    return Problem(
        "idempotency_key_reused",
        422,
        _("This idempotency key was used for another order. Use a new key for a new order."),
    )


def _sold_out(left: int) -> Promise:
    if left:
        return _("Only %(left)s left. Choose fewer.")
    return _("Sold out. Unpaid orders give their pieces back after a while; try again later.")


def _limit_reached(refused: Refused) -> Problem:
    left = max(refused.limit - refused.already, 0)
    return Problem(
        "limit_reached",
        409,
        _("At most %(limit)s for each buyer; you have %(already)s already."),
        params={"limit": refused.limit, "already": refused.already},
        extra={"limit": refused.limit, "already": refused.already, "left": left},
    )


def _price_changed(refused: Refused, language: str) -> Problem:
    return Problem(
        "price_changed",
        409,
        _("The price is %(price)s now. Look at it and order again."),
        params={"price": display_minor(refused.unit_price_minor, refused.currency, language)},
        extra={"unit_price": refused.unit_price_minor, "currency": refused.currency},
    )


def _barred(refused: Refused, language: str) -> Problem:
    verdict = refused.verdict
    return Problem(
        "barred_by_policy",
        403,
        _("The platform's rules don't allow this to be sold here: %(reason)s"),
        params={"reason": verdict.reason.in_language(language) if verdict else ""},
        extra={"verdict": verdict.as_json(language)} if verdict else {},
    )


def _not_on_sale(refused: Refused) -> Problem:
    why = refused.why or Why.UNKNOWN
    return Problem(
        "not_on_sale",
        409,
        _WORDS[why],
        extra={"why": why.value, **_instant("from", refused.from_)}
        | _instant("until", refused.until),
    )


def _instant(name: str, instant: datetime | None) -> dict[str, str]:
    return {name: iso(instant)} if instant else {}
