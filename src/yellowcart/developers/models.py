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
