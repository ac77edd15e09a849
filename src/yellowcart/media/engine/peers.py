"""WebRTC peers on one UDP port: ICE-lite (RFC 8445), DTLS, SRTP.

All peers share one socket, so one open port is all that a firewall or NAT must know. As the lite
side we offer our addresses and answer the browser's checks: who sends one that is signed with the
session's password is the peer, wherever it sends from, so that a phone may change its network.
"""

import logging
import secrets
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Final

import pylibsrtp
from aioice import stun
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint

from yellowcart.media.engine import limits
from yellowcart.media.engine.dtls import Dtls
from yellowcart.media.engine.rtcp import is_rtcp

log = logging.getLogger(__name__)

#: As the socket gives it: host, port and, over IPv6, two more.
Address = tuple[Any, ...]

#: Datagrams read before others get a turn.
_BATCH: Final = 64
_BUFFER: Final = 4 << 20


class Peer:
    """One session: its credentials, where the other side is, its keys.

    ``rtp`` and ``rtcp`` get what arrives, decrypted; ``opened`` is called when the keys are there
    and ``closed`` once, with why, unless we closed it ourselves.
    """

    def __init__(
        self,
        port: "UdpPort",
        fingerprints: list[RTCDtlsFingerprint],
        *,
        remote: tuple[str, str],
        active: bool = False,
    ) -> None:
        self.ufrag = secrets.token_hex(6)
        self.password = secrets.token_hex(16)
        self.remote_ufrag, self.remote_password = remote
        self.address: Address | None = None
        self.heard = time.monotonic()
        self.began = self.heard
        #: Round trip, in milliseconds; None where not known yet.
        self.rtt_ms: float | None = None
        self.sent_bytes = 0
        #: What the socket would not take.
        self.refused = 0
        self.rtp: Callable[[bytes], None] = _nothing
        self.rtcp: Callable[[bytes], None] = _nothing
        self.opened: Callable[[], None] = lambda: None
        self.closed: Callable[[str], None] = _nothing
        self._port = port
        self._active = active
        self._started = self._over = False
        self._ping: tuple[bytes, float] | None = None
        self._dtls = Dtls(
            port.certificate,
            fingerprints,
            server=not active,
            send=self._send,
            opened=self._keyed,
            closed=self.end,
        )

    @property
    def connected(self) -> bool:
        """Whether media can be sent."""
        return self._dtls.tx is not None and not self._over

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over

    def found(self, address: Address) -> None:
        """The other side proved that it is here."""
        self.heard = time.monotonic()
        if address != self.address:
            self._port.moved(self, address)
        if not self._started:
            self._started = True
            self._dtls.start()

    def received(self, data: bytes) -> None:
        """A datagram from the peer's address: DTLS, SRTP or SRTCP (RFC 7983)."""
        first = data[0]
        if 128 <= first < 192:
            session = self._dtls.rx
            if session is None or self._over:
                return
            try:
                if is_rtcp(data):
                    plain = session.unprotect_rtcp(data)
                    self.heard = time.monotonic()
                    self.rtcp(plain)
                else:
                    plain = session.unprotect(data)
                    self.heard = time.monotonic()
                    self.rtp(plain)
            except (pylibsrtp.Error, ValueError):
                return
        elif 20 <= first < 64 and self._started:
            self._dtls.receive(data)

    def send_rtp(self, packet: bytes) -> bool:
        """Encrypt and send; False where the socket is full, which counts as loss on the way."""
        session = self._dtls.tx
        if session is None or self._over:
            return False
        return self._send(session.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send."""
        session = self._dtls.tx
        if session is not None and not self._over:
            self._send(session.protect_rtcp(packet))

    def ping(self) -> None:
        """Ask for a sign of life, and so for the round trip."""
        if self.address is None or self._over:
            return
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.remote_ufrag}:{self.ufrag}"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLED"] = secrets.randbits(63)
        request.add_message_integrity(self.remote_password.encode())
        self._ping = (request.transaction_id, time.monotonic())
        self._send(bytes(request))

    def answered(self, transaction_id: bytes) -> None:
        """The answer to :meth:`ping`."""
        if self._ping is not None and self._ping[0] == transaction_id:
            self.rtt_ms = (time.monotonic() - self._ping[1]) * 1_000
            self._ping = None

    def _keyed(self) -> None:
        self.opened()

    def close(self) -> None:
        """End it from our side."""
        if not self._over:
            self._dtls.close()
            self._over = True
            self._port.forget(self)

    def end(self, why: str) -> None:
        """It ended by itself."""
        if not self._over:
            self.close()
            self.closed(why)

    def _send(self, data: bytes) -> bool:
        if self.address is None:
            return False
        self.sent_bytes += len(data)
        if self._port.send(data, self.address):
            return True
        self.refused += 1
        return False


class UdpPort:
    """The socket that all peers share."""

    def __init__(self, sock: socket.socket) -> None:
        self.certificate: RTCCertificate = RTCCertificate.generateCertificate()
        self._socket = sock
        sock.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        self._by_ufrag: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}

    @property
    def number(self) -> int:
        """The port's number."""
        number: int = self._socket.getsockname()[1]
        return number

    @property
    def fileno(self) -> int:
        """To wait for datagrams on."""
        return self._socket.fileno()

    @property
    def peers(self) -> list[Peer]:
        """All sessions that have not ended."""
        return list(self._by_ufrag.values())

    def full(self) -> bool:
        """Whether another session is one too many."""
        waiting = sum(not peer.connected for peer in self._by_ufrag.values())
        return len(self._by_ufrag) >= limits.MOST_VIEWERS or waiting >= limits.MOST_HANDSHAKES

    def open(
        self, fingerprints: list[RTCDtlsFingerprint], remote: tuple[str, str], *, active: bool
    ) -> Peer:
        """A session that waits for its other side."""
        peer = Peer(self, fingerprints, remote=remote, active=active)
        self._by_ufrag[peer.ufrag] = peer
        return peer

    def moved(self, peer: Peer, address: Address) -> None:
        """A peer sends from another address now."""
        if peer.address is not None:
            self._by_address.pop(peer.address, None)
        peer.address = address
        self._by_address[address] = peer

    def forget(self, peer: Peer) -> None:
        """A session ended."""
        self._by_ufrag.pop(peer.ufrag, None)
        if peer.address is not None and self._by_address.get(peer.address) is peer:
            del self._by_address[peer.address]

    def send(self, data: bytes, address: Address) -> bool:
        """Send now or not at all: what waits would only come too late, and cost memory."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            return False
        return True

    def readable(self) -> None:
        """Datagrams are waiting."""
        for _ in range(_BATCH):
            try:
                data, address = self._socket.recvfrom(2_048)
            except BlockingIOError:
                return
            except OSError:
                continue  # what an earlier datagram met on its way
            if not data:
                continue
            if data[0] < 4:
                self._stun(data, address)
            elif (peer := self._by_address.get(address)) is not None:
                peer.received(data)

    def look(self) -> None:
        """End sessions that never began or went silent."""
        now = time.monotonic()
        for peer in self.peers:
            if not peer.connected:
                if now - peer.began > limits.CONNECT_SECONDS:
                    peer.end("never connected")
            elif now - peer.heard > limits.SILENT_SECONDS:
                peer.end("silent")

    def close(self) -> None:
        """End every session."""
        for peer in self.peers:
            peer.end("the server stops")
        self._socket.close()

    def _stun(self, data: bytes, address: Address) -> None:
        try:
            message = stun.parse_message(data)
        except (ValueError, struct.error, IndexError):
            return
        if message.message_method is not stun.Method.BINDING:
            return
        if message.message_class is stun.Class.RESPONSE:
            peer = self._by_address.get(address)
            if peer is not None and message.check_message_integrity(peer.remote_password.encode()):
                peer.answered(message.transaction_id)
            return
        if message.message_class is not stun.Class.REQUEST:
            return
        ours, _colon, theirs = str(message.attributes.get("USERNAME", "")).partition(":")
        peer = self._by_ufrag.get(ours)
        if peer is None or theirs != peer.remote_ufrag:
            return
        key = peer.password.encode()
        if not message.check_message_integrity(key):
            return
        answer = stun.Message(
            stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=message.transaction_id
        )
        answer.attributes["XOR-MAPPED-ADDRESS"] = (_plain(address[0]), address[1])
        answer.add_message_integrity(key)
        self.send(bytes(answer), address)
        # The controlling side tries several pairs and names the one it takes.
        if peer.address is None or "USE-CANDIDATE" in message.attributes:
            peer.found(address)
        elif peer.address == address:
            peer.heard = time.monotonic()


def _plain(host: str) -> str:
    return host.removeprefix("::ffff:")


def _nothing(_given: object) -> None:
    return
