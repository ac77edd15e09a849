"""The bus over NATS: for more than one machine, and where NOTIFY's lock is felt.

Plain publish and subscribe: a hint that nobody hears is worth nothing later, so nothing is kept.
The library's own reconnecting is off: it hides the gap, and a listener has to look up what it
missed in it.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from yellowcart.core.bus.values import LostError, Message

if TYPE_CHECKING:
    from nats.aio.client import Client

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 5
CLOSE_SECONDS: Final = 1.0
#: A server that answers no ping for two of these is gone.
PING_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where NATS is, who we are there, and under which subject we talk."""

    servers: tuple[str, ...]
    subject: str
    tls: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def shown(self) -> str:
        """The servers without any secret."""
        return ", ".join(self.servers)


def address() -> Address | None:
    """What the settings say; None where the bus is PostgreSQL's."""
    if not settings.BUS:
        return None
    return parse(
        settings.BUS,
        settings.BUS_SUBJECT,
        ca=settings.BUS_CA,
        cert=settings.BUS_CERT,
        key=settings.BUS_KEY,
    )


@lru_cache(maxsize=8)
def parse(url: str, subject: str, *, ca: str = "", cert: str = "", key: str = "") -> Address:
    """An address from one or several URLs, by comma. The first that names somebody says who.

    A user without a password is a token. :class:`ValueError` for what is no address; its words
    hold no secret.
    """
    parts = [urlsplit(each.strip()) for each in url.split(",") if each.strip()]
    if not parts or any(p.scheme not in {"nats", "tls"} or not p.hostname for p in parts):
        raise ValueError("YELLOWCART_BUS takes nats:// or tls:// URLs, separated by commas")
    if not all(word.isascii() and word.replace("-", "").isalnum() for word in subject.split(".")):
        raise ValueError("YELLOWCART_BUS_SUBJECT takes words of letters and digits, with dots")
    named = next((part for part in parts if part.username), None)
    return Address(
        servers=tuple(f"{p.scheme}://{_host(p.hostname)}:{p.port or 4222}" for p in parts),
        subject=subject,
        tls=bool(ca or cert) or any(part.scheme == "tls" for part in parts),
        user=unquote(named.username or "") if named else "",
        password=unquote(named.password or "") if named else "",
        ca=ca,
        cert=cert,
        key=key,
    )


class Line:
    """A connection. ``ended`` is set when it is lost, or when the library dropped messages."""

    def __init__(self, client: "Client", ended: asyncio.Event) -> None:
        self.client = client
        self.ended = ended

    async def flush(self) -> None:
        """Wait until the server has what was sent."""
        # By itself the library would go on waiting for an answer from a connection that is lost.
        flushing = asyncio.ensure_future(self.client.flush(timeout=CONNECT_SECONDS))
        ending = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait({flushing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not flushing.done():
                raise LostError("the connection to NATS has ended")
            flushing.result()
        finally:
            flushing.cancel()
            ending.cancel()

    async def close(self) -> None:
        """Hang up. A server that is gone, or an end of TLS that waits, does not hold us up."""
        with _quiet():
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.client.close()


class Link:
    """A connection that publishes."""

    def __init__(self, line: Line, subject: str) -> None:
        self._line = line
        self._subject = subject

    @classmethod
    async def open(cls, where: Address) -> "Link":
        """Connect."""
        return cls(await _connect(where), where.subject)

    async def send(self, message: Message) -> None:
        """Publish, and wait until the server has it."""
        channel, payload = message
        with _lost():
            await self._line.client.publish(f"{self._subject}.{channel}", payload.encode())
            await self._line.flush()

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()


@asynccontextmanager
async def listening(where: Address, channels: list[str]) -> AsyncIterator[AsyncIterator[Message]]:
    """Messages as they come, until the connection is lost."""
    queue: asyncio.Queue[Message | None] = asyncio.Queue()
    line = await _connect(where)
    telling = asyncio.create_task(_tell_end(line, queue))
    try:
        with _lost():
            for channel in channels:
                await line.client.subscribe(
                    f"{where.subject}.{channel}", cb=_putter(queue, channel)
                )
            # Whoever publishes from here on is heard.
            await line.flush()
        yield _messages(queue)
    finally:
        telling.cancel()
        await line.close()


async def _tell_end(line: Line, queue: asyncio.Queue[Message | None]) -> None:
    await line.ended.wait()
    queue.put_nowait(None)


async def _messages(queue: asyncio.Queue[Message | None]) -> AsyncIterator[Message]:
    while (message := await queue.get()) is not None:
        yield message
    raise LostError("the connection to NATS has ended")


def _putter(queue: asyncio.Queue[Message | None], channel: str) -> Callable[[Any], Any]:
    async def put(message: Any) -> None:
        queue.put_nowait((channel, message.data.decode(errors="replace")))

    return put


async def _connect(where: Address) -> Line:
    # The library is loaded where a bus wants it: most installations never do.
    from nats.aio.client import Client
    from nats.errors import NoServersError, SlowConsumerError

    client = Client()
    line = Line(client, asyncio.Event())
    refused: list[Exception] = []

    async def on_error(error: Exception) -> None:
        if not client.is_connected:
            refused.append(error)
            return
        log.warning("NATS reports an error", extra={"why": str(error)})
        if isinstance(error, SlowConsumerError):
            line.ended.set()

    async def on_closed() -> None:
        line.ended.set()

    def guarded(secret: str) -> Callable[[], str]:
        def give() -> str:
            _check_tls(client, where)
            return secret

        return give

    who: dict[str, Any] = {}
    if where.password:
        who = {"user": guarded(where.user), "password": guarded(where.password)}
    elif where.user:
        who = {"token": guarded(where.user)}
    with _lost():
        try:
            await client.connect(
                list(where.servers),
                name="yellowcart",
                error_cb=on_error,
                closed_cb=on_closed,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=CONNECT_SECONDS,
                ping_interval=PING_SECONDS,
                tls=_context(where) if where.tls else None,
                **who,
            )
            _check_tls(client, where)
        except NoServersError:
            raise (refused or [NoServersError()])[-1] from None
        except BaseException:
            await line.close()
            raise
    return line


def _check_tls(client: "Client", where: Address) -> None:
    # The library goes on in plain text, password and all, where a server asks for no TLS.
    if where.tls and not client._server_info.get("tls_required"):
        raise LostError("the server at the address of the bus does not ask for TLS")


def _context(where: Address) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=where.ca or None)
    if where.cert:
        context.load_cert_chain(where.cert, where.key or None)
    return context


def _host(name: str | None) -> str:
    return f"[{name}]" if name and ":" in name else name or ""


@contextmanager
def _lost() -> Iterator[None]:
    from nats.errors import Error

    try:
        yield
    except LostError:
        raise
    except Error as error:
        # Its words are the server's, or name the error; they hold no secret.
        raise LostError(str(error) or type(error).__name__) from error
    except OSError as error:
        raise LostError(type(error).__name__) from error


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        log.debug("a connection to NATS did not close well", extra={"why": type(error).__name__})
