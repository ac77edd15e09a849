"""HTTP: an application's webhooks, and the log of what was sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.core.problems import Problem
from yellowcart.developers import hook_queries, hooks, rules
from yellowcart.developers.models import Application, Message, Try, Webhook
from yellowcart.developers.queries import access_application
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import Holder, scoped

router = Router()


class WebhookIn(Schema):
    """Where to, and of what."""

    url: str = Field(max_length=500)
    events: list[str] = Field(max_length=50)


class ChangeIn(Schema):
    """What is to be changed; what is missing stays."""

    url: str | None = Field(None, max_length=500)
    events: list[str] | None = Field(None, max_length=50)
    on: bool | None = None


class SpanIn(Schema):
    """The messages that came up in ``[since, until)``."""

    since: datetime
    until: datetime


class WebhookOut(Schema):
    """A webhook. ``state``: on, off, or disabled after days without a good answer."""

    webhook_id: UUID
    url: str
    events: list[str]
    shop_id: UUID | None
    installation: bool
    state: str
    failing_since: datetime | None
    both_secrets_until: datetime | None
    created_at: datetime


class WebhooksOut(Schema):
    """All webhooks of the application that the caller reaches."""

    items: list[WebhookOut]


class SecretOut(WebhookOut):
    """A webhook with its secret, which is shown this once."""

    secret: str


class EventOut(Schema):
    """Something one may hear of, and the scope that the application needs."""

    type: str
    scope: str


class EventsOut(Schema):
    """Everything one may hear of."""

    items: list[EventOut]


class TryOut(Schema):
    """One delivery: how long it took, and the answer's status (0: none came) and first words."""

    at: datetime
    ms: int
    status: int
    answer: str


class MessageOut(Schema):
    """One message; ``body`` is what was sent and signed. ``next_at`` where it still waits."""

    message_id: UUID
    type: str
    state: str
    tries: int
    next_at: datetime | None
    created_at: datetime
    body: str
    attempts: list[TryOut]


class LogOut(Schema):
    """A page of messages, newest first. ``next_cursor`` is null on the last one."""

    items: list[MessageOut]
    next_cursor: str | None


class SentOut(Schema):
    """How many messages are sent again."""

    messages: int


def _caller(request: HttpRequest, application: int | None) -> tuple[Account, Application]:
    """Who asks and for which application: a token's own, or one that the person answers for."""
    account = access_person(request.user)
    holder = getattr(request, "auth", None)
    if isinstance(holder, Holder):
        return account, Application.objects.get(id=holder.application_id)
    if application is None:
        raise Problem(
            "application_needed", 422, _("Name one of your applications with application=.")
        )
    return account, access_application(account, application)


def _webhook(request: HttpRequest, application: int | None, webhook_id: UUID) -> Webhook:
    return hook_queries.access_webhook(*_caller(request, application), webhook_id)


def _out(webhook: Webhook) -> dict[str, Any]:
    return {
        "webhook_id": webhook.id,
        "url": webhook.url,
        "events": webhook.events.split(),
        "shop_id": webhook.shop_id,
        "installation": webhook.installation,
        "state": webhook.state,
        "failing_since": webhook.failing_since,
        "both_secrets_until": webhook.before_until,
        "created_at": webhook.created_at,
    }


def _message(message: Message) -> dict[str, Any]:
    attempts: list[Try] = list(message.attempts.all())
    return {
        "message_id": message.id,
        "type": message.type,
        "state": message.state,
        "tries": message.tries,
        "next_at": message.next_at if message.state == "waiting" else None,
        "created_at": message.created_at,
        "body": message.body,
        "attempts": [
            {"at": one.at, "ms": one.ms, "status": one.status, "answer": one.answer}
            for one in attempts
        ],
    }


@router.get("/events", auth=None, response=EventsOut, summary="What one may hear of")
def events(request: HttpRequest) -> dict[str, Any]:
    """Every type of event, and the scope it needs."""
    return {"items": [{"type": name, "scope": scope} for name, (_t, scope) in rules.EVENTS.items()]}


@router.get("", auth=scoped("webhooks:read"), response=WebhooksOut, summary="Webhooks")
def list_webhooks(request: HttpRequest, application: int | None = None) -> dict[str, Any]:
    """The application's webhooks. With a session, ``application`` names one of one's own."""
    return {
        "items": [_out(one) for one in hook_queries.webhooks_of(*_caller(request, application))]
    }


@router.post("", auth=scoped("webhooks:write"), response={201: SecretOut}, summary="Make a webhook")
def make_webhook(
    request: HttpRequest, body: WebhookIn, application: int | None = None
) -> Status[dict[str, Any]]:
    """Hear of events within the token's reach, or the application's own. The secret comes once."""
    account, app = _caller(request, application)
    webhook, secret = hooks.do_make_webhook(
        actor=account,
        application=app,
        reach=account.reach or app.reach,
        url=body.url,
        events=body.events,
    )
    return Status(201, {**_out(webhook), "secret": secret})


@router.patch(
    "/{uuid:webhook_id}",
    auth=scoped("webhooks:write"),
    response=WebhookOut,
    summary="Change a webhook",
)
def change_webhook(
    request: HttpRequest, webhook_id: UUID, body: ChangeIn, application: int | None = None
) -> dict[str, Any]:
    """Another address, other events, off, or on again."""
    webhook = _webhook(request, application, webhook_id)
    return _out(
        hooks.do_change_webhook(
            actor=access_person(request.user),
            webhook=webhook,
            url=body.url,
            events=body.events,
            is_on=body.on,
        )
    )


@router.delete(
    "/{uuid:webhook_id}",
    auth=scoped("webhooks:write"),
    response={204: None},
    summary="Delete a webhook",
)
def delete_webhook(
    request: HttpRequest, webhook_id: UUID, application: int | None = None
) -> Status[None]:
    """The webhook with its log."""
    webhook = _webhook(request, application, webhook_id)
    hooks.do_delete_webhook(actor=access_person(request.user), webhook=webhook)
    return Status(204, None)


@router.post(
    "/{uuid:webhook_id}/secret",
    auth=scoped("webhooks:write"),
    response=SecretOut,
    summary="Renew a webhook's secret",
)
def renew_secret(
    request: HttpRequest, webhook_id: UUID, application: int | None = None
) -> dict[str, Any]:
    """A new secret; for a day messages carry a signature of each."""
    webhook = _webhook(request, application, webhook_id)
    row, secret = hooks.do_renew_secret(actor=access_person(request.user), webhook=webhook)
    return {**_out(row), "secret": secret}


@router.post(
    "/{uuid:webhook_id}/ping",
    auth=scoped("webhooks:write"),
    response={202: MessageOut},
    summary="Send a test message",
)
def ping(
    request: HttpRequest, webhook_id: UUID, application: int | None = None
) -> Status[dict[str, Any]]:
    """A message of type ``ping``."""
    message = hooks.do_ping(webhook=_webhook(request, application, webhook_id))
    return Status(202, _message(message))


@router.get(
    "/{uuid:webhook_id}/messages",
    auth=scoped("webhooks:read"),
    response=LogOut,
    summary="What was sent",
)
def messages(
    request: HttpRequest,
    webhook_id: UUID,
    application: int | None = None,
    state: str = "",
    cursor: str = "",
    limit: int = hook_queries.PAGE,
) -> dict[str, Any]:
    """The log, newest first; ``state``: waiting, delivered or failed."""
    webhook = _webhook(request, application, webhook_id)
    page = hook_queries.log_of(webhook, state=state, cursor=cursor, limit=limit)
    return {"items": [_message(one) for one in page.messages], "next_cursor": page.next_cursor}


@router.post(
    "/{uuid:webhook_id}/messages/{uuid:message_id}/replay",
    auth=scoped("webhooks:write"),
    response={202: SentOut},
    summary="Send a message again",
)
def replay_one(
    request: HttpRequest, webhook_id: UUID, message_id: UUID, application: int | None = None
) -> Status[dict[str, Any]]:
    """The same message, with the same id."""
    webhook = _webhook(request, application, webhook_id)
    message = hook_queries.access_message(webhook, message_id)
    return Status(202, {"messages": hooks.do_replay(webhook=webhook, message_id=message.id)})


@router.post(
    "/{uuid:webhook_id}/replay",
    auth=scoped("webhooks:write"),
    response={202: SentOut},
    summary="Send a span of messages again",
)
def replay_span(
    request: HttpRequest, webhook_id: UUID, body: SpanIn, application: int | None = None
) -> Status[dict[str, Any]]:
    """The messages that came up in ``[since, until)``, with their ids; 10,000 at most."""
    webhook = _webhook(request, application, webhook_id)
    sent = hooks.do_replay(webhook=webhook, since=body.since, until=body.until)
    return Status(202, {"messages": sent})
