"""What a fresh installation needs before its first visitor, and the demo's goods."""


def install(*, demo: bool) -> None:
    """Bring reference data up to date; with ``demo``, fill an empty installation once."""
