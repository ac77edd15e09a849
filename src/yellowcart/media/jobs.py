"""What is tried again until it is done: telling media servers, and making replays."""

from uuid import UUID

from yellowcart.core.jobs import job
from yellowcart.media import choice, replays
from yellowcart.media.models import Broadcast, StreamKey

DROP = "media.drop"
FORGET = "media.forget_key"
AIR = "media.on_air"
REPLAY = "media.replay"


@job(DROP)
def drop(broadcast: str) -> None:
    """End a publisher's connection; its broadcast has ended here."""
    found = Broadcast.objects.filter(id=UUID(broadcast)).first()
    if found is not None:
        choice.named(found.server).drop(found)


@job(FORGET)
def forget_key(key: str, server: str) -> None:
    """Have the server forget a key that was revoked."""
    found = StreamKey.objects.filter(id=UUID(key)).first()
    if found is not None:
        choice.named(server).forget_key(found)


@job(AIR)
def on_air(broadcast: str) -> None:
    """A public room has pictures: have the server begin what it must be told to begin."""
    found = Broadcast.objects.filter(id=UUID(broadcast), state="live").first()
    if found is not None:
        choice.named(found.server).on_air(found)


@job(REPLAY)
def make_replay(room: str) -> None:
    """Make a room's replay, or cut it again."""
    replays.do_make_replay(UUID(room))
