"""Short videos over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router, Schema, Status

from yellowcart.listings import actions as listings
from yellowcart.listings import queries as listing_queries
from yellowcart.listings.schemas import MountIn, OrderIn
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped
from yellowcart.videos import actions, queries
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


class VideoIn(Schema):
    """A video to publish."""

    title: str
    cover_url: str = ""


@router.get("", response=list[VideoOut], auth=None, summary="Short videos, newest first")
def list_videos(request: HttpRequest, creator: str = "") -> list[VideoOut]:
    """At most 100; ``creator`` is a handle."""
    videos = Video.objects.select_related("creator").order_by("-published_at")
    if creator:
        videos = videos.filter(creator__handle=creator)
    return [_video(video) for video in videos[:MOST]]


@router.post("", response={201: VideoOut}, summary="Publish a short video")
def publish(request: HttpRequest, body: VideoIn) -> Status[VideoOut]:
    """For creators."""
    video = actions.do_publish_video(
        access_person(request.user), title=body.title, cover_url=body.cover_url
    )
    return Status(201, _video(video))


@router.delete("/{uuid:video_id}", response={204: None}, summary="Take a video off")
def remove(request: HttpRequest, video_id: UUID) -> Status[None]:
    """For its creator."""
    actions.do_remove_video(access_person(request.user), video_id)
    return Status(204, None)


@router.post(
    "/{uuid:video_id}/cart",
    auth=scoped("listings:write"),
    response={201: dict[str, Any]},
    summary="Mount a product",
)
def mount(request: HttpRequest, video_id: UUID, body: MountIn) -> Status[dict[str, Any]]:
    """Refused with the verdict where a rule bars it; the answer is the cart item."""
    listing = actions.do_mount(access_person(request.user), video_id, body.product_id, body.terms())
    return Status(201, listing_queries.item(listing.id, get_language() or "en") or {})


@router.put(
    "/{uuid:video_id}/cart/order",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Order the goods",
)
def reorder(request: HttpRequest, video_id: UUID, body: OrderIn) -> Status[None]:
    """Every listing under the video once, first to last."""
    person = access_person(request.user)
    listings.do_reorder(person, queries.access_cart(person, video_id), body.order)
    return Status(204, None)


@router.delete(
    "/{uuid:video_id}/cart/{uuid:listing_id}",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Unmount a listing",
)
def unmount(request: HttpRequest, video_id: UUID, listing_id: UUID) -> Status[None]:
    """Takes it from under the video."""
    person = access_person(request.user)
    listings.do_unmount(person, queries.access_cart(person, video_id), listing_id)
    return Status(204, None)


def _video(video: Video) -> VideoOut:
    return VideoOut(
        id=video.id,
        title=video.title,
        cover_url=video.cover_url,
        creator=video.creator.handle,
        published_at=video.published_at,
    )
