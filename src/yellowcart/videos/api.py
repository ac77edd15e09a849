"""Short videos over HTTP."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from yellowcart.videos.models import Video

router = Router()
MOST = 100


class VideoOut(Schema):
    """A short video; the goods under it are listings of the surface ``short_video``."""

    id: UUID
    title: str
    cover_url: str
    creator: str
    published_at: datetime


@router.get("", response=list[VideoOut], auth=None, summary="Short videos, newest first")
def list_videos(request: HttpRequest, creator: str = "") -> list[VideoOut]:
    """At most 100; ``creator`` is a handle."""
    videos = Video.objects.select_related("creator").order_by("-published_at")
    if creator:
        videos = videos.filter(creator__handle=creator)
    return [
        VideoOut(
            id=video.id,
            title=video.title,
            cover_url=video.cover_url,
            creator=video.creator.handle,
            published_at=video.published_at,
        )
        for video in videos[:MOST]
    ]
