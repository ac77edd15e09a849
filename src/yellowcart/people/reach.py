"""How far somebody acts through a token.

A session reaches as far as its person. Whoever calls with an application's token is the same
account with a shorter arm: :class:`Reach` hangs on the account object of that one request, and the
questions of who may do what (``people.queries``, ``shops.queries``) look at it first.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reach:
    """One shop, the whole installation as an operator, or neither: only what is the person's own.

    A person's rooms and videos are their own under every reach; another shop, purchases, wallets
    and roles on the platform are not.
    """

    shop_id: UUID | None = None
    installation: bool = False


class Acting(Protocol):
    """An account as one request sees it."""

    reach: Reach | None


def is_whole(account: Acting) -> bool:
    """Whether an account acts with all it may, as in a browser."""
    return account.reach is None


def into_shop(account: Acting, shop_id: UUID) -> bool:
    """Whether an account's arm reaches into a shop in which it has a role."""
    return account.reach is None or account.reach.shop_id == shop_id


def into_platform(account: Acting) -> bool:
    """Whether an account acts in its roles on the whole platform."""
    return account.reach is None or account.reach.installation


def into_own(account: Acting) -> bool:
    """Whether an account acts for itself: as a buyer, and with its own money."""
    reach = account.reach
    return reach is None or (reach.shop_id is None and not reach.installation)
