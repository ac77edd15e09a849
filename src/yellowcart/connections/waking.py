"""Having the worker do something for a connection soon."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yellowcart.connections.models import Connection
from yellowcart.core import jobs
from yellowcart.core.clock import wall

WORK_JOB: Final = "connections.work"
#: A job that was queued and not begun after this is taken for lost.
QUEUED_SECONDS: Final = 60
BATCH: Final = 200


@transaction.atomic
def wake(connection_id: UUID, at: datetime | None = None) -> None:
    """Have a connection's work looked at now, or at an instant; joins the caller's transaction."""
    instant = wall()
    due = at or instant
    mine = Connection.objects.filter(id=connection_id, state="active")
    mine.filter(Q(work_at__isnull=True) | Q(work_at__gt=due)).update(work_at=due)
    if due <= instant:
        queue(connection_id, instant)


def queue(connection_id: UUID, instant: datetime) -> None:
    """Defer the work of a connection whose lane is free, and nobody waits for already."""
    free = Q(lane_until__isnull=True) | Q(lane_until__lte=instant)
    until = instant + timedelta(seconds=QUEUED_SECONDS)
    if Connection.objects.filter(free, id=connection_id).update(lane_until=until, lane_token=None):
        jobs.defer(WORK_JOB, connection_id=str(connection_id))


@transaction.atomic
def queue_due() -> datetime | None:
    """Defer the work of every connection whose time has come; when the next one's comes."""
    instant = wall()
    free = Q(lane_until__isnull=True) | Q(lane_until__lte=instant)
    due = Connection.objects.filter(free, state="active", work_at__lte=instant)
    for connection_id in due.order_by("work_at").values_list("id", flat=True)[:BATCH]:
        queue(connection_id, instant)
    following = Connection.objects.filter(state="active", work_at__gt=instant)
    return following.order_by("work_at").values_list("work_at", flat=True).first()
