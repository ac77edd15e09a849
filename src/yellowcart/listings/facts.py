"""What a rule may look at of anything that is offered."""

from typing import Protocol
from uuid import UUID

from yellowcart.policy.rules import Facts


class Offered(Protocol):
    """A listing in any form: a table's row, a cart's, a lane's."""

    @property
    def source(self) -> str: ...
    @property
    def integration(self) -> str: ...
    @property
    def surface(self) -> str: ...
    @property
    def shop_id(self) -> UUID: ...
    @property
    def shop_type(self) -> str: ...
    @property
    def creator_id(self) -> UUID | None: ...


def facts_of(offered: Offered) -> Facts:
    """The facts a verdict on it is about."""
    return Facts(
        source=offered.source,
        integration=offered.integration,
        surface=offered.surface,
        shop=str(offered.shop_id),
        shop_type=offered.shop_type,
        creator=str(offered.creator_id) if offered.creator_id else None,
    )
