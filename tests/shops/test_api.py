"""Shops over HTTP, and who is refused."""

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop

from yellowcart.shops.models import Shop, ShopMember
from yellowcart.shops.queries import role_in

pytestmark = pytest.mark.django_db


def test_opening_a_shop_and_seeing_it_from_outside():
    owner = make_account()
    status, shop = Caller(owner)("POST", "/shops", {"name": "Tea House", "type": "personal"})
    assert (status, shop["handle"]) == (201, "tea-house")
    assert [(one["handle"], one["role"]) for one in Caller(owner)("GET", "/shops/mine")[1]] == [
        ("tea-house", "owner")
    ]
    assert Caller()("GET", "/shops/tea-house")[1]["name"] == "Tea House"
    assert Caller()("GET", "/shops/nowhere")[0] == 404


def test_a_suppliers_shop_is_for_operators_to_open():
    body = {"name": "Mill", "type": "supplier"}
    status, problem = Caller(make_account())("POST", "/shops", body)
    assert (status, problem["code"]) == (403, "shop_type_reserved")
    assert Caller(make_operator())("POST", "/shops", body)[0] == 201
    assert [one["name"] for one in Caller(make_account())("GET", "/shops/suppliers")[1]] == ["Mill"]


def test_editing_and_the_people_of_a_shop():
    owner, friend = make_account(), make_account()
    shop = make_shop(owner=owner)
    call, base = Caller(owner), f"/shops/{shop.handle}"
    assert call("PUT", base, {"name": "New name"})[1]["name"] == "New name"
    assert call("PUT", f"{base}/members/{friend.id}", {"role": "manager"})[1]["role"] == "manager"
    assert [one["role"] for one in call("GET", f"{base}/members")[1]] == ["owner", "manager"]
    assert call("DELETE", f"{base}/members/{friend.id}")[0] == 204
    assert call("DELETE", f"{base}/members/{owner.id}")[1]["code"] == "shop_last_owner"
    assert call("POST", f"{base}/state", {"state": "paused"})[1]["state"] == "paused"


@pytest.mark.parametrize("who", ["anonymous", "stranger", "another shop", "manager", "staff"])
def test_only_owners_change_a_shop(who):
    shop, victim = make_shop(owner=make_account()), make_account()
    account = None if who == "anonymous" else make_account()
    if who == "another shop":
        make_shop(owner=account)
    if who in {"manager", "staff"}:
        ShopMember.objects.create(shop=shop, account=account, role=who)
    caller, base = Caller(account), f"/shops/{shop.handle}"
    wanted = 401 if who == "anonymous" else 403
    assert caller("PUT", base, {"name": "Mine now"})[0] == wanted
    assert caller("POST", f"{base}/state", {"state": "closed"})[0] == wanted
    assert caller("PUT", f"{base}/members/{victim.id}", {"role": "owner"})[0] == wanted
    assert caller("DELETE", f"{base}/members/{victim.id}")[0] == wanted
    looks = 200 if who in {"manager", "staff"} else wanted
    assert caller("GET", f"{base}/members")[0] == looks
    assert Shop.objects.get(id=shop.id).name == shop.name
    assert role_in(victim, shop.id) is None


def test_a_blocked_account_reaches_nothing():
    owner = make_account()
    shop = make_shop(owner=owner)
    caller = Caller(owner)
    owner.blocked_at = owner.joined_at
    owner.save()
    assert caller("PUT", f"/shops/{shop.handle}", {"name": "x"})[1]["code"] == "account_blocked"
