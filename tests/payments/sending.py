"""Does by hand what the worker would: sends the refunds that wait."""

from yellowcart.payments.jobs import send_refund
from yellowcart.payments.models import RefundLeg


def send_refunds(times: int = 1) -> list[str]:
    """Ask the providers for every leg that is not done, each ``times`` times; their states."""
    legs = list(RefundLeg.objects.exclude(state="done").order_by("asked_at", "id"))
    for leg in legs * times:
        send_refund.func(shop_id=str(leg.shop_id), leg_id=str(leg.id))
    return [RefundLeg.objects.get(shop_id=leg.shop_id, id=leg.id).state for leg in legs]
