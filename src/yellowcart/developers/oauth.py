"""How django-oauth-toolkit is told of reach and of an application's own scopes."""

import hashlib
from typing import Any

from django.http import HttpRequest
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request

from yellowcart.developers.limits import take_call
from yellowcart.developers.models import AccessToken, Application, AuthorizationCode
from yellowcart.people.reach import Reach
from yellowcart.people.scopes import SCOPES, known
from yellowcart.people.tokens import Holder

NOTHING = Reach()


class Scopes(BaseScopes):
    """An application may ask for its own scopes, and gets all of them where it names none."""

    def get_all_scopes(self) -> dict[str, Any]:
        """Every scope with its words."""
        return dict(SCOPES)

    def get_available_scopes(
        self, application: Application | None = None, *_args: Any, **_options: Any
    ) -> list[str]:
        """The application's; all where none is meant."""
        return list(SCOPES) if application is None else known(application.scopes)

    def get_default_scopes(
        self, application: Application | None = None, *_args: Any, **_options: Any
    ) -> list[str]:
        """The same."""
        return self.get_available_scopes(application)


class Validator(OAuth2Validator):
    """Carries how far a person let an application reach from the code to every later token."""

    def _create_authorization_code(self, request: Request, code: Any, expires: Any = None) -> Any:
        grant = super()._create_authorization_code(request, code, expires)
        return _reaching(grant, request.reach)

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **options: Any
    ) -> bool:
        """Whether the code holds; its reach goes on with the request."""
        if not super().validate_code(client_id, code, client, request, *args, **options):
            return False
        request.reach = AuthorizationCode.objects.get(code=code, application=client).reach
        return bool(request.user.is_active)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **options: Any
    ) -> bool:
        """Whether the token holds; its reach goes on with the request."""
        if not super().validate_refresh_token(refresh_token, client, request, *args, **options):
            return False
        request.reach = request.refresh_token_instance.reach
        return bool(request.user.is_active)

    def _create_access_token(
        self, expires: Any, request: Request, token: Any, source_refresh_token: Any = None
    ) -> Any:
        if request.grant_type == "client_credentials":
            request.user, request.reach = request.client.user, request.client.reach
        made = super()._create_access_token(expires, request, token, source_refresh_token)
        return _reaching(made, request.reach)

    def _create_refresh_token(self, request: Request, *args: Any) -> Any:
        return _reaching(super()._create_refresh_token(request, *args), request.reach)


def _reaching(row: Any, reach: Reach) -> Any:
    # Until this is written it reaches into nothing but the person's own, so no moment is unsafe.
    row.shop_id, row.installation = reach.shop_id, reach.installation
    row.save(update_fields=["shop", "installation"])
    return row


def read_token(request: HttpRequest, token: str) -> Holder | None:
    """Who holds a bearer token; None where it is unknown, expired or revoked.

    It never does more than its application may ask for now, however much it was given once.
    Each call counts towards the application's limit (``limits``).
    """
    checksum = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    row = (
        AccessToken.objects.select_related("user", "application")
        .filter(token_checksum=checksum)
        .first()
    )
    if row is None or row.application is None or row.is_expired() or not row.user.is_active:
        return None
    request.allowance = take_call(row.application.id)  # type: ignore[attr-defined]
    account = row.user
    account.reach = row.reach
    scopes = frozenset(row.scope.split()) & frozenset(row.application.scopes.split())
    return Holder(account=account, scopes=scopes, application_id=row.application.id)
