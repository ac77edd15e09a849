"""Wanting pictures, asking for them in turn, and keeping what comes. No network here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from yellowcart.core.breaker import Breaker
from yellowcart.core.clock import wall
from yellowcart.pictures import rules
from yellowcart.pictures.fetching import Brought, Wanted
from yellowcart.pictures.gates import gate
from yellowcart.pictures.models import Address, Host, Picture

#: Hosts looked at for what is due, and rows forgotten, at once.
BATCH: Final = 1_000


def want(shop_id: UUID, urls: Iterable[str], *, look_again: bool = False) -> list[UUID]:
    """Have these pictures fetched, in the caller's transaction; the ids of their addresses.

    Those that are known stay as they are; with ``look_again`` they are asked anew, since the goods
    that name them changed: what failed too, but not what was asked a moment ago.
    """
    found = rules.wanted(urls)
    at = wall()
    Address.objects.bulk_create(
        [
            Address(
                id=one,
                url=url,
                host=rules.host_of(url),
                shop_id=shop_id,
                due_at=at,
                wanted_at=at,
            )
            for one, url in found.items()
        ],
        update_conflicts=True,
        unique_fields=["id"],
        # Written even where nothing changes: the row is held, so that it is not forgotten now.
        update_fields=["wanted_at"],
        batch_size=2_000,
    )
    if look_again:
        known = Address.objects.filter(id__in=found, fetched_at__lt=at - rules.FRESH)
        known.filter(state="kept").update(due_at=at)
        known.filter(state="failed").update(state="waiting", attempts=0, due_at=at)
    return list(found)


def ask_again(ids: Iterable[UUID]) -> int:
    """Ask once more for what failed, in the caller's transaction; how many."""
    failed = Address.objects.filter(id__in=list(ids), state="failed")
    hosts = list(failed.values_list("host", flat=True).distinct())
    count = failed.update(state="waiting", attempts=0, due_at=wall())
    # Somebody says that it works again: believe them, for one try.
    Host.objects.filter(name__in=hosts).exclude(breaker="closed").update(breaker_until=wall())
    return count


#: For each host of which something is due, as many as it may be asked now: its places less those
#: taken, one where its breaker is not closed, none while it rests.
_TAKE: Final = """
WITH RECURSIVE hosts(host) AS (
  (SELECT host FROM pictures_address WHERE due_at IS NOT NULL ORDER BY host LIMIT 1)
  UNION ALL
  SELECT (SELECT a.host FROM pictures_address a
          WHERE a.due_at IS NOT NULL AND a.host > h.host ORDER BY a.host LIMIT 1)
  FROM hosts h WHERE h.host IS NOT NULL
), due AS MATERIALIZED (
  SELECT one.id FROM hosts h
  LEFT JOIN unnest(%(busy)s::text[], %(taken)s::int[]) AS b(host, taken) ON b.host = h.host
  LEFT JOIN pictures_host k ON k.name = h.host
  CROSS JOIN LATERAL (
    SELECT a.id, a.due_at FROM pictures_address a
    WHERE a.host = h.host AND a.due_at <= %(at)s AND a.shop_id <> ALL(%(resting)s::uuid[])
    ORDER BY a.due_at, a.id
    LIMIT greatest(CASE WHEN coalesce(k.breaker, 'closed') = 'closed' THEN %(places)s ELSE 1 END
                   - coalesce(b.taken, 0), 0)
    FOR NO KEY UPDATE SKIP LOCKED) one
  WHERE (k.breaker_until IS NULL OR k.breaker_until <= %(at)s)
    AND (k.wait_until IS NULL OR k.wait_until <= %(at)s)
  ORDER BY one.due_at LIMIT %(most)s)
UPDATE pictures_address a SET due_at = %(until)s FROM due WHERE a.id = due.id
RETURNING a.id, a.url, a.host, a.shop_id, a.attempts, a.picture_id, a.etag, a.modified
"""


@transaction.atomic
def do_take(most: int, busy: Mapping[str, int]) -> list[Wanted]:
    """What is to be asked now, taken so that nobody else asks it; ``busy`` are askings under way,
    by host. Whoever dies with it loses it again after a while."""
    at = wall()
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "busy": list(busy),
                "taken": list(busy.values()),
                "resting": gate().resting(),
                "places": rules.AT_ONCE_A_HOST,
                "most": most,
                "at": at,
                "until": at + timedelta(seconds=rules.TAKEN_SECONDS),
            },
        )
        taken = [Wanted(*row) for row in cursor.fetchall()]
    for host in Host.objects.filter(name__in={one.host for one in taken}, breaker_until__lte=at):
        _write(host, _breaker(host).tried(at))
    return taken


@transaction.atomic
def do_keep(wanted: Wanted, brought: Brought) -> None:
    """Keep what came of asking an address, and what it says of its host."""
    row = Address.objects.select_for_update(no_key=True).filter(id=wanted.id).first()
    if row is not None:
        _settle(row, brought)
    _note_host(wanted.host, brought)
    if row is not None:
        gate().note(row.shop_id, row.host, brought.outcome, brought.took_ms, brought.words)


def _settle(row: Address, brought: Brought) -> None:
    at, look = wall(), settings.PICTURE_LOOK_SECONDS
    has = row.picture_id is not None
    if brought.outcome == "kept" and brought.shown is not None:
        one = brought.shown
        Picture.objects.bulk_create(
            [
                Picture(
                    digest=brought.digest,
                    width=one.width,
                    height=one.height,
                    large=one.large,
                    small=one.small,
                )
            ],
            ignore_conflicts=True,
        )
        row.picture_id = brought.digest
    match brought.outcome:
        case "kept" | "same":
            row.etag, row.modified = brought.etag, brought.modified
            row.problem, row.fetched_at = {}, at
            after = rules.after_answer(at, look_seconds=look)
        case "refused":
            row.problem, row.fetched_at = brought.words, at
            after = rules.after_refusal(at, has_picture=has, look_seconds=look)
        case "failed":
            row.problem, row.fetched_at = brought.words, at
            after = rules.after_failure(at, row.attempts, has_picture=has, look_seconds=look)
        case _:
            # The host rests as a whole; this one comes again with the others.
            after = rules.Next(row.state, row.attempts, at)
    row.state, row.attempts, row.due_at = after.state, after.attempts, after.due_at
    row.save()


def _note_host(name: str, brought: Brought) -> None:
    at = wall()
    if brought.outcome not in {"failed", "waited"}:
        # Most hosts never have a row, and most answers change none.
        for host in Host.objects.filter(name=name).exclude(breaker="closed", failures=0):
            _write(host, _breaker(host).answered())
        return
    Host.objects.bulk_create([Host(name=name)], ignore_conflicts=True)
    host = Host.objects.select_for_update(no_key=True).get(name=name)
    if brought.outcome == "waited":
        host.wait_until = at + timedelta(seconds=brought.wait_seconds)
        host.save(update_fields=["wait_until"])
        return
    _write(host, _breaker(host).failed(at))


def _breaker(host: Host) -> Breaker:
    return Breaker(host.breaker, host.failures, host.breaker_until)


def _write(host: Host, breaker: Breaker) -> None:
    host.breaker, host.failures = breaker.state, breaker.failures
    host.breaker_until = breaker.until
    host.save(update_fields=["breaker", "failures", "breaker_until"])


@transaction.atomic
def do_forget(ids: Sequence[UUID]) -> int:
    """Let go of addresses that no goods name, unless they were wanted meanwhile; how many."""
    rows = Address.objects.filter(id__in=ids, wanted_at__lt=wall() - rules.UNUSED)
    count, _by_model = rows.delete()
    return count


@transaction.atomic
def do_forget_pictures() -> int:
    """Let go of copies that no address leads to any more, and of hosts without reproach."""
    unused = Picture.objects.filter(addresses__isnull=True, made_at__lt=wall() - rules.UNUSED)
    digests = list(unused.order_by("digest").values_list("digest", flat=True)[:BATCH])
    count, _by_model = Picture.objects.filter(digest__in=digests, addresses=None).delete()
    rested = Q(wait_until__isnull=True) | Q(wait_until__lt=wall())
    Host.objects.filter(rested, breaker="closed", failures=0).delete()
    return count
