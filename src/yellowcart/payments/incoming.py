"""Who takes in what providers tell of payments.

What a payment is for is known above this folder, so whoever knows registers here; a duty, a job
or a statement that learns of a payment hands it on.
"""

from collections.abc import Callable

from yellowcart.payments.models import Payment
from yellowcart.payments.providers.base import Told

Recorder = Callable[[str, Told], Payment]
_recorders: list[Recorder] = []


def use_recorder(recorder: Recorder) -> None:
    """Have a provider's word on its charges taken in by this, in one transaction each."""
    _recorders[:] = [recorder]


def record(provider: str, told: Told) -> Payment:
    """Take in a provider's word; a repeat changes nothing."""
    return _recorders[0](provider, told)
