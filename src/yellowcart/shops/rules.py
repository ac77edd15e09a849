"""Who may do what in a shop, and what a shop may be called. Pure."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

#: What each role may do. ``view`` the back office, ``stock`` set stock, ``ship`` send orders,
#: ``refund`` answer who asks for money back, ``goods`` edit, import and offer goods, ``members``
#: choose the people, ``shop`` change the shop, ``money`` read its statements, ``payout`` take its
#: money out.
CAPABILITIES: dict[str, frozenset[str]] = {
    "owner": frozenset(
        {"view", "stock", "ship", "refund", "goods", "members", "shop", "money", "payout"}
    ),
    "manager": frozenset({"view", "stock", "ship", "refund", "goods", "money"}),
    "staff": frozenset({"view", "stock", "ship"}),
}

#: What the platform's operators may do in a shop that is not theirs: look, and open or close it.
OPERATOR_CAPABILITIES = frozenset({"view", "money"})

#: ``open`` sells; ``paused`` sells nothing and comes back; ``closed`` is the end.
TRANSITIONS: dict[str, frozenset[str]] = {
    "open": frozenset({"paused", "closed"}),
    "paused": frozenset({"open", "closed"}),
    "closed": frozenset(),
}

#: The states in words that fit into "a shop that is …".
STATE_WORDS = {"open": _("open"), "paused": _("paused"), "closed": _("closed")}

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?\Z")


def may(role: str | None, capability: str) -> bool:
    """Whether a member with this role (``None``: no member) may do this."""
    return role is not None and capability in CAPABILITIES.get(role, frozenset())


def is_handle(text: str) -> bool:
    """1 to 60 of ``a-z`` and ``0-9``, with hyphens and underscores within."""
    return _HANDLE.match(text) is not None


def handle_from(name: str) -> str:
    """A handle that resembles a name; empty where the name has no Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    handle = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")
    return handle if is_handle(handle) else ""
