"""Which media server this installation uses."""

from typing import Final

from django.conf import settings

from yellowcart.media.servers.embedded import Embedded
from yellowcart.media.servers.livekit import LiveKit
from yellowcart.media.servers.mediamtx import MediaMTX
from yellowcart.media.servers.port import MediaServer
from yellowcart.media.servers.srs import SRS

SERVERS: Final[dict[str, MediaServer]] = {
    made.kind: made for made in (Embedded(), SRS(), MediaMTX(), LiveKit())
}


def named(kind: str) -> MediaServer:
    """A server by its kind."""
    try:
        return SERVERS[kind]
    except KeyError as error:
        raise ValueError(f"{kind!r} is none of the media servers: {', '.join(SERVERS)}") from error


def server() -> MediaServer:
    """The one that ``YELLOWCART_MEDIA_SERVER`` names."""
    return named(settings.MEDIA_SERVER)
