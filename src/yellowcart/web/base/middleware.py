"""Refusals become pages that say so, and pages run no script but ours."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from yellowcart.core.problems import CONTENT_TYPE, Problem

GetResponse = Callable[[HttpRequest], HttpResponse]


class ProblemPages:
    """Shows a :class:`Problem` as a page; as problem JSON to htmx and to whoever asks for JSON.

    A stranger who meets ``401`` on a page is sent to sign in and comes back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django asks this for whatever a view raises."""
        if not isinstance(error, Problem):
            return None
        body = error.body(get_language() or settings.LANGUAGE_CODE)
        wants_json = "application/json" in request.headers.get("Accept", "")
        if request.headers.get("HX-Request") or wants_json:
            return JsonResponse(body, status=error.status, content_type=CONTENT_TYPE)
        if error.status == 401:
            return redirect_to_login(request.get_full_path())
        context = {"problem": body, "back": _page_before(request)}
        return render(request, "base/problem.html", context, status=error.status)


def _page_before(request: HttpRequest) -> str:
    """The page of ours from which the reader came, if it is another one."""
    before = request.headers.get("Referer", "")
    parts = urlsplit(before)
    if parts.netloc != request.get_host() or parts.path == request.path:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def content_policy(video: Sequence[str]) -> str:
    """Scripts only from our own files; pictures from wherever shops keep theirs; sockets as the
    snapshot says, which may be another host. Forms may lead on to a payment provider.

    ``video`` are the addresses of a media server that is not ours.
    """
    origins = "".join(f" {origin}" for origin in sorted({_origin(url) for url in video if url}))
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: https: http:",
            f"connect-src 'self' ws: wss:{origins}",
            f"media-src 'self' blob:{origins}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


CONTENT_POLICY = content_policy(
    (settings.MEDIA_RTC_URL, settings.MEDIA_PLAY_URL, settings.MEDIA_RECORDINGS_URL)
)
#: The back office and the API's reading page bring scripts of their own making.
_OWN_RULES = ("/admin/", "/api/")


class ContentPolicy:
    """Tells browsers to run no script but ours on our pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header to pages; downloads keep what they bring."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_download = "Content-Disposition" in response.headers
        if is_page and not is_download and not request.path.startswith(_OWN_RULES):
            response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response
