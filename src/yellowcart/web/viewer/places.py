"""Where goods are offered outside rooms: product, shop, profile and short video pages."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from yellowcart.catalog import queries as catalog
from yellowcart.catalog.rules import shown_html
from yellowcart.core import clock
from yellowcart.inventory.queries import levels_of
from yellowcart.live.queries import public_rooms
from yellowcart.media import watching
from yellowcart.people import queries as people
from yellowcart.people.access import access_person
from yellowcart.people.actions import do_follow, do_unfollow
from yellowcart.people.models import Account
from yellowcart.shops import queries as shops
from yellowcart.videos.models import Video
from yellowcart.web.viewer import goods, reads
from yellowcart.web.viewer.words import buying_words


def shopping(request: HttpRequest, items: list[dict[str, Any]]) -> dict[str, Any]:
    """What the goods grid and its buy sheet need."""
    return {
        "items": items,
        "offered": [item for item in items if item["state"] == "mounted"],
        "barred": [item for item in items if item["state"] == "barred"],
        "shopping": {
            "items": items,
            "creators": _creators(request, items),
            "zone": settings.TIME_ZONE,
            "signedIn": request.user.is_authenticated,
            "words": buying_words(),
        },
    }


def _creators(request: HttpRequest, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Whose followers have prices of their own here, and whether the reader is one."""
    ids = {item["creator_id"] for item in items if item["creator_id"]}
    user = request.user
    return {
        str(person.id): {
            "handle": person.handle,
            "fan": user.is_authenticated
            and (user.id == person.id or people.is_following(user.id, person.id)),
        }
        for person in Account.objects.filter(id__in=ids)
    }


@require_GET
@ensure_csrf_cookie
def product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """One product: pictures, words, variants, and where it may be bought now."""
    found = catalog.public_product(product_id)
    at = clock.now()
    skus = catalog.active_skus(found)
    levels = levels_of(skus)
    verdict = goods.verdict_on_page(found)
    item = goods.offer_of(found)
    context = {
        "product": found,
        "shop": found.shop,
        "description": SafeString(shown_html(found.description_html)),
        "range": catalog.price_ranges([found], at).get(found.id),
        "former": max((sku.compare_at_minor or 0 for sku in skus), default=0),
        "free": sum(level.free for level in levels.values()),
        "variants": [(sku, catalog.sku_price(sku, at), levels[sku.id].free) for sku in skus],
        "verdict": verdict,
        "item": item if verdict.allowed or (item and item["state"] == "barred") else None,
        "places": goods.places_of(found),
        "explanations": watching.explanations_of(found.id),
        **shopping(request, [item] if item else []),
    }
    return render(request, "viewer/product.html", context)


@require_GET
@ensure_csrf_cookie
def shop(request: HttpRequest, handle: str) -> HttpResponse:
    """A shop and what its page offers."""
    found = shops.find_shop(handle)
    if found is None or found.state == "closed":
        raise Http404
    context = {"shop": found, **shopping(request, goods.items("shop_page", found.id))}
    return render(request, "viewer/shop.html", context)


@require_GET
@ensure_csrf_cookie
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """A person: their rooms, videos, and the goods on their profile."""
    person = _person(handle)
    rooms = public_rooms().filter(creator=person)
    user = request.user
    following = user.is_authenticated and people.is_following(user.id, person.id)
    context = {
        "person": person,
        "followers": people.follower_count(person.id),
        "following": following,
        "is_self": user.is_authenticated and user.id == person.id,
        "live": reads.room_cards(rooms.filter(state="live")),
        "coming": reads.room_cards(rooms.filter(state="scheduled").order_by("scheduled_at")),
        "replays": watching.replays_of(person.id),
        "videos": reads.video_cards(person.videos.order_by("-published_at")),
        **shopping(request, goods.items("profile", person.id)),
    }
    return render(request, "viewer/profile.html", context)


@require_POST
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow somebody, or stop following them."""
    account = access_person(request.user)
    person = _person(handle)
    verb = do_unfollow if request.POST.get("stop") else do_follow
    verb(account, person)
    return redirect(reverse("viewer:profile", args=[person.handle]))


@require_GET
@ensure_csrf_cookie
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """A short video's picture and the goods under it."""
    found = get_object_or_404(Video.objects.select_related("creator"), id=video_id)
    context = {"video": found, **shopping(request, goods.items("short_video", found.id))}
    return render(request, "viewer/video.html", context)


def _person(handle: str) -> Account:
    return get_object_or_404(Account, handle=handle, is_active=True, blocked_at__isnull=True)
