"""Applications, and programs that call with their tokens."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from tests.factories import make_account, make_shop
from yellowcart.developers.actions import do_make_application
from yellowcart.developers.models import Application
from yellowcart.people.models import Account
from yellowcart.people.scopes import SCOPES
from yellowcart.shops.models import Shop

BACK = "https://app.example/back"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]


class Program:
    """An integrator's program: an application, its secret, and the tokens it got."""

    def __init__(self, application: Application, secret: str) -> None:
        self.application, self.secret = application, secret
        self.client = Client(headers={"Accept-Language": "en"})
        self.token = ""

    def ask_token(self, **fields: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint's answer."""
        known = {"client_id": self.application.client_id, "client_secret": self.secret}
        reply = self.client.post("/oauth/token", {**known, **fields})
        return reply.status_code, json.loads(reply.content)

    def log_in(self, scope: str = "") -> "Program":
        """Take a token by client credentials."""
        wanted = {"scope": scope} if scope else {}
        status, body = self.ask_token(grant_type="client_credentials", **wanted)
        assert status == 200, body
        self.token = body["access_token"]
        return self

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """The status and JSON of a call with the token."""
        reply = self.call(method, f"/api/v1{path}", body, **headers)
        return reply.status_code, json.loads(reply.content) if reply.content else None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The whole answer of a call with the token."""
        return self.client.generic(
            method,
            path,
            json.dumps(body) if body is not None else "",
            "application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )


def make_program(
    actor: Account, reach: str, scopes: str = "", redirects: tuple[str, ...] = (BACK,)
) -> Program:
    """A program with these scopes, or with all of them."""
    application, secret = do_make_application(
        actor=actor,
        name="Bridge",
        reach=reach,
        scopes=scopes.split() or list(SCOPES),
        redirect_uris=redirects,
    )
    return Program(application, secret)


def owner_with_shop() -> tuple[Account, Shop]:
    """A person and the shop they own."""
    owner = make_account()
    return owner, make_shop(owner)


def consent(
    program: Program, person: Account, reach: str, scope: str = "orders:read", **changes: str
) -> tuple[Any, dict[str, str]]:
    """A person's answer on the consent page, and what the address they are sent to carries."""
    asked = {
        "response_type": "code",
        "client_id": program.application.client_id,
        "redirect_uri": BACK,
        "scope": scope,
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(person)
    answer = {**asked, "reach": reach, "allow": "true", **changes}
    reply = browser.post("/oauth/authorize", answer)
    query = parse_qs(urlsplit(reply.headers.get("Location", "")).query)
    return reply, {name: values[0] for name, values in query.items()}
