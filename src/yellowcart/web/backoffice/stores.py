"""What pages of a shop and of the platform show of a connected store."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.connections import health, links, sold_here
from yellowcart.connections.models import Connection
from yellowcart.connections.rules import Learns, learns
from yellowcart.connections.states import STATE_WORDS, SUPPLY_WORDS
from yellowcart.sources.connector import Can
from yellowcart.sources.registry import CONNECTORS

CAN_WORDS: Final[dict[Can, Promise]] = {
    Can.AUTHORISE: _("Is let in by the store's owner, on its own page"),
    Can.FETCH_ITEM: _("Looks up one product"),
    Can.LIST_CATALOGUE: _("Reads the whole catalogue"),
    Can.FOLLOW_STOCK: _("Follows stock and prices"),
    Can.CHANGE_STOCK: _("Can be told what was sold here"),
    Can.COPY_TO_CHANNEL: _("Makes copies of a product for hosts there"),
    Can.TAKE_ORDER: _("Takes orders, sends them, and tells of parcels"),
    Can.REDUCE_ORDER: _("Sends fewer pieces when some of an order are refunded"),
    Can.REFUND_ORDER: _("Is told what a buyer has back, and gives its part back"),
    Can.REPORT_CONVERSIONS: _("Tells which sales came through a link"),
    Can.RECEIVE_WEBHOOKS: _("Tells of changes by itself, at once"),
    Can.CONVERT_LINK: _("Turns a link or share code into one that pays us"),
}

LEARNS_WORDS: Final[dict[Learns, Promise]] = {
    Learns.BY_ORDER: _("The store takes the orders of its goods and counts them off itself."),
    Learns.BY_CHANGE: _("The store is told within seconds of what is sold here or comes back."),
    Learns.NOT: _(
        "The store can't be told of what is sold here. Take the pieces off there by hand, or keep "
        "some back: both may sell the last one."
    ),
}

KIND_WORDS: Final[dict[str, Promise]] = {
    "catalogue": _("Catalogue"),
    "levels": _("Stock and prices"),
    "conversions": _("Sales through links"),
}
LINK_WORDS: Final[dict[str, Promise]] = {
    "made": _("Converted links"),
    "waiting": _("Links to convert"),
    "outside": _("Not in the alliance"),
    "refused": _("Links refused"),
    "unreadable": _("Can't be converted"),
}
HEALTH_WORDS: Final[dict[str, Promise]] = {
    "well": _("Works well"),
    "troubled": _("In trouble"),
    "down": _("Does not answer"),
}
OUTCOME_WORDS: Final[dict[str, Promise]] = {
    "answered": _("Answered"),
    "refused": _("Said no"),
    "waited": _("Asked to wait"),
    "failed": _("No usable answer"),
}


def said(words: dict[str, str]) -> str:
    """Kept words in the reader's language."""
    return words.get("zh-hans" if (get_language() or "").startswith("zh") else "en", "")


def shown(row: Connection) -> dict[str, Any]:
    """A connection as pages show it."""
    report = health.report_of(row)
    connector = CONNECTORS.get(row.source)
    followings = [
        {
            "row": one,
            "label": KIND_WORDS[one.kind],
            "share": one.done * 100 // one.total if one.total else None,
            "counts": one.counts,
            "remarks": [said(words) for words in one.remarks[:20]],
        }
        for one in row.followings.order_by("kind")
    ]
    return {
        "row": row,
        "name": row.name or (str(connector.name) if connector else row.source),
        "source": str(connector.name) if connector else row.source,
        "state": STATE_WORDS[row.state],
        "report": report,
        "health": HEALTH_WORDS[report.health],
        "percent_failed": round(report.share_failed * 100, 1),
        "followings": followings,
        "running": row.state == "active" and any(one["row"].is_running for one in followings),
        "last_error": said(row.last_error),
        "errors": [
            {"call": one, "outcome": OUTCOME_WORDS[one.outcome], "words": said(one.words)}
            for one in report.errors
        ],
        "abilities": [
            (words, connector is not None and can in connector.can)
            for can, words in CAN_WORDS.items()
        ],
        "supply_words": SUPPLY_WORDS,
        "link_counts": _link_counts(row),
        "learns": LEARNS_WORDS[learns(connector.can)] if connector and row.supplier_id else "",
    }


def _link_counts(row: Connection) -> list[tuple[Promise, int]]:
    """How many links an account has, by what became of them; nothing where it makes none."""
    if not links.is_account(row):
        return []
    counts = links.summed_up(row)
    return [
        (words, counts.get(state, 0))
        for state, words in LINK_WORDS.items()
        if state in {"made", "waiting"} or counts.get(state)
    ]


def told_of(row: Connection) -> dict[str, Any]:
    """What a store was told of sales made here, and what it is still to be told."""
    connector = CONNECTORS.get(row.source)
    if connector is None or learns(connector.can) is not Learns.BY_CHANGE:
        return {}
    waiting, done = sold_here.latest(row)
    return {
        "tells": True,
        "to_tell": [(one, said(one.row.last_error)) for one in waiting],
        "told": done,
    }
