"""The policy desk: the time line, a rule, a verdict, a draft and its announcement."""

import pytest
from django.test import Client
from tests.factories import make_account, make_product, make_shop
from tests.insights import sales
from tests.web_operator.conftest import CUT

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.core.models import AuditEntry
from yellowcart.listings.models import Listing
from yellowcart.policy import queries
from yellowcart.policy.actions import do_withdraw
from yellowcart.policy.models import PolicyDraft

KEY = "kuaishou.2021-11-16.youzan-mokuai-live"

DRAFT = {
    "title": "JD links out of rooms",
    "key": "kuaishou.2021-12-01.jd",
    "kind": "rule",
    "outcome": "deny",
    "sources": ["jd"],
    "integrations": ["link"],
    "surfaces": ["live_room"],
    "effective_from": "2021-11-30 24:00",
    "reason_en": "JD links leave live rooms.",
    "reason_zh": "京东链接不再支持直播间。",
    "remedy_en": "Offer them in short videos.",
    "remedy_zh": "可在短视频挂载。",
    "fee_bps": "2.5",
}


def page(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


@pytest.mark.usefixtures("rules")
def test_the_time_line_shows_bars_that_open_their_rules(desk: Client) -> None:
    shown = page(desk, "/operator/policy/", span="all")
    assert f'href="/operator/policy/rules/{KEY}/"' in shown
    assert "lane-bar--suspension" in shown
    assert "lane-bar--coming" in shown
    assert shown.index("To come") < shown.index("In force") < shown.index("No longer in force")


@pytest.mark.usefixtures("rules")
def test_the_time_line_as_known_earlier_lacks_what_was_written_later(desk: Client) -> None:
    assert KEY not in page(desk, "/operator/policy/", span="all", as_of="2021-11-01")
    assert KEY in page(desk, "/operator/policy/", span="all", as_of="2021-11-09 00:00")
    assert "This is not an instant" in page(desk, "/operator/policy/", as_of="once")


def test_without_rules_the_time_line_says_so(desk: Client) -> None:
    assert "No rule yet" in page(desk, "/operator/policy/")


@pytest.mark.usefixtures("rules")
def test_a_rule_says_what_was_believed_when(desk: Client, operator) -> None:
    clock.set_timeline(clock.starting_at(CUT))
    do_withdraw(KEY, by=operator.id)
    shown = page(desk, f"/operator/policy/rules/{KEY}/")
    assert "Revision 2" in shown
    assert "Revision 1" in shown
    assert operator.display_name in shown
    assert "Believed until" in shown
    assert desk.get("/operator/policy/rules/nothing/").status_code == 404


@pytest.mark.usefixtures("rules")
def test_withdrawing_a_rule_ends_it_and_is_logged(desk: Client, operator) -> None:
    response = desk.post(f"/operator/policy/rules/{KEY}/withdraw/", follow=True)
    assert "taken back" in response.content.decode()
    assert queries.revisions(KEY)[-1].withdrawn
    entry = AuditEntry.objects.get(verb="policy.withdraw")
    assert entry.actor_id == operator.id


@pytest.mark.usefixtures("rules")
def test_a_verdict_comes_with_its_whole_explanation(desk: Client) -> None:
    asked = {"source": "youzan", "surface": "live_room", "at": "2021-11-15 24:00"}
    shown = page(desk, "/operator/ask/", **asked)
    assert "May not be offered here" in shown
    assert KEY in shown
    assert "Names: source" in shown.replace("It names", "Names")
    assert "Short video" in shown
    before = page(desk, "/operator/ask/", **asked | {"at": "2021-11-15 23:59"})
    assert "May be offered here" in before
    unknown_then = page(desk, "/operator/ask/", **asked | {"as_of": "2021-11-01"})
    assert "May be offered here" in unknown_then


@pytest.mark.usefixtures("rules")
def test_a_verdict_cannot_be_asked_of_an_unknown_shop_or_time(desk: Client) -> None:
    asked = {"source": "youzan", "surface": "live_room"}
    assert "There is no shop" in page(desk, "/operator/ask/", **asked | {"shop": "nobody"})
    assert "This is not an instant" in page(desk, "/operator/ask/", **asked | {"at": "soon"})


@pytest.mark.usefixtures("rules")
def test_a_draft_is_kept_changed_and_announced(desk: Client, operator) -> None:
    response = desk.post("/operator/drafts/new/", DRAFT)
    assert response.status_code == 302, response.content.decode()
    draft = PolicyDraft.objects.get()
    assert draft.body["effective_from"] == "2021-11-30T16:00:00Z"
    assert draft.body["fee_bps"] == 250
    form = page(desk, f"/operator/drafts/{draft.id}/edit/")
    assert 'value="2021-12-01 00:00"' in form
    assert 'value="2.5' in form
    desk.post(f"/operator/drafts/{draft.id}/edit/", DRAFT | {"title": "JD out", "fee_bps": ""})
    draft.refresh_from_db()
    assert draft.title == "JD out"
    assert "fee_bps" not in draft.body
    shown = page(desk, f"/operator/drafts/{draft.id}/")
    assert "7 days before" in shown
    announced = desk.post(f"/operator/drafts/{draft.id}/announce/")
    assert announced["Location"] == "/operator/cutovers/2021-11-30T16:00:00Z/"
    (rule,) = queries.revisions("kuaishou.2021-12-01.jd")
    assert iso(rule.effective_from) == "2021-11-30T16:00:00Z"
    assert AuditEntry.objects.filter(verb="policy.announce", actor_id=operator.id).exists()
    assert "Open the rule" in page(desk, f"/operator/drafts/{draft.id}/")


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"effective_from": "soon"}, "This is not an instant"),
        ({"key": "No Spaces Please"}, "lower-case letters"),
        ({"effective_until": "2021-11-20"}, "is not after effective_from"),
        ({"remedy_en": "", "remedy_zh": ""}, "remedy"),
        ({"reason_zh": ""}, "This field is required"),
        ({"fee_bps": "140"}, "less than or equal to 100"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    desk: Client, wrong: dict[str, str], words: str
) -> None:
    response = desk.post("/operator/drafts/new/", DRAFT | wrong)
    assert response.status_code == 200
    shown = response.content.decode()
    assert words in shown
    assert 'aria-invalid="true"' in shown
    assert "JD links out of rooms" in shown
    assert not PolicyDraft.objects.exists()


@pytest.mark.usefixtures("rules")
def test_a_conflict_is_refused_and_names_the_other_rule(desk: Client) -> None:
    desk.post("/operator/drafts/new/", DRAFT | {"supersedes": "no.such.rule"})
    draft = PolicyDraft.objects.get()
    response = desk.post(f"/operator/drafts/{draft.id}/announce/", follow=True)
    assert "no.such.rule" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.usefixtures("rules")
def test_a_correction_starts_from_the_rule_as_it_stands(desk: Client) -> None:
    form = page(desk, "/operator/drafts/new/", correct=KEY)
    assert f'value="{KEY}"' in form
    assert 'value="2021-11-16 00:00"' in form
    assert "Youzan and Mokuai links can no longer" in form


@pytest.mark.usefixtures("rules")
def test_a_draft_given_up_can_no_longer_be_changed(desk: Client) -> None:
    desk.post("/operator/drafts/new/", DRAFT)
    draft = PolicyDraft.objects.get()
    desk.post(f"/operator/drafts/{draft.id}/drop/")
    assert desk.post(f"/operator/drafts/{draft.id}/edit/", DRAFT).status_code == 409
    assert "Given up" in page(desk, f"/operator/drafts/{draft.id}/")


@pytest.mark.usefixtures("rules")
def test_a_draft_is_rehearsed_and_what_it_hits_is_exported(desk: Client) -> None:
    shop = make_shop(name="Kettles and more")
    room = sales.room(make_account(), sales.at("11-15 20:00"))
    for surface, container in (("live_room", room.id), ("profile", room.creator_id)):
        Listing.objects.create(
            shop=shop,
            product=make_product(shop, source="jd", integration="link", title="Kettle"),
            surface=surface,
            container_id=container,
            creator_id=room.creator_id,
            source="jd",
            integration="link",
            shop_type=shop.type,
        )
    sales.conversion(7_700, sales.at("11-10 20:00"), source="jd", shop_id=shop.id)
    desk.post("/operator/drafts/new/", DRAFT)
    draft = PolicyDraft.objects.get()
    address = f"/operator/drafts/{draft.id}/"
    assert "Not rehearsed yet" in page(desk, address)
    desk.post(f"{address}rehearse/")
    shown = page(desk, address)
    assert "Kettles and more" in shown
    assert "CN¥77.00" in shown
    assert "It reaches 1 shops and 1 creators." in shown
    answer = desk.get(f"{address}rehearsal.json").json()
    assert (answer["listings"], answer["shops"], answer["live_rooms"]) == (1, 1, 1)
    table = desk.get(f"{address}rehearsal.csv").content.decode().splitlines()
    assert len(table) == 2
    assert "Kettle" in table[1]
    desk.post(f"{address}edit/", DRAFT)
    assert "Not rehearsed yet" in page(desk, address)
