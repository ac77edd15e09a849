"""How an application gets tokens, and how it loses them."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.developers.worlds import (
    BACK,
    CHALLENGE,
    VERIFIER,
    consent,
    make_program,
    owner_with_shop,
)
from tests.factories import make_account, make_operator, make_shop
from yellowcart.core.problems import Problem
from yellowcart.developers.actions import (
    do_change_application,
    do_delete_application,
    do_disconnect,
    do_make_application,
    do_renew_secret,
)
from yellowcart.developers.models import AccessToken, Application, RefreshToken
from yellowcart.developers.queries import connections_of
from yellowcart.developers.rules import is_redirect

pytestmark = pytest.mark.django_db


def test_a_code_with_its_verifier_becomes_tokens_of_the_chosen_shop() -> None:
    owner, shop = owner_with_shop()
    program = make_program(make_account(), "own")
    reply, sent = consent(program, owner, f"shop:{shop.id}")
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith(BACK)
    assert sent["state"] == "s1"
    assert sent["iss"] == "http://testserver"
    redeem = {"grant_type": "authorization_code", "code": sent["code"], "redirect_uri": BACK}
    status, body = program.ask_token(**redeem, code_verifier="w" * 64)
    assert (status, body["error"]) == (400, "invalid_grant")
    _reply, sent = consent(program, owner, f"shop:{shop.id}")
    redeem["code"] = sent["code"]
    status, tokens = program.ask_token(**redeem, code_verifier=VERIFIER)
    assert status == 200
    assert tokens["scope"] == "orders:read"
    assert tokens["expires_in"] == 3_600
    # A code serves once.
    assert program.ask_token(**redeem, code_verifier=VERIFIER)[0] == 400

    program.token = tokens["access_token"]
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 200
    assert [each.shop for each in connections_of(owner)] == [shop]


def test_tokens_are_stored_as_checksums_only() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}")
    _reply, sent = consent(program, owner, f"shop:{shop.id}")
    _status, tokens = program.ask_token(
        grant_type="authorization_code",
        code=sent["code"],
        redirect_uri=BACK,
        code_verifier=VERIFIER,
    )
    rows = [*AccessToken.objects.values(), *RefreshToken.objects.values()]
    said = repr([*rows, *Application.objects.values()])
    assert len(rows) == 2
    for secret in (tokens["access_token"], tokens["refresh_token"], program.secret):
        assert secret not in said


def test_a_refresh_token_serves_once_and_its_misuse_ends_the_family() -> None:
    owner, shop = owner_with_shop()
    program = make_program(make_account(), "own")
    _reply, sent = consent(program, owner, f"shop:{shop.id}")
    _status, first = program.ask_token(
        grant_type="authorization_code",
        code=sent["code"],
        redirect_uri=BACK,
        code_verifier=VERIFIER,
    )
    status, second = program.ask_token(
        grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert status == 200
    program.token = first["access_token"]
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 401
    program.token = second["access_token"]
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 200
    assert RefreshToken.objects.get(revoked=None).reach.shop_id == shop.id

    status, _body = program.ask_token(
        grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert status == 400
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/back"},
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"scope": "settlement:read"},
        {"response_type": "token"},
        {"allow": ""},
        {"client_id": "nobody"},
    ],
)
def test_no_code_for_what_was_not_asked_well_or_not_allowed(changes) -> None:
    owner, shop = owner_with_shop()
    program = make_program(make_account(), "own", "orders:read")
    reply, sent = consent(program, owner, f"shop:{shop.id}", **changes)
    assert "code" not in sent
    assert not reply.headers.get("Location", "").startswith("https://evil")


def test_nobody_lets_an_application_into_a_shop_that_is_not_theirs() -> None:
    owner, _shop = owner_with_shop()
    _other, strangers = owner_with_shop()
    program = make_program(make_account(), "own")
    for reach in (f"shop:{strangers.id}", "installation", "shop:", "shop:x"):
        reply, sent = consent(program, owner, reach)
        assert (reply.status_code, sent) == (403, {}), reach
    assert consent(program, make_operator(), "installation")[1]["code"]


def test_the_page_says_who_asks_for_what_and_where() -> None:
    owner, shop = owner_with_shop()
    program = make_program(make_account(), "own")
    asked = {
        "response_type": "code",
        "client_id": program.application.client_id,
        "redirect_uri": BACK,
        "scope": "orders:read stock:write",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "approval_prompt": "auto",
    }
    address = f"/oauth/authorize?{urlencode(asked)}"
    stranger = Client().get(address)
    assert stranger.status_code == 302
    assert "/accounts/login/" in stranger.headers["Location"]
    for language, words in (("en", "Set stock"), ("zh-hans", "设置库存")):
        browser = Client(headers={"Accept-Language": language})
        browser.force_login(owner)
        page = browser.get(address).content.decode()
        assert "Bridge" in page
        assert shop.name in page
        assert words in page
        assert "settlement" not in page


def test_a_program_without_a_secret_needs_pkce_and_gets_no_credentials_of_its_own() -> None:
    owner, shop = owner_with_shop()
    application, secret = do_make_application(
        actor=owner,
        name="Phone",
        reach=f"shop:{shop.id}",
        scopes=["orders:read"],
        redirect_uris=[BACK],
        keeps_secret=False,
    )
    assert secret == ""
    client = Client()
    asked = {"client_id": application.client_id, "grant_type": "client_credentials"}
    assert client.post("/oauth/token", asked).status_code in {400, 401}


def test_revoked_and_expired_tokens_open_nothing() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    path = f"/orders/of-shop/{shop.id}"
    assert program("GET", path)[0] == 200
    known = {"client_id": program.application.client_id, "client_secret": program.secret}
    revoked = program.client.post("/oauth/revoke", {**known, "token": program.token})
    assert revoked.status_code == 200
    reply = program.call("GET", f"/api/v1{path}")
    assert (reply.status_code, json.loads(reply.content)["code"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]

    program.log_in()
    token = AccessToken.objects.get()
    token.expires -= timedelta(hours=2)
    token.save(update_fields=["expires"])
    assert program("GET", path)[0] == 401


def test_what_a_person_takes_back_ends_at_once() -> None:
    owner, shop = owner_with_shop()
    other = make_shop(owner)
    program = make_program(make_account(), "own")
    tokens = {}
    for each in (shop, other):
        _reply, sent = consent(program, owner, f"shop:{each.id}")
        tokens[each.id] = program.ask_token(
            grant_type="authorization_code",
            code=sent["code"],
            redirect_uri=BACK,
            code_verifier=VERIFIER,
        )[1]["access_token"]
    do_disconnect(
        actor=owner, application_id=program.application.id, shop_id=shop.id, installation=False
    )
    program.token = tokens[shop.id]
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 401
    program.token = tokens[other.id]
    assert program("GET", f"/orders/of-shop/{other.id}")[0] == 200
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 403


def test_a_scope_that_an_application_gives_up_is_gone_from_tokens_in_hand() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    do_change_application(
        actor=owner,
        application_id=program.application.id,
        name="Bridge",
        scopes=["stock:read"],
        redirect_uris=[BACK],
    )
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 403


def test_only_its_owner_looks_after_an_application() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}")
    stranger = make_account()
    for verb in (do_renew_secret, do_delete_application):
        with pytest.raises(Problem, match="no such application"):
            verb(actor=stranger, application_id=program.application.id)
    _application, secret = do_renew_secret(actor=owner, application_id=program.application.id)
    assert program.ask_token(grant_type="client_credentials")[0] == 401
    program.secret = secret
    program.log_in()
    do_delete_application(actor=owner, application_id=program.application.id)
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 401


def test_nobody_makes_an_application_that_reaches_further_than_they() -> None:
    stranger, (_owner, shop) = make_account(), owner_with_shop()
    for reach in (f"shop:{shop.id}", "installation", ""):
        with pytest.raises(Problem) as refused:
            make_program(stranger, reach)
        assert refused.value.code == "reach_refused"
    fine = {"actor": stranger, "name": "A", "reach": "own", "scopes": ["shops:read"]}
    for wrong in ({"scopes": ["all"]}, {"scopes": []}, {"name": " "}):
        with pytest.raises(Problem) as refused:
            do_make_application(**{**fine, **wrong})
        assert refused.value.code == "application_invalid"


@pytest.mark.parametrize(
    ("uri", "is_fine"),
    [
        ("https://app.example/back?x=1", True),
        ("http://127.0.0.1:8765/back", True),
        ("http://localhost/back", True),
        ("http://app.example/back", False),
        ("https://app.example/back#x", False),
        ("https://*.example/back", False),
        ("https://me@app.example/", False),
        ("javascript:alert(1)", False),
        ("https://a.example/ https://b.example/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_where_people_may_be_sent_back_to(uri: str, is_fine: bool) -> None:
    assert is_redirect(uri) is is_fine


def test_the_metadata_says_what_there_is(client) -> None:
    said = client.get("/.well-known/oauth-authorization-server").json()
    assert said["issuer"] == "http://testserver"
    assert said["authorization_endpoint"] == "http://testserver/oauth/authorize"
    assert said["token_endpoint"] == "http://testserver/oauth/token"
    assert said["revocation_endpoint"] == "http://testserver/oauth/revoke"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert "orders:read" in said["scopes_supported"]
    assert said["authorization_response_iss_parameter_supported"] is True
