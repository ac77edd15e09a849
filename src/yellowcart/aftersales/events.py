"""What after-sales announce, typed."""

from dataclasses import asdict, dataclass

from yellowcart.aftersales.models import Case
from yellowcart.core.models import OutboxEvent

STEPPED = "aftersales.stepped"


@dataclass(frozen=True, slots=True)
class CaseStepped:
    """A case took a step. Amounts in minor units."""

    case_id: str
    order_id: str
    buyer_id: str
    verb: str
    kind: str
    special: str
    state: str
    amount_minor: int
    refunded_minor: int
    currency: str


def stepped(case: Case, verb: str) -> OutboxEvent:
    """The outbox row of a step."""
    payload = CaseStepped(
        case_id=str(case.id),
        order_id=str(case.order_id),
        buyer_id=str(case.buyer_id),
        verb=verb,
        kind=case.kind,
        special=case.special,
        state=case.state,
        amount_minor=case.amount_minor,
        refunded_minor=case.refunded_minor,
        currency=case.currency,
    )
    return OutboxEvent(shop_id=case.shop_id, topic=STEPPED, payload=asdict(payload))
