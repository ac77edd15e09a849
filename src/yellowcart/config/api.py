"""The JSON API of the control plane, and how its errors look."""

import importlib.util
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, ValidationError

from yellowcart import __version__
from yellowcart.config.openapi import WholeAPI
from yellowcart.core.problems import CONTENT_TYPE, Problem
from yellowcart.insights.policy_api import router as policy_desk
from yellowcart.insights.room_api import router as room_figures
from yellowcart.live.hosts_api import router as hosts
from yellowcart.live.moderation_api import reports
from yellowcart.live.moderation_api import router as moderation
from yellowcart.live.schedule_api import router as schedule
from yellowcart.live.script_api import router as script
from yellowcart.live.share_api import router as share
from yellowcart.live.spotlight_api import router as spotlight
from yellowcart.orders.waitlist_api import router as waitlist
from yellowcart.people.tokens import SESSION, challenge

#: Folders whose ``api.py`` is mounted, with the prefix of their routes.
ROUTERS = {
    "policy": "/policy",
    "people": "/people",
    "sources": "/sources",
    "shops": "/shops",
    "catalog": "/products",
    "inventory": "/inventory",
    "listings": "/listings",
    "live": "/rooms",
    "media": "/media",
    "videos": "/videos",
    "promotions": "/promotions",
    "payments": "/payments",
    "orders": "/orders",
    "settlement": "/settlement",
    "gifts": "/gifts",
    "aftersales": "/aftersales",
    "connections": "/connections",
    "notices": "/notices",
    "insights": "/insights",
    "developers": "/webhooks",
}

api = WholeAPI(
    title="Yellowcart",
    version=__version__,
    description="Live commerce on your own machine: rooms, goods, rules, orders, figures.",
    openapi_url="/openapi.json",
    docs_url="/docs",
    auth=SESSION,
    urls_namespace="api",
)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as RFC 9457 JSON in the caller's language."""
    response = api.create_response(
        request, problem.body(get_language() or "en"), status=problem.status
    )
    response["Content-Type"] = CONTENT_TYPE
    for name, value in problem.headers.items():
        response[name] = value
    return response


@api.exception_handler(Problem)
def _on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(request, problem)


@api.exception_handler(AuthenticationError)
def _on_stranger(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem_response(
        request,
        Problem("sign_in_required", 401, _("Sign in first, then try again."), headers=challenge()),
    )


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: list[dict[str, Any]] = [
        {"where": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
        for item in error.errors
    ]
    return problem_response(
        request,
        Problem(
            "invalid_request",
            422,
            _("Some of what was sent can't be read; see errors for each place."),
            extra={"errors": errors},
        ),
    )


for _folder, _prefix in ROUTERS.items():
    if importlib.util.find_spec(f"yellowcart.{_folder}.api"):
        _module = import_module(f"yellowcart.{_folder}.api")
        api.add_router(_prefix, _module.router, tags=[_folder])

# Operators' verbs on rules read figures, and a room's figures read orders, so they live above
# the folders whose paths they share.
api.add_router("/policy", policy_desk, tags=["policy"])
api.add_router("/rooms", room_figures, tags=["insights"])
api.add_router("/orders/waitlist", waitlist, tags=["orders"])
api.add_router("/rooms", spotlight, tags=["live"])
api.add_router("/rooms", script, tags=["live"])
api.add_router("/rooms", moderation, tags=["live"])
api.add_router("/reports", reports, tags=["live"])
api.add_router("/rooms", schedule, tags=["live"])
api.add_router("/rooms", share, tags=["live"])
api.add_router("/rooms", hosts, tags=["live"])
