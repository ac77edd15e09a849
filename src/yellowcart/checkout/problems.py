"""What a refused buyer reads: the code, the sentence, and what is true now."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.checkout.values import MOST_PIECES, Refusal, Refused, Why
from yellowcart.core.instants import iso
from yellowcart.core.money import display_minor
from yellowcart.core.problems import Problem
from yellowcart.promotions.rules import WhyNot

_WORDS: dict[Why, Promise] = {
    Why.UNKNOWN: _("This is not offered here. Open the cart again to see what is."),
    Why.NOT_MOUNTED: _("This was taken out of the cart. Look what else is in it."),
    Why.ROOM_NOT_LIVE: _("The room is not live, so nothing can be bought in it now."),
    Why.JUMP_OUT: _("This is sold on its source's own site. Follow its link to buy it there."),
    Why.NOT_OFFERED: _("The shop does not sell this at the moment."),
    Why.NOT_YET: _("The sale has not begun yet. Come back when it does."),
    Why.HELD: _("The host has not put this on sale yet. Wait for the link."),
    Why.PRACTICE: _("This room is for practice; nothing is sold in it."),
    Why.OVER: _("The sale is over."),
    Why.DEPOSITS_OVER: _("Deposits are no longer taken: the time to pay the balance has begun."),
}
_COUPON_WORDS: dict[WhyNot, Promise] = {
    WhyNot.UNKNOWN: _("There is no such coupon. Buy without it or choose another."),
    WhyNot.NOT_CLAIMED: _("Claim this coupon first, then use it."),
    WhyNot.NOT_YET: _("This coupon can't be used yet."),
    WhyNot.OVER: _("This coupon's time is over. Buy without it or choose another."),
    WhyNot.USED: _("You have used this coupon already."),
    WhyNot.SPENT: _("This coupon has been used up by others. Buy without it."),
    WhyNot.NOT_FOR_THESE: _("This coupon is not for these goods."),
    WhyNot.FANS_ONLY: _("This coupon is for the creator's followers. Follow first."),
    WhyNot.ONE_OF_A_KIND: _("Two of these coupons can't be used together. Choose one."),
}


def problem_of(refused: Refused, language: str) -> Problem:
    """The problem that tells a buyer why, in their language."""
    match refused.code:
        case Refusal.SOLD_OUT:
            return Problem(
                "sold_out",
                409,
                _sold_out(refused.left),
                extra={"left": refused.left, **_line(refused)},
                params={"left": refused.left},
            )
        case Refusal.LIMIT_REACHED:
            return _limit_reached(refused)
        case Refusal.PRICE_CHANGED:
            return _price_changed(refused, language)
        case Refusal.BARRED:
            return _barred(refused, language)
        case Refusal.COUPON:
            return _coupon(refused, language)
        case Refusal.MIXED:
            return _mixed(refused)
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
    sentence = (
        _("At most %(limit)s pieces for each buyer in this room; you have %(already)s already.")
        if refused.why is Why.ROOM_LIMIT
        else _("At most %(limit)s for each buyer; you have %(already)s already.")
    )
    return Problem(
        "limit_reached",
        409,
        sentence,
        params={"limit": refused.limit, "already": refused.already},
        extra={
            "limit": refused.limit,
            "already": refused.already,
            "left": left,
            **_why(refused),
            **_line(refused),
        },
    )


def _price_changed(refused: Refused, language: str) -> Problem:
    sentence = _("The price is %(price)s now. Look at it and order again.")
    if refused.why is Why.FANS_ONLY:
        sentence = _("That price is for the creator's followers; yours is %(price)s. Follow first.")
    elif refused.why is Why.ALLOCATION_GONE:
        sentence = _("What there was at that price is gone; the price is %(price)s now.")
    return Problem(
        "price_changed",
        409,
        sentence,
        params={"price": display_minor(refused.unit_price_minor, refused.currency, language)},
        extra={
            "unit_price": refused.unit_price_minor,
            "currency": refused.currency,
            **_why(refused),
            **_line(refused),
        },
    )


def _coupon(refused: Refused, language: str) -> Problem:
    extra = {"coupon_id": str(refused.coupon_id), **_why(refused)}
    if refused.why is WhyNot.THRESHOLD:
        least = display_minor(refused.threshold_minor, refused.currency, language)
        return Problem(
            "coupon_refused",
            409,
            _("This coupon is for orders of %(least)s and more."),
            params={"least": least},
            extra=extra | {"threshold": refused.threshold_minor},
        )
    why = refused.why if isinstance(refused.why, WhyNot) else WhyNot.UNKNOWN
    return Problem("coupon_refused", 409, _COUPON_WORDS[why], extra=extra)


def _mixed(refused: Refused) -> Problem:
    sentence = (
        _("What is sold against a deposit is ordered by itself, without coupons.")
        if refused.why is Why.PRESALE_ALONE
        else _("Goods in different currencies can't be paid together. Order them one by one.")
    )
    return Problem("mixed_order", 409, sentence, extra={**_why(refused), **_line(refused)})


def _why(refused: Refused) -> dict[str, str]:
    return {"why": refused.why.value} if refused.why else {}


def _line(refused: Refused) -> dict[str, int]:
    return {"line": refused.line} if refused.line else {}


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
    why = refused.why if isinstance(refused.why, Why) else Why.UNKNOWN
    return Problem(
        "not_on_sale",
        409,
        _WORDS[why],
        extra={
            "why": why.value,
            **_instant("from", refused.from_),
            **_instant("until", refused.until),
            **_line(refused),
        },
    )


def _instant(name: str, instant: datetime | None) -> dict[str, str]:
    return {name: iso(instant)} if instant else {}
