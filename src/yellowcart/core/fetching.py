"""The one way to call an address that somebody typed: public addresses only, bounded in time and
size, redirects few.

A name is resolved once, every address it has must be public, and the connection goes to one of
those very addresses, so that a name that changes its mind between the check and the call
(DNS rebinding) gains nothing. ``YELLOWCART_FETCH_ALLOW`` names the private hosts, networks and
ports that an operator permits, such as a shop server in the same building.
"""

import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

#: Seconds for a whole exchange, and for each wait in it.
ALL_SECONDS: Final = 20.0
WAIT_SECONDS: Final = 8.0
#: Bytes of an answer.
MOST_BYTES: Final = 8 * 1024 * 1024
MOST_REDIRECTS: Final = 3

#: A query: by name, or in an order of its own.
Params = Mapping[str, str] | tuple[tuple[str, str], ...]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# They carry an IPv4 address that a translator on the way would go to.
_TRANSLATED: Final = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("2001::/32"),
)
_WORDS: Final = {
    "address_refused": _("This address may not be called from here: %(why)s"),
    "unreachable": _("%(host)s can't be reached: %(why)s"),
    "too_slow": _("%(host)s took too long to answer."),
    "too_large": _("The answer of %(host)s is too large."),
    "moved": _("%(host)s sent us elsewhere. Enter the address it moved to."),
}


class FetchError(Problem):
    """A call that did not come to an answer. ``code`` is one of ``address_refused``,
    ``unreachable``, ``too_slow``, ``too_large`` and ``moved``. ``unsent``: it can't have arrived,
    for no connection was made."""

    def __init__(self, code: str, host: str, why: str = "", *, unsent: bool = False) -> None:
        status = 422 if code == "address_refused" else 502
        super().__init__(code, status, _WORDS[code], params={"host": host, "why": why})
        self.unsent = unsent or code == "address_refused"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One thing of ``YELLOWCART_FETCH_ALLOW``: a network or a host name, and perhaps one port."""

    network: _Network | None
    host: str
    port: int | None

    @classmethod
    def of(cls, word: str) -> "Allowed":
        """From ``10.1.2.3``, ``10.1.0.0/16``, ``shop.lan``, ``127.0.0.1:9000`` or ``[::1]:80``."""
        parts = urlsplit(f"//{word}") if "/" not in word else None
        try:
            host = (parts.hostname or "") if parts else word
            port = parts.port if parts else None
        except ValueError as error:
            raise ValueError(f"YELLOWCART_FETCH_ALLOW: {word} names no host and port") from error
        try:
            return cls(ipaddress.ip_network(host, strict=False), "", port)
        except ValueError:
            return cls(None, host.lower(), port)

    def covers(self, host: str, port: int, address: _Address | None) -> bool:
        """Whether this permits the host or the address on that port."""
        if self.port not in (None, port):
            return False
        if self.network is None:
            return self.host == host
        return (
            address is not None
            and address.version == self.network.version
            and address in self.network
        )


def is_public(address: _Address) -> bool:
    """Whether an address belongs to the public internet, and none is hidden in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers by lower-case name, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = ""

    @property
    def fine(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The body as JSON; ``ValueError`` where it is none."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise ValueError("the answer is no JSON") from error


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Params | None = None,
    content: bytes | None = None,
    redirects: int = 0,
    most_bytes: int = MOST_BYTES,
    all_seconds: float = ALL_SECONDS,
) -> Answer:
    """Make one HTTP call and read its answer, whatever its status. :class:`FetchError` otherwise.

    A call that may be redirected (``redirects`` times at most) must be without secrets: its
    headers go along wherever it is sent.
    """
    request = _request(method, url, headers=headers, params=params, content=content)
    deadline = time.monotonic() + all_seconds
    for _hop in range(redirects + 1):
        answer = _exchange(request, most_bytes, deadline)
        if answer.status not in {301, 302, 303, 307, 308} or "location" not in answer.headers:
            return answer
        if method not in {"GET", "HEAD"}:
            break
        request = _request(
            method, urljoin(str(request.url), answer.headers["location"]), headers=headers
        )
    raise FetchError("moved", request.url.host)


def _request(method: str, url: str, **parts: Any) -> httpx.Request:
    try:
        return httpx.Request(method, url, **parts)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("address_refused", url[:200], str(_("it is no web address"))) from error


def _exchange(request: httpx.Request, most_bytes: int, deadline: float) -> Answer:
    host = request.url.host
    if request.url.scheme not in {"http", "https"} or not host:
        raise FetchError("address_refused", host, str(_("it must begin with https://")))
    try:
        with _Pool(deadline, request.url.scheme == "https") as pool:
            answer = pool.handle_request(_plain(request))
            try:
                headers = _headers(answer.headers)
                if headers.get("content-encoding", "identity") != "identity":
                    raise FetchError("unreachable", host, str(_("it packs answers unasked")))
                return Answer(
                    status=answer.status,
                    headers=headers,
                    body=_body(answer, host, most_bytes),
                    url=str(request.url),
                )
            finally:
                answer.close()
    except httpcore.TimeoutException as error:
        unsent = isinstance(error, httpcore.ConnectTimeout | httpcore.PoolTimeout)
        raise FetchError("too_slow", host, unsent=unsent) from error
    except httpcore.ConnectError as error:
        raise FetchError("unreachable", host, str(error), unsent=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise FetchError("unreachable", host, _why(error)) from error


def _why(error: Exception) -> str:
    # What people meet most, in their words; anything else as the system says it.
    if f"[Errno {errno.ECONNREFUSED}]" in str(error):
        return str(_("nothing answers there"))
    return str(error) or type(error).__name__


def _plain(request: httpx.Request) -> httpcore.Request:
    request.headers.setdefault("User-Agent", "Yellowcart")
    # Nothing small may unfold into something huge.
    request.headers["Accept-Encoding"] = "identity"
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=request.read(),
        extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), WAIT_SECONDS)},
    )


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _body(answer: httpcore.Response, host: str, most_bytes: int) -> bytes:
    data = bytearray()
    for chunk in answer.iter_stream():
        data += chunk
        if len(data) > most_bytes:
            raise FetchError("too_large", host)
    return bytes(data)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Pool(httpcore.ConnectionPool):
    """Connections of one call, to checked addresses only."""

    def __init__(self, deadline: float, secure: bool) -> None:
        super().__init__(ssl_context=_tls(), network_backend=_Guard(deadline, secure), retries=0)


class _Guard(httpcore.NetworkBackend):
    """Opens a connection to an address that was looked at first."""

    def __init__(self, deadline: float, secure: bool) -> None:
        self._deadline, self._secure = deadline, secure
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in checked_addresses(host, port, secure=self._secure):
            try:
                stream = self._real.connect_tcp(
                    str(address),
                    port,
                    timeout=_left(self._deadline, timeout, httpcore.ConnectTimeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError("no address")


class _Stream(httpcore.NetworkStream):
    """A connection whose waits end with the exchange: a byte now and then keeps nobody here."""

    def __init__(self, real: httpcore.NetworkStream, deadline: float) -> None:
        self._real, self._deadline = real, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, _left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, _left(self._deadline, timeout, httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _Stream(self._real.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._real.close()

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)


def _left(deadline: float, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    """Seconds that one wait may last."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late
    return min(left, timeout or WAIT_SECONDS)


def checked_addresses(host: str, port: int, *, secure: bool = True) -> list[_Address]:
    """The addresses of a host, each of which may be called on that port.

    One that may not refuses them all: a name that is both public and private is up to something.
    In the clear (not ``secure``) only what ``YELLOWCART_FETCH_ALLOW`` names may be called.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchError("unreachable", host, str(_("no such name")), unsent=True) from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0])) for one in found))
    for address in addresses:
        if any(one.covers(host.lower(), port, address) for one in _allowances()):
            continue
        if not is_public(address):
            raise FetchError(
                "address_refused", host, str(_("it is not on the public internet (%s)")) % address
            )
        if not secure:
            raise FetchError("address_refused", host, str(_("it must begin with https://")))
    return addresses


def _allowances() -> list[Allowed]:
    return [Allowed.of(word) for word in settings.FETCH_ALLOW]
