"""Video over HTTP: stream keys and the line's health for hosts, and media servers' hooks."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema, Status
from pydantic import Field

from yellowcart.live import passes
from yellowcart.live.queries import access_hosted
from yellowcart.media import actions, choice, problems, queries, replays, studio, watching
from yellowcart.media.advice import Advice, advise
from yellowcart.media.files import Part
from yellowcart.media.gate import ServerGate
from yellowcart.media.models import StreamKey
from yellowcart.media.servers import livekit
from yellowcart.people.access import access_person
from yellowcart.people.models import Account

router = Router()


class PointOut(Schema):
    """Where to publish. ``key`` is the stream key (RTMP) or the bearer token (WHIP)."""

    protocol: str
    url: str
    key: str


class KeyIn(Schema):
    """``studio`` for OBS and the like, ``browser`` for a page of one's own."""

    purpose: Literal["studio", "browser"] = "studio"


class KeyOut(Schema):
    """A stream key as its host sees it afterwards."""

    key_id: UUID
    purpose: str
    prefix: str
    made_at: datetime
    used_at: datetime | None


class NewKeyOut(KeyOut):
    """A key just made. Its secret is in ``points``, this once."""

    points: list[PointOut]


class AdviceOut(Schema):
    """A plain word about the line: ``code``, how bad it is, and the sentence."""

    code: str
    level: str
    text: str


class LineOut(Schema):
    """A room's publisher as its host sees it."""

    state: str
    protocol: str | None = None
    since: datetime | None = None
    started_at: datetime | None = None
    health: dict[str, Any] = Field(default_factory=dict)
    advice: list[AdviceOut] = Field(default_factory=list)
    keys: list[KeyOut] = Field(default_factory=list)
    plays: list[dict[str, Any]] = Field(default_factory=list)


class LiveKitOut(Schema):
    """Where LiveKit's client connects, and with what."""

    url: str
    token: str


@router.get("/rooms/{uuid:room_id}", response=LineOut, summary="A room's publisher and keys")
def line(request: HttpRequest, room_id: UUID) -> LineOut:
    """For the host: who publishes, how the line does, what to do about it."""
    room = access_hosted(access_person(request.user), room_id)
    broadcast = queries.open_broadcast(room.id)
    keys = [_key(key) for key in queries.keys_of(room.id)]
    if broadcast is None:
        return LineOut(state="none", keys=keys)
    return LineOut(
        state=broadcast.state,
        protocol=broadcast.protocol,
        since=broadcast.state_at,
        started_at=broadcast.started_at,
        health=broadcast.health,
        advice=[_advice(word) for word in advise(broadcast.health, broadcast.protocol)],
        keys=keys,
        plays=broadcast.plays if broadcast.started_at else [],
    )


@router.post("/rooms/{uuid:room_id}/keys", response={201: NewKeyOut}, summary="Make a stream key")
def make_key(request: HttpRequest, room_id: UUID, body: KeyIn) -> Status[NewKeyOut]:
    """For the host. The key of the same purpose before it is revoked at once."""
    key, points = studio.make_key(access_person(request.user), room_id, purpose=body.purpose)
    return Status(
        201,
        NewKeyOut(
            **_key(key).dict(),
            points=[PointOut(protocol=p.protocol, url=p.url, key=p.key) for p in points],
        ),
    )


@router.delete("/keys/{uuid:key_id}", response={204: None}, summary="Revoke a stream key")
def revoke_key(request: HttpRequest, key_id: UUID) -> Status[None]:
    """For the room's host; whoever publishes with it is dropped."""
    actions.do_revoke_stream_key(access_person(request.user), key_id)
    return Status(204, None)


@router.post(
    "/rooms/{uuid:room_id}/livekit",
    response=LiveKitOut,
    auth=None,
    summary="A LiveKit token to watch a room",
)
def livekit_token(request: HttpRequest, room_id: UUID) -> LiveKitOut:
    """With the room pass as ``Authorization: Bearer``, where LiveKit carries the video."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    play = next((p for p in choice.server().plays(room_id) if p.kind == "livekit"), None)
    if play is None or not queries.may_watch(room_id, token):
        raise problems.may_not_watch()
    viewer = passes.verify(token)
    return LiveKitOut(
        url=play.url, token=livekit.viewer_token(room_id, viewer.sub, seconds=6 * 3_600)
    )


class PartOut(Schema):
    """``[from_ms, until_ms)`` of the video at ``url``: MP4, or HLS where it ends in ``.m3u8``.

    Null for to its end. ``duration_ms`` is how long it lasts.
    """

    url: str
    from_ms: int
    until_ms: int | None
    duration_ms: int


class ClipOut(Schema):
    """An explanation of a product: a part of the replay."""

    clip_id: UUID
    product_id: UUID
    title: str
    part: PartOut


class ReplayOut(Schema):
    """A replay: its parts in order, and the explanations in it."""

    room_id: UUID
    title: str
    hidden: bool
    made_at: datetime
    parts: list[PartOut]
    clips: list[ClipOut]


class ReplayIn(Schema):
    """Whether it is hidden."""

    hidden: bool


@router.get(
    "/rooms/{uuid:room_id}/replay", response=ReplayOut, auth=None, summary="A room's replay"
)
def replay(request: HttpRequest, room_id: UUID) -> ReplayOut:
    """For everybody; a hidden one for its host. Addresses are good for some hours.

    Goods: ``GET /listings/replay/{room_id}``.
    """
    return _replay(request, room_id)


@router.patch("/rooms/{uuid:room_id}/replay", response=ReplayOut, summary="Hide or show a replay")
def change_replay(request: HttpRequest, room_id: UUID, body: ReplayIn) -> ReplayOut:
    """For the host. Nothing is sold in a hidden one."""
    verb = replays.do_hide_replay if body.hidden else replays.do_show_replay
    verb(access_person(request.user), room_id)
    return _replay(request, room_id)


@router.delete("/rooms/{uuid:room_id}/replay", response={204: None}, summary="Take a replay away")
def delete_replay(request: HttpRequest, room_id: UUID) -> Status[None]:
    """For the host, and for good; recordings stay under lock for as long as the law wants."""
    replays.do_delete_replay(access_person(request.user), room_id)
    return Status(204, None)


@router.post("/hooks/{server}", auth=None, summary="A media server's hook")
def hook(request: HttpRequest, server: str) -> HttpResponse:
    """SRS's callbacks and LiveKit's webhooks; see docs/video.md."""
    return _hook(request, server, "")


@router.post("/hooks/{server}/{event}", auth=None, summary="A media server's hook, by event")
def hook_event(request: HttpRequest, server: str, event: str) -> HttpResponse:
    """MediaMTX's ``auth``, ``ready``, ``not-ready`` and ``recorded``."""
    return _hook(request, server, event)


def _hook(request: HttpRequest, server: str, event: str) -> HttpResponse:
    chosen = choice.server()
    if chosen.kind != server:
        # A server that is not in use has no secret here that could be trusted.
        raise problems.hook_refused()
    status, body = chosen.take_hook(request, event, ServerGate(chosen.kind))
    return JsonResponse(body, status=status)


def _replay(request: HttpRequest, room_id: UUID) -> ReplayOut:
    account = request.user if isinstance(request.user, Account) else None
    show = watching.access_replay(account, room_id)
    return ReplayOut(
        room_id=room_id,
        title=show.room.title,
        hidden=show.hidden,
        made_at=show.made_at,
        parts=[_part(part) for part in show.parts],
        clips=[
            ClipOut(
                clip_id=one.id, product_id=one.product_id, title=one.title, part=_part(one.part)
            )
            for one in show.explanations
        ],
    )


def _part(part: Part) -> PartOut:
    return PartOut(
        url=part.url,
        from_ms=part.from_ms,
        until_ms=part.until_ms,
        duration_ms=part.duration_ms,
    )


def _key(key: StreamKey) -> KeyOut:
    return KeyOut(
        key_id=key.id,
        purpose=key.purpose,
        prefix=key.prefix,
        made_at=key.made_at,
        used_at=key.used_at,
    )


def _advice(word: Advice) -> AdviceOut:
    return AdviceOut(code=word.code, level=word.level, text=word.text())
