"""The names by which the ledger and the statements know who has a share of a sale.

``shop:<id>`` is a merchant or a supplier, ``creator:<id>``, ``mcn:<id>`` and ``service:<id>`` are
accounts of people in that role, ``platform`` is the platform itself.
"""

from typing import Final
from uuid import UUID

PLATFORM: Final = "platform"
TAX: Final = "tax"
#: Parties that are somebody's account, by prefix.
PEOPLE: Final = ("creator", "mcn", "service")


def shop(shop_id: UUID) -> str:
    """A merchant's or supplier's party."""
    return f"shop:{shop_id}"


def creator(account_id: UUID) -> str:
    """A creator's party."""
    return f"creator:{account_id}"


def source(code: str) -> str:
    """Another platform's party."""
    return f"source:{code}"


def provider(code: str) -> str:
    """A payment provider's party."""
    return f"provider:{code}"


def read(party: str) -> tuple[str, UUID] | None:
    """A party's prefix and id, which is 0 of the platform and of the tax office; None for a name
    of nobody with a statement."""
    prefix, _colon, rest = party.partition(":")
    if party in {PLATFORM, TAX}:
        return party, UUID(int=0)
    if prefix not in {"shop", *PEOPLE}:
        return None
    try:
        return prefix, UUID(rest)
    except ValueError:
        return None
