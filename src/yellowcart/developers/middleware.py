"""Answers to applications say how many calls are left."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yellowcart.developers.limits import Allowance


class RateHeaders:
    """Adds the allowance that reading a token left on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with ``RateLimit`` and ``RateLimit-Policy`` where a token was read."""
        response = self.get_response(request)
        allowance = getattr(request, "allowance", None)
        if isinstance(allowance, Allowance):
            for name, value in allowance.headers().items():
                response.headers.setdefault(name, value)
        return response
