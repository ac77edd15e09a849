"""Publishing short videos and putting goods under them. Each verb is one transaction."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.rules import is_web_url
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.listings import actions as listings
from yellowcart.listings.actions import Terms
from yellowcart.listings.models import Listing
from yellowcart.people import queries as people
from yellowcart.people.access import access_creator
from yellowcart.people.models import Account
from yellowcart.videos.models import Video
from yellowcart.videos.queries import access_cart, access_own, has_goods, shoppable_videos

LONGEST_TITLE = 200


@transaction.atomic
def do_publish_video(actor: Account, *, title: str, cover_url: str = "") -> Video:
    """Make a short video public. Problems: ``forbidden``, ``title_invalid``, ``cover_invalid``."""
    creator = access_creator(actor)
    line = " ".join(title.split())
    if not 1 <= len(line) <= LONGEST_TITLE:
        raise Problem(
            "title_invalid",
            422,
            _("Give the video a title of at most %(most)s characters."),
            params={"most": LONGEST_TITLE},
        )
    if cover_url and not is_web_url(cover_url):
        raise Problem("cover_invalid", 422, _("The cover needs an address like https://…"))
    video = Video.objects.create(
        creator=creator, title=line, cover_url=cover_url[:500], published_at=now()
    )
    outbox.audit(actor.id, "video.publish", f"video:{video.id}")
    return video


@transaction.atomic
def do_mount(
    actor: Account, video_id: UUID, product_id: UUID, terms: Terms | None = None
) -> Listing:
    """Put a product under a video: ``listings.actions.do_mount``, for a video.

    ``pilot_used_up`` where a creator on probation would make one more video shoppable than this
    week allows.
    """
    container = access_cart(actor, video_id)
    video = Video.objects.select_for_update(no_key=True).get(id=video_id)
    if not has_goods(video):
        _check_pilot(video)
    return listings.do_mount(actor, container, product_id, terms)


@transaction.atomic
def do_remove_video(actor: Account, video_id: UUID) -> None:
    """Take a video off, and its goods with it."""
    video = access_own(actor, video_id)
    container = access_cart(actor, video_id)
    for listing_id in Listing.objects.filter(
        surface=container.surface, container_id=container.id, state__in=listings.OFFERED
    ).values_list("id", flat=True):
        listings.do_unmount(actor, container, listing_id)
    outbox.audit(actor.id, "video.remove", f"video:{video.id}", title=video.title)
    video.delete()


def _check_pilot(video: Video) -> None:
    for permit in ("sell_own", "promote"):
        limits = people.permit_limits(video.creator_id, permit)
        if limits is None or limits.shoppable_videos is None:
            continue
        used = shoppable_videos(video.creator_id, limits.week_from, limits.week_until)
        if used >= limits.shoppable_videos:
            raise Problem(
                "pilot_used_up",
                403,
                _(
                    "On probation you may put goods under %(most)s videos a week, and this week's"
                    " are used up. Wait until next week."
                ),
                params={"most": limits.shoppable_videos},
            )
