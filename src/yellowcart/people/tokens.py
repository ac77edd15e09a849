"""How the API knows its caller: by a session, or by an application's bearer token.

Each operation says next to its path what a token needs: ``auth=scoped("orders:read")``. An
operation that says nothing is for sessions only. Who issues and reads tokens lives above
(``developers``) and is tied in with :func:`use_tokens`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja.security import SessionAuth
from ninja.security.base import AuthBase

from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.people.scopes import SCOPES

REALM: Final = "yellowcart"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who calls with a token: the account with its reach, what may be done, and through what."""

    account: Account
    scopes: frozenset[str]
    application_id: int


#: Reads a token; None where it is unknown, expired or revoked.
Reader = Callable[[HttpRequest, str], Holder | None]
_readers: list[Reader] = []


def use_tokens(reader: Reader) -> None:
    """Have tokens read by this from now on."""
    _readers[:] = [reader]


def bearer_of(request: HttpRequest) -> str | None:
    """The bearer token in a request's header; None where it has none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def challenge(error: str = "", scope: str = "") -> dict[str, str]:
    """The ``WWW-Authenticate`` of a refusal (RFC 6750, 3)."""
    said = [f'realm="{REALM}"']
    said += [f'error="{error}"'] if error else []
    said += [f'scope="{scope}"'] if scope else []
    return {"WWW-Authenticate": f"Bearer {', '.join(said)}"}


def _refusal(code: str, status: HTTPStatus, detail: "str | Promise", scope: str = "") -> Problem:
    extra = {"scope": scope} if scope else {}
    return Problem(code, status, detail, headers=challenge(code, scope), extra=extra)


class OAuth2(AuthBase):
    """Lets a token in that has the scope; sees nothing where there is no token."""

    openapi_type = "oauth2"
    openapi_flows: Final = {
        "authorizationCode": {
            "authorizationUrl": "/oauth/authorize",
            "tokenUrl": "/oauth/token",
            "refreshUrl": "/oauth/token",
            "scopes": {name: name for name in SCOPES},
        },
        "clientCredentials": {
            "tokenUrl": "/oauth/token",
            "scopes": {name: name for name in SCOPES},
        },
    }

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise ValueError(f"there is no scope {scope}")
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        """The holder of the token; None where none was sent."""
        token = bearer_of(request)
        if token is None:
            return None
        holder = _readers[0](request, token) if _readers else None
        if holder is None:
            raise _refusal(
                "invalid_token",
                HTTPStatus.UNAUTHORIZED,
                _("This token is unknown, expired or revoked. Get a new one."),
            )
        if self.scope not in holder.scopes:
            raise _refusal(
                "insufficient_scope",
                HTTPStatus.FORBIDDEN,
                _("This token was not given the scope that this needs; see scope."),
                self.scope,
            )
        request.user = holder.account
        return holder


class Session(SessionAuth):
    """A person in a browser, with the CSRF token where something is changed."""

    def __call__(self, request: HttpRequest) -> Any:
        """The account; refuses tokens, which an operation for them has read before."""
        if bearer_of(request) is not None:
            raise _refusal(
                "session_only",
                HTTPStatus.FORBIDDEN,
                _("No token opens this; a person does it in the browser."),
            )
        return super().__call__(request)


class Anybody(AuthBase):
    """Lets everybody in, known or not."""

    openapi_type = "http"

    def __call__(self, request: HttpRequest) -> Any:
        """Always true."""
        return True


SESSION: Final = Session(csrf=True)


def scoped(scope: str, *, public: bool = False) -> list[AuthBase]:
    """Who may call an operation: a session, or a token with this scope; or, where it is
    ``public``, everybody, of whom those known may see more."""
    return [OAuth2(scope), SESSION, *([Anybody()] if public else [])]
