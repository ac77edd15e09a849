"""A refusal raised while a page is made becomes a page that says so."""

from collections.abc import Callable

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
        return render(request, "base/problem.html", {"problem": body}, status=error.status)
