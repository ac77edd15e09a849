"""WHEP viewers that decrypt nothing and show nothing: load for ``bench.media``.

    python -m bench.media_viewers URL COUNT

Prints a line once all are connected, then, each second, packets received so far.
"""

import asyncio
import secrets
import sys
import time
from urllib.parse import urlsplit

import httpx
from aioice import stun
from aiortc import sdp
from aiortc.rtcdtlstransport import RTCCertificate

from yellowcart.media.engine.dtls import Dtls

CONNECT_SECONDS = 60.0


def offer(certificate: RTCCertificate, ufrag: str, password: str) -> str:
    fingerprint = certificate.getFingerprints()[0]
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    for mid, kind, codec in ((0, "video", "96 H264/90000"), (1, "audio", "111 opus/48000/2")):
        number, name = codec.split(" ")
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            f"a=ice-ufrag:{ufrag}",
            f"a=ice-pwd:{password}",
            f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}",
            "a=setup:actpass",
            "a=recvonly",
            "a=rtcp-mux",
            f"a=rtpmap:{number} {name}",
        ]
        if kind == "video":
            lines.append(f"a=fmtp:{number} packetization-mode=1;profile-level-id=42e01f")
    return "\r\n".join(lines) + "\r\n"


class Viewer(asyncio.DatagramProtocol):
    """One session."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self._certificate = certificate
        self.packets = 0
        self.connected = asyncio.Event()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    async def watch(self, client: httpx.AsyncClient, url: str) -> None:
        ufrag, password = secrets.token_hex(4), secrets.token_hex(12)
        headers = {"content-type": "application/sdp", "authorization": f"Bearer {ufrag}"}
        answered = await client.post(
            url, content=offer(self._certificate, ufrag, password), headers=headers
        )
        answered.raise_for_status()
        media = sdp.SessionDescription.parse(answered.text).media[0]
        assert media.ice
        assert media.dtls
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(
            lambda: self, remote_addr=("127.0.0.1", media.ice_candidates[0].port)
        )
        self._names = (f"{media.ice.usernameFragment}:{ufrag}", str(media.ice.password))
        self._dtls = Dtls(
            self._certificate,
            media.dtls.fingerprints,
            server=False,
            send=self._send,
            opened=self.connected.set,
            closed=lambda why: print(why, file=sys.stderr),
        )
        self.check()
        await asyncio.sleep(0.05)
        self._dtls.start()

    def check(self) -> None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = self._names[0]
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self._names[1].encode())
        self._send(bytes(request))

    def _send(self, data: bytes) -> None:
        self._transport.sendto(data)

    def datagram_received(self, data: bytes, _address: object) -> None:
        if 128 <= data[0] < 192:
            self.packets += 1
        elif 20 <= data[0] < 64:
            self._dtls.receive(data)


async def main(url: str, count: int) -> None:
    certificate = RTCCertificate.generateCertificate()
    viewers = [Viewer(certificate) for _ in range(count)]
    async with httpx.AsyncClient(timeout=30) as client:
        for viewer in viewers:
            await viewer.watch(client, url)
    async with asyncio.timeout(CONNECT_SECONDS):
        for viewer in viewers:
            await viewer.connected.wait()
    print("connected", count, urlsplit(url).port, flush=True)
    while True:
        await asyncio.sleep(1)
        if int(time.monotonic()) % 4 == 0:
            for viewer in viewers:
                viewer.check()
        print(sum(viewer.packets for viewer in viewers), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
