"""What pages call the steps and parties of orders, cases and money."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
