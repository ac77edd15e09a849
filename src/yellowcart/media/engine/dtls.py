"""The key exchange of WebRTC (DTLS-SRTP, RFC 5764): OpenSSL's handshake, libsrtp's keys.

The library that brings them (aiortc) has a transport of its own, which awaits every packet; this
one is called with packets and calls back, so that forwarding needs no task a viewer.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from aiortc.rtcdtlstransport import (
    SRTP_PROFILES,
    RTCCertificate,
    RTCDtlsFingerprint,
    SRTPProtectionProfile,
    certificate_digest,
)
from OpenSSL import SSL
from pylibsrtp import Policy, Session

#: Largest datagram we send of a handshake.
_DATAGRAM: Final = 1_200
#: Hashes that a fingerprint may be made with.
_HASHES: Final = {"sha-256", "sha-384", "sha-512"}


class Dtls:
    """One handshake, and the two SRTP sessions that come out of it.

    ``opened`` is called once; ``closed`` when the other side ends it or the handshake fails.
    """

    def __init__(
        self,
        certificate: RTCCertificate,
        fingerprints: list[RTCDtlsFingerprint],
        *,
        server: bool,
        send: Callable[[bytes], object],
        opened: Callable[[], None],
        closed: Callable[[str], None],
    ) -> None:
        self._ssl = SSL.Connection(certificate._create_ssl_context(SRTP_PROFILES))
        self._server = server
        self._fingerprints = fingerprints
        self._send, self._opened, self._closed = send, opened, closed
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self.rx: Session | None = None
        self.tx: Session | None = None

    def start(self) -> None:
        """Begin; the client speaks first."""
        if self._server:
            self._ssl.set_accept_state()
        else:
            self._ssl.set_connect_state()
        self._step()

    def receive(self, data: bytes) -> None:
        """A datagram of the other side."""
        if self._ended:
            return
        self._ssl.bio_write(data)
        if self.tx is None:
            self._step()
            return
        try:
            self._ssl.recv(1_500)
        except SSL.ZeroReturnError:
            self._end("closed by the other side")
        except SSL.Error:
            pass
        self._flush()

    def close(self) -> None:
        """Say goodbye, once."""
        if self._ended:
            return
        self._ended = True
        self._stop_timer()
        try:
            self._ssl.shutdown()
        except SSL.Error:
            return
        self._flush()

    def _step(self) -> None:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush()
            self._set_timer()
            return
        except SSL.Error:
            self._flush()
            self._end("the handshake failed")
            return
        self._flush()
        self._stop_timer()
        if not self._is_who_the_offer_named():
            self._end("the certificate is not the offer's")
            return
        self._take_keys()

    def _is_who_the_offer_named(self) -> bool:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        known = [f for f in self._fingerprints if f.algorithm.lower() in _HASHES]
        return (
            certificate is not None
            and bool(known)
            and all(
                certificate_digest(certificate, f.algorithm.lower()) == f.value.upper()
                for f in known
            )
        )

    def _take_keys(self) -> None:
        name = self._ssl.get_selected_srtp_profile()
        profile = next((p for p in SRTP_PROFILES if p.openssl_profile == name), None)
        if profile is None:
            self._end("no common SRTP profile")
            return
        keys = self._ssl.export_keying_material(
            b"EXTRACTOR-dtls_srtp", 2 * (profile.key_length + profile.salt_length)
        )
        mine, theirs = (1, 0) if self._server else (0, 1)
        self.tx = _session(profile, keys, mine, Policy.SSRC_ANY_OUTBOUND)
        self.rx = _session(profile, keys, theirs, Policy.SSRC_ANY_INBOUND)
        self._opened()

    def _flush(self) -> None:
        """Send what OpenSSL wrote. Its memory keeps no borders: cut it between records."""
        try:
            written = self._ssl.bio_read(65_536)
        except SSL.Error:
            return
        datagram = b""
        while written:
            length = 13 + int.from_bytes(written[11:13], "big")
            if datagram and len(datagram) + length > _DATAGRAM:
                self._send(datagram)
                datagram = b""
            datagram, written = datagram + written[:length], written[length:]
        if datagram:
            self._send(datagram)

    def _set_timer(self) -> None:
        self._stop_timer()
        seconds = self._ssl.DTLSv1_get_timeout()
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(seconds, 0.01), self._repeat)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _repeat(self) -> None:
        if self._ended or self.tx is not None:
            return
        try:
            self._ssl.DTLSv1_handle_timeout()
        except SSL.Error:
            self._end("the handshake took too long")
            return
        self._flush()
        self._set_timer()

    def _end(self, why: str) -> None:
        if not self._ended:
            self._ended = True
            self._stop_timer()
            self._closed(why)


def _session(profile: SRTPProtectionProfile, keys: bytes, index: int, kind: int) -> Session:
    policy = Policy(
        key=profile.get_key_and_salt(keys, index),
        ssrc_type=kind,
        srtp_profile=profile.libsrtp_profile,
    )
    # A packet that a viewer missed is sent again as it was.
    policy.allow_repeat_tx = True
    policy.window_size = 4_096
    return Session(policy)
