"""Who hears what happened: the one place where folders are tied to each other's events."""


def connect() -> None:
    """Register every subscriber with the outbox."""
