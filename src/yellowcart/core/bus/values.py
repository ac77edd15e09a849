"""What every bus agrees on."""

from collections.abc import Callable
from typing import Final, Protocol

#: PostgreSQL's limit is 8000 bytes; no bus carries more, so that none can be told by it.
MAX_PAYLOAD: Final = 7_900

Handler = Callable[[str], None]
#: Channel and payload.
Message = tuple[str, str]


class LostError(ConnectionError):
    """The bus can't be reached, or no longer. Its words hold no secret."""


class Link(Protocol):
    """A connection that sends. Every call raises :class:`LostError` where it is lost."""

    async def send(self, message: Message) -> None:
        """Send a message; it has left this process when this returns."""

    async def close(self) -> None:
        """Hang up, whatever state it is in."""


def check_size(payload: str) -> None:
    """Refuse what not every bus carries."""
    if len(payload.encode()) > MAX_PAYLOAD:
        raise ValueError(f"a bus message holds at most {MAX_PAYLOAD} bytes; send a reference")
