"""Messages go out: signed, bounded, only to public addresses, with everything kept in a log.

What is due is state (``Message.next_at``). A duty looks for it and hands each webhook to a job, so
that a slow receiver delays nobody but itself.
"""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from oauth2_provider.models import clear_expired
from standardwebhooks import Webhook as Signer

from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.fetching import FetchError, fetch
from yellowcart.core.jobs import WEBHOOKS, defer, job
from yellowcart.core.outbox import append
from yellowcart.core.sealing import unseal
from yellowcart.developers import rules
from yellowcart.developers.hook_queries import due_messages
from yellowcart.developers.models import Message, Try, Webhook

DELIVER: Final = "developers.deliver"
#: Announced when a webhook was given up, for its maker's notice.
DISABLED: Final = "developers.webhook_disabled"
#: Seconds for a whole exchange, and bytes of an answer that are read.
ALL_SECONDS: Final = 15.0
MOST_BYTES: Final = 64 * 1024
#: How much of one webhook's messages a job takes, and how long it may be at it.
BATCH: Final = 200
CLAIM: Final = timedelta(minutes=10)
RUN_SECONDS: Final = 120.0
_GONE: Final = 410


def deliver_due() -> datetime | None:
    """The duty: a job for each webhook with something due.

    It names no instant at which it wants to be asked again: what is due may belong to a webhook
    that rests or is being delivered to, and the worker looks every second anyway.
    """
    at = now()
    waiting = Message.objects.filter(webhook=OuterRef("pk"), state="waiting", next_at__lte=at)
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    rested = Q(rest_until=None) | Q(rest_until__lte=at)
    with transaction.atomic():
        ids = list(
            Webhook.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(free, rested, Exists(waiting), state="on")
            .values_list("id", flat=True)
        )
        Webhook.objects.filter(id__in=ids).update(claimed_until=at + CLAIM)
        for webhook_id in ids:
            defer(DELIVER, webhook_id=str(webhook_id))
    return None


@job(DELIVER, queue=WEBHOOKS)
def deliver(webhook_id: str) -> None:
    """Send what is due to one webhook, the oldest first, until it fails several times in a row."""
    webhook = Webhook.objects.filter(id=UUID(webhook_id)).first()
    if webhook is None:
        return
    began, in_a_row = time.monotonic(), 0
    for message in due_messages(webhook, BATCH):
        in_a_row = 0 if send(webhook, message) else in_a_row + 1
        webhook.refresh_from_db(fields=["state"])
        if webhook.state != "on" or in_a_row >= rules.FAILURES_IN_A_ROW:
            break
        if time.monotonic() - began > RUN_SECONDS:
            break
    tired = in_a_row >= rules.FAILURES_IN_A_ROW
    Webhook.objects.filter(id=webhook.id).update(
        claimed_until=None, rest_until=now() + rules.REST if tired else None
    )


def send(webhook: Webhook, message: Message) -> bool:
    """Try one message once and note what came of it; whether it was taken (2xx)."""
    began = time.monotonic()
    try:
        answer = fetch(
            "POST",
            webhook.url,
            headers={"Content-Type": "application/json", **signed(webhook, message)},
            content=message.body.encode(),
            most_bytes=MOST_BYTES,
            all_seconds=ALL_SECONDS,
        )
        status, said = answer.status, answer.body.decode("utf-8", "replace")
    except FetchError as error:
        status, said = 0, str(error)
    _note(webhook, message, status, said.replace("\x00", ""), time.monotonic() - began)
    return 200 <= status < 300


def signed(webhook: Webhook, message: Message) -> dict[str, str]:
    """The headers of Standard Webhooks; two signatures while the secret changes over."""
    secrets = unseal(webhook.sealed)
    at = clock.wall()
    keys = [secrets["now"]]
    if "before" in secrets and webhook.before_until and now() < webhook.before_until:
        keys.append(secrets["before"])
    signatures = [Signer(key).sign(str(message.id), at, message.body) for key in keys]
    return {
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@transaction.atomic
def _note(webhook: Webhook, message: Message, status: int, said: str, seconds: float) -> None:
    at = now()
    row = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if row is None:
        return
    Try.objects.create(
        message=message, at=at, ms=int(seconds * 1_000), status=status, answer=said[:1_000]
    )
    taken = 200 <= status < 300
    message.tries += 1
    if taken:
        message.state, row.failing_since = "delivered", None
    else:
        again = rules.next_try(at, message.tries)
        message.state = "waiting" if again else "failed"
        message.next_at = again or message.next_at
        row.failing_since = row.failing_since or at
        if status == _GONE or at - row.failing_since >= rules.FAILING_FOR:
            row.state = "disabled"
            append(
                DISABLED,
                {
                    "webhook_id": str(row.id),
                    "account_id": str(row.account_id),
                    "shop_id": str(row.shop_id) if row.shop_id else None,
                    "url": row.url,
                },
            )
    message.save(update_fields=["state", "tries", "next_at"])
    row.save(update_fields=["state", "failing_since"])


#: How often it is looked for what is to be forgotten.
FORGET_EVERY: Final = timedelta(hours=1)
#: Messages that go at a time.
MOST_FORGOTTEN: Final = 5_000


class Forget:
    """A duty: old messages and answers go, and so do tokens that serve no more."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None

    def __call__(self) -> datetime | None:
        """Delete what is due; when it next wants to be asked."""
        at = now()
        last = self._looked_at
        if last is not None and last <= at < last + FORGET_EVERY:
            return last + FORGET_EVERY
        clear_expired()
        if do_forget_messages() < MOST_FORGOTTEN:
            self._looked_at = at
            return at + FORGET_EVERY
        return at


def do_forget_messages() -> int:
    """A batch of what is older than ``YELLOWCART_WEBHOOK_LOG_DAYS``, unless it still waits; how
    many went."""
    before = now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    old = Message.objects.filter(created_at__lt=before).exclude(state="waiting")
    ids = list(old.values_list("id", flat=True)[:MOST_FORGOTTEN])
    Message.objects.filter(id__in=ids).delete()
    return len(ids)
