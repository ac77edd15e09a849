"""The rooms of this process as a socket's line sees them: one place to tell what happens to it."""

from yellowcart.edge.admission import Admission
from yellowcart.edge.channels import Client
from yellowcart.edge.counts import Counts
from yellowcart.edge.facts import Facts
from yellowcart.edge.hub import Hub
from yellowcart.edge.inbound import Inbound


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

    async def enter(self, client: Client, since: int | None) -> None:
        """Somebody was let in."""
        self.admission.enter(client)
        self.counts.came(client)
        client.came_at = self.facts.came(client.holder)
        await self.hub.join(client, since)

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
