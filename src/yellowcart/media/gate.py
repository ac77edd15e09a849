"""What the hooks of a media server lead to; see :class:`media.servers.port.Gate`."""

from datetime import datetime
from uuid import UUID

from yellowcart.live.models import Room
from yellowcart.media import actions, problems, queries
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.states import OPEN


class ServerGate:
    """The gate for one kind of server: it opens, changes and records that kind's broadcasts."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def open(
        self, room_id: UUID, secret: str, *, protocol: str, address: str, server_ref: str
    ) -> Broadcast:
        """Let a publisher in whose key is this room's."""
        key = queries.find_key(secret)
        if key is None or key.room_id != room_id:
            raise problems.stream_key_invalid()
        return actions.do_open_broadcast(
            secret, protocol=protocol, address=address, server_ref=server_ref
        )

    def open_for(self, key_ref: str, *, protocol: str, server_ref: str) -> Broadcast:
        """Let a publisher in whose key the server knows as ``key_ref``."""
        keys = StreamKey.objects.filter(server_ref__contains=key_ref, revoked_at__isnull=True)
        key = next((key for key in keys if key_ref and key_ref in key.server_ref.split(",")), None)
        if key is None:
            raise problems.stream_key_invalid()
        return actions.do_open_broadcast_with(
            key, protocol=protocol, address="", server_ref=server_ref
        )

    def started(self, broadcast: Broadcast) -> None:
        """Pictures arrive."""
        actions.do_broadcast_started(broadcast.id)

    def started_by(self, room_id: UUID, server_ref: str) -> None:
        """Pictures arrive from this connection."""
        broadcast = self._open(room_id)
        if broadcast is not None and broadcast.server_ref == server_ref:
            actions.do_broadcast_started(broadcast.id)

    def lost(self, room_id: UUID, server_ref: str) -> None:
        """This connection went."""
        broadcast = self._open(room_id)
        if broadcast is not None and broadcast.server_ref == server_ref:
            actions.do_broadcast_lost(broadcast.id)

    def watch(self, room_id: UUID, room_pass: str) -> None:
        """Let a viewer in."""
        if not queries.may_watch(room_id, room_pass):
            raise problems.may_not_watch()

    def recorded(
        self, room_id: UUID, *, url: str, started_at: datetime, duration_ms: int, size_bytes: int
    ) -> None:
        """Keep a recording with the room's latest broadcast that had begun by its end."""
        broadcast = (
            Broadcast.objects.filter(room_id=room_id, server=self._kind, started_at__isnull=False)
            .order_by("-opened_at", "-id")
            .first()
        )
        if broadcast is None:
            raise problems.stream_unknown()
        actions.do_add_recording(
            broadcast.id, "", started_at, duration_ms, size_bytes, url=url[:1000]
        )

    def is_first(self, event_id: str) -> bool:
        """Whether this event was not taken in before."""
        return actions.do_remember_hook(self._kind, event_id)

    def _open(self, room_id: UUID) -> Broadcast | None:
        if not Room.objects.filter(id=room_id).exists():
            raise problems.stream_unknown()
        return Broadcast.objects.filter(room_id=room_id, server=self._kind, state__in=OPEN).first()
