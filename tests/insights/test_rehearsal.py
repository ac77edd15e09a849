"""What a draft would hit, counted on a street with known goods and sales."""

import csv
import io
import json
from datetime import timedelta
from uuid import UUID

import pytest
from tests.factories import make_account, make_operator, make_product, make_shop
from tests.rooms import make_room, mount
from typer.testing import CliRunner

from yellowcart.core import clock, startup
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.insights import rehearsal
from yellowcart.insights.rehearsal_cli import app
from yellowcart.listings.models import Click, Listing
from yellowcart.notices import actions as notices
from yellowcart.notices.models import Notice
from yellowcart.orders.models import Conversion, Order
from yellowcart.policy import actions as policy
from yellowcart.policy.models import RuleRevision

pytestmark = pytest.mark.django_db

TODAY = parse_instant("2021-11-08T12:00+08:00")
BODY = {
    "key": "mine.links",
    "sources": ["youzan", "mokuai"],
    "integrations": ["link"],
    "surfaces": ["live_room"],
    "outcome": "deny",
    "effective_from": "2021-11-15T24:00:00+08:00",
    "reason": {"en": "No links.", "zh": "不可挂链接。"},
    "remedy": {"en": "List them here.", "zh": "请在小店上架。"},
}


class Street:
    def __init__(self):
        self.creator = make_account(handle="host")
        self.shop, self.other = make_shop(handle="tea"), make_shop(handle="cups")
        self.live = make_room(self.creator, title="Tonight")
        self.soon = make_room(
            self.creator, state="scheduled", title="Soon", scheduled_at=TODAY + timedelta(days=9)
        )
        ended = make_room(self.creator, state="ended")
        self.tea = self.link(self.shop, "youzan", "y-1", "Tea, =SUM(1)")
        self.cake = self.link(self.other, "mokuai", "m-1", "Cake")
        supplier = make_shop(type="supplier", source="mokuai")
        make_product(supplier, source="mokuai", integration="supply", external_id="m-1")
        self.hit = [mount(self.live, self.tea), mount(self.soon, self.cake)]
        mount(ended, self.tea)
        mount(self.live, make_product(self.shop))
        mount(self.live, self.link(self.shop, "taobao", "t-1", "Pot"))

    def link(self, shop, source, external_id, title):
        return make_product(
            shop, source=source, integration="link", external_id=external_id, title=title
        )

    def sale(self, listing, amount, days_ago, surface="live_room", **fields):
        """A sale that a source told of, a click of this listing before it."""
        at = TODAY - timedelta(days=days_ago)
        click = Click.objects.create(
            listing=listing,
            shop_id=listing.shop_id,
            product_id=listing.product_id,
            source=listing.source,
            surface=surface,
            container_id=listing.container_id,
            creator_id=self.creator.id,
            at=at,
        )
        return Conversion.objects.create(
            source=listing.source,
            external_order_id=str(new_id()),
            click_id=click.id,
            creator_id=click.creator_id,
            shop_id=listing.shop_id,
            listing_id=listing.id,
            surface=surface,
            container_id=listing.container_id,
            amount_minor=amount,
            ordered_at=at,
            source_updated_at=at,
            **{"status": "paid", **fields},
        )


@pytest.fixture
def street():
    clock.set_timeline(clock.starting_at(TODAY, 1e-6))
    return Street()


def rehearsed(**fields):
    rule = policy.read_body(BODY | fields, clock.now())
    return rehearsal.rehearse([rule])


def test_whom_and_what_it_would_hit(street):
    found = rehearsed().as_json("en")
    assert (found["listings"], found["shops"], found["creators"]) == (2, 2, 1)
    assert (found["rooms"], found["live_rooms"], found["scheduled_rooms"]) == (2, 1, 1)
    assert found["convertible"] == 1
    assert found["by_source"] == {"mokuai": 1, "youzan": 1}
    assert found["by_effect"] == {"barred": 2}
    assert [room["title"] for room in found["scheduled"]] == ["Soon"]
    assert {row["listing_id"] for row in found["listings_hit"]} == {
        str(listing.id) for listing in street.hit
    }


def test_the_gmv_of_thirty_days_and_nothing_else(street):
    tea, cake = street.hit
    street.sale(tea, 5_000, 1)
    street.sale(tea, 700, 29)
    street.sale(cake, 30, 3)
    street.sale(tea, 1_000_000, 31)
    street.sale(tea, 2_000_000, 2, surface="profile")
    street.sale(tea, 4_000_000, 2, status="closed")
    at = TODAY - timedelta(days=1)
    Order.objects.create(
        shop_id=street.shop.id,
        buyer_id=new_id(),
        checkout_id=new_id(),
        surface="live_room",
        container_id=street.live.id,
        source="native",
        integration="native",
        state="paid",
        goods_minor=8_000_000,
        amount_minor=8_000_000,
        currency="CNY",
        idempotency_key="k",
        request_hash="h",
        placed_at=at,
        expires_at=at,
        paid_at=at,
    )
    found = rehearsed().as_json("en")
    assert found["gmv"] == [
        {
            "definition": "paid",
            "days": 30,
            "currency": "CNY",
            "gmv_minor": 5_730,
            "sales": 3,
        }
    ]
    by_shop = {shop["handle"]: shop["gmv"][0]["gmv_minor"] for shop in found["shops_hit"]}
    assert by_shop == {"tea": 5_700, "cups": 30}
    [native] = rehearsed(
        sources=["native"], integrations=["native"], surfaces=["live_room"]
    ).as_json("en")["gmv"]
    assert native["gmv_minor"] == 8_000_000


def test_it_finds_exactly_those_who_are_then_told(street):
    found = rehearsed()
    draft = policy.do_draft_rule("Links", BODY, by=None)
    policy.do_announce(draft.id, by=None)
    notices.do_send_due(clock.now())
    told = Notice.objects.get(account=street.creator)
    assert told.hit["listings"] == len(found.hits)
    assert set(told.hit["convertible"]) == {str(product) for product in found.clickable}


def test_nothing_is_written_and_nobody_told(street):
    before = list(Listing.objects.order_by("id").values())
    rehearsed()
    assert list(Listing.objects.order_by("id").values()) == before
    assert not RuleRevision.objects.exists()
    assert not Notice.objects.exists()


def test_a_change_of_an_announced_rule_is_rehearsed_as_its_next_revision(street):
    policy.do_announce(policy.do_draft_rule("Links", BODY, by=None).id, by=None)
    found = rehearsed(sources=["youzan"])
    assert found.rules[0].revision == 2
    assert {hit.source for hit in found.hits} == {"youzan"}


def test_csv_has_a_row_for_each_listing_and_no_formulas(street):
    street.tea.title = "=HYPERLINK(1)"
    street.tea.save()
    rows = list(csv.DictReader(io.StringIO(rehearsed().csv_text())))
    assert len(rows) == 2
    assert {row["shop"] for row in rows} == {"tea", "cups"}
    assert "'=HYPERLINK(1)" in {row["title"] for row in rows}


class TestOverHttp:
    def test_the_desk_from_draft_to_announcement(self, client, street):
        client.force_login(make_operator())
        post = {"title": "Links", "body": BODY}
        draft = client.post("/api/v1/policy/drafts", post, "application/json").json()
        url = f"/api/v1/policy/drafts/{draft['id']}"
        assert client.post(f"{url}/rehearse").json()["rehearsal"]["listings"] == 2
        exported = client.get(f"{url}/rehearsal.csv")
        assert exported["Content-Type"].startswith("text/csv")
        assert exported.content.decode().count("\n") == 3
        announced = client.post(f"{url}/announce")
        assert announced.status_code == 201
        assert announced.json()["key"] == "mine.links"
        assert client.post(f"{url}/announce").status_code == 409
        taken = client.post("/api/v1/policy/rules/mine.links/withdraw").json()
        assert taken[0]["withdrawn"] is True

    def test_a_draft_may_be_changed_and_dropped(self, client, street):
        client.force_login(make_operator())
        post = {"title": "Links", "body": BODY}
        draft = client.post("/api/v1/policy/drafts", post, "application/json").json()
        url = f"/api/v1/policy/drafts/{draft['id']}"
        changed = {"title": "Other", "body": BODY | {"sources": ["jd"]}}
        assert client.put(url, changed, "application/json").json()["title"] == "Other"
        bad = {"title": "Bad", "body": BODY | {"surfaces": ["x"]}}
        assert client.put(url, bad, "application/json").json()["code"] == "rule_invalid"
        assert client.delete(url).status_code == 204
        assert client.get("/api/v1/policy/drafts").json() == []

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "drafts"),
            ("post", "drafts"),
            ("put", f"drafts/{UUID(int=7)}"),
            ("delete", f"drafts/{UUID(int=7)}"),
            ("post", f"drafts/{UUID(int=7)}/rehearse"),
            ("get", f"drafts/{UUID(int=7)}/rehearsal.csv"),
            ("post", f"drafts/{UUID(int=7)}/announce"),
            ("post", "rehearse"),
            ("post", "rules/mine.links/withdraw"),
        ],
    )
    def test_only_operators(self, client, street, method, path):
        def status():
            data = {"title": "t", "body": BODY}
            call = getattr(client, method)
            url = f"/api/v1/policy/{path}"
            return (
                call(url).status_code
                if method == "get"
                else call(url, data, content_type="application/json").status_code
            )

        assert status() == 401
        member = make_account()
        make_shop(member)
        for refused in (member, street.creator):
            client.force_login(refused)
            assert status() == 403
        assert not RuleRevision.objects.exists()


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "draft.toml"
        path.write_text(
            'format = 1\nplatform = "mine"\n[[rule]]\nkey = "mine.links"\n'
            'sources = ["youzan", "mokuai"]\nintegrations = ["link"]\nsurfaces = ["live_room"]\n'
            'outcome = "deny"\neffective_from = "2021-11-15T24:00:00+08:00"\n'
            'reason = { en = "No.", zh = "否。" }\nremedy = { en = "Here.", zh = "此处。" }\n',
            encoding="utf-8",
        )
        return path

    @pytest.fixture
    def run(self, monkeypatch):
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setattr(startup, "boot", lambda: None)
        return lambda *words: CliRunner().invoke(app, ["rehearse", *map(str, words)])

    def test_in_three_forms(self, street, file, run):
        found = json.loads(run(file, "--json").stdout)
        assert (found["listings"], found["convertible"]) == (2, 1)
        assert run(file, "--csv").stdout.count("\n") == 3
        assert "listings: 2" in run(file).stdout

    def test_a_bad_file_says_where(self, street, file, run):
        file.write_text(file.read_text().replace("live_room", "room"), encoding="utf-8")
        result = run(file)
        assert result.exit_code == 2
        assert f"{file}:7:" in result.stderr
