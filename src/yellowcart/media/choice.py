"""Which media server this installation uses."""

from functools import lru_cache

from django.conf import settings

from yellowcart.media.servers.embedded import Embedded
from yellowcart.media.servers.port import MediaServer


@lru_cache(maxsize=1)
def _made(kind: str) -> MediaServer:
    if kind == "embedded":
        return Embedded()
    raise ValueError(f"YELLOWCART_MEDIA_SERVER={kind} is none of: embedded")


def server() -> MediaServer:
    """The one that ``YELLOWCART_MEDIA_SERVER`` names."""
    return _made(settings.MEDIA_SERVER)
