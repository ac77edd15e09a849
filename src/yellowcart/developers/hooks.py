"""Verbs of webhooks: made, changed, given a new secret, told again."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.fetching import FetchError, checked_addresses
from yellowcart.core.ids import new_id
from yellowcart.core.instants import iso
from yellowcart.core.outbox import audit
from yellowcart.core.problems import Problem
from yellowcart.core.sealing import seal, unseal
from yellowcart.developers import rules
from yellowcart.developers.models import Application, Message, Webhook
from yellowcart.people.models import Account
from yellowcart.people.reach import Reach


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _invalid(detail: "str | Promise") -> Problem:
    return Problem("webhook_invalid", 422, detail)


def check_address(url: str) -> None:
    """Refuse what may not be called from here, before anything is stored: ``webhook_invalid``, or
    ``address_refused`` and ``unreachable`` as ``core.fetching`` finds them."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _invalid(_("This is no web address.")) from error
    if len(url) > 500 or parts.scheme not in {"http", "https"} or not host or parts.username:
        raise _invalid(_("Enter a web address that begins with https://."))
    secure = parts.scheme == "https"
    try:
        checked_addresses(host, port or (443 if secure else 80), secure=secure)
    except FetchError as error:
        # It is the caller who must mend the address, not a gateway.
        raise Problem(error.code, 422, error.detail, params=error.params) from error


def _known(application: Application, events: Sequence[str]) -> str:
    chosen = [name for name in rules.EVENTS if name in set(events)]
    if not chosen or len(chosen) != len(set(events)):
        raise _invalid(_("Choose at least one event, and only such as are listed."))
    held = set(application.scopes.split())
    lacking = sorted({rules.EVENTS[name][1] for name in chosen} - held)
    if lacking:
        raise _invalid(_("The application lacks the scope that one of these events needs."))
    return " ".join(chosen)


def do_make_webhook(
    *, actor: Account, application: Application, reach: Reach, url: str, events: Sequence[str]
) -> tuple[Webhook, str]:
    """A webhook and its secret, shown this once. Problems: ``webhook_invalid`` 422,
    ``address_refused`` 422, ``unreachable`` 422, ``too_many_webhooks`` 409."""
    if reach.shop_id is None and not reach.installation:
        raise _invalid(_("Webhooks tell of a shop, or of the platform; choose one."))
    chosen = _known(application, events)
    check_address(url)
    secret = new_secret()
    with transaction.atomic():
        Application.objects.select_for_update(no_key=True).only("id").get(pk=application.pk)
        if application.webhooks.count() >= rules.MOST_WEBHOOKS:
            raise Problem(
                "too_many_webhooks", 409, _("This application has 20 webhooks. Delete one first.")
            )
        webhook = Webhook.objects.create(
            application=application,
            account=actor,
            shop_id=reach.shop_id,
            installation=reach.installation,
            url=url,
            events=chosen,
            sealed=seal({"now": secret}),
        )
        audit(actor.id, "webhook.made", str(webhook.id), url=url)
    return webhook, secret


def do_change_webhook(
    *,
    actor: Account,
    webhook: Webhook,
    url: str | None = None,
    events: Sequence[str] | None = None,
    is_on: bool | None = None,
) -> Webhook:
    """Another address or other events; off and on again, which forgets past failures."""
    if url is not None and url != webhook.url:
        check_address(url)
    with transaction.atomic():
        row = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
        row.url = row.url if url is None else url
        if events is not None:
            row.events = _known(webhook.application, events)
        if is_on is not None:
            row.state = "on" if is_on else "off"
            row.failing_since = row.rest_until = None
        row.save(update_fields=["url", "events", "state", "failing_since", "rest_until"])
        audit(actor.id, "webhook.changed", str(row.id), url=row.url, state=row.state)
    return row


@transaction.atomic
def do_renew_secret(*, actor: Account, webhook: Webhook) -> tuple[Webhook, str]:
    """A new secret; for a day both sign, so that the receiver can change over."""
    row = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    secret = new_secret()
    row.sealed = seal({"now": secret, "before": unseal(row.sealed)["now"]})
    row.before_until = now() + rules.BOTH_SECRETS_FOR
    row.save(update_fields=["sealed", "before_until"])
    audit(actor.id, "webhook.secret_renewed", str(row.id))
    return row, secret


@transaction.atomic
def do_delete_webhook(*, actor: Account, webhook: Webhook) -> None:
    """The webhook with its log."""
    audit(actor.id, "webhook.deleted", str(webhook.id), url=webhook.url)
    webhook.delete()


def body_of(type_: str, at: datetime, data: object, shop_id: UUID | None) -> str:
    """What is sent, as Standard Webhooks shapes it; and the shop that it is about."""
    said: dict[str, object] = {"type": type_, "timestamp": iso(at), "data": data}
    if shop_id is not None:
        said["shop_id"] = str(shop_id)
    return msgspec.json.encode(said).decode()


def do_ping(*, webhook: Webhook) -> Message:
    """Send a message of type ``ping``, to see whether the webhook works."""
    at = now()
    data = {"webhook_id": str(webhook.id)}
    return Message.objects.create(
        webhook=webhook,
        event_id=new_id(),
        type=rules.PING,
        body=body_of(rules.PING, at, data, webhook.shop_id),
        created_at=at,
        next_at=at,
    )


def do_replay(
    *,
    webhook: Webhook,
    message_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Send one message again, or those that came up in ``[since, until)`` (10,000 at most); how
    many. Ids stay the same, so that a receiver knows what it had."""
    found = Message.objects.filter(webhook=webhook)
    if message_id is not None:
        found = found.filter(id=message_id)
    if since is not None:
        found = found.filter(created_at__gte=since)
    if until is not None:
        found = found.filter(created_at__lt=until)
    ordered = found.order_by("created_at", "id").values_list("id", flat=True)
    chosen = list(ordered[: rules.MOST_REPLAYED])
    return Message.objects.filter(id__in=chosen).update(state="waiting", tries=0, next_at=now())
