"""Each operation says who may call it, and a token never does more than that, than its shop, or
than the person it acts for."""

import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from tests.callers import Caller
from tests.config.test_strangers import EDGE
from tests.developers.worlds import make_program, owner_with_shop
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku
from tests.rooms import make_room
from yellowcart.config.api import api
from yellowcart.developers.models import AccessToken
from yellowcart.people.scopes import SCOPES
from yellowcart.people.tokens import SESSION, Anybody, OAuth2
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

PLACES = re.compile(r"\{[^}]+\}")


def described() -> dict[tuple[str, str], list[dict[str, list[str]]]]:
    """Who may call, by verb and path."""
    paths = json.loads(Client().get("/api/v1/openapi.json").content)["paths"]
    return {
        (verb.upper(), path): operation.get("security", [])
        for path, operations in paths.items()
        for verb, operation in operations.items()
        if f"{verb.upper()} {path}" not in EDGE
    }


def test_each_operation_is_public_for_sessions_or_has_one_scope() -> None:
    for operation in api.operations():
        locks = operation.auth_callbacks
        scopes = [lock.scope for lock in locks if isinstance(lock, OAuth2)]
        rest = [lock for lock in locks if not isinstance(lock, OAuth2 | Anybody)]
        assert len(scopes) <= 1
        assert rest in ([], [SESSION]), operation.operation_id
        assert not scopes or rest == [SESSION]


def test_every_operation_does_with_a_token_what_its_description_says() -> None:
    """Every scope but the one asked for is in the token; then that one alone is."""
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    held = AccessToken.objects.get()
    wrong = {}
    seen = {"public": 0, "session": 0, "scope": 0}
    for (verb, path), security in described().items():
        address = PLACES.sub(str(uuid4()), path)
        scope = next((lock["OAuth2"][0] for lock in security if "OAuth2" in lock), None)
        kind = "scope" if scope else "session" if {"Session": []} in security else "public"
        seen[kind] += 1
        held.scope = " ".join(each for each in SCOPES if each != scope)
        held.save(update_fields=["scope"])
        reply = program.call(verb, address, {})
        code = json.loads(reply.content or b"{}").get("code") if reply.status_code == 403 else None
        if kind == "public":
            ok = code not in {"session_only", "insufficient_scope"} and reply.status_code != 500
        elif kind == "session":
            ok = code == "session_only"
        else:
            challenge = reply.headers.get("WWW-Authenticate", "")
            ok = code == "insufficient_scope" and f'scope="{scope}"' in challenge
            held.scope = scope
            held.save(update_fields=["scope"])
            reply = program.call(verb, address, {})
            said = json.loads(reply.content) if reply.status_code in {401, 403} else {}
            ok = ok and said.get("code") not in {"insufficient_scope", "session_only"}
            ok = ok and reply.status_code not in {401, 500}
        if not ok:
            wrong[f"{verb} {path}"] = (kind, scope, code, reply.status_code)
    assert wrong == {}
    assert min(seen.values()) > 15, seen


def test_a_token_stays_in_its_shop_whatever_else_its_person_may() -> None:
    owner, shop = owner_with_shop()
    other = make_shop(owner)
    product, elsewhere = make_product(shop), make_product(other)
    sku, sku_elsewhere = make_sku(product), make_sku(elsewhere)
    program = make_program(owner, f"shop:{shop.id}").log_in()
    for path in (
        "/orders/of-shop/{shop}",
        "/orders/of-shop/{shop}/to-ship",
        "/products/of/{shop}",
        "/aftersales/of-shop/{shop}",
        "/aftersales/of-shop/{shop}/board",
        "/settlement/overview?party=shop:{shop}",
        "/insights/gmv?shop={shop}",
        "/shops/{shop}/host-terms",
    ):
        assert program("GET", path.format(shop=shop.id))[0] == 200, path
        assert program("GET", path.format(shop=other.id))[0] == 403, path
    assert program("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 5})[0] == 200
    assert program("PUT", f"/inventory/skus/{sku_elsewhere.id}", {"on_hand": 5})[0] == 403
    assert [each["handle"] for each in program("GET", "/shops/mine")[1]] == [shop.handle]
    for party in ("me", f"creator:{owner.id}"):
        assert program("GET", f"/settlement/overview?party={party}")[0] == 403
    # The person themselves may.
    person = Caller(owner)
    assert person("GET", f"/orders/of-shop/{other.id}")[0] == 200
    assert person("GET", "/settlement/overview?party=me")[0] == 200


def test_an_operators_token_for_a_shop_is_no_operators_token() -> None:
    operator = make_operator()
    shop = make_shop(operator)
    in_shop = make_program(operator, f"shop:{shop.id}").log_in()
    everywhere = make_program(operator, "installation").log_in()
    assert in_shop("GET", "/policy/drafts")[0] == 403
    assert everywhere("GET", "/policy/drafts")[0] == 200
    assert everywhere("GET", f"/orders/of-shop/{make_shop(make_account()).id}")[0] == 200


def test_a_token_does_no_more_than_the_role_of_its_person() -> None:
    owner, shop = owner_with_shop()
    staff = make_account()
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    program = make_program(staff, f"shop:{shop.id}").log_in()
    sku = make_sku(make_product(shop))
    assert program("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 5})[0] == 200
    assert program("POST", f"/products/of/{shop.id}", {"title": "X"})[0] in {403, 422}
    assert program("GET", f"/settlement/overview?party=shop:{shop.id}")[0] == 403
    ShopMember.objects.filter(account=staff).delete()
    assert program("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 6})[0] == 403
    assert owner.reach is None


def test_a_token_opens_no_page_and_not_the_back_office() -> None:
    operator = make_operator()
    operator.is_staff = operator.is_superuser = True
    operator.save()
    program = make_program(operator, "installation").log_in()
    for path in ("/admin/", "/operator/", "/merchant/", "/developers/", "/oauth/authorize"):
        reply = program.call("GET", path)
        assert reply.status_code == 302, path
        assert "login" in reply.headers["Location"], path


def test_a_blocked_person_and_a_wrong_token_open_nothing() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    path = f"/orders/of-shop/{shop.id}"
    real = program.token
    for token in ("nothing", "", "ü", real[:-1], f"{real} "):
        program.token = token
        assert program("GET", path)[0] == (200 if token.strip() == real else 401), token
    program.token = real
    owner.is_active = False
    owner.save()
    assert program("GET", path)[0] == 401


def test_a_session_beside_a_token_adds_nothing() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}", "stock:read").log_in()
    program.client.force_login(owner)
    assert program("GET", f"/orders/of-shop/{shop.id}")[0] == 403
    assert program("GET", "/people/me")[0] == 403


def test_a_program_pages_through_its_persons_rooms_and_nobody_elses() -> None:
    owner, shop = owner_with_shop()
    rooms = [make_room(owner) for _room in range(3)]
    make_room(make_account())
    program = make_program(owner, f"shop:{shop.id}", "rooms:read").log_in()
    seen, cursor = [], ""
    for _page in range(2):
        _status, page = program("GET", f"/rooms/mine?limit=2{cursor}")
        seen += [each["room_id"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [str(room.id) for room in reversed(rooms)]
    assert page["next_cursor"] is None
