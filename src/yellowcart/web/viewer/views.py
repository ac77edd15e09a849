"""The front pages: what is on now, what comes, what there is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yellowcart.media import watching
from yellowcart.web.viewer import reads


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Rooms that are live, rooms to come, short videos, replays, shops."""
    live = reads.live_now()
    coming = reads.coming_up()
    context = {
        "hero": live[0] if live else None,
        "live": live,
        "coming": coming,
        "next_room": coming[0] if coming and not live else None,
        "videos": reads.newest_videos()[:8],
        "replays": watching.newest_replays(),
        "shops": reads.open_shops()[:8],
    }
    return render(request, "viewer/home.html", context)


@require_GET
def videos(request: HttpRequest) -> HttpResponse:
    """Every short video, newest first."""
    return render(request, "viewer/videos.html", {"videos": reads.newest_videos()})


@require_GET
def shops(request: HttpRequest) -> HttpResponse:
    """Every open shop."""
    return render(request, "viewer/shops.html", {"shops": reads.open_shops()})
