"""Where an application may send people back to, what it may hear of, and when a message that
failed is tried again. Pure."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

#: Applications that one person may have.
MOST_APPLICATIONS = 20
MOST_REDIRECTS = 10
LONGEST_NAME = 80
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_redirect(uri: str) -> bool:
    """Whether people may be sent back there: https, or http on the person's own machine (RFC
    8252, 7.3); no fragment, no wildcard, no name and password."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    if len(uri) > 500 or parts.fragment or parts.username or "*" in uri or uri.split() != [uri]:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    )


#: What integrators may hear of: the name they know it by, the topic in the outbox, and the scope
#: that the application needs.
EVENTS: Final[dict[str, tuple[str, str]]] = {
    "order.placed": ("orders.placed", "orders:read"),
    "order.paid": ("orders.paid", "orders:read"),
    "order.deposit_paid": ("orders.deposit_paid", "orders:read"),
    "order.partly_shipped": ("orders.partly_shipped", "orders:read"),
    "order.shipped": ("orders.shipped", "orders:read"),
    "order.signed": ("orders.signed", "orders:read"),
    "order.late": ("orders.late", "orders:read"),
    "order.completed": ("orders.completed", "orders:read"),
    "order.closed": ("orders.closed", "orders:read"),
    "aftersales.changed": ("aftersales.stepped", "aftersales:read"),
    "product.reviewed": ("catalog.review", "products:read"),
    "product.shelved": ("catalog.shelf", "products:read"),
    "product.changed": ("catalog.product_changed", "products:read"),
    "stock.changed": ("inventory.stock_changed", "stock:read"),
    "shop.state": ("shops.state_changed", "shops:read"),
    "policy.changed": ("policy.changed", "policy:read"),
}
OF_TOPIC: Final = {topic: name for name, (topic, _scope) in EVENTS.items()}
#: What a person sends to see whether a webhook works.
PING: Final = "ping"

#: Waits after each failed delivery (the ladder that Standard Webhooks proposes); then given up.
LADDER: Final = tuple(
    timedelta(**wait)
    for wait in (
        {"seconds": 5},
        {"minutes": 5},
        {"minutes": 30},
        {"hours": 2},
        {"hours": 5},
        {"hours": 10},
        {"hours": 14},
        {"hours": 20},
        {"hours": 24},
    )
)
#: A webhook that answered nothing well for so long is disabled.
FAILING_FOR: Final = timedelta(days=5)
#: So long two secrets sign after a change.
BOTH_SECRETS_FOR: Final = timedelta(days=1)
#: After so many failures in a row, a webhook rests so long.
FAILURES_IN_A_ROW: Final = 3
REST: Final = timedelta(minutes=1)
MOST_WEBHOOKS: Final = 20
#: Messages that one replay sends again.
MOST_REPLAYED: Final = 10_000


def next_try(at: datetime, tries: int) -> datetime | None:
    """When a message that failed ``tries`` times is tried again; None: it is given up."""
    return at + LADDER[tries - 1] if tries <= len(LADDER) else None
