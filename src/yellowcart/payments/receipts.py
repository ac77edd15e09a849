"""Messages from outside, each taken in once."""

from yellowcart.core.clock import now
from yellowcart.payments.models import CallbackReceipt


def take_receipt(sender: str, message_id: str, body_hash: str) -> bool:
    """Note a message from outside; whether it is the first with its id.

    A rival with the same message waits for the transaction that took it in first.
    """
    _receipt, first_time = CallbackReceipt.objects.get_or_create(
        sender=sender,
        message_id=message_id,
        defaults={"body_hash": body_hash, "received_at": now()},
    )
    return first_time
