"""What pages call the steps and parties of orders, cases and money."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.rules import ALL_REASONS

#: What happened to an order.
ORDER_VERBS: Final[Mapping[str, Promise]] = {
    "payment_started": _("The payment began"),
    "payment_failed": _("The payment did not go through"),
    "payment_refunded": _("A payment went back"),
    "pay_deposit": _("The deposit was paid"),
    "pay": _("Paid"),
    "expire": _("Closed: not paid in time"),
    "sell_out": _("Closed: sold out before it was paid"),
    "cancel": _("Cancelled"),
    "ship_part": _("A part was sent"),
    "ship": _("Everything is sent"),
    "drop_rest": _("What was not sent was refunded"),
    "parcel_numbered": _("A parcel got its tracking number"),
    "parcel_signed": _("A parcel was delivered"),
    "parcel_exception": _("Something is wrong with a parcel"),
    "sign": _("Delivered"),
    "extend": _("More days before the automatic receipt"),
    "confirm": _("The buyer confirmed the receipt"),
    "receive": _("Taken as received by itself"),
    "refund": _("Money went back"),
    "close": _("Closed: all the money went back"),
    "late": _("The shipping promise was broken"),
}

BEARERS: Final[Mapping[str, Promise]] = {
    "merchant": _("the shop"),
    "platform": _("the platform"),
    "creator": _("the creator"),
}

PARTIES: Final[Mapping[str, Promise]] = {
    "buyer": _("Buyer"),
    "seller": _("Shop"),
    "operator": _("Platform"),
    "platform": _("By itself"),
}

CLOSE_REASONS: Final[Mapping[str, Promise]] = {
    "expired": _("It was not paid in time"),
    "cancelled": _("It was cancelled"),
    "sold_out_before_payment": _("It was sold out before the payment came"),
    "refunded": _("All the money went back"),
}

#: What happened in a case.
CASE_VERBS: Final[Mapping[str, Promise]] = {
    "open": _("Asked"),
    "change": _("Asked for something else"),
    "withdraw": _("The buyer withdrew it"),
    "grant": _("Granted at once"),
    "agree": _("Agreed, the money goes back"),
    "agree_return": _("Agreed, the goods go back first"),
    "refuse": _("The shop refused"),
    "ask_platform": _("The platform was asked to decide"),
    "dispute_return": _("What came back is disputed"),
    "step_in": _("The platform took it over"),
    "send_back": _("The goods were sent back"),
    "take_back": _("The goods are back, the money goes back"),
    "take_back_to_exchange": _("The goods are back"),
    "replace": _("A replacement was sent"),
    "refund_instead": _("The money goes back instead"),
    "receive_replacement": _("The replacement arrived"),
    "decide_refund": _("Decided: the money goes back"),
    "decide_return": _("Decided: the goods go back first"),
    "decide_refusal": _("Decided: nothing goes back"),
    "send_after_all": _("Closed: the goods are sent after all"),
    "lapse": _("Closed: the time passed"),
    "show": _("A picture was added"),
    "restock": _("What came back is on the shelves"),
}

#: What happens by itself when a case's deadline passes.
DEADLINES: Final[Mapping[str, Promise]] = {
    "agree": _("Then it counts as agreed, and the money goes back."),
    "agree_return": _("Then it counts as agreed, and the goods are to be sent back."),
    "lapse": _("Then the case is closed, and nothing goes back."),
    "take_back": _("Then the goods count as received, and the money goes back."),
    "take_back_to_exchange": _("Then the goods count as received."),
    "refund_instead": _("Then the money goes back instead."),
    "receive_replacement": _("Then the exchange counts as done."),
    "step_in": _("Then the platform takes it over."),
}

#: Whose turn it is at a state of a case.
TURNS: Final[Mapping[str, str]] = {
    "awaiting_seller": "seller",
    "refused": "buyer",
    "intervening": "operator",
    "awaiting_return": "buyer",
    "awaiting_seller_receipt": "seller",
    "awaiting_replacement": "seller",
    "awaiting_buyer_receipt": "buyer",
}

#: What is awaited from whose turn it is.
AWAITED: Final[Mapping[str, Promise]] = {
    "awaiting_seller": _("The shop answers: it agrees, or refuses and says why."),
    "refused": _("The buyer accepts it, asks for something else, or asks the platform to decide."),
    "intervening": _("The platform reads both sides and decides."),
    "awaiting_return": _("The buyer sends the goods back and enters the tracking number."),
    "awaiting_seller_receipt": _("The goods are on their way back; the shop receives them."),
    "awaiting_replacement": _("The shop sends a replacement."),
    "awaiting_buyer_receipt": _("The replacement is on its way; the buyer receives it."),
}
KINDS_EXPLAINED: Final[Mapping[str, Promise]] = {
    "refund_only": _("The money goes back, you keep what you have."),
    "return_refund": _("You send the goods back, then the money goes back."),
    "exchange": _("You send the goods back and get the same again."),
}

#: Why money went back, beside what buyers say.
MORE_REASONS: Final[Mapping[str, Promise]] = {
    "price_protection": _("The price fell while it was protected"),
    "revoked": _("Revoked by the other platform"),
    "not_awaited": _("Nobody waited for this payment"),
}


def reason_name(reason: str) -> str:
    """Why money went back; somebody's own words as they are."""
    known = ALL_REASONS.get(reason)
    if known is not None:
        return str(known.words)
    return str(MORE_REASONS.get(reason) or CLOSE_REASONS.get(reason) or reason)
