"""What the interface calls the values that the tables keep."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    """A name for people, and the tone of the badge it is shown in (see ``badges.css``)."""

    label: Promise
    tone: str = ""
    icon: str = ""


INTEGRATIONS: Final[dict[str, Word]] = {
    "native": Word(_("Sold here"), "ok", "cart"),
    "supply": Word(_("Sold here, shipped by the supplier"), "ok", "truck"),
    "link": Word(_("Bought at the source"), "info", "link-out"),
}

OUTCOMES: Final[dict[str, Word]] = {
    "allow": Word(_("Allowed"), "ok", "check"),
    "require_task": Word(_("Needs a task order"), "warn", "clipboard"),
    "deny": Word(_("Not allowed"), "bad", "ban"),
}

SOURCES: Final[dict[str, Promise]] = {
    "native": _("Own shop"),
    "youzan": _("Youzan"),
    "mokuai": _("Mokuai"),
    "taobao": _("Taobao"),
    "tmall": _("Tmall"),
    "jd": _("JD.com"),
    "kuaishou": _("Kuaishou"),
    "doudian": _("Doudian"),
    "pinduoduo": _("Pinduoduo"),
    "shopify": _("Shopify"),
    "woocommerce": _("WooCommerce"),
    "supplier": _("Supplier"),
    "vendure": _("Vendure"),
    "medusa": _("Medusa"),
    "tiktok_shop": _("TikTok Shop"),
    "offsite": _("Another site"),
}

SHOP_TYPES: Final[dict[str, Promise]] = {
    "flagship": _("Flagship shop"),
    "exclusive": _("Exclusive shop"),
    "specialty": _("Specialty shop"),
    "mall_flagship": _("Mall flagship shop"),
    "enterprise": _("Enterprise shop"),
    "personal": _("Personal shop"),
    "sole_trader": _("Sole trader"),
    "cross_border": _("Cross-border shop"),
    "supplier": _("Supplier"),
}

STATES: Final[dict[str, dict[str, Word]]] = {
    "room": {
        "scheduled": Word(_("Scheduled"), "info", "calendar"),
        "live": Word(_("Live"), "live"),
        "ended": Word(_("Ended")),
        "cancelled": Word(_("Cancelled")),
    },
    "order": {
        "awaiting_payment": Word(_("Awaiting payment"), "warn", "clock"),
        "deposit_paid": Word(_("Deposit paid"), "warn", "clock"),
        "paid": Word(_("Paid"), "info", "check"),
        "partly_shipped": Word(_("Partly shipped"), "info", "truck"),
        "shipped": Word(_("Shipped"), "info", "truck"),
        "signed": Word(_("Delivered"), "info", "check"),
        "completed": Word(_("Completed"), "ok", "check"),
        "closed": Word(_("Closed")),
    },
    "listing": {
        "mounted": Word(_("Mounted"), "ok", "check"),
        "barred": Word(_("Barred"), "bad", "ban"),
        "unmounted": Word(_("Unmounted")),
    },
    "review": {
        "draft": Word(_("Draft")),
        "in_review": Word(_("In review"), "info", "clock"),
        "approved": Word(_("Approved"), "ok", "check"),
        "needs_changes": Word(_("Needs changes"), "warn", "edit"),
        "rejected": Word(_("Rejected"), "bad", "ban"),
    },
    "permit": {
        "refused": Word(_("Not yet granted"), "warn", "alert"),
        "pilot": Word(_("Pilot period"), "info", "clock"),
        "granted": Word(_("Granted"), "ok", "check"),
        "paused": Word(_("Paused"), "warn", "alert"),
        "withdrawn": Word(_("Withdrawn"), "bad", "ban"),
    },
    "appeal": {
        "open": Word(_("Awaiting an answer"), "info", "clock"),
        "upheld": Word(_("Upheld"), "ok", "check"),
        "rejected": Word(_("Rejected"), "bad", "ban"),
    },
    "payment": {
        "started": Word(_("Started"), "info", "clock"),
        "succeeded": Word(_("Succeeded"), "ok", "check"),
        "failed": Word(_("Failed"), "bad", "alert"),
        "refunded": Word(_("Refunded"), "warn", "refresh"),
    },
    "case": {
        "awaiting_seller": Word(_("The shop's turn"), "warn", "clock"),
        "refused": Word(_("Refused by the shop"), "bad", "ban"),
        "intervening": Word(_("The platform decides"), "info", "scale"),
        "awaiting_return": Word(_("To be sent back"), "warn", "truck"),
        "awaiting_seller_receipt": Word(_("On its way back"), "info", "truck"),
        "awaiting_replacement": Word(_("Replacement to be sent"), "warn", "box"),
        "awaiting_buyer_receipt": Word(_("Replacement on its way"), "info", "truck"),
        "succeeded": Word(_("Done"), "ok", "check"),
        "closed": Word(_("Closed")),
    },
    "refund": {
        "asked": Word(_("Asked of the provider"), "info", "clock"),
        "sent": Word(_("Being paid out"), "info", "arrow-right"),
        "done": Word(_("Arrived"), "ok", "check"),
        "failed": Word(_("Refused by the provider"), "bad", "alert"),
    },
    "withdrawal": {
        "requested": Word(_("Requested"), "info", "clock"),
        "sent": Word(_("Being paid out"), "info", "arrow-right"),
        "done": Word(_("Arrived"), "ok", "check"),
        "failed": Word(_("Came back"), "bad", "alert"),
    },
    "shop": {
        "open": Word(_("Open for business"), "ok", "check"),
        "paused": Word(_("Paused"), "warn", "alert"),
        "closed": Word(_("Closed down")),
    },
}

PERMITS: Final[dict[str, Promise]] = {
    "go_live": _("Go live"),
    "sell_own": _("Sell own goods"),
    "promote": _("Promote others' goods"),
}
