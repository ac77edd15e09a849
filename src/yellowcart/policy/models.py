"""Rules as append-only data, drafts nobody was told of, and the instants at which things flip."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id


class RuleRevision(models.Model):
    """One period of one revision of a rule: when it holds, and when it was written.

    A selector is a JSON list of names, or null for any. The database refuses changes: a
    correction is the next revision, and ``withdrawn`` one that says the rule no longer stands.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=100)
    revision = models.PositiveIntegerField()
    platform = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    sources = models.JSONField(null=True)
    integrations = models.JSONField(null=True)
    surfaces = models.JSONField(null=True)
    shops = models.JSONField(null=True)
    shop_types = models.JSONField(null=True)
    creators = models.JSONField(null=True)
    outcome = models.CharField(max_length=16)
    fee_bps = models.IntegerField(null=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    announced_at = models.DateTimeField()
    written_at = models.DateTimeField(default=now)
    reason_en = models.TextField()
    reason_zh = models.TextField()
    remedy_en = models.TextField(default="")
    remedy_zh = models.TextField(default="")
    grade = models.CharField(max_length=1, default="")
    evidence = models.TextField(default="")
    notice = models.CharField(max_length=200, default="")
    supersedes = models.JSONField(default=list)
    withdrawn = models.BooleanField(default=False)
    written_by = models.UUIDField(null=True)

    class Meta:
        db_table = "policy_rule"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "revision", "effective_from"], name="policy_rule_period"
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gt=models.F("effective_from")),
                name="policy_rule_forward",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["allow", "require_task", "deny"]),
                name="policy_rule_outcome",
            ),
        ]


class PolicyDraft(models.Model):
    """A rule that nobody has been told of: edited, rehearsed, then announced or dropped."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=200)
    body = models.JSONField()
    state = models.CharField(max_length=16, default="draft")
    rehearsal = models.JSONField(null=True)
    rehearsed_at = models.DateTimeField(null=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=now)
    announced_at = models.DateTimeField(null=True)
    rule_key = models.CharField(max_length=100, default="")

    class Meta:
        db_table = "policy_draft"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "announced", "dropped"]),
                name="policy_draft_state",
            )
        ]


class Boundary(models.Model):
    """An instant at which verdicts may flip, and what the sweep did about it."""

    instant = models.DateTimeField(primary_key=True)
    swept_at = models.DateTimeField(null=True)
    barred = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    rooms = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "policy_boundary"
