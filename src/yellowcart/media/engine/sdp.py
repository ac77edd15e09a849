"""Offers read and answers written (RFC 8829, 9725), for one publisher's or one viewer's session."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiortc import sdp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.media.engine import limits

ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
#: H.264 as every browser decodes it: constrained baseline.
_BASELINE: Final = "42e0"


class OfferError(ValueError):
    """An offer that we can't answer, and why, in words."""

    def __init__(self, why: Promise) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Codec:
    """One payload type of an offer."""

    number: int
    #: In lower case.
    name: str
    rate: int
    channels: int
    parameters: dict[str, str]


@dataclass(frozen=True)
class Media:
    """One section of an offer."""

    kind: str
    mid: str
    profile: str
    direction: str
    codecs: tuple[Codec, ...]
    abs_send_time: int
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """What the other side wants, as far as we need it."""

    ufrag: str
    password: str
    fingerprints: list[RTCDtlsFingerprint]
    #: The other side waits for us to begin the handshake.
    passive: bool
    media: tuple[Media, ...]


def read(text: str) -> Offer:
    """The offer in ``text``; :class:`OfferError` where it is none, or asks for the impossible."""
    if len(text) > limits.LARGEST_SDP:
        raise OfferError(_("it is too long"))
    try:
        session = sdp.SessionDescription.parse(text)
        media = tuple(_media(section) for section in session.media)
        first = session.media[0]
        ice = first.ice
    except Exception as error:  # the parser asserts, indexes and converts as it goes
        raise OfferError(_("it is no SDP")) from error
    if first.dtls is None or not first.dtls.fingerprints:
        raise OfferError(_("it has no DTLS fingerprint"))
    if ice is None or not ice.usernameFragment or not ice.password:
        raise OfferError(_("it has no ICE credentials"))
    if len(media) > 1 and not _bundled(session, media):
        raise OfferError(_("its media must share one transport (BUNDLE)"))
    return Offer(
        ice.usernameFragment,
        ice.password,
        first.dtls.fingerprints,
        first.dtls.role == "server",
        media,
    )


def _media(section: sdp.MediaDescription) -> Media:
    extension = next(
        (e.id for e in section.rtp.headerExtensions if e.uri == ABS_SEND_TIME and e.id < 15), 0
    )
    return Media(
        section.kind,
        section.rtp.muxId,
        section.profile,
        section.direction or "sendrecv",
        tuple(
            Codec(
                c.payloadType or 0,
                c.name.lower(),
                c.clockRate,
                c.channels or 1,
                {k: str(v) for k, v in c.parameters.items() if v is not None},
            )
            for c in section.rtp.codecs
        ),
        extension,
        tuple(str(each) for each in section.fmt),
    )


def _bundled(session: sdp.SessionDescription, media: tuple[Media, ...]) -> bool:
    together = [set(g.items) for g in session.group if g.semantic == "BUNDLE"]
    return any({section.mid for section in media} <= group for group in together)


def find(media: Media, codec: str, *, profile: str = _BASELINE) -> Codec | None:
    """The offered codec ``h264``, ``vp8`` or ``opus``: of H.264 the nearest to ``profile``.

    ``profile`` is how a profile-level-id begins. A decoder takes what comes, whatever the line
    says, so the wrong profile is better than none.
    """
    fitting = [c for c in media.codecs if c.name == codec]
    if codec != "h264":
        return next(iter(fitting), None)
    split = [c for c in fitting if c.parameters.get("packetization-mode") == "1"]

    def distance(each: Codec) -> int:
        level = each.parameters.get("profile-level-id", "42e01f").lower()
        return 0 if level[:4] == profile else 1 if level[:2] == profile[:2] else 2

    return min(split, key=distance, default=None)


@dataclass
class Accepted:
    """What is agreed for one section of the offer."""

    codec: Codec
    #: Ours, where we send; 0 where we receive.
    ssrc: int = 0
    abs_send_time: int = 0
    parameters: dict[str, str] = field(default_factory=dict)


def answer(
    offer: Offer,
    accepted: dict[str, Accepted],
    *,
    credentials: tuple[str, str],
    certificate: RTCCertificate,
    addresses: Sequence[str],
    port: int,
    stream: str,
) -> str:
    """The answer: sections by their ``mid`` as agreed, the others refused.

    ``stream`` names what we send, so that its picture and sound are kept in step.
    """
    taken = " ".join(media.mid for media in offer.media if media.mid in accepted)
    lines = [
        "v=0",
        f"o=- {secrets.randbits(62)} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {taken}",
        "a=msid-semantic: WMS *",
    ]
    fingerprint = next(f for f in certificate.getFingerprints() if f.algorithm == "sha-256")
    candidates = list(_candidates(addresses, port))
    for media in offer.media:
        agreed = accepted.get(media.mid)
        if agreed is None:
            lines += [
                f"m={media.kind} 0 {media.profile} {' '.join(media.formats)}",
                "c=IN IP4 0.0.0.0",
                f"a=mid:{media.mid}",
                "a=inactive",
            ]
            continue
        lines += [
            f"m={media.kind} {port} {media.profile} {agreed.codec.number}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{media.mid}",
            f"a=ice-ufrag:{credentials[0]}",
            f"a=ice-pwd:{credentials[1]}",
            f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}",
            f"a=setup:{'active' if offer.passive else 'passive'}",
            "a=rtcp-mux",
            *_codec(media.kind, agreed),
            *_direction(agreed, stream, media.kind),
            *candidates,
            "a=end-of-candidates",
        ]
    return "\r\n".join(lines) + "\r\n"


def _codec(kind: str, agreed: Accepted) -> Iterator[str]:
    codec = agreed.codec
    number = codec.number
    channels = f"/{codec.channels}" if kind == "audio" and codec.channels > 1 else ""
    name = codec.name if kind == "audio" else codec.name.upper()
    yield f"a=rtpmap:{number} {name}/{codec.rate}{channels}"
    parameters = {**codec.parameters, **agreed.parameters}
    if parameters:
        yield f"a=fmtp:{number} " + ";".join(f"{k}={v}" for k, v in parameters.items())
    if agreed.abs_send_time:
        yield f"a=extmap:{agreed.abs_send_time} {ABS_SEND_TIME}"
    if kind == "video":
        yield f"a=rtcp-fb:{number} nack"
        yield f"a=rtcp-fb:{number} nack pli"
    if agreed.ssrc == 0:
        yield f"a=rtcp-fb:{number} goog-remb"


def _direction(agreed: Accepted, stream: str, kind: str) -> Iterator[str]:
    if not agreed.ssrc:
        yield "a=recvonly"
        return
    yield "a=sendonly"
    yield f"a=msid:{stream} {stream}-{kind}"
    yield f"a=ssrc:{agreed.ssrc} cname:{stream}"
    yield f"a=ssrc:{agreed.ssrc} msid:{stream} {stream}-{kind}"


def _candidates(addresses: Sequence[str], port: int) -> Iterator[str]:
    for number, address in enumerate(addresses, start=1):
        priority = (126 << 24) | ((65_535 - number) << 8) | 255
        yield f"a=candidate:{number} 1 udp {priority} {address} {port} typ host"
