"""What a script may be, and how far a show is with it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

MOST_ITEMS: Final = 200
MOST_MINUTES: Final = 600
LONGEST_TITLE: Final = 120
LONGEST_NOTES: Final = 1_000
ACTIONS: Final = ("none", "count_down", "link_up", "flash")


class Step(Struct, frozen=True, kw_only=True):
    """One step as somebody wants it; see ``live.tooltables.ScriptItem``. ``id`` None: a new one."""

    id: UUID | None = None
    listing_id: UUID | None = None
    title: str = ""
    notes: str = ""
    minutes: int = 5
    action: str = "none"
    seconds: int | None = None
    percent: int | None = None


class Timing(Struct, frozen=True):
    """Seconds: of the step that is on, planned and gone; of the whole, planned and gone; and how
    far behind the plan the show is, negative where it is ahead."""

    step_planned: int
    step_gone: int
    planned: int
    gone: int
    behind: int


def wrong_with_step(step: Step) -> str | None:
    """Which field of a step can't be, or None. A listing gives the title where there is none."""
    if len(step.title) > LONGEST_TITLE or not (step.title or step.listing_id):
        return "title"
    if len(step.notes) > LONGEST_NOTES:
        return "notes"
    if not 0 <= step.minutes <= MOST_MINUTES:
        return "minutes"
    if step.action not in ACTIONS or (step.action != "none" and step.listing_id is None):
        return "action"
    if step.action == "flash" and not (step.percent and 1 <= step.percent <= 99):
        return "percent"
    if step.action == "count_down" and step.seconds is None:
        return "seconds"
    return None


def neighbour(ids: Sequence[UUID], current: UUID | None, step: int) -> UUID | None:
    """The step after the current one (``step`` 1) or before it (-1); the first where none is on.

    None past either end.
    """
    if current is None or current not in ids:
        return ids[0] if ids and step > 0 else None
    place = ids.index(current) + step
    return ids[place] if 0 <= place < len(ids) else None


def timing(
    minutes: Sequence[int], place: int, began: datetime, step_began: datetime, at: datetime
) -> Timing:
    """How a show stands at ``at`` whose step ``place`` (from 0) is on.

    It is behind by what has gone beyond the steps before and the planned part of this one: a step
    that still has time left makes nobody late.
    """
    gone = max(0, round((at - began).total_seconds()))
    step_gone = max(0, round((at - step_began).total_seconds()))
    before = 60 * sum(minutes[:place])
    step_planned = 60 * minutes[place]
    return Timing(
        step_planned,
        step_gone,
        60 * sum(minutes),
        gone,
        gone - before - min(step_gone, step_planned),
    )
