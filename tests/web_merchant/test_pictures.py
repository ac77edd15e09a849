"""Pages about pictures: how far they are, what failed and why, and trying again."""

from collections.abc import Iterator

import pytest
from tests.connections.fakes import FakeConnector, draft
from tests.factories import make_product
from tests.web_merchant.conftest import World

from yellowcart.catalog import picturing
from yellowcart.connections import actions, lane, listing
from yellowcart.connections.models import Connection
from yellowcart.pictures.models import Address, Picture
from yellowcart.sources.registry import CONNECTORS

URL = "https://cdn.example/a.jpg"
WHY = {"en": "cdn.example answered 404.", "zh-hans": "cdn.example 返回了 404。"}


@pytest.fixture
def connected(world: World) -> Iterator[Connection]:
    CONNECTORS["faked"] = connector = FakeConnector()
    urls = (URL, URL.replace("a.jpg", "b.jpg"))
    connector.shelf.drafts = {"tea": draft("tea", images=urls)}
    typed = {"url": "https://store.example/", "token": "secret-token-9876"}
    row = actions.do_connect(actor=world.owner, shop=world.shop, source="faked", typed=typed)
    Connection.objects.update(approves=True, lane_until=None)
    lane.do_work(str(row.id))
    yield Connection.objects.select_related("supplier").get()
    del CONNECTORS["faked"]


def failed() -> None:
    Address.objects.update(state="failed", due_at=None, problem=WHY)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_failure_is_listed_with_its_reason_and_asked_again(world: World, sign_in, language):
    product = make_product(world.shop, title="Pu'er cake", images=[URL])
    picturing.note([product])
    failed()
    client = sign_in(world.owner, language)
    page = client.get(world.url("pictures/")).content.decode()
    assert WHY[language] in page
    assert "Pu&#x27;er cake" in page
    reply = client.post(world.url("pictures/again/"), {"product": product.id}, follow=True)
    assert WHY[language] not in reply.content.decode()
    assert Address.objects.get().state == "waiting"


def test_only_who_may_write_goods_asks_again(world: World, sign_in):
    picturing.note([make_product(world.shop, images=[URL])])
    failed()
    for account, status in ((world.staff, 403), (world.other_owner, 403), (world.buyer, 403)):
        assert sign_in(account).post(world.url("pictures/again/")).status_code == status
    assert sign_in(world.staff).get(world.url("pictures/")).status_code == 200
    assert "Fetch again" not in sign_in(world.staff).get(world.url("pictures/")).content.decode()
    assert sign_in(world.other_owner).get(world.url("pictures/")).status_code == 403
    assert Address.objects.get().state == "failed"


def test_the_bar_of_a_store_and_of_one_click_is_true(world: World, sign_in, connected):
    client = sign_in(world.owner)
    run = listing.do_begin_run(actor=world.owner, shop=world.shop, supplier=connected.supplier)
    listing.do_run(str(run.id))
    pages = (
        f"stores/{connected.id}/",
        f"stores/{connected.id}/pictures/",
        f"supply/runs/{run.id}/",
    )
    for path in pages:
        assert "0 of 2 are here" in client.get(world.url(path)).content.decode()
    picture = Picture.objects.create(digest="0" * 64, width=1, height=1, large=b"l", small=b"s")
    Address.objects.filter(url=URL).update(state="kept", picture=picture)
    for path in pages:
        assert "1 of 2 are here" in client.get(world.url(path)).content.decode()
    part = client.get(world.url("pictures/"), headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "1 of 2 are here" in part


def test_a_stores_failures_are_its_shops_alone(world: World, sign_in, connected):
    failed()
    path = world.url(f"stores/{connected.id}/pictures/")
    assert WHY["en"] in sign_in(world.owner).get(path).content.decode()
    theirs = f"/merchant/shop/{world.other_owner.shop_memberships.get().shop.handle}/"
    there = f"{theirs}stores/{connected.id}/pictures/"
    assert sign_in(world.other_owner).get(there).status_code == 404
    for account in (world.other_owner, world.buyer, world.staff):
        assert sign_in(account).post(f"{path}again/").status_code == 403
    assert sign_in(world.other_owner).post(f"{there}again/").status_code == 404
    assert set(Address.objects.values_list("state", flat=True)) == {"failed"}
    sign_in(world.owner).post(f"{path}again/")
    assert set(Address.objects.values_list("state", flat=True)) == {"waiting"}
