"""How money leaves: one port, a sandbox, and people who pay by hand.

No bank is wired up here. The sandbox says that everything arrived and refuses to run in
production; there a withdrawal waits until an operator has paid it and says so.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Payout:
    """What is to be paid out; ``id`` makes asking again harmless."""

    id: UUID
    party: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of it: ``done``, ``failed``, or ``sent`` where the bank has yet to say."""

    state: str
    ref: str = ""
    fault: str = ""


class PayoutProvider(Protocol):
    """Somebody who brings money to a bank account."""

    def send(self, payout: Payout) -> Paid:
        """Pay it out, or say what became of it; raises where that can't be told now."""
        ...


class Sandbox:
    """Pays nothing and says that it arrived."""

    def send(self, payout: Payout) -> Paid:
        """See :class:`PayoutProvider`."""
        if settings.PRODUCTION:
            return Paid("failed", fault="the sandbox pays nothing out in production")
        return Paid("done", ref=f"sandbox-{payout.id.hex[:12]}")


PROVIDERS: dict[str, PayoutProvider] = {"sandbox": Sandbox()}


def usual_provider() -> str:
    """Who pays out here: the sandbox, or ``manual``, an operator, in production."""
    return "manual" if settings.PRODUCTION else "sandbox"
