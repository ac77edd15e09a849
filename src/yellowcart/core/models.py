"""Tables of the plumbing: what happened (outbox), who did it (audit), which clock."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id

#: The ``shop_id`` of what belongs to no shop.
PLATFORM = UUID(int=0)


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it so.

    Keyed by shop, so that on Citus it lies beside the sale it speaks of. Relayed by state, not
    by position: an event that commits late is still found.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField(default=PLATFORM)
    id = models.UUIDField(default=new_id)
    topic = models.CharField(max_length=64)
    room_id = models.UUIDField(null=True)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=now)
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "core_outbox"
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="core_outbox_waiting",
                condition=models.Q(relayed_at__isnull=True),
            )
        ]


class AuditEntry(models.Model):
    """Who did what to what, when: appended by actions, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=64)
    target = models.CharField(max_length=128)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "core_audit"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes: ClassVar = [models.Index(fields=["target", "at"], name="core_audit_target")]


class ClockRow(models.Model):
    """The line on which a rehearsal's or a demo's clock runs; no row means the machine's own."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    wall_us = models.BigIntegerField()
    platform_us = models.BigIntegerField()
    speed = models.FloatField()

    class Meta:
        db_table = "core_clock"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="core_clock_single"),
            models.CheckConstraint(condition=models.Q(speed__gt=0), name="core_clock_forward"),
        ]
