"""Attribution windows: a source's own, and those of single distribution plans."""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.orders.jumpout_models import TrackPlan
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.sources.actions import do_set_track_window
from yellowcart.sources.models import Source

MOST_DAYS: Final = 365
LONGEST_CODE: Final = 100


def window_of(source: Source, plan: str) -> int:
    """Days from the click within which a sale counts: the plan's, else the source's."""
    if plan:
        days = TrackPlan.objects.filter(source=source.code, code=plan).values_list(
            "track_days", flat=True
        )
        if found := days.first():
            return found
    return source.track_window_days


def plans() -> QuerySet[TrackPlan]:
    """Every plan with a window of its own."""
    return TrackPlan.objects.order_by("source", "code")


@transaction.atomic
def do_set_window(actor: Account, source: str, plan: str, days: int) -> None:
    """An operator sets the window of a source (``plan`` empty) or of one of its plans.

    Sales that were matched keep the window they were matched by. Problems: ``forbidden``,
    ``source_unknown``, ``window_unfit``.
    """
    if not people.is_operator(actor):
        raise forbidden(_("Only the platform's operators set attribution windows."))
    row = Source.objects.select_for_update(no_key=True).filter(code=source).first()
    if row is None:
        raise Problem("source_unknown", 404, _("There is no such source here."))
    plan = plan.strip()
    if not 1 <= days <= MOST_DAYS or len(plan) > LONGEST_CODE:
        raise Problem(
            "window_unfit",
            422,
            _("Name 1 to %(most)s days, and a plan by its code."),
            params={"most": MOST_DAYS},
        )
    if plan:
        TrackPlan.objects.update_or_create(
            source=source,
            code=plan,
            defaults={"track_days": days, "actor_id": actor.id, "changed_at": now()},
        )
    else:
        do_set_track_window(row, days)
    outbox.audit(actor.id, "conversions.window", f"source:{source}", plan=plan, days=days)
