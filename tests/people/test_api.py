"""People over HTTP: what one sees of oneself, what operators do, and who is refused."""

import json
from typing import Any

import pytest
from django.test import Client

from yellowcart.people.actions import do_apply_for_permit, do_grant_role
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account
from yellowcart.people.queries import has_permit, permit_history, roles_of
from yellowcart.people.roles import Role

BASE = "/api/v1/people"


class Caller:
    """An HTTP client of somebody, or of a stranger."""

    def __init__(self, account: Account | None = None, language: str = "en") -> None:
        self.client = Client(headers={"Accept-Language": language})
        if account is not None:
            self.client.force_login(account)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        reply = self.client.generic(
            method, BASE + path, json.dumps(body) if body is not None else "", "application/json"
        )
        return reply.status_code, json.loads(reply.content) if reply.content else None


@pytest.fixture
def affiliate(person: Account) -> Account:
    """Somebody who was refused to promote."""
    do_apply_for_permit(person, PermitName.PROMOTE)
    return person


def test_oneself_with_the_phone_masked(person: Account):
    person.phone = "13912345678"
    person.save()
    status, body = Caller(person)("GET", "/me")
    assert (status, body["handle"], body["roles"]) == (200, "mei", [])
    assert body["phone"] == "139****5678"


def test_the_whole_way_of_a_permit(person: Account, operator: Account):
    mine, ops = Caller(person, "zh-hans"), Caller(operator)
    status, permits = mine("GET", "/me/permits")
    assert (status, [each["permit"] for each in permits]) == (
        200,
        ["go_live", "sell_own", "promote"],
    )
    promote = permits[2]
    assert (promote["name"], promote["state"]) == ("推广其他店铺的商品", None)
    assert promote["today"]["conditions"][1]["words"] == "粉丝数：0人，需不少于1,000人，还差1,000人"

    status, decision = mine("POST", "/me/permits/promote/apply")
    assert (status, decision["outcome"]) == (200, "refused")
    assert decision["rule"] == {"key": "kuaishou.promote", "revision": 2}
    missing = {each["name"]: each["missing"] for each in decision["conditions"]}
    assert missing["followers"] == 1_000
    assert missing["scores.shop"] is None

    event_id = mine("GET", "/me/permits")[1][2]["appealable_event_id"]
    status, appeal = mine("POST", f"/me/permits/events/{event_id}/appeal", {"words": "数据有误"})
    assert (status, appeal["state"]) == (201, "open")
    assert [each["id"] for each in ops("GET", "/appeals")[1]] == [appeal["id"]]
    path = f"/appeals/{appeal['id']}/answer"
    assert ops("POST", path, {"upheld": True, "answer": "Counted again"})[0] == 200
    assert has_permit(person.id, "promote")

    to = f"/accounts/{person.id}/permits/promote"
    against = {"rule": "kuaishou.promote", "reason": "Fake reviews"}
    status, event = ops("POST", f"{to}/pause", against)
    assert (status, event["state"], event["words"]) == (200, "paused", "Fake reviews")
    assert ops("POST", f"{to}/pause", against)[1]["code"] == "permit_state"
    assert ops("POST", f"{to}/resume", {"reason": "Removed"})[1]["state"] == "granted"
    assert ops("POST", f"{to}/withdraw", against)[1]["state"] == "withdrawn"
    seen = mine("GET", "/me/permits")[1][2]
    assert (seen["holds"], seen["reason"]) == (False, "Fake reviews")
    assert seen["rule"]["key"] == "kuaishou.promote"
    verbs = [each["verb"] for each in mine("GET", "/me/permits/history")[1]]
    assert verbs == ["withdrawn", "resumed", "paused", "appeal_upheld", "applied"]
    assert ops("GET", f"/accounts/{person.id}/permits/history")[1][0]["verb"] == "withdrawn"


def test_operators_record_what_permits_ask_about(person: Account, operator: Account):
    ops, to = Caller(operator), f"/accounts/{person.id}"
    proof = {"real_name": True, "birth_date": "1996-05-20", "phone": "13912345678"}
    assert ops("PUT", f"{to}/proof", proof)[0] == 204
    facts = {"outside_followers": 1_000, "scores": {"shop": 4.6, "product": 4.5}}
    assert ops("PUT", f"{to}/facts", facts)[0] == 204
    assert Caller(person)("POST", "/me/permits/promote/apply")[1]["outcome"] == "granted"
    assert ops("PUT", f"{to}/facts", {"outside_followers": -1})[0] == 422


def test_roles_are_given_and_taken(person: Account, operator: Account):
    ops, to = Caller(operator), f"/accounts/{person.id}/roles"
    assert ops("PUT", f"{to}/source_operator", {"scope": "youzan"})[0] == 204
    assert ops("PUT", f"{to}/moderator", {})[0] == 204
    assert roles_of(person) == {Role.SOURCE_OPERATOR, Role.MODERATOR}
    assert ops("DELETE", f"{to}/source_operator?scope=youzan")[0] == 204
    assert roles_of(person) == {Role.MODERATOR}
    assert ops("PUT", f"{to}/moderator", {"scope": "youzan"})[1]["code"] == "role_scope"
    assert ops("PUT", f"{to}/king", {})[0] == 422


def test_following(person: Account, other: Account):
    caller = Caller(person)
    assert caller("PUT", "/bo/follow")[0] == 204
    assert caller("PUT", "/bo/follow")[0] == 204
    assert other.followers.count() == 1
    assert caller("DELETE", "/bo/follow")[0] == 204
    assert other.followers.count() == 0
    assert caller("PUT", "/nobody/follow")[1]["code"] == "account_not_found"
    assert caller("PUT", "/mei/follow")[1]["code"] == "follow_self"


def test_everybody_may_read_the_rules(db):
    status, rules = Caller()("GET", "/permit-rules")
    assert status == 200
    assert {rule["in_force"] for rule in rules} == {True, False}
    assert rules[0]["summary"].startswith("Going live takes an adult")


OWN = [
    ("GET", "/me", None),
    ("GET", "/me/permits", None),
    ("GET", "/me/permits/history", None),
    ("POST", "/me/permits/promote/apply", None),
    ("POST", "/me/permits/events/{event}/appeal", {"words": "Please"}),
    ("PUT", "/bo/follow", None),
    ("DELETE", "/bo/follow", None),
]
OPERATORS = [
    ("GET", "/accounts/{account}/permits", None),
    ("GET", "/accounts/{account}/permits/history", None),
    ("POST", "/accounts/{account}/permits/promote/pause", {"rule": "a", "reason": "b"}),
    ("POST", "/accounts/{account}/permits/promote/withdraw", {"rule": "a", "reason": "b"}),
    ("POST", "/accounts/{account}/permits/promote/resume", {"reason": "b"}),
    ("GET", "/appeals", None),
    ("POST", "/appeals/{event}/answer", {"upheld": True, "answer": "b"}),
    ("PUT", "/accounts/{account}/proof", {"real_name": True}),
    ("PUT", "/accounts/{account}/facts", {"violations": 0}),
    ("PUT", "/accounts/{account}/roles/operator", {}),
    ("DELETE", "/accounts/{account}/roles/creator", None),
]


def place(path: str, affiliate: Account) -> str:
    event = permit_history(affiliate.id).get()
    return path.format(account=affiliate.id, event=event.id)


def test_a_stranger_is_asked_to_sign_in(affiliate: Account, other: Account):
    caller = Caller()
    for method, path, body in OWN + OPERATORS:
        status, problem = caller(method, place(path, affiliate), body)
        assert (status, problem["code"]) == (401, "sign_in_required"), path


@pytest.mark.parametrize("role", [None, Role.CREATOR, Role.MODERATOR, Role.SOURCE_OPERATOR])
def test_what_operators_do_is_refused_to_every_other_role(
    affiliate: Account, other: Account, role: Role | None
):
    if role is not None:
        do_grant_role(other, role, scope="youzan" if role == Role.SOURCE_OPERATOR else "")
    for caller in (Caller(other), Caller(affiliate)):
        for method, path, body in OPERATORS:
            status, problem = caller(method, place(path, affiliate), body)
            assert (status, problem["code"]) == (403, "forbidden"), path
    assert permit_history(affiliate.id).count() == 1
    assert roles_of(affiliate) == {Role.CREATOR}


def test_another_persons_decision_cannot_be_appealed(affiliate: Account, other: Account):
    path = place("/me/permits/events/{event}/appeal", affiliate)
    status, problem = Caller(other)("POST", path, {"words": "Please"})
    assert (status, problem["code"]) == (404, "permit_event_not_found")


def test_a_form_from_elsewhere_is_refused(person: Account):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    reply = client.post(f"{BASE}/me/permits/promote/apply")
    assert reply.status_code == 403
    assert not permit_history(person.id).exists()
