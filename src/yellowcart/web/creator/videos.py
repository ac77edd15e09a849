"""A creator's short videos: published, goods put under them in order, taken off."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.listings import actions as listings
from yellowcart.listings.models import Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.listings.queries import access_profile, cart_of
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.videos import actions, queries
from yellowcart.videos.models import Video
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.creator.desk import lines_of
from yellowcart.web.creator.finding import Place, by_paste, by_words
from yellowcart.web.creator.replacing import replace
from yellowcart.web.creator.shell import show

PAGE = 20
_FIELDS = {"title_invalid": "title", "cover_invalid": "cover_url"}


class VideoForm(forms.Form):
    """A short video to publish."""

    title = forms.CharField(label=_("Title"), max_length=actions.LONGEST_TITLE)
    cover_url = forms.CharField(
        label=_("Cover"),
        max_length=500,
        required=False,
        help_text=_("The address of a picture, upright. Without one the title's first letter."),
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )


@creator_page
def index(request: HttpRequest) -> HttpResponse:
    """One's own videos, and the form for another."""
    account = access_creator(request.user)
    form = VideoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            video = actions.do_publish_video(account, **form.cleaned_data)
        except Problem as problem:
            put_on_form(form, problem, field=_FIELDS.get(problem.code))
        else:
            messages.success(request, _("Published. Now put goods under it."))
            return redirect("creator:video", video_id=video.id)
    page = Paginator(queries.videos_of(account.id), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(one, *_counts(one)) for one in page],
    }
    status = 422 if request.method == "POST" else 200
    return show(request, account, "creator/videos.html", context, here="videos", status=status)


def _counts(video: Video) -> tuple[int, int]:
    """How many goods are under a video, and how many of them a rule bars."""
    rows = cart_of(queries.SURFACE, video.id)
    return len(rows), sum(row.state == "barred" for row in rows)


@creator_page
def detail(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """One video with the goods under it; ``q`` finds goods by words, a posted text by its link."""
    account = access_creator(request.user)
    video = queries.access_own(account, video_id)
    found = {}
    if "text" in request.POST:
        found = by_paste(account, _place(video), request.POST["text"])
    elif "q" in request.GET:
        found = by_words(account, _place(video), request.GET["q"])
    context = {
        "video": video,
        "lines": lines_of(account, cart_of(queries.SURFACE, video.id)),
        "profile_taken": {row.product_id for row in cart_of("profile", account.id)},
        **found,
    }
    return show(request, account, "creator/video.html", context, here="videos")


def _place(video: Video) -> Place:
    def mount_url(product_id: UUID) -> str:
        return reverse(
            "creator:video_mount", kwargs={"video_id": video.id, "product_id": product_id}
        )

    return Place(queries.SURFACE, video.id, mount_url)


@require_POST
@creator_page
def mount(request: HttpRequest, video_id: UUID, product_id: UUID) -> HttpResponse:
    """Put a product under the video, last."""
    account = access_creator(request.user)
    queries.access_own(account, video_id)
    with told(request, _("It stands under the video now.")):
        actions.do_mount(account, video_id, product_id)
    return redirect("creator:video", video_id=video_id)


@require_POST
@creator_page
def act(request: HttpRequest, video_id: UUID, listing_id: UUID) -> HttpResponse:
    """One of the buttons beside a listing; ``do`` says which."""
    account = access_creator(request.user)
    video = queries.access_own(account, video_id)
    action, done = ACTS.get(request.POST.get("do", ""), (None, ""))
    found = _offered(video).filter(id=listing_id).select_related("product").first()
    if action is None or found is None:
        raise listing_not_found()
    with told(request, done or None):
        action(account, video, found)
    return redirect("creator:video", video_id=video_id)


@require_POST
@creator_page
def remove(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Take the video off, and its goods with it."""
    account = access_creator(request.user)
    with told(request, _("The video is taken off. Orders from it go on as before.")):
        actions.do_remove_video(account, video_id)
    return redirect("creator:videos")


def _offered(video: Video) -> "QuerySet[Listing]":
    return Listing.objects.filter(
        surface=queries.SURFACE, container_id=video.id, state__in=listings.OFFERED
    )


Act = Callable[[Account, Video, Listing], object]


def _move(step: int) -> Act:
    def act(account: Account, video: Video, listing: Listing) -> None:
        order = list(_offered(video).order_by("position", "id").values_list("id", flat=True))
        place = order.index(listing.id)
        other = place + step
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            listings.do_reorder(account, queries.access_cart(account, video.id), order)

    return act


def _unmount(account: Account, video: Video, listing: Listing) -> None:
    listings.do_unmount(account, queries.access_cart(account, video.id), listing.id)


def _convert(account: Account, _video: Video, listing: Listing) -> None:
    replace(account, listing)


def _to_profile(account: Account, _video: Video, listing: Listing) -> None:
    listings.do_mount(account, access_profile(account), listing.product_id)


#: The buttons of a listing, and what is said after each.
ACTS: dict[str, tuple[Act, Promise | str]] = {
    "up": (_move(-1), ""),
    "down": (_move(1), ""),
    "unmount": (_unmount, _("Taken from under the video.")),
    "convert": (_convert, _("Converted: sold here now, from the supplier's stock.")),
    "profile": (_to_profile, _("Offered on your profile.")),
}
