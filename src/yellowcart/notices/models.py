"""What is told to whom about a rule, when, whether they read it, and what they answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account

#: The stages of a rule.
STAGES = ["announced", "7d", "1d", "1h", "cutover", "withdrawn"]
#: Not of a rule on goods: a decision about the reader's own permit.
PERMIT_STAGE = "permit"
#: Nor of a rule at all: a webhook of the reader's that was given up.
WEBHOOK_STAGE = "webhook"
#: Nor these: shows that the reader asked to be reminded of.
SHOW_STAGES = ["show_soon", "show_start", "show_moved", "show_off"]
#: Nor these, for a shop's people: what is to be settled with a connected supplier by hand, and what
#: became of an order that one gave back.
SUPPLY_STAGE = "supply"
GIVEN_BACK_STAGE = "given_back"
#: Nor this, for both sides: what became of a dispute about a sale elsewhere.
DISPUTE_STAGE = "dispute"
#: Nor these: what became of a lucky bag, for its winners and its host.
BAG_STAGES = ["won", "lapsed", "drawn", "unclaimed"]

#: Stages of notices that no rule on goods stands behind.
NOTHING_TO_APPEAL = frozenset(
    {*SHOW_STAGES, *BAG_STAGES, WEBHOOK_STAGE, SUPPLY_STAGE, GIVEN_BACK_STAGE, DISPUTE_STAGE}
)


class Notice(models.Model):
    """One party told one thing at one stage of a rule. ``hit`` says what of theirs it concerns.

    At the stage ``permit`` the rule is the one named in a decision about their permit; at those of
    a show the key names the room, and ``party`` is ``viewer``; at those of a lucky bag it names the
    bag, and the revision is the prize's number; at those of a supply or a dispute it names that,
    and the revision counts its steps.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="notices")
    party = models.CharField(max_length=20)
    shop_id = models.UUIDField(null=True)
    rule_key = models.CharField(max_length=100)
    rule_revision = models.PositiveIntegerField()
    stage = models.CharField(max_length=10)
    effective_at = models.DateTimeField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField()
    body_zh = models.TextField()
    hit = models.JSONField(default=dict)
    sent_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_notice"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "account",
                    "party",
                    "shop_id",
                    "rule_key",
                    "rule_revision",
                    "effective_at",
                    "stage",
                ],
                nulls_distinct=False,
                name="notices_notice_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[
                        *STAGES,
                        PERMIT_STAGE,
                        *SHOW_STAGES,
                        WEBHOOK_STAGE,
                        *BAG_STAGES,
                        SUPPLY_STAGE,
                        GIVEN_BACK_STAGE,
                        DISPUTE_STAGE,
                    ]
                ),
                name="notices_notice_stage",
            ),
            models.CheckConstraint(
                condition=Q(party__in=["merchant", "creator", "source", "viewer", "operator"]),
                name="notices_notice_party",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "-sent_at"], name="notices_inbox")]


class Appeal(models.Model):
    """A party asks to have a rule's effect on it looked at again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    notice = models.OneToOneField(Notice, models.CASCADE, related_name="appeal")
    words = models.TextField()
    state = models.CharField(max_length=16, default="open")
    answer = models.TextField(default="")
    answered_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_appeal"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "rejected"]), name="notices_appeal_state"
            )
        ]


class StageRun(models.Model):
    """A stage of a rule whose notices went out, even where there was nobody to tell."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule_key = models.CharField(max_length=100)
    rule_revision = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    stage = models.CharField(max_length=10)
    notices = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "notices_stage_run"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule_key", "rule_revision", "effective_at", "stage"],
                name="notices_stage_once",
            ),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="notices_stage_known"),
        ]
