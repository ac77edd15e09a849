"""A shop's members read where its own money goes, and nobody else's."""

import re

from tests.insights import sales
from tests.web_merchant.conftest import World

from yellowcart.core import clock


def test_members_read_their_own_shop_and_its_files(world: World, sign_in) -> None:
    clock.set_timeline(clock.starting_at(sales.at("11-17 00:00")))
    sales.order(40_000, sales.at("11-15 21:00"), shop_id=world.shop.id)
    sales.order(7_777_700, sales.at("11-15 21:00"))
    sales.conversion(10_000, sales.at("11-16 21:00"), shop_id=world.shop.id)
    client = sign_in(world.staff)
    shown = client.get(world.url("insights/")).content.decode()
    assert "CN¥500.00" in shown
    assert "77,777" not in shown
    for link in re.findall(r'href="(/api/v1/insights/gmv[^"]*)"', shown):
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert b"40000" in answer.content
        assert b"7777700" not in answer.content


def test_others_are_refused(world: World, sign_in) -> None:
    assert sign_in(world.other_owner).get(world.url("insights/")).status_code == 403
    assert sign_in(world.buyer).get(world.url("insights/")).status_code == 403
    stranger = sign_in(None).get(world.url("insights/"))
    assert stranger["Location"].startswith("/accounts/login/")
    assert sign_in(world.operator).get(world.url("insights/")).status_code == 200


def test_a_room_shows_a_shop_its_own_goods_alone(world: World, sign_in) -> None:
    show = sales.room(sales.account(), sales.at("11-15 20:00"), sales.at("11-15 23:00"))
    other = sales.room(sales.account(), sales.at("11-15 20:00"), sales.at("11-15 23:00"))
    listing = sales.listing(world.shop)
    listing.container_id = show.id
    listing.save()
    where = {"container_id": show.id}
    sales.order(40_000, sales.at("11-15 21:00"), shop_id=world.shop.id, **where)
    sales.order(7_777_700, sales.at("11-15 21:00"), **where)
    client = sign_in(world.staff)
    listed = client.get(world.url("insights/rooms/")).content.decode()
    assert str(show.id) in listed
    assert str(other.id) not in listed
    page = client.get(world.url(f"insights/rooms/{show.id}/")).content.decode()
    assert "CN¥400.00" in page
    assert "77,777" not in page
    assert "GPM" not in page
    for link in re.findall(r'href="(/api/v1/rooms/[^"]*)"', page):
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert b"7777700" not in answer.content
    assert client.get(world.url(f"insights/rooms/{other.id}/")).status_code == 404
    assert sign_in(world.buyer).get(world.url(f"insights/rooms/{show.id}/")).status_code == 403
