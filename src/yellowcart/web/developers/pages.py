"""Applications: made within two minutes, their credentials shown once, and a call that works."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.developers import actions, queries
from yellowcart.developers.hook_queries import webhooks_of
from yellowcart.developers.models import Application
from yellowcart.people.access import access_person, person_page
from yellowcart.people.scopes import SCOPES
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.developers.forms import ApplicationForm, NewApplicationForm

#: The first call to try, the easiest first, by the scope it needs.
FIRST_CALLS = {
    "shops:read": "shops/mine",
    "orders:read": "orders/of-shop/{shop}",
    "products:read": "products/of/{shop}",
    "webhooks:read": "webhooks",
    "policy:read": "policy/drafts",
    "aftersales:read": "aftersales/of-shop/{shop}",
    "figures:read": "insights/gmv",
}


def first_call(application: Application) -> str:
    """The path of a call that this application can make at once; empty where none is known."""
    held = application.scopes.split()
    for scope, path in FIRST_CALLS.items():
        if scope in held and (application.shop is not None or "{shop}" not in path):
            return path.format(shop=application.shop.handle if application.shop else "")
    return ""


@person_page
def home(request: HttpRequest) -> HttpResponse:
    """One's applications, and those one let in."""
    account = access_person(request.user)
    context = {
        "applications": queries.applications_of(account),
        "connections": [
            (one, [SCOPES[scope] for scope in one.scopes if scope in SCOPES])
            for one in queries.connections_of(account)
        ],
    }
    return render(request, "developers/home.html", context)


@never_cache
@person_page
def make(request: HttpRequest) -> HttpResponse:
    """The form of a new application; afterwards its credentials, this once."""
    account = access_person(request.user)
    form = NewApplicationForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.do_make_application(
                actor=account,
                name=form.cleaned_data["name"],
                reach=form.cleaned_data["reach"],
                scopes=form.cleaned_data["scopes"],
                redirect_uris=form.redirect_uris,
                keeps_secret=form.cleaned_data["keeps_secret"],
            )
        except Problem as problem:
            put_on_form(form, problem)
        else:
            return _credentials(request, made, secret)
    status = 422 if request.method == "POST" else 200
    return render(request, "developers/make.html", {"form": form}, status=status)


def _credentials(request: HttpRequest, made: Application, secret: str) -> HttpResponse:
    context = {
        "application": made,
        "secret": secret,
        "site": request.build_absolute_uri("/").rstrip("/"),
        "first_call": first_call(made),
    }
    return render(request, "developers/credentials.html", context)


@person_page
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application: what it may, its webhooks, and how to call."""
    account = access_person(request.user)
    found = queries.access_application(account, application_id)
    initial = {
        "name": found.name,
        "scopes": found.scopes.split(),
        "redirects": "\n".join(found.redirect_uris.split()),
    }
    form = ApplicationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.do_change_application(
                actor=account,
                application_id=application_id,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                redirect_uris=form.redirect_uris,
            )
        except Problem as problem:
            put_on_form(form, problem)
        else:
            return redirect("developers:application", application_id)
    context = {
        "application": found,
        "form": form,
        "webhooks": webhooks_of(account, found),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "first_call": first_call(found),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "developers/application.html", context, status=status)


@never_cache
@require_POST
@person_page
def renew_secret(request: HttpRequest, application_id: int) -> HttpResponse:
    """A new secret, shown this once."""
    made, secret = actions.do_renew_secret(
        actor=access_person(request.user), application_id=application_id
    )
    return _credentials(request, made, secret)


@require_POST
@person_page
def delete(request: HttpRequest, application_id: int) -> HttpResponse:
    """Away with it."""
    actions.do_delete_application(actor=access_person(request.user), application_id=application_id)
    return redirect("developers:home")


@require_POST
@person_page
def disconnect(request: HttpRequest) -> HttpResponse:
    """Take back what one allowed an application."""
    try:
        number = int(request.POST.get("application", ""))
        shop_id = UUID(request.POST["shop"]) if request.POST.get("shop") else None
    except ValueError as error:
        raise Problem("invalid_request", 422, _("Choose one of the list.")) from error
    actions.do_disconnect(
        actor=access_person(request.user),
        application_id=number,
        shop_id=shop_id,
        installation=bool(request.POST.get("installation")),
    )
    return redirect("developers:home")
