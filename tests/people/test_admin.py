"""The staff's look: who may see it, and that history can't be touched there."""

import pytest
from django.test import Client
from django.urls import reverse

from yellowcart.core.models import AuditEntry
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.models import Entry, LedgerAccount
from yellowcart.ledger.rules import Kind, Line
from yellowcart.people.actions import do_apply_for_permit
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import (
    Account,
    CreatorFacts,
    Permit,
    PermitAppeal,
    PermitEvent,
    RoleGrant,
)
from yellowcart.people.queries import roles_of
from yellowcart.people.roles import Role

APPEND_ONLY = [AuditEntry, Entry, LedgerAccount, Permit, PermitAppeal, PermitEvent]
OURS = [*APPEND_ONLY, Account, CreatorFacts, RoleGrant]


def page(model: type, verb: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}", args=args)


@pytest.fixture
def root(db) -> Client:
    client = Client()
    client.force_login(Account.objects.create_superuser("root", password="cloud-garden-42"))
    return client


@pytest.fixture
def staff(person: Account) -> Client:
    person.is_staff = True
    person.save()
    client = Client()
    client.force_login(person)
    return client


def test_staff_may_look_at_everything(staff: Client, person: Account):
    do_apply_for_permit(person, PermitName.PROMOTE)
    do_post("x:1", "X", [Line("a", Kind.CASH, "CNY", 5), Line("b", Kind.HELD, "CNY", -5)])
    for model in OURS:
        assert staff.get(page(model)).status_code == 200, model
    for row in (person, PermitEvent.objects.get(), Entry.objects.get(), Permit.objects.get()):
        assert staff.get(page(type(row), "change", row.pk)).status_code == 200
    assert "promote" in staff.get(page(Permit)).content.decode()


def test_nobody_else_may(person: Account, operator: Account):
    for caller in (None, person, operator):
        client = Client()
        if caller is not None:
            client.force_login(caller)
        for model in OURS:
            reply = client.get(page(model))
            assert (reply.status_code, reply.url.split("?")[0]) == (302, "/admin/login/")


def test_staff_change_nothing(staff: Client, person: Account):
    for model in OURS:
        assert staff.get(page(model, "add")).status_code == 403
    before = person.display_name
    assert staff.post(page(Account, "change", person.pk), {"display_name": "X"}).status_code == 403
    person.refresh_from_db()
    assert person.display_name == before


def test_history_is_nobodys_to_change(root: Client, person: Account):
    do_apply_for_permit(person, PermitName.PROMOTE)
    for model in APPEND_ONLY:
        assert root.get(page(model, "add")).status_code == 403
    event = PermitEvent.objects.get()
    assert root.post(page(PermitEvent, "delete", event.pk), {"post": "yes"}).status_code == 403
    assert PermitEvent.objects.exists()


def test_a_superuser_gives_and_takes_roles_through_the_verb(root: Client, person: Account):
    form = {"account": str(person.pk), "role": "moderator", "scope": ""}
    assert root.post(page(RoleGrant, "add"), form).status_code == 302
    assert roles_of(person) == {Role.MODERATOR}
    assert AuditEntry.objects.filter(verb="role.grant").count() == 1
    grant = RoleGrant.objects.get(account=person)
    assert root.post(page(RoleGrant, "delete", grant.pk), {"post": "yes"}).status_code == 302
    assert roles_of(person) == frozenset()
    assert AuditEntry.objects.filter(verb="role.revoke").count() == 1


def test_a_superuser_makes_an_account(root: Client):
    form = {
        "username": "xiaohe",
        "password1": "cloud-garden-42",
        "password2": "cloud-garden-42",
        "usable_password": "true",
    }
    assert root.post(page(Account, "add"), form).status_code == 302
    assert Account.objects.get(username="xiaohe").handle == "xiaohe"


def test_figures_are_recorded_through_the_verb(root: Client, person: Account):
    form = {
        "account": str(person.pk),
        "outside_followers": 1_000,
        "outside_public_videos": 0,
        "deposit_minor": 0,
        "deposit_currency": "CNY",
        "violations": 0,
        "severe_violations_90d": 0,
        "scores": '{"shop": 4.6}',
        "flags": "[]",
        "minutes_watched_7d": 0,
        "live_hours_14d": 0,
    }
    assert root.post(page(CreatorFacts, "add"), form).status_code == 302
    assert CreatorFacts.objects.get(account=person).scores == {"shop": 4.6}
    assert AuditEntry.objects.filter(verb="person.record_facts").count() == 1
