"""The bodies of requests that fill carts, wherever the cart is."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Schema

from yellowcart.core.problems import Problem
from yellowcart.listings.actions import Terms


def check_zones(*instants: datetime | None) -> None:
    """Refuse instants without a zone: ``zone_missing``."""
    if any(instant is not None and instant.tzinfo is None for instant in instants):
        raise Problem("zone_missing", 422, _("Write the time with its zone, such as +08:00."))


class TermsIn(Schema):
    """How something is offered; instants need a zone."""

    purchase_limit: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    task_order: str = ""

    def terms(self) -> Terms:
        """The same for the verbs."""
        check_zones(self.sale_from, self.sale_until)
        return Terms(self.purchase_limit, self.sale_from, self.sale_until, self.task_order[:100])


class MountIn(TermsIn):
    """A product to offer."""

    product_id: UUID


class OrderIn(Schema):
    """Every listing of the cart once, first to last."""

    order: list[UUID]
