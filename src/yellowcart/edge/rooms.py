"""The rooms of this process as a socket's line sees them: one place to tell what happens to it."""

import asyncio
import logging

from yellowcart.edge.admission import Admission
from yellowcart.edge.channels import Client
from yellowcart.edge.counts import Counts
from yellowcart.edge.facts import Facts
from yellowcart.edge.hub import Hub
from yellowcart.edge.inbound import Inbound
from yellowcart.edge.lines import CLOSE_LATER, come_back

log = logging.getLogger(__name__)


class Rooms:
    """Hub, counts, facts, admission and what viewers send, together."""

    def __init__(
        self, hub: Hub, counts: Counts, facts: Facts, admission: Admission, inbound: Inbound
    ) -> None:
        self.hub = hub
        self.counts = counts
        self.facts = facts
        self.admission = admission
        self.inbound = inbound
        self._reading: set[asyncio.Task[None]] = set()

    def enter(self, client: Client, since: int | None) -> None:
        """Somebody was let in. They are told at once what there is to know, or once it is read."""
        self.admission.enter(client)
        self.counts.came(client)
        client.came_at = self.facts.came(client.holder)
        try:
            known = self.hub.welcome(client, since)
        except Exception as error:
            self._send_away(client, error)
            return
        if not known:
            task = asyncio.create_task(self._read(client, since))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, client: Client, since: int | None) -> None:
        try:
            await self.hub.catch_up(client, since)
        except Exception as error:
            self._send_away(client, error)

    def _send_away(self, client: Client, error: Exception) -> None:
        log.error("a viewer could not be let in", exc_info=error)
        client.close(CLOSE_LATER, come_back(self.admission.later()))

    def said(self, client: Client, text: str) -> None:
        """A client sent a message."""
        if client.channel is not None and not client.ending:
            self.inbound.take(client, text)

    def held(self, client: Client) -> None:
        """A client takes no more."""
        self.hub.held(client)

    def flowing(self, client: Client) -> None:
        """A client takes frames again."""
        self.hub.flowing(client)

    def leave(self, client: Client) -> None:
        """A client is gone."""
        if not client.gone:
            self.admission.leave(client)
            if client.came_at is not None:
                self.facts.left(client.holder, client.came_at)
            self.hub.leave(client)

    def window(self) -> float:
        """Seconds over which viewers come back, now that this process ends."""
        return self.admission.window()
