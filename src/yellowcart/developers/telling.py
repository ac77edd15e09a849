"""What happened becomes messages, one for each webhook that may hear of it.

Heard in the relay's transaction, so that each event becomes each message once; nothing is sent
here.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from yellowcart.core.models import PLATFORM
from yellowcart.core.outbox import Event
from yellowcart.developers import rules
from yellowcart.developers.hooks import body_of
from yellowcart.developers.models import Message, Webhook
from yellowcart.people import queries as people
from yellowcart.shops import queries as shops


def on_events(events: Sequence[Event]) -> None:
    """Write the messages of a batch."""
    told = [event for event in events if event.topic in rules.OF_TOPIC]
    if not told:
        return
    listening = Webhook.objects.filter(
        Q(shop_id__in={event.shop_id for event in told}) | Q(installation=True), state="on"
    ).select_related("application", "account")
    messages = [message for webhook in listening for message in _messages(webhook, told)]
    # A repeated event meets the message it made before.
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=500)


def _messages(webhook: Webhook, events: Sequence[Event]) -> Iterator[Message]:
    chosen = set(webhook.events.split())
    held = set(webhook.application.scopes.split())
    wanted = [
        event
        for event in events
        if (name := rules.OF_TOPIC[event.topic]) in chosen
        and rules.EVENTS[name][1] in held
        and (webhook.installation or event.shop_id == webhook.shop_id)
    ]
    if not wanted or not _may_hear(webhook):
        return
    for event in wanted:
        name = rules.OF_TOPIC[event.topic]
        shop_id = event.shop_id if event.shop_id != PLATFORM else None
        yield Message(
            webhook=webhook,
            event_id=event.id,
            type=name,
            body=body_of(name, event.at, event.payload, shop_id),
        )


def _may_hear(webhook: Webhook) -> bool:
    """Whether who made the webhook still has the role that it hears by."""
    account = webhook.account
    if not account.is_active or account.blocked_at is not None:
        return False
    if webhook.shop_id is None:
        return people.is_operator(account)
    return shops.role_in(account, webhook.shop_id) is not None
