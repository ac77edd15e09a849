"""What statements call things, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOVES: dict[str, Promise] = {
    "settled": _("Settled"),
    "clawback": _("Clawed back"),
    "refund_fee": _("Fee of a refund"),
    "supplied": _("Supplier's part of a refund"),
    "withdrawal": _("Withdrawal"),
    "withdrawal_failed": _("Withdrawal came back"),
    "deposit_paid": _("Paid into the deposit"),
    "deposit_returned": _("Deposit given back"),
    "tip": _("Tip"),
    "task": _("Live task"),
    "packet": _("Red packet"),
    "packet_returned": _("Red packet, given back"),
    "bag": _("Lucky bag"),
    "bag_returned": _("Lucky bag, given back"),
}
ROLES: dict[str, Promise] = {
    "merchant": _("Merchant"),
    "platform": _("Platform's fee"),
    "subsidy": _("Platform's coupons"),
    "creator": _("Creator"),
    "mcn": _("MCN"),
    "service": _("Service provider"),
    "supplier": _("Supplier"),
    "tax": _("Tax"),
}
PARTS: dict[str, Promise] = {
    "goods": _("Goods sold"),
    "freight": _("Freight"),
    "discount": _("Coupons borne"),
    "commission": _("Commission"),
    "fee": _("Platform's fee"),
    "mcn": _("MCN's share"),
    "service": _("Service provider's share"),
    "supply": _("Supply price"),
    "tax": _("Tax"),
    "anew": _("Parted anew"),
}
STATES: dict[str, Promise] = {
    "waiting": _("Waiting for the receipt"),
    "received": _("Received, not due yet"),
    "held": _("Held"),
    "completed": _("Settled"),
    "cancelled": _("Cancelled"),
}
REASONS: dict[str, Promise] = {
    "dispute": _("a dispute is open"),
    "deposit": _("the deposit is too low"),
}
WITHDRAWALS: dict[str, Promise] = {
    "requested": _("Requested"),
    "sent": _("On its way"),
    "done": _("Arrived"),
    "failed": _("Came back"),
}
