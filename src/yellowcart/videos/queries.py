"""Reads about short videos, and who may change them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.people.figures import Figures
from yellowcart.people.models import Account
from yellowcart.videos.models import Video

SURFACE = "short_video"


def video_not_found() -> Problem:
    """No video has this id."""
    return Problem("video_not_found", 404, _("There is no such video."))


def access_own(account: Account, video_id: UUID) -> Video:
    """The video, for its creator. Problems: ``video_not_found``, ``not_your_video``."""
    video = Video.objects.select_related("creator").filter(id=video_id).first()
    if video is None:
        raise video_not_found()
    if video.creator_id != account.id:
        raise Problem("not_your_video", 403, _("Only the creator of this video may do this."))
    return video


def access_cart(account: Account, video_id: UUID) -> Container:
    """The goods under a video, for its creator."""
    video = access_own(account, video_id)
    return Container(SURFACE, video.id, video.creator_id)


def videos_of(creator_id: UUID) -> QuerySet[Video]:
    """A creator's videos, newest first."""
    return Video.objects.filter(creator_id=creator_id).order_by("-published_at", "-id")


def has_goods(video: Video) -> bool:
    """Whether anything was ever under the video."""
    return Listing.objects.filter(surface=SURFACE, container_id=video.id).exists()


def shoppable_videos(creator_id: UUID, begins: datetime, ends: datetime) -> int:
    """How many of a creator's videos had goods put under them in ``[begins, ends)``."""
    goods = Listing.objects.filter(
        surface=SURFACE,
        container_id=OuterRef("id"),
        mounted_at__gte=begins,
        mounted_at__lt=ends,
    )
    return Video.objects.filter(Exists(goods), creator_id=creator_id).count()


def permit_figures(account_id: UUID) -> Figures:
    """What permits ask about an account's videos: when each was made public."""
    times = Video.objects.filter(creator_id=account_id).values_list("published_at", flat=True)
    return {"video_times": tuple(times)}
