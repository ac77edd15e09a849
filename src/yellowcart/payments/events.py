"""What payments announce, typed."""

from dataclasses import asdict, dataclass

from yellowcart.core.models import OutboxEvent
from yellowcart.payments.models import Refund

REFUND = "payments.refund"


@dataclass(frozen=True, slots=True)
class RefundStep:
    """A refund was asked for, sent, done or failed. Amounts in minor units."""

    refund_id: str
    order_id: str | None
    reference: str
    state: str
    amount_minor: int
    currency: str


def refund_step(refund: Refund) -> OutboxEvent:
    """The outbox row of a refund's step; its topic ends with the state."""
    payload = RefundStep(
        refund_id=str(refund.id),
        order_id=str(refund.order_id) if refund.order_id else None,
        reference=refund.reference,
        state=refund.state,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
    )
    return OutboxEvent(
        shop_id=refund.shop_id, topic=f"{REFUND}_{refund.state}", payload=asdict(payload)
    )
