"""Who publishes and who watches, in one process: sessions, feeds, and what becomes of them."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from yellowcart.media.engine import limits, problems, sdp
from yellowcart.media.engine.control import Control, Opened
from yellowcart.media.engine.feed import Feed
from yellowcart.media.engine.peers import UdpPort
from yellowcart.media.engine.publishing import WhipSource
from yellowcart.media.engine.recording import Recorder
from yellowcart.media.engine.sessions import Publisher, Session, publishable, watchable
from yellowcart.media.engine.viewing import Viewer

log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0
_HEALTH_SECONDS: Final = 2.0
_ASK_SECONDS: Final = 5.0
#: A feed without a publisher is kept for so long: viewers stay connected to it.
_KEPT_SECONDS: Final = 60.0


class Engine:
    """The process's feeds, publishers and viewers."""

    def __init__(
        self, port: UdpPort, control: Control, addresses: Sequence[str], folder: Path
    ) -> None:
        self.port, self.control = port, control
        self._folder = folder
        self._disk = ThreadPoolExecutor(1, "recording")
        self._addresses = addresses
        self.feeds: dict[UUID, Feed] = {}
        self.sessions: dict[UUID, Session] = {}
        self._sources: dict[str, WhipSource] = {}
        self._viewers: dict[str, tuple[Viewer, str]] = {}
        self._idle: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._asked = time.monotonic()

    # --- publishing

    async def publish(self, key: str, text: str, address: str) -> tuple[str, str]:
        """Answer a WHIP offer: the session's name and the answer. Raises a :class:`Problem`."""
        try:
            offer = sdp.read(text)
        except sdp.OfferError as error:
            raise problems.offer_invalid(error.why) from error
        accepted = publishable(offer)
        if not accepted:
            raise problems.no_common_codec()
        if self.port.full():
            raise problems.media_full()
        opened = await self.control.open(key, protocol="whip", address=address)
        feed = self.feed(opened.room_id)
        peer = self.port.open(
            offer.fingerprints, (offer.ufrag, offer.password), active=offer.passive
        )
        codecs = {a.codec.number: a.codec.name for a in accepted.values()}
        source = WhipSource(
            feed,
            peer,
            codecs,
            abs_send_time={
                a.codec.number: a.abs_send_time for a in accepted.values() if a.abs_send_time
            },
            ended=lambda _why: self._source_over(source),
        )
        for codec in codecs.values():
            feed.track(codec)
        self._sources[source.id] = source
        self.begin(opened, feed, source)
        return source.id, self._answer(offer, accepted, (peer.ufrag, peer.password), feed)

    def unpublish(self, name: str) -> None:
        """A WHIP publisher says goodbye."""
        source = self._sources.get(name)
        if source is None:
            raise problems.session_not_found()
        session = self._session_of(source)
        if session is not None:
            self.finish(session, "stopped")
        source.close("stopped")

    def begin(self, opened: Opened, feed: Feed, source: Publisher) -> Session:
        """A publisher was let in; who published the same broadcast before is gone."""
        before = self.sessions.pop(opened.broadcast_id, None)
        if before is not None:
            before.end()
            before.source.close("replaced")
        session = Session(opened, feed, source)
        self.sessions[opened.broadcast_id] = session
        session.pack(self._recorder(session))
        self._keep(self._switch(session))
        feed.source = source
        self._idle.pop(opened.room_id, None)
        return session

    def _recorder(self, session: Session) -> Recorder:
        loop = asyncio.get_running_loop()

        def told(path: str, started_at: datetime, duration_ms: int, size: int) -> None:
            # From the recorder's thread.
            loop.call_soon_threadsafe(
                session.tell,
                lambda: self.control.recorded(
                    session.broadcast_id, path, started_at, duration_ms, size
                ),
            )

        prefix = f"{session.room_id.hex}/{session.broadcast_id.hex}"
        return Recorder(self._folder, prefix, self._disk, told)

    async def _switch(self, session: Session) -> None:
        """Record while the room is public: a preview is nobody's business."""
        session.recorder.switch(on=await self.control.on_air(session.room_id))

    def finish(self, session: Session, reason: str | None) -> None:
        """A broadcast is over: with a reason it ended, without one the line broke off."""
        if session.over:
            return
        session.end()
        if self.sessions.get(session.broadcast_id) is session:
            del self.sessions[session.broadcast_id]
        if session.feed.source is session.source:
            session.feed.source = None
            self._idle[session.room_id] = time.monotonic()
        if reason is None:
            session.tell(lambda: self.control.lost(session.broadcast_id))
        else:
            session.tell(lambda: self.control.ended(session.broadcast_id, reason))
        self._keep(session.settled())

    def _source_over(self, source: WhipSource) -> None:
        self._sources.pop(source.id, None)
        session = self._session_of(source)
        if session is not None:
            self.finish(session, None)

    def _session_of(self, source: Publisher) -> Session | None:
        return next((s for s in self.sessions.values() if s.source is source), None)

    # --- watching

    def feed(self, room_id: UUID) -> Feed:
        """The room's feed, made when it is first needed."""
        found = self.feeds.get(room_id)
        if found is None:
            found = self.feeds[room_id] = Feed(room_id)
            found.changed = lambda: self._close_viewers(room_id)
        return found

    async def watch(self, room_id: UUID, token: str, text: str) -> tuple[str, str]:
        """Answer a WHEP offer: the session's name and the answer. Raises a :class:`Problem`."""
        if not await self.control.may_watch(room_id, token):
            raise problems.may_not_watch()
        feed = self.feeds.get(room_id)
        if feed is None or not feed.tracks:
            raise problems.nothing_on_air()
        try:
            offer = sdp.read(text)
        except sdp.OfferError as error:
            raise problems.offer_invalid(error.why) from error
        own = [viewer for viewer, shown in self._viewers.values() if shown == token]
        for viewer in own[: max(0, len(own) - limits.MOST_OF_ONE_PASS + 1)]:
            viewer.close()
        if self.port.full():
            raise problems.media_full()
        peer = self.port.open(
            offer.fingerprints, (offer.ufrag, offer.password), active=offer.passive
        )
        viewer = Viewer(feed, peer, ended=self._viewer_over)
        accepted = watchable(offer, viewer)
        if not accepted:
            peer.close()
            raise problems.no_common_codec()
        self._viewers[viewer.id] = viewer, token
        return viewer.id, self._answer(offer, accepted, (peer.ufrag, peer.password), feed)

    def leave(self, name: str) -> None:
        """A viewer goes."""
        found = self._viewers.get(name)
        if found is None:
            raise problems.session_not_found()
        found[0].close()

    def watching(self, room_id: UUID) -> int:
        """WHEP sessions of a room."""
        return sum(v.feed.room_id == room_id for v, _token in self._viewers.values())

    def _viewer_over(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer.id, None)

    def _close_viewers(self, room_id: UUID) -> None:
        for viewer, _token in list(self._viewers.values()):
            if viewer.feed.room_id == room_id:
                viewer.close()

    def _answer(
        self,
        offer: sdp.Offer,
        accepted: dict[str, sdp.Accepted],
        credentials: tuple[str, str],
        feed: Feed,
    ) -> str:
        return sdp.answer(
            offer,
            accepted,
            credentials=credentials,
            certificate=self.port.certificate,
            addresses=self._addresses,
            port=self.port.number,
            stream=f"room-{feed.room_id.hex[:12]}",
        )

    async def playlist(
        self, room_id: UUID, token: str, number: int | None, part: int | None
    ) -> str:
        """A room's HLS playlist. Raises a :class:`Problem`."""
        if not await self.control.may_watch(room_id, token):
            raise problems.may_not_watch()
        feed = self.feeds.get(room_id)
        if feed is None:
            raise problems.nothing_on_air()
        video = feed.tracks.get("video")
        if video is not None and video.codec != "h264":
            raise problems.no_hls()
        found = await feed.hls.playlist(number, part)
        if found is None:
            raise problems.nothing_on_air()
        return found

    async def hls_data(self, secret: str, name: str) -> bytes | None:
        """An init, a segment or a part by its secret folder and name."""
        for feed in self.feeds.values():
            if secrets.compare_digest(feed.hls.secret, secret):
                return await feed.hls.data(name)
        return None

    # --- what goes on beside

    async def run(self) -> None:
        """Look after everything until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                self.look()
            except Exception:
                log.exception("a look at the sessions failed")

    def look(self) -> None:
        """Once a second."""
        now = time.monotonic()
        self.port.look()
        for viewer, _token in list(self._viewers.values()):
            viewer.report()
        for session in list(self.sessions.values()):
            self._look_at(session, now)
        for room_id, since in list(self._idle.items()):
            if now - since > _KEPT_SECONDS:
                del self._idle[room_id]
                self._forget(room_id)
        if now - self._asked > _ASK_SECONDS:
            self._asked = now
            self._keep(self.check())

    def _look_at(self, session: Session, now: float) -> None:
        source = session.source
        source.tick()
        last = source.last_at
        if not last:
            if now - session.began > limits.CONNECT_SECONDS:
                self.finish(session, None)
                source.close("sent nothing")
            return
        if not session.started:
            session.started = True
            session.tell(lambda: self.control.started(session.broadcast_id))
        if now - last > limits.LOST_SECONDS:
            self.finish(session, None)
            source.close("lost")
            return
        if now - session.reported >= _HEALTH_SECONDS:
            session.reported = now
            figures = source.health()
            figures["viewers"] = self.watching(session.room_id)
            if figures.get("bitrate_kbps", 0) * 1_000 > limits.MOST_BITRATE:
                self.finish(session, "too_much")
                source.close("too much")
                return
            session.tell(lambda: self.control.health(session.broadcast_id, figures))

    async def check(self) -> None:
        """Drop publishers whose broadcast is over for the platform."""
        known = list(self.sessions.values())
        still = await self.control.still_open(s.broadcast_id for s in known)
        for session in known:
            if session.broadcast_id not in still:
                self.drop(session.broadcast_id)

    def drop(self, broadcast_id: UUID) -> None:
        """The platform ended a broadcast."""
        session = self.sessions.get(broadcast_id)
        if session is not None:
            self.finish(session, "dropped")
            session.source.close("dropped")

    async def recheck(self, room_id: UUID) -> None:
        """A room went on or off air: who may not watch any longer is sent away."""
        self.control.forget(room_id)
        for session in list(self.sessions.values()):
            if session.room_id == room_id:
                await self._switch(session)
        feed = self.feeds.get(room_id)
        if feed is not None and not await self.control.on_air(room_id):
            feed.hls.rename()
        for viewer, token in list(self._viewers.values()):
            if viewer.feed.room_id == room_id and not await self.control.may_watch(room_id, token):
                viewer.close()

    def heard(self, message: str) -> None:
        """A message of ``media.events.CHANNEL``."""
        verb, _space, name = message.partition(" ")
        try:
            if verb == "drop":
                self.drop(UUID(name))
            elif verb == "air":
                self._keep(self.recheck(UUID(name)))
            else:
                self.control.forget(None)
                self._keep(self.check())
        except ValueError:
            log.warning("a message that is none", extra={"verb": verb[:20]})

    async def close(self) -> None:
        """Stop: publishers may come back to the next process."""
        sessions = list(self.sessions.values())
        for session in sessions:
            self.finish(session, None)
            session.source.close("the server stops")
        self.port.close()
        await asyncio.get_running_loop().run_in_executor(None, self._disk.shutdown)
        for session in sessions:
            await session.settled()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, room_id: UUID) -> None:
        feed = self.feeds.get(room_id)
        if feed is not None and feed.source is None:
            self._close_viewers(room_id)
            del self.feeds[room_id]

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
