"""Who is let in, and what the others are told."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.people import access
from yellowcart.people.actions import do_grant_role, do_revoke_role
from yellowcart.people.models import Account
from yellowcart.people.queries import roles_of
from yellowcart.people.roles import Role

GUARDS: dict[str, Any] = {
    "operator": access.access_operator,
    "creator": access.access_creator,
    "moderator": access.access_moderator,
    "source_operator": lambda user: access.access_source_operator(user, "youzan"),
}
LETS_IN = {
    "operator": {"operator"},
    "creator": {"creator"},
    "moderator": {"operator", "moderator"},
    "source_operator": {"operator", "source_operator"},
}


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("role", [None, *Role])
def test_each_guard_lets_in_exactly_its_roles(person: Account, guard: str, role: Role | None):
    if role is not None:
        do_grant_role(person, role, scope="youzan" if role == Role.SOURCE_OPERATOR else "")
    if role in LETS_IN[guard]:
        assert GUARDS[guard](person) == person
    else:
        with pytest.raises(Problem) as refused:
            GUARDS[guard](person)
        assert (refused.value.status, refused.value.code) == (403, "forbidden")


@pytest.mark.parametrize("guard", GUARDS)
def test_a_stranger_is_asked_to_sign_in(guard: str):
    with pytest.raises(Problem) as refused:
        GUARDS[guard](AnonymousUser())
    assert (refused.value.status, refused.value.code) == (401, "sign_in_required")


def test_another_sources_operator_is_refused(person: Account):
    do_grant_role(person, Role.SOURCE_OPERATOR, scope="mokuai")
    with pytest.raises(Problem):
        access.access_source_operator(person, "youzan")


def test_a_blocked_operator_is_refused(operator: Account):
    operator.blocked_at = now()
    with pytest.raises(Problem) as refused:
        access.access_operator(operator)
    assert refused.value.code == "account_blocked"


def test_a_superuser_is_an_operator(db):
    account = Account.objects.create_superuser("root", password="cloud-garden-42")
    assert access.access_operator(account) == account
    assert roles_of(account) == {Role.OPERATOR}


def test_a_role_taken_back_opens_nothing(operator: Account):
    assert do_revoke_role(operator, Role.OPERATOR, by=None)
    with pytest.raises(Problem):
        access.access_operator(operator)


@pytest.mark.parametrize(("role", "scope"), [(Role.SOURCE_OPERATOR, ""), (Role.OPERATOR, "youzan")])
def test_a_scope_belongs_to_source_operators_alone(person: Account, role: Role, scope: str):
    with pytest.raises(Problem):
        do_grant_role(person, role, scope=scope)


@access.operator_page
def desk(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("the desk")


def ask(user: Any) -> Any:
    request = RequestFactory().get("/operator/")
    request.user = user
    return desk(request)


def test_a_page_opens_to_its_role_alone(operator: Account, person: Account):
    assert ask(operator).content == b"the desk"
    for user, status in ((AnonymousUser(), 401), (person, 403)):
        with pytest.raises(Problem) as refused:
            ask(user)
        assert refused.value.status == status
