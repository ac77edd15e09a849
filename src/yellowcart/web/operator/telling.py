"""Who was told what of a rule, who read it, and who answered."""

from dataclasses import dataclass

from django.db.models import Count, Q

from yellowcart.notices.models import STAGES, Appeal, Notice


@dataclass(frozen=True, slots=True)
class Stage:
    """The notices of one stage of a rule."""

    stage: str
    sent: int
    read: int


@dataclass(frozen=True, slots=True)
class Told:
    """All notices of a rule, by stage and by party."""

    stages: list[Stage]
    parties: list[tuple[str, int, int]]
    sent: int
    read: int
    appeals: int
    open_appeals: int


def told(*keys: str) -> Told:
    """What the parties that these rules hit were told so far."""
    notices = Notice.objects.filter(rule_key__in=keys, stage__in=STAGES)
    was_read = Count("id", filter=Q(read_at__isnull=False))
    by_stage = {
        row["stage"]: Stage(row["stage"], row["sent"], row["seen"])
        for row in notices.values("stage").annotate(sent=Count("id"), seen=was_read)
    }
    parties = notices.values("party").annotate(sent=Count("id"), seen=was_read)
    stages = [by_stage[stage] for stage in STAGES if stage in by_stage]
    appeals = Appeal.objects.filter(notice__rule_key__in=keys)
    return Told(
        stages=stages,
        parties=[(row["party"], row["sent"], row["seen"]) for row in parties.order_by("party")],
        sent=sum(one.sent for one in stages),
        read=sum(one.read for one in stages),
        appeals=appeals.count(),
        open_appeals=appeals.filter(state="open").count(),
    )
