"""The sockets of the video process, bound by the supervisor so that they outlive a restart."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import ifaddr

RTMP_PORT: Final = 1935
UDP_PORT: Final = 8189
#: Where the wanted port is taken, so many after it are tried before any free one.
_TRIES: Final = 20


@dataclass(frozen=True)
class MediaSockets:
    """Loopback HTTP for the edge, RTMP for OBS, one UDP port for all WebRTC."""

    http: socket.socket
    rtmp: socket.socket
    udp: socket.socket

    @property
    def filenos(self) -> tuple[int, int, int]:
        """For the process that inherits them."""
        return self.http.fileno(), self.rtmp.fileno(), self.udp.fileno()

    @property
    def url(self) -> str:
        """Where the edge reaches the process."""
        return f"http://127.0.0.1:{self.http.getsockname()[1]}"

    @property
    def rtmp_port(self) -> int:
        """Where OBS sends to."""
        port: int = self.rtmp.getsockname()[1]
        return port

    @property
    def udp_port(self) -> int:
        """What a firewall must let in."""
        port: int = self.udp.getsockname()[1]
        return port


def bind_media(host: str) -> MediaSockets:
    """Bind them: RTMP where the site listens, UDP on every interface, HTTP on loopback.

    A browser never sends media to its own loopback interface, so UDP does not follow ``host``;
    only checks signed with a session's password are answered there.
    """
    http = _stream("127.0.0.1", 0)
    return MediaSockets(http, _first(host), _datagrams())


def _wanted(name: str, default: int) -> Iterator[int]:
    """Ports to try: the one that was set and no other, else the usual one and those after it."""
    chosen = os.environ.get(name)
    if chosen:
        yield int(chosen)
        return
    yield from range(default, default + _TRIES)
    yield 0


def _stream(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def _first(host: str) -> socket.socket:
    error: OSError | None = None
    for port in _wanted("YELLOWCART_MEDIA_RTMP_PORT", RTMP_PORT):
        try:
            return _stream(host, port)
        except OSError as refused:
            error = refused
    raise OSError(f"cannot listen for RTMP: {error}; set YELLOWCART_MEDIA_RTMP_PORT")


def _datagrams() -> socket.socket:
    error: OSError | None = None
    for port in _wanted("YELLOWCART_MEDIA_UDP_PORT", UDP_PORT):
        for family, everywhere in ((socket.AF_INET6, "::"), (socket.AF_INET, "0.0.0.0")):  # noqa: S104  see bind_media
            try:
                sock = socket.socket(family, socket.SOCK_DGRAM)
            except OSError as refused:
                error = refused
                continue
            try:
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                sock.bind((everywhere, port))
            except OSError as refused:
                error = refused
                sock.close()
                continue
            return sock
    raise OSError(f"cannot listen for WebRTC: {error}; set YELLOWCART_MEDIA_UDP_PORT")


def addresses(sock: socket.socket) -> list[str]:
    """What browsers are told to send to: ``YELLOWCART_MEDIA_ADDRESS``, else our own interfaces."""
    chosen = os.environ.get("YELLOWCART_MEDIA_ADDRESS", "")
    if chosen:
        return [str(ipaddress.ip_address(each.strip())) for each in chosen.split(",")]
    found: list[str] = []
    for adapter in ifaddr.get_adapters():
        for each in adapter.ips:
            text = each.ip if isinstance(each.ip, str) else each.ip[0]
            address = ipaddress.ip_address(text)
            if address.is_loopback or address.is_link_local:
                continue
            if address.version == 4 or sock.family == socket.AF_INET6:
                found.append(str(address))
    # The older protocol first: it is the one that more networks let through.
    found.sort(key=lambda text: ":" in text)
    return found or ["127.0.0.1"]
