"""Connections over JSON: who may, and that secrets stay inside."""

import json

import pytest

from tests.callers import Caller
from tests.connections.conftest import TYPED
from tests.factories import make_account, make_operator, make_shop
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def test_a_store_is_connected_looked_at_and_left(owner, shop, store):
    call = Caller(owner)
    status, sources = call("GET", "/connections/sources")
    assert status == 200
    assert "faked" in {one["source"] for one in sources}
    body = {"source": "faked", "settings": TYPED}
    status, made = call("POST", f"/connections/shop/{shop.handle}", body)
    assert (status, made["state"], made["settings"]["token"]) == (201, "active", "••••9876")
    here = f"/connections/{made['id']}"
    for path in (here, f"{here}/health", f"/connections/shop/{shop.handle}"):
        status, told = call("GET", path)
        assert status == 200
        assert TYPED["token"] not in json.dumps(told)
    assert call("POST", f"{here}/pause")[1]["state"] == "paused"
    assert call("POST", f"{here}/sync")[0] == 409
    assert call("POST", f"{here}/resume")[1]["state"] == "active"
    assert call("POST", f"{here}/sync")[0] == 200
    assert call("DELETE", here)[1]["state"] == "closed"


def test_strangers_others_and_lesser_roles_are_refused(connection, shop):
    staff, manager = make_account(), make_account()
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    ShopMember.objects.create(shop=shop, account=manager, role="manager")
    other = make_account()
    make_shop(other)
    here = f"/connections/{connection.id}"
    wants = {
        ("GET", here): (200, 200, 200),
        ("GET", f"{here}/health"): (200, 200, 200),
        ("POST", f"{here}/sync"): (403, 200, 403),
        ("PUT", f"{here}/settings"): (403, 403, 403),
        ("POST", f"{here}/consent"): (403, 403, 403),
        ("DELETE", here): (403, 403, 403),
        ("POST", f"{here}/pause"): (403, 200, 409),
    }
    for (method, path), (for_staff, for_manager, for_operator) in wants.items():
        body = {"settings": {}} if method == "PUT" else None
        assert Caller()(method, path, body)[0] == 401
        assert Caller(other)(method, path, body)[0] == 404
        assert Caller(staff)(method, path, body)[0] == for_staff, path
        assert Caller(manager)(method, path, body)[0] == for_manager, path
        assert Caller(make_operator())(method, path, body)[0] == for_operator, path


def test_what_is_wrong_is_said_for_each_field(owner, shop, store):
    body = {"source": "faked", "settings": {"url": "x"}}
    status, told = Caller(owner, "zh-hans")("POST", f"/connections/shop/{shop.handle}", body)
    assert status == 422
    assert [one["where"] for one in told["errors"]] == ["url", "token"]


def test_a_run_over_the_api(owner, shop, connection, store, work):
    store.shelf.fill(2)
    connection = work(connection)
    call = Caller(owner)
    body = {"supplier": connection.supplier.handle, "price": {"kind": "margin", "margin_bps": 500}}
    here = f"/connections/shop/{shop.handle}/suggestions/{connection.supplier.handle}"
    assert call("GET", here)[1] == {"categories": {}, "options": {"Size": ""}}
    assert Caller(make_account())("GET", here)[0] == 403
    status, run = call("POST", f"/connections/shop/{shop.handle}/listing-runs", body)
    assert (status, run["total"]) == (202, 2)
    assert call("GET", f"/connections/listing-runs/{run['id']}")[1]["state"] == "waiting"
    assert Caller(make_account())("GET", f"/connections/listing-runs/{run['id']}")[0] == 403
    assert call("POST", f"/connections/shop/{shop.handle}/listing-runs", body)[0] == 409
