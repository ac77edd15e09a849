"""Who takes in what providers tell of payments.

What a payment is for is known above this folder, so whoever knows registers here, by the stage
that a payment pays; a callback, a duty, a job or a statement that learns of a payment hands it on.
"""

from collections.abc import Callable, Iterable
from typing import Final

from yellowcart.payments import queries
from yellowcart.payments.models import Payment
from yellowcart.payments.providers.base import Told

Recorder = Callable[[str, Told], Payment]

#: The stages of paying for orders.
OF_ORDERS: Final = ("full", "deposit", "balance")
#: The stage of paying for coins.
COINS: Final = "coins"

_recorders: dict[str, Recorder] = {}


def use_recorder(recorder: Recorder, stages: Iterable[str] = OF_ORDERS) -> None:
    """Have a provider's word on charges of these stages taken in by this, in one transaction
    each."""
    for stage in stages:
        _recorders[stage] = recorder


def record(provider: str, told: Told) -> Payment:
    """Take in a provider's word; a repeat changes nothing. ``payment_not_found`` 404."""
    return _recorders[queries.payment_told(provider, told).stage](provider, told)
