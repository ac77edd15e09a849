"""Applications, and what a person allowed them.

The tables are those of django-oauth-toolkit, with how far each token reaches: one shop, the
installation, or neither (see ``people.reach``). Tokens are stored as checksums only.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account
from yellowcart.people.reach import Reach
from yellowcart.shops.models import Shop


class Typed(models.Model):
    """Shows mypy that what comes of the toolkit, which has no types, is a model."""

    class Meta:
        abstract = True


class Reaching(models.Model):
    """What reaches into one shop, into the whole installation, or neither."""

    shop = models.ForeignKey(Shop, models.CASCADE, null=True, blank=True, related_name="+")
    installation = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def reach(self) -> Reach:
        """How far it reaches."""
        return Reach(shop_id=self.shop_id, installation=self.installation)


class Application(AbstractApplication, Reaching):
    """An integrator's program.

    ``user`` answers for it and acts through its client credentials, within ``shop`` or the
    installation. ``scopes`` (by spaces) are the most that it may ask anybody for.
    """

    scopes = models.TextField(default="", blank=True)

    class Meta:
        db_table = "developers_application"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(shop__isnull=True) | Q(installation=False),
                name="developers_application_one_reach",
            )
        ]

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Client credentials to who keeps a secret, codes where a person can come back to."""
        allowed = set()
        if self.client_type == self.CLIENT_CONFIDENTIAL:
            allowed.add(self.GRANT_CLIENT_CREDENTIALS)
        if self.redirect_uris:
            allowed.add(self.GRANT_AUTHORIZATION_CODE)
        return bool(allowed.intersection(grant_types))


class AuthorizationCode(AbstractGrant, Reaching):
    """A code that becomes tokens within a minute, in the hands of whoever has its verifier."""

    class Meta:
        db_table = "developers_code"


class AccessToken(AbstractAccessToken, Reaching):
    """What an application calls with."""

    class Meta:
        db_table = "developers_access_token"


class RefreshToken(AbstractRefreshToken, Reaching):
    """What an application gets its next access token with; each serves once."""

    class Meta(AbstractRefreshToken.Meta):
        db_table = "developers_refresh_token"


class IdentityToken(AbstractIDToken, Typed):
    """The toolkit's access tokens refer to one. Always empty: this is no identity provider."""

    class Meta:
        db_table = "developers_identity_token"


class Webhook(Reaching):
    """An address that hears what happens, within the reach that ``account`` gave.

    ``events`` are topics of ``rules.EVENTS`` (by spaces). ``sealed`` are its secrets: ``now``,
    and ``before`` until ``before_until``, while the receiver changes over. ``claimed_until`` is
    set while a worker delivers, ``rest_until`` after several failures in a row.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    application = models.ForeignKey(Application, models.CASCADE, related_name="webhooks")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    events = models.TextField()
    sealed = models.BinaryField()
    before_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, default="on")
    failing_since = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "developers_webhook"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["on", "off", "disabled"]), name="developers_webhook_state"
            ),
            models.CheckConstraint(
                condition=Q(shop__isnull=False) ^ Q(installation=True),
                name="developers_webhook_one_reach",
            ),
        ]


class Message(models.Model):
    """One event on its way to one webhook; its id is the ``webhook-id``, the same in every try.

    ``body`` is what is sent and signed, to the byte. ``next_at`` is when it is tried next.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="messages")
    event_id = models.UUIDField()
    type = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=16, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "developers_message"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="developers_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "failed"]),
                name="developers_message_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "next_at"],
                name="developers_message_due",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["webhook", "-created_at", "-id"], name="developers_message_log"),
        ]


class Try(models.Model):
    """One delivery: when, how long, and what was answered. ``status`` 0: no answer came."""

    id = models.UUIDField(primary_key=True, default=new_id)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=now)
    ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=1_000, default="", blank=True)

    class Meta:
        db_table = "developers_try"
