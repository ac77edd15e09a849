"""An application's webhooks and their log."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.developers import hook_queries, hooks
from yellowcart.developers.models import Webhook
from yellowcart.developers.queries import access_application
from yellowcart.people.access import access_person, person_page
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.developers.forms import WebhookForm


@never_cache
@person_page
def make(request: HttpRequest, application_id: int) -> HttpResponse:
    """The form of a new webhook; afterwards its secret, this once."""
    account = access_person(request.user)
    application = access_application(account, application_id)
    form = WebhookForm(application, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = hooks.do_make_webhook(
                actor=account,
                application=application,
                reach=application.reach,
                url=form.cleaned_data["url"],
                events=form.cleaned_data["events"],
            )
        except Problem as problem:
            put_on_form(form, problem, field="url")
        else:
            return _secret(request, webhook, secret)
    context = {"application": application, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "developers/webhook_new.html", context, status=status)


def _secret(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    context = {"application": webhook.application, "webhook": webhook, "secret": secret}
    return render(request, "developers/webhook_secret.html", context)


@person_page
def detail(request: HttpRequest, application_id: int, webhook_id: UUID) -> HttpResponse:
    """A webhook and what was sent to it."""
    account = access_person(request.user)
    application = access_application(account, application_id)
    webhook = hook_queries.access_webhook(account, application, webhook_id)
    page = hook_queries.log_of(
        webhook, state=request.GET.get("state", ""), cursor=request.GET.get("cursor", ""), limit=30
    )
    context = {"application": application, "webhook": webhook, "page": page}
    return render(request, "developers/webhook.html", context)


@never_cache
@require_POST
@person_page
def do(request: HttpRequest, application_id: int, webhook_id: UUID) -> HttpResponse:
    """Try it, switch it, renew its secret, send again, or delete it."""
    account = access_person(request.user)
    application = access_application(account, application_id)
    webhook = hook_queries.access_webhook(account, application, webhook_id)
    verb = request.POST.get("verb", "")
    if verb == "secret":
        return _secret(request, *hooks.do_renew_secret(actor=account, webhook=webhook))
    if verb == "delete":
        hooks.do_delete_webhook(actor=account, webhook=webhook)
        return redirect("developers:application", application_id)
    if verb == "ping":
        hooks.do_ping(webhook=webhook)
    elif verb in {"on", "off"}:
        hooks.do_change_webhook(actor=account, webhook=webhook, is_on=verb == "on")
    elif verb == "replay":
        try:
            message_id = UUID(request.POST.get("message", ""))
        except ValueError as error:
            raise Problem("message_not_found", 404, _("Choose a message of the log.")) from error
        message = hook_queries.access_message(webhook, message_id)
        hooks.do_replay(webhook=webhook, message_id=message.id)
    else:
        raise Problem("invalid_request", 422, _("Choose one of the buttons."))
    return redirect("developers:webhook", application_id, webhook_id)
