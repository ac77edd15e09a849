"""Who is here: accounts, roles, follows, and the permits to sell."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.reach import Reach


class Account(AbstractUser):
    """A person who signs in. Facts that permits ask about are kept with when they were proven.

    Saving fills what sign-up does not ask for: the name shown and the handle, both from the
    user name. ``reach`` is set where an application acts for the account, and never stored.
    """

    reach: Reach | None = None

    id = models.UUIDField(primary_key=True, default=new_id)
    display_name = models.CharField(max_length=60)
    handle = models.SlugField(max_length=40, unique=True, allow_unicode=False)
    language = models.CharField(max_length=10, default="zh-hans")
    region = models.CharField(max_length=2, default="", blank=True)
    avatar_url = models.CharField(max_length=500, default="", blank=True)
    bio = models.CharField(max_length=300, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    real_name_verified_at = models.DateTimeField(null=True, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    joined_at = models.DateTimeField(default=now)
    blocked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "people_account"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        # People are found by how a name begins: what a name holds has no index without pg_trgm.
        indexes: ClassVar = [
            models.Index(OpClass(Upper("display_name"), "text_pattern_ops"), name="people_by_name"),
            models.Index(OpClass(Upper("handle"), "text_pattern_ops"), name="people_by_handle"),
            models.Index(OpClass(Upper("username"), "text_pattern_ops"), name="people_by_username"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with a name to show and a handle of its own."""
        self.display_name = self.display_name or self.username[:60]
        self.handle = self.handle or self._free_handle()
        super().save(*args, **kwargs)

    def _free_handle(self) -> str:
        wish = slugify(self.username)[:32]
        if wish and not Account.objects.filter(handle=wish).exclude(pk=self.pk).exists():
            return wish
        # The end of a UUIDv7 is random, so that two who sign up at once don't meet.
        return f"{wish or 'user'}-{self.id.hex[-7:]}"


class RoleGrant(models.Model):
    """A role on the whole platform: operator, creator, moderator or source_operator.

    Shops have members of their own (``shops.ShopMember``). ``scope`` names the source that a
    ``source_operator`` speaks for.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20)
    scope = models.CharField(max_length=40, default="", blank=True)
    granted_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "people_role_grant"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "role", "scope"], name="people_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=["operator", "creator", "moderator", "source_operator"]),
                name="people_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.scope}".strip()


class Follow(models.Model):
    """One account follows another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    follower = models.ForeignKey(Account, models.CASCADE, related_name="following")
    followee = models.ForeignKey(Account, models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "people_follow"
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "followee"], name="people_follow_once"),
            models.CheckConstraint(
                condition=~Q(follower=F("followee")), name="people_follow_other"
            ),
        ]


class CreatorFacts(models.Model):
    """Figures that permit conditions ask about and that the platform itself cannot count."""

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="creator_facts"
    )
    outside_followers = models.PositiveIntegerField(default=0)
    outside_public_videos = models.PositiveIntegerField(default=0)
    deposit_minor = models.BigIntegerField(default=0)
    deposit_currency = models.CharField(max_length=3, default="CNY")
    violations = models.PositiveIntegerField(default=0)
    severe_violations_90d = models.PositiveIntegerField(default=0)
    scores = models.JSONField(default=dict, blank=True)
    flags = models.JSONField(default=list, blank=True)
    minutes_watched_7d = models.PositiveIntegerField(default=0)
    live_hours_14d = models.FloatField(default=0)

    class Meta:
        db_table = "people_creator_facts"
        verbose_name = _("creator's figures")
        verbose_name_plural = _("creators' figures")

    def __str__(self) -> str:
        return str(self.account_id)


class Permit(models.Model):
    """The right to ``go_live``, ``sell_own`` or ``promote``, as it stands for one account.

    The rule is the one that decided last, or was named when it was paused or withdrawn. A pilot
    has an end and the week's limits.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="permits")
    permit = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    rule_key = models.CharField(max_length=100, default="")
    rule_revision = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True)
    limits = models.JSONField(default=dict)
    reason = models.TextField(default="")

    class Meta:
        db_table = "people_permit"
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "permit"], name="people_permit_once"),
            models.CheckConstraint(
                condition=Q(permit__in=["go_live", "sell_own", "promote"]),
                name="people_permit_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "pilot", "granted", "paused", "withdrawn"]),
                name="people_permit_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="pilot") | Q(until__isnull=False), name="people_pilot_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permit}: {self.state}"


class PermitEvent(models.Model):
    """What happened to a permit, with the rule and the evidence. The database refuses changes.

    ``conditions`` are what :mod:`yellowcart.people.evidence` makes of a decision's, in
    both languages. ``words`` says what comes next after a decision (``en``, ``zh``), or why an
    operator did what they did (``reason``, in the operator's words). ``until`` and ``limits`` are
    a pilot's.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.PROTECT, related_name="permit_events")
    permit = models.CharField(max_length=16)
    verb = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    rule_key = models.CharField(max_length=100, default="")
    rule_revision = models.PositiveIntegerField(default=0)
    conditions = models.JSONField(default=list)
    words = models.JSONField(default=dict)
    until = models.DateTimeField(null=True)
    limits = models.JSONField(default=dict)
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "people_permit_event"
        verbose_name = _("line of a permit's history")
        verbose_name_plural = _("permits' history")
        indexes: ClassVar = [
            models.Index(fields=["account", "permit", "at"], name="people_permit_history")
        ]

    def __str__(self) -> str:
        return f"{self.permit}: {self.verb}"


class PermitAppeal(models.Model):
    """A refusal, pause or withdrawal that its subject asks to have looked at again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    event = models.OneToOneField(PermitEvent, models.PROTECT, related_name="appeal")
    words = models.TextField()
    state = models.CharField(max_length=16, default="open")
    answer = models.TextField(default="")
    answered_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_permit_appeal"
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "rejected"]), name="people_appeal_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.words[:60]}"
