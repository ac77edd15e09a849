"""What a fresh installation needs before its first visitor, and the demo's street."""

from yellowcart.demo import seed


def install(*, demo: bool) -> None:
    """Bring reference data up to date; with ``demo``, fill an empty installation once."""
    if demo:
        seed.fill_once()
