"""Who publishes over WebRTC (WHIP)."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from aiortc.rate import RemoteBitrateEstimator

from yellowcart.media.engine import limits, rtcp
from yellowcart.media.engine.assembly import PictureAssembly, SoundAssembly
from yellowcart.media.engine.feed import Feed, Sink, Track
from yellowcart.media.engine.health import Figures, of_streams
from yellowcart.media.engine.intake import RtpIntake, SenderClock
from yellowcart.media.engine.peers import Peer
from yellowcart.media.engine.rtp import RtpError, element, parse
from yellowcart.media.engine.samples import Nobody, Samples
from yellowcart.media.engine.sps import PictureSize

_ASK_SECONDS: Final = 0.04
_LEAST_BITRATE: Final = 300_000


class WhipSource:
    """A publisher's session."""

    def __init__(
        self,
        feed: Feed,
        peer: Peer,
        codecs: dict[int, str],
        *,
        abs_send_time: dict[int, int],
        ended: Callable[[str], None],
    ) -> None:
        self.feed, self.peer = feed, peer
        self.id = secrets.token_urlsafe(16)
        self._codecs = codecs
        self._send_time = abs_send_time
        self._ssrc = secrets.randbits(32) or 1
        self.samples: Samples = Nobody()
        self._streams: dict[int, RtpIntake] = {}
        self._assemblies: dict[str, tuple[Track, Sink]] = {}
        self._clock = SenderClock()
        self._ended = ended
        self._asking: asyncio.TimerHandle | None = None
        self._estimator: Any = RemoteBitrateEstimator()
        self._allowed = limits.WANTED_BITRATE
        self._figures = Figures()
        peer.rtp, peer.rtcp, peer.closed = self._media, self._control, self._over

    @property
    def last_at(self) -> float:
        """When media last came, on the monotonic clock; 0 before any did."""
        return max((s.last_at for s in self._streams.values()), default=0.0)

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.peer.over

    def want_key_frame(self) -> None:
        """Ask for a key frame (PLI)."""
        for stream in self._streams.values():
            if stream.track.kind == "video":
                self.peer.send_rtcp(rtcp.picture_loss(self._ssrc, stream.ssrc))

    def close(self, why: str) -> None:
        """End the session."""
        self.peer.close()
        self._over(why)

    def tick(self) -> None:
        """Once a second: reports, the bitrate we allow, a key frame where the last is old."""
        arrivals = [a for s in self._streams.values() if (a := s.arrival()) is not None]
        if not arrivals:
            return
        report = rtcp.receiver_report(self._ssrc, arrivals)
        limit = rtcp.bitrate_limit(self._ssrc, self._allowed, list(self._streams))
        self.peer.send_rtcp(report + limit)
        self.peer.ping()
        video = self.feed.tracks.get("video")
        if video is not None and time.monotonic() - video.key_at > limits.KEY_FRAME_SECONDS - 0.5:
            self.feed.want_key_frame()

    def health(self) -> dict[str, Any]:
        """How it comes in."""
        return of_streams(
            self._figures, self._streams.values(), rtt_ms=self.peer.rtt_ms, size=self._size()
        )

    def _size(self) -> PictureSize | None:
        """Of the picture, where it is known."""
        _track, assembly = self._assemblies.get("video", (None, None))
        return assembly.size if isinstance(assembly, PictureAssembly) else None

    def _media(self, data: bytes) -> None:
        try:
            packet = parse(data)
        except RtpError:
            return
        codec = self._codecs.get(packet.payload_type)
        if codec is None:
            return
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            stream = self._begin(packet.ssrc, codec)
            if stream is None:
                return
        self._estimate(
            packet.ssrc,
            len(data),
            element(packet.extension, self._send_time.get(packet.payload_type, 0)),
        )
        if not stream.deliver(packet):
            self.feed.want_key_frame()
        if self._asking is None:
            self._ask()

    def _begin(self, ssrc: int, codec: str) -> RtpIntake | None:
        kind = "audio" if codec == "opus" else "video"
        for known, stream in list(self._streams.items()):
            if stream.track.kind == kind:
                # A browser that changes its camera may change the stream's name, not its place.
                if time.monotonic() - stream.last_at < 0.5:
                    return None
                del self._streams[known]
        track = self.feed.track(codec)
        stream = self._streams[ssrc] = RtpIntake(track, ssrc, self._clock)
        self._assemble(kind, track)
        return stream

    def _assemble(self, kind: str, track: Track) -> None:
        """Whole pictures and sounds, for who packs them. VP8 is only passed on."""
        self._dismiss(kind)
        assembly: Sink
        if track.codec == "h264":
            assembly = PictureAssembly(track, self.samples)
        elif track.codec == "opus":
            assembly = SoundAssembly(track, self.samples)
        else:
            return
        self._assemblies[kind] = track, assembly
        track.sinks.append(assembly)

    def _dismiss(self, kind: str) -> None:
        track, assembly = self._assemblies.pop(kind, (None, None))
        if track is not None and assembly is not None and assembly in track.sinks:
            track.sinks.remove(assembly)

    def _estimate(self, ssrc: int, size: int, sent: bytes) -> None:
        if len(sent) != 3:
            return
        found = self._estimator.add(
            int(time.monotonic() * 1_000), int.from_bytes(sent, "big"), size, ssrc
        )
        if found is not None:
            self._allowed = max(_LEAST_BITRATE, min(int(found[0]), limits.WANTED_BITRATE))

    def _ask(self) -> None:
        """Ask for what is missing, for as long as something is."""
        self._asking = None
        if self.peer.over:
            return
        missing = False
        for stream in self._streams.values():
            if stream.track.kind != "video":
                continue
            wanted, lost = stream.to_ask((self.peer.rtt_ms or 50.0) / 1_000)
            if wanted:
                self.peer.send_rtcp(rtcp.nack(self._ssrc, stream.ssrc, wanted))
            if lost:
                self.feed.want_key_frame()
            missing = missing or stream.missing
        if missing:
            self._asking = asyncio.get_running_loop().call_later(_ASK_SECONDS, self._ask)

    def _control(self, data: bytes) -> None:
        for report in rtcp.parse(data):
            if isinstance(report, rtcp.SenderReport):
                stream = self._streams.get(report.ssrc)
                if stream is not None:
                    stream.heard(report)

    def _over(self, why: str) -> None:
        if self._asking is not None:
            self._asking.cancel()
        for kind in list(self._assemblies):
            self._dismiss(kind)
        self._ended(why)
