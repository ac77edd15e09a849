"""Keeping the reference table of sources."""

from yellowcart.sources.known import KNOWN
from yellowcart.sources.models import Source


def do_know_sources() -> int:
    """Add the sources Yellowcart knows, leaving known ones as they are; how many were new."""
    before = Source.objects.count()
    Source.objects.bulk_create(
        [Source(**known._asdict()) for known in KNOWN], ignore_conflicts=True
    )
    return Source.objects.count() - before


def do_set_track_window(source: Source, days: int) -> None:
    """Set how many days after a click a sale counts. Joins the caller's transaction, which has
    locked the row and asked whether it may."""
    source.track_window_days = days
    source.save(update_fields=["track_window_days"])
