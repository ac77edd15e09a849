"""Reads about short videos."""

from uuid import UUID

from yellowcart.people.figures import Figures
from yellowcart.videos.models import Video


def permit_figures(account_id: UUID) -> Figures:
    """What permits ask about an account's videos: when each was made public."""
    times = Video.objects.filter(creator_id=account_id).values_list("published_at", flat=True)
    return {"video_times": tuple(times)}
