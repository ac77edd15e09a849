"""Pages of connected stores: connect, look, list in one click, let go."""

from collections.abc import Iterator

import pytest
from tests.connections.fakes import ConsentConnector, FakeConnector, draft
from tests.factories import make_account, make_product, make_shop, make_sku
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.connections import lane, listing
from yellowcart.connections.models import Connection, ListingRun
from yellowcart.notices.models import Notice
from yellowcart.sources.registry import CONNECTORS


@pytest.fixture
def store() -> Iterator[FakeConnector]:
    CONNECTORS["faked"] = connector = FakeConnector()
    CONNECTORS["consenting"] = ConsentConnector()
    yield connector
    del CONNECTORS["faked"], CONNECTORS["consenting"]


TYPED = {"url": "https://store.example", "token": "secret-token-9876", "currency": "CNY"}


@pytest.fixture
def row(world: World, sign_in, store: FakeConnector) -> Connection:
    store.shelf.drafts = {"tea": draft("tea")}
    sign_in(world.owner).post(world.url("stores/connect/faked/"), TYPED)
    row = Connection.objects.get()
    Connection.objects.update(approves=True, lane_until=None)
    lane.do_work(str(row.id))
    return Connection.objects.select_related("supplier").get()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_store_is_connected_and_seen(world: World, sign_in, row: Connection, language):
    client = sign_in(world.owner, language)
    assert "Faked store" in client.get(world.url("stores/")).content.decode()
    assert client.get(world.url("stores/connect/faked/")).status_code == 200
    for path in ("", "health/", "keys/"):
        reply = client.get(world.url(f"stores/{row.id}/{path}"))
        assert reply.status_code == 200
        assert TYPED["token"] not in reply.content.decode()


def test_what_is_wrong_stands_beside_its_field(world: World, sign_in, store: FakeConnector):
    client = sign_in(world.owner)
    reply = client.post(world.url("stores/connect/faked/"), {**TYPED, "url": "nonsense"})
    assert reply.status_code == 422
    assert reply.context["form"].errors["url"]
    reply = client.post(world.url("stores/connect/faked/"), {**TYPED, "token": "wrong-token"})
    assert reply.status_code == 422
    # The other side's trouble is said on the page, which keeps what was typed but the secret.
    assert TYPED["url"] in reply.content.decode()
    assert "wrong-token" not in reply.content.decode()
    assert not Connection.objects.exists()


def test_consent_leads_to_the_source_and_back(world: World, sign_in, store: FakeConnector):
    client = sign_in(world.owner)
    reply = client.post(world.url("stores/connect/consenting/"), TYPED)
    assert reply.status_code == 302
    state = reply["Location"].split("state=")[1].split("&")[0]
    there = f"/merchant/connections/consent/?state={state}&code=good"
    assert sign_in(world.other_owner).get(there).status_code == 422
    assert client.get(there).status_code == 302
    assert Connection.objects.get().state == "active"


def test_verbs(world: World, sign_in, row: Connection):
    client = sign_in(world.owner)

    def do(verb):
        client.post(world.url(f"stores/{row.id}/{verb}/"))
        row.refresh_from_db()
        return row.state

    assert do("pause") == "paused"
    assert client.get(world.url(f"stores/{row.id}/")).status_code == 200
    assert do("resume") == "active"
    assert do("sync") == "active"
    assert do("disconnect") == "closed"


def test_others_see_and_do_nothing(world: World, sign_in, row: Connection):
    for account in (world.other_owner, world.buyer):
        client = sign_in(account)
        assert client.get(world.url(f"stores/{row.id}/")).status_code == 403
        assert client.post(world.url(f"stores/{row.id}/disconnect/")).status_code == 403
    staff = sign_in(world.staff)
    assert staff.get(world.url(f"stores/{row.id}/")).status_code == 200
    assert staff.get(world.url("stores/connect/faked/")).status_code == 403
    assert staff.post(world.url(f"stores/{row.id}/pause/")).status_code == 403
    other = make_account()
    shop = make_shop(other)
    theirs = f"/merchant/shop/{shop.handle}/stores/{row.id}/"
    assert sign_in(other).get(theirs).status_code == 404
    assert sign_in(world.operator).get(world.url(f"stores/{row.id}/")).status_code == 200


def test_one_click_shows_how_far_it_is(world: World, sign_in, row: Connection):
    client = sign_in(world.owner)
    url = world.url(f"supply/{row.supplier.handle}/")
    assert client.get(url).status_code == 200
    reply = client.post(url, {"all": "1", "kind": "keep"})
    run = ListingRun.objects.get()
    assert reply["Location"].endswith(f"/supply/runs/{run.id}/")
    again = client.post(url, {"all": "1", "kind": "keep"})
    assert again["Location"] == reply["Location"]
    page = client.get(reply["Location"]).content.decode()
    assert "hx-get" in page
    listing.do_run(str(run.id))
    part = client.get(reply["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in part
    assert Product.objects.filter(shop=world.shop, origin__shop=row.supplier).count() == 1
    other = sign_in(world.other_owner)
    assert other.get(reply["Location"]).status_code == 403


def test_a_notice_carries_the_button(world: World, sign_in):
    supplier = make_shop(type="supplier", source="youzan")
    original = make_product(
        supplier, source="youzan", integration="supply", external_id="yz1", title="Tea"
    )
    make_sku(original)
    link = make_product(world.shop, source="youzan", integration="link", external_id="yz1")
    notice = Notice.objects.create(
        account_id=world.owner.id,
        party="merchant",
        shop_id=world.shop.id,
        rule_key="r",
        rule_revision=1,
        stage="announced",
        effective_at=world.shop.opened_at,
        title_en="t",
        title_zh="t",
        body_en="b",
        body_zh="b",
        hit={"convertible": [str(link.id)], "products": [], "surfaces": [], "open_surfaces": []},
    )
    client = sign_in(world.owner)
    url = world.url(f"notices/{notice.id}/")
    assert "Make them native goods" in client.get(url).content.decode()
    assert sign_in(world.other_owner).post(f"{url}convert/").status_code == 403
    client.post(f"{url}convert/")
    assert Product.objects.filter(shop=world.shop, origin=original, integration="native").exists()


def test_operators_see_every_store(world: World, sign_in, row: Connection):
    client = sign_in(world.operator)
    assert "Tea Hall" in client.get("/operator/stores/").content.decode()
    url = f"/operator/stores/{row.id}/"
    assert client.get(url).status_code == 200
    assert client.post(f"{url}step/", {"verb": "pause"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "paused"
    client.post(f"{url}step/", {"verb": "review"})
    row.refresh_from_db()
    assert not row.approves
    assert sign_in(world.owner).get("/operator/stores/").status_code == 403
    assert sign_in(world.owner).post(f"{url}step/", {"verb": "approve"}).status_code == 403


def test_goods_that_wait_for_review_are_said_to_wait(world: World, sign_in, store: FakeConnector):
    store.shelf.drafts = {"tea": draft("tea"), "cup": draft("cup")}
    client = sign_in(world.owner)
    client.post(world.url("stores/connect/faked/"), TYPED)
    row = Connection.objects.get()
    page = world.url(f"supply/{row.supplier.handle}/")
    assert "Its catalogue is still being read" in client.get(page).content.decode()
    Connection.objects.update(lane_until=None)
    lane.do_work(str(row.id))
    assert "2 products are in review" in client.get(page).content.decode()
    assert "Nothing matches" in client.get(page, {"q": "no such thing"}).content.decode()
