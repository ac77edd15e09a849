"""The creator's side of going live: keys with the addresses to use them at."""

from uuid import UUID

from django.conf import settings

from yellowcart.media import actions, choice, problems
from yellowcart.media.models import StreamKey
from yellowcart.media.servers.http import ServerSilentError
from yellowcart.media.servers.port import PublishPoint
from yellowcart.people.models import Account


def make_key(
    actor: Account, room_id: UUID, *, purpose: str
) -> tuple[StreamKey, list[PublishPoint]]:
    """A new key of a room and where it publishes: the only time its secret is seen.

    No transaction is open while the media server is asked; where it does not answer the key is
    revoked again. Problems: ``media_off``, those of ``do_make_stream_key``, and
    ``media_server_silent``.
    """
    if settings.MEDIA_OFF:
        raise problems.media_off()
    key, secret = actions.do_make_stream_key(actor, room_id, purpose=purpose)
    try:
        points = choice.server().publish_points(key, secret)
    except ServerSilentError as error:
        actions.do_revoke_stream_key(actor, key.id)
        raise problems.media_server_silent() from error
    if key.server_ref:
        actions.do_note_server_ref(key.id, key.server_ref)
    return key, points
