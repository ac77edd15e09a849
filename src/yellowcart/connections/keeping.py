"""What is written down about calls of a store: its tokens, its breaker, each call. Every verb is
one short transaction, before or after the call, never around it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from yellowcart.connections import events
from yellowcart.connections.models import Call, Connection
from yellowcart.connections.rules import renew_at
from yellowcart.core.breaker import Breaker
from yellowcart.core.clock import wall
from yellowcart.core.sealing import seal, unseal
from yellowcart.sources.connector import Grant

#: Seconds in which whoever claimed to renew tokens has done it, or another may.
RENEWING_SECONDS: Final = 120
CALLS_KEPT: Final = timedelta(days=1)


def sealed_grant(grant: Grant) -> bytes:
    """Tokens as they are kept."""
    return seal(
        {
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_at": grant.expires_at.isoformat() if grant.expires_at else "",
            "refresh_expires_at": (
                grant.refresh_expires_at.isoformat() if grant.refresh_expires_at else ""
            ),
            "extra": json.dumps(dict(grant.extra)),
        }
    )


def grant_of(sealed: bytes | memoryview) -> Grant | None:
    """The kept tokens, None where there are none yet."""
    kept = unseal(sealed)
    if not kept:
        return None

    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(kept[name]) if kept[name] else None

    return Grant(
        access_token=kept["access_token"],
        refresh_token=kept["refresh_token"],
        expires_at=instant("expires_at"),
        refresh_expires_at=instant("refresh_expires_at"),
        extra=json.loads(kept["extra"]),
    )


def grant_fields(grant: Grant) -> dict[str, Any]:
    """The columns of a connection that keep a grant."""
    return {
        "grant_sealed": sealed_grant(grant),
        "grant_expires_at": grant.expires_at,
        "renew_at": renew_at(grant.expires_at, wall()),
        "renewing_until": None,
    }


@transaction.atomic
def do_claim_renewal(connection_id: UUID) -> Connection | None:
    """The right to renew a connection's tokens now; None where they are fresh, or another does.

    Two workers with one refresh token would lock each other out: most sources take it once.
    """
    at = wall()
    row = Connection.objects.select_for_update(no_key=True).get(id=connection_id)
    if row.renew_at is None or row.renew_at > at:
        return None
    if row.renewing_until is not None and row.renewing_until > at:
        return None
    row.renewing_until = at + timedelta(seconds=RENEWING_SECONDS)
    row.save(update_fields=["renewing_until"])
    return row


@transaction.atomic
def do_keep_grant(connection_id: UUID, grant: Grant) -> None:
    """Keep new tokens."""
    Connection.objects.filter(id=connection_id).update(**grant_fields(grant))


@transaction.atomic
def do_drop_renewal(connection_id: UUID) -> None:
    """Renewing failed: try again in a minute, leaving others the old tokens until then."""
    at = wall() + timedelta(minutes=1)
    Connection.objects.filter(id=connection_id).update(renewing_until=None, renew_at=at)


@transaction.atomic
def do_begin_call(connection_id: UUID) -> datetime | None:
    """Whether a call may be made now: None, or the instant until which the store is left alone."""
    row = Connection.objects.filter(id=connection_id).only("breaker").get()
    if row.breaker == "closed":
        return None
    row = Connection.objects.select_for_update(no_key=True).get(id=connection_id)
    at, breaker = wall(), _breaker(row)
    if not breaker.lets(at):
        return breaker.until
    _write(row, breaker.tried(at))
    return None


@transaction.atomic
def do_end_call(
    connection_id: UUID,
    name: str,
    *,
    outcome: str,
    took_ms: int,
    waited_ms: int,
    words: Mapping[str, str],
    wait_seconds: float,
    locked_out: bool,
    counts: bool = True,
) -> None:
    """Write down how a call went, and what it says of the store's health.

    One that does not count, since another host answered it, is only written down.
    """
    at = wall()
    Call.objects.create(
        connection_id=connection_id,
        name=name,
        at=at,
        took_ms=took_ms,
        waited_ms=waited_ms,
        outcome=outcome,
        words=dict(words),
    )
    if not counts:
        return
    row = Connection.objects.select_for_update(no_key=True).get(id=connection_id)
    if outcome == "failed":
        row.last_failure_at, row.last_error = at, dict(words)
        _write(row, _breaker(row).failed(at), "last_failure_at", "last_error")
        return
    _write(row, _breaker(row).answered())
    changed: dict[str, Any] = {}
    if outcome == "waited":
        changed = {"waits": F("waits") + 1, "wait_until": at + timedelta(seconds=wait_seconds)}
    elif outcome == "refused":
        changed = {"last_error": dict(words), "last_failure_at": at}
    else:
        changed = {"last_success_at": at}
    if locked_out and row.state in {"active", "paused"}:
        changed |= {"state": "needs_reauthorising"}
        events.announce(row, events.LOCKED_OUT)
    Connection.objects.filter(id=connection_id).update(**changed)


@transaction.atomic
def do_forget_old_calls(limit: int = 5_000) -> int:
    """Let go of calls that no page shows any more."""
    old = Call.objects.filter(at__lt=wall() - CALLS_KEPT).order_by("at")[:limit]
    count, _by_model = Call.objects.filter(id__in=[call.id for call in old]).delete()
    return count


def _breaker(row: Connection) -> Breaker:
    return Breaker(row.breaker, row.failures, row.breaker_until)


def _write(row: Connection, breaker: Breaker, *names: str) -> None:
    if breaker == _breaker(row) and not names:
        return
    row.breaker, row.failures, row.breaker_until = breaker.state, breaker.failures, breaker.until
    row.save(update_fields=["breaker", "failures", "breaker_until", *names])
