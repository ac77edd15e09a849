"""What a product promises its buyers: when it leaves, how it may be given back, price protection.

Words and pictures are reviewed; promises are not, so they have a verb of their own. Which
promises may be made is the orders' configuration, which lives in a higher layer and says here
what it allows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import events
from yellowcart.catalog.actions import locked
from yellowcart.catalog.models import RETURN_RULES, Product
from yellowcart.catalog.queries import access_product
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account

MOST_PROTECT_DAYS = 180


@dataclass(frozen=True, slots=True)
class Service:
    """A product's promises; see :class:`~yellowcart.catalog.models.Product`."""

    ship_within_seconds: int | None = None
    presale_days: int | None = None
    return_rule: str = ""
    price_protect_days: int = 0


class PromiseLimits(NamedTuple):
    """Which shipping promises may be made."""

    seconds: tuple[int, ...]
    presale_least_days: int
    presale_most_days: int


Limits = Callable[[datetime], PromiseLimits | None]
_limits: list[Limits] = []


def use_limits(limits: Limits) -> None:
    """Name the function that knows which shipping promises may be made at an instant."""
    _limits[:] = [limits]


@transaction.atomic
def do_set_service(*, actor: Account, product: Product, wanted: Service) -> Product:
    """Say what a product promises. Holds for what is paid from now on.

    Raises ``promise_not_offered``, ``promise_twice``, ``return_rule_unknown`` or
    ``price_protection_too_long``.
    """
    access_product(actor, product.id, "goods")
    _check(wanted)
    row = locked(product.id)
    row.ship_within_seconds = wanted.ship_within_seconds
    row.presale_days = wanted.presale_days
    row.return_rule = wanted.return_rule
    row.price_protect_days = wanted.price_protect_days
    row.updated_at = now()
    row.save(
        update_fields=[
            "ship_within_seconds",
            "presale_days",
            "return_rule",
            "price_protect_days",
            "updated_at",
        ]
    )
    events.announce(row.shop_id, events.ProductChanged(str(row.id)))
    outbox.audit(actor.id, "product.service", f"product:{row.id}")
    return row


def _check(wanted: Service) -> None:
    if wanted.ship_within_seconds is not None and wanted.presale_days is not None:
        raise Problem(
            "promise_twice",
            422,
            _("Promise hours for goods in stock or days of a pre-sale, not both."),
        )
    limits = _limits[0](now()) if _limits else None
    if limits is not None:
        _check_promise(wanted, limits)
    if wanted.return_rule and wanted.return_rule not in RETURN_RULES:
        raise Problem(
            "return_rule_unknown",
            422,
            _("There is no such rule for returns."),
            extra={"known": RETURN_RULES},
        )
    if not 0 <= wanted.price_protect_days <= MOST_PROTECT_DAYS:
        raise Problem(
            "price_protection_too_long",
            422,
            _("Protect a price for 0 to %(most)s days."),
            params={"most": MOST_PROTECT_DAYS},
        )


def _check_promise(wanted: Service, limits: PromiseLimits) -> None:
    if wanted.ship_within_seconds is not None and wanted.ship_within_seconds not in limits.seconds:
        hours = ", ".join(str(seconds // 3_600) for seconds in limits.seconds)
        raise Problem(
            "promise_not_offered",
            422,
            _("Goods in stock leave within one of these many hours: %(hours)s."),
            params={"hours": hours},
            extra={"seconds": list(limits.seconds)},
        )
    least, most = limits.presale_least_days, limits.presale_most_days
    if wanted.presale_days is not None and not least <= wanted.presale_days <= most:
        raise Problem(
            "promise_not_offered",
            422,
            _("Goods of a pre-sale leave within %(least)s to %(most)s days."),
            params={"least": least, "most": most},
            extra={"least_days": least, "most_days": most},
        )
