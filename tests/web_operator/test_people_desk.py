"""Reviews, permits, appeals on permits, roles and the audit log."""

import pytest
from django.test import Client
from tests.factories import make_account, make_product, make_shop
from tests.web_operator.conftest import CUT

from yellowcart.catalog.models import ReviewEvent
from yellowcart.core.models import AuditEntry
from yellowcart.notices.models import Appeal, Notice
from yellowcart.people.models import (
    Account,
    CreatorFacts,
    Permit,
    PermitAppeal,
    PermitEvent,
    RoleGrant,
)


@pytest.fixture
def granted(creator: Account) -> Permit:
    PermitEvent.objects.create(account=creator, permit="go_live", verb="applied", state="granted")
    return Permit.objects.create(account=creator, permit="go_live", state="granted")


def step(client: Client, permit: Permit, **data: str) -> str:
    url = f"/operator/people/{permit.account_id}/permits/{permit.permit}/"
    return client.post(url, data, follow=True).content.decode()


def test_a_permit_is_paused_under_a_rule_and_resumed(desk: Client, granted: Permit) -> None:
    assert "Name the rule" in step(desk, granted, step="pause", reason="Too many complaints.")
    shown = step(desk, granted, step="pause", rule="conduct.3", reason="Too many complaints.")
    granted.refresh_from_db()
    assert (granted.state, granted.rule_key) == ("paused", "conduct.3")
    assert "Too many complaints." in shown
    step(desk, granted, step="resume", reason="Settled.")
    granted.refresh_from_db()
    assert granted.state == "granted"
    step(desk, granted, step="withdraw", rule="conduct.9", reason="Again.")
    granted.refresh_from_db()
    assert granted.state == "withdrawn"
    assert "Choose to pause" in step(desk, granted, step="explode", reason="-")
    assert AuditEntry.objects.filter(verb="permit.withdrawn").count() == 1


def test_permits_are_narrowed(desk: Client, granted: Permit) -> None:
    url = "/operator/permits/"
    assert granted.account.display_name in desk.get(url).content.decode()
    for query in ({"state": "paused"}, {"permit": "promote"}, {"q": "nobody-of-that-name"}):
        assert "No such permit" in desk.get(url, query).content.decode()


def test_an_appeal_on_a_permit_is_answered_in_words(desk: Client, granted: Permit) -> None:
    step(desk, granted, step="pause", rule="conduct.3", reason="Too many complaints.")
    event = PermitEvent.objects.get(state="paused")
    appeal = PermitAppeal.objects.create(event=event, words="These were about another shop.")
    shown = desk.get("/operator/appeals/").content.decode()
    assert "These were about another shop." in shown
    assert "Too many complaints." in shown
    url = f"/operator/appeals/permit/{appeal.id}/"
    refused = desk.post(url, {"decision": "upheld", "answer": " "}, follow=True)
    assert "Say why" in refused.content.decode()
    desk.post(url, {"decision": "upheld", "answer": "You are right."})
    appeal.refresh_from_db()
    granted.refresh_from_db()
    assert (appeal.state, granted.state) == ("upheld", "granted")
    assert "You are right." in desk.get("/operator/appeals/").content.decode()


def test_a_product_is_decided_with_words_and_the_next_one_follows(desk: Client) -> None:
    shop = make_shop()
    first, second = (make_product(shop, review_state="in_review") for _ in range(2))
    assert first.title in desk.get("/operator/reviews/").content.decode()
    url = f"/operator/reviews/{first.id}/"
    refused = desk.post(url, {"decision": "needs_changes", "words": ""})
    assert refused.status_code == 200
    assert 'role="alert"' in refused.content.decode()
    decided = desk.post(url, {"decision": "needs_changes", "words": "Show the back, too."})
    assert decided["Location"] == f"/operator/reviews/{second.id}/"
    first.refresh_from_db()
    assert first.review_state == "needs_changes"
    assert ReviewEvent.objects.get(product=first).words == "Show the back, too."
    last = desk.post(f"/operator/reviews/{second.id}/", {"decision": "approved"})
    assert last["Location"] == "/operator/reviews/"


def test_a_description_brings_no_script(desk: Client) -> None:
    html = '<p onclick="x()">Tea</p><script>alert(1)</script><img src=x onerror=y>'
    product = make_product(make_shop(), review_state="in_review", description_html=html)
    shown = desk.get(f"/operator/reviews/{product.id}/").content.decode()
    assert "<p>Tea</p>" in shown
    assert "alert(1)" not in shown
    assert "onerror" not in shown


def test_roles_are_given_and_taken_back(desk: Client, operator: Account) -> None:
    someone = make_account()
    url = f"/operator/people/{someone.id}/roles/"
    desk.post(url, {"role": "moderator", "step": "grant"})
    desk.post(url, {"role": "source_operator", "scope": "youzan", "step": "grant"})
    assert set(someone.role_grants.values_list("role", "scope")) == {
        ("moderator", ""),
        ("source_operator", "youzan"),
    }
    assert someone.display_name in desk.get("/operator/people/?role=moderator").content.decode()
    desk.post(url, {"role": "moderator", "step": "revoke"})
    assert someone.role_grants.count() == 1
    refused = desk.post(url, {"role": "emperor", "step": "grant"}, follow=True)
    assert "There is no such role" in refused.content.decode()


def test_nobody_takes_the_operators_role_from_themselves(desk: Client, operator: Account) -> None:
    url = f"/operator/people/{operator.id}/roles/"
    refused = desk.post(url, {"role": "operator", "step": "revoke"}, follow=True)
    assert "ask a colleague" in refused.content.decode()
    assert RoleGrant.objects.filter(account=operator, role="operator").exists()


def test_the_audit_log_names_who_did_what(desk: Client, operator: Account) -> None:
    someone = make_account()
    desk.post(f"/operator/people/{someone.id}/roles/", {"role": "moderator", "step": "grant"})
    shown = desk.get("/operator/audit/?verb=role.").content.decode()
    assert "role.grant" in shown
    assert operator.display_name in shown
    assert "role.grant" not in desk.get("/operator/audit/?verb=policy.").content.decode()
    assert "not an instant" in desk.get("/operator/audit/?until=then").content.decode()


def test_an_appeal_against_a_rule_is_answered(desk: Client, creator: Account) -> None:
    notice = Notice.objects.create(
        account=creator,
        party="creator",
        rule_key="links.out",
        rule_revision=1,
        stage="announced",
        effective_at=CUT,
        title_en="-",
        title_zh="-",
        body_en="-",
        body_zh="-",
    )
    appeal = Appeal.objects.create(notice=notice, words="My links are my own shop's.")
    assert "My links are my own" in desk.get("/operator/appeals/").content.decode()
    url = f"/operator/appeals/rule/{appeal.id}/"
    refused = desk.post(url, {"decision": "rejected", "answer": ""}, follow=True)
    assert "reasons" in refused.content.decode()
    desk.post(url, {"decision": "rejected", "answer": "They lead to another platform."})
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == ("rejected", "They lead to another platform.")
    again = desk.post(url, {"decision": "upheld", "answer": "Or not."}, follow=True)
    assert "already answered" in again.content.decode()
    assert desk.post(f"/operator/appeals/other/{appeal.id}/").status_code == 404


def test_people_are_found_by_how_a_name_begins(desk) -> None:
    someone, other = make_account(), make_account()
    Account.objects.filter(id=someone.id).update(display_name="Zhang Wei")
    Account.objects.filter(id=other.id).update(display_name="Wei Zhang")
    page = desk.get("/operator/people/?q=zHaNg").content.decode()
    assert "Zhang Wei" in page
    assert "Wei Zhang" not in page


def test_what_was_proven_and_figures_from_elsewhere_are_recorded(
    desk: Client, creator: Account
) -> None:
    url = f"/operator/people/{creator.id}/proof/"
    filled = {
        "birth_date": "1995-03-01",
        "phone": "13800000000",
        "real_name": "on",
        "outside_followers": "1200",
        "outside_public_videos": "1",
        "minutes_watched_7d": "30",
        "violations": "0",
        "score_shop": "4.6",
    }
    broken = desk.post(url, filled | {"birth_date": "March", "phone": "13899999999"})
    assert broken.status_code == 422
    assert "13899999999" in broken.content.decode()
    assert not CreatorFacts.objects.filter(account=creator).exists()
    assert desk.post(url, filled).status_code == 302
    creator.refresh_from_db()
    assert creator.real_name_verified_at is not None
    assert creator.phone_verified_at is not None
    assert (str(creator.birth_date), creator.phone) == ("1995-03-01", "13800000000")
    facts = CreatorFacts.objects.get(account=creator)
    assert (facts.outside_followers, facts.outside_public_videos) == (1_200, 1)
    assert facts.scores == {"shop": 4.6}
    proven_at = creator.real_name_verified_at
    desk.post(url, filled | {"outside_followers": "1300"})
    creator.refresh_from_db()
    assert creator.real_name_verified_at == proven_at
    assert AuditEntry.objects.filter(verb="person.verify").count() == 1


@pytest.mark.django_db
def test_a_source_operator_finds_the_notices_of_the_source() -> None:
    account = make_account()
    RoleGrant.objects.create(account=account, role="source_operator", scope="youzan")
    client = Client(headers={"accept-language": "en"})
    client.force_login(account)
    assert 'href="/creator/notices/"' in client.get("/").content.decode()
    # Rooms are for creators: no entry that would be refused.
    assert 'href="/creator/rooms/"' not in client.get("/creator/").content.decode()
