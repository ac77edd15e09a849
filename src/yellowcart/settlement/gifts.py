"""Money that is no sale of goods: tips of viewers, and tasks a merchant pays a creator for."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from yellowcart.core.clock import now
from yellowcart.ledger.feepacks import shipped_fees
from yellowcart.ledger.fees import Figures, Occasion, Tip, fee_of, part_tip
from yellowcart.ledger.rules import Kind, Line
from yellowcart.orders.timers import in_force
from yellowcart.settlement import parties
from yellowcart.settlement.money import Movement, Till
from yellowcart.settlement.rules import Role
from yellowcart.settlement.termpacks import installed_terms


@transaction.atomic
def do_settle_tip(
    reference: str, *, creator_id: UUID, amount_minor: int, currency: str, reason: str = ""
) -> Tip:
    """Part a tip that is on the platform's ``tips`` account: tax, the host's share, the rest.

    By the terms in force now; without any the host has all of it. ``reference`` makes it
    repeatable within the ledger; ``reason`` stands in the host's statement.
    """
    terms = in_force(installed_terms().tips, settings.PLATFORM, now())
    parts = part_tip(
        amount_minor,
        tax_bps=terms.tax_bps if terms else 0,
        host_bps=terms.host_bps if terms else 10_000,
    )
    host = parties.creator(creator_id)
    till = Till([(host, currency)], now())
    till.post(
        reference,
        "A tip",
        currency,
        Line(parties.PLATFORM, Kind.TIPS, currency, 0),
        [
            Movement(host, Role.CREATOR, parts.host, "tip", reason=reason),
            Movement(parties.PLATFORM, Role.PLATFORM, parts.platform, "tip"),
            Movement(parties.TAX, Role.PLATFORM, parts.tax, "tip"),
        ],
    )
    till.close()
    return parts


@transaction.atomic
def do_settle_task(
    reference: str,
    *,
    shop_id: UUID,
    creator_id: UUID,
    amount_minor: int,
    currency: str,
    integration: str,
) -> int:
    """A merchant pays a creator for a live task, less the platform's service fee; the fee.

    Out of what the merchant can take out; what that lacks is owed.
    """
    fee = fee_of(
        shipped_fees(),
        settings.PLATFORM,
        Occasion.TASK,
        Figures(amount=amount_minor, integration=integration),
        now(),
    ).minor
    merchant, host = parties.shop(shop_id), parties.creator(creator_id)
    till = Till([(merchant, currency), (host, currency)], now())
    till.post(
        reference,
        "A live task",
        currency,
        None,
        [
            Movement(merchant, Role.MERCHANT, -amount_minor, "task"),
            Movement(host, Role.CREATOR, amount_minor - fee, "task"),
            Movement(parties.PLATFORM, Role.PLATFORM, fee, "task"),
        ],
    )
    till.close()
    return fee
