"""Reads about webhooks: whose they are, what was sent, and what is due."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.developers.models import Application, Message, Try, Webhook
from yellowcart.orders.cursors import after, read_cursor, write_cursor
from yellowcart.people.models import Account

PAGE = 50
MOST_IN_PAGE = 200


def webhooks_of(account: Account, application: Application) -> QuerySet[Webhook]:
    """An application's webhooks as far as the caller reaches, the newest first.

    Who answers for the application sees all of them; who let it in, those of their own consent.
    """
    found = Webhook.objects.filter(application=application).select_related("shop", "application")
    if application.user_id != account.id or account.reach is not None:
        found = found.filter(account=account)
    reach = account.reach
    if reach is not None and reach.shop_id is not None:
        found = found.filter(shop_id=reach.shop_id)
    elif reach is not None:
        # Of a token for the person's own things there are none.
        found = found.filter(installation=True) if reach.installation else found.none()
    return found.order_by("-created_at", "-id")


def access_webhook(account: Account, application: Application, webhook_id: UUID) -> Webhook:
    """One of :func:`webhooks_of`; ``webhook_not_found`` otherwise."""
    found = webhooks_of(account, application).filter(id=webhook_id).first()
    if found is None:
        raise Problem("webhook_not_found", 404, _("This application has no such webhook."))
    return found


@dataclass(frozen=True, slots=True)
class LogPage:
    """Messages with their tries, the newest first."""

    messages: list[Message]
    next_cursor: str | None


def log_of(webhook: Webhook, *, state: str = "", cursor: str = "", limit: int = PAGE) -> LogPage:
    """What was sent to a webhook, or waits; each message with its tries."""
    limit = min(max(limit, 1), MOST_IN_PAGE)
    rows = Message.objects.filter(webhook=webhook)
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(after("created_at", read_cursor(cursor), descending=True))
    tries = Prefetch("attempts", Try.objects.order_by("at", "id"))
    found = list(rows.prefetch_related(tries).order_by("-created_at", "-id")[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return LogPage(found[:limit], write_cursor(last.created_at, last.id) if last else None)


def access_message(webhook: Webhook, message_id: UUID) -> Message:
    """One message of a webhook; ``message_not_found`` otherwise."""
    found = Message.objects.filter(webhook=webhook, id=message_id).first()
    if found is None:
        raise Problem("message_not_found", 404, _("This webhook's log has no such message."))
    return found


def due_messages(webhook: Webhook, limit: int) -> list[Message]:
    """What should be tried now, the oldest first."""
    due = Message.objects.filter(webhook=webhook, state="waiting", next_at__lte=now())
    return list(due.order_by("next_at", "id")[:limit])
