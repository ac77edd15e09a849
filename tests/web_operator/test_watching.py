"""The overview, a cut-over watched before and after, and the reading page."""

import re

import pytest
from django.test import Client
from tests.factories import make_account, make_product, make_shop
from tests.insights import sales
from tests.web_operator.conftest import CUT

from yellowcart.core import clock
from yellowcart.listings import cutover
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.notices.models import Appeal, Notice
from yellowcart.policy import queries as policy

WATCH = "/operator/cutovers/2021-11-15T16:00:00Z/"


@pytest.fixture
def room(rules: None) -> Room:
    """A live room with a Youzan link and own goods in its cart, and the link on a profile."""
    creator, shop = make_account(), make_shop()
    room = sales.room(creator, sales.at("11-15 20:00"))
    places = [("youzan", "link", "live_room"), ("native", "native", "live_room")]
    for source, integration, surface in [*places, ("youzan", "link", "profile")]:
        Listing.objects.create(
            shop=shop,
            product=make_product(shop, source=source, integration=integration),
            surface=surface,
            container_id=room.id if surface == "live_room" else creator.id,
            creator_id=creator.id,
            source=source,
            integration=integration,
            shop_type=shop.type,
        )
    return room


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def stat(shown: str, label: str) -> str:
    return shown.split(f"{label}</span>", 1)[1].split('stat__value">', 1)[1].split("<", 1)[0]


def test_before_the_cut_one_sees_what_will_flip(desk: Client, room: Room) -> None:
    shown = text(desk, WATCH)
    assert "Until the cut" in shown
    assert stat(shown, "Listings to bar") == "1"
    assert stat(shown, "Rooms to tell") == "1"
    assert room.title in shown


def test_after_the_cut_one_sees_what_was_done(desk: Client, room: Room) -> None:
    clock.set_timeline(clock.starting_at(CUT))
    assert "still to mark" in text(desk, f"{WATCH}numbers/")
    cutover.do_sweep(policy.table(), CUT, [CUT])
    told = Notice.objects.create(
        account=room.creator,
        party="creator",
        rule_key="kuaishou.2021-11-16.youzan-mokuai-live",
        rule_revision=1,
        stage="cutover",
        effective_at=CUT,
        title_en="-",
        title_zh="-",
        body_en="-",
        body_zh="-",
        read_at=CUT,
    )
    Appeal.objects.create(notice=told, words="Please look again.")
    shown = text(desk, f"{WATCH}numbers/")
    assert "still to mark" not in shown
    assert stat(shown, "Listings barred") == "1"
    assert stat(shown, "Rooms told") == "1"
    assert stat(shown, "Notices sent") == "1"
    assert "1 read" in shown
    assert stat(shown, "Appeals") == "1"
    assert "Swept" in shown


@pytest.mark.usefixtures("rules")
def test_an_instant_at_which_nothing_flips_is_not_found(desk: Client) -> None:
    assert desk.get("/operator/cutovers/2021-11-15T15:00:00Z/").status_code == 404
    assert desk.get("/operator/cutovers/tomorrow/").status_code == 404


@pytest.mark.usefixtures("rules")
def test_cutovers_to_come_and_past_are_listed(desk: Client) -> None:
    shown = text(desk, "/operator/cutovers/")
    assert shown.index("2021-11-15T16:00:00Z") < shown.index("Passed cut-overs")
    assert shown.index("Passed cut-overs") < shown.index("2020-03-29T16:00:00Z")


def test_the_overview_shows_what_needs_attention(desk: Client, room: Room) -> None:
    sales.order(12_300, sales.at("11-15 21:00"))
    sales.conversion(4_500, sales.at("11-15 21:00"))
    sales.order(99_900, sales.at("11-14 21:00"))
    make_product(make_shop(), review_state="in_review")
    shown = text(desk, "/operator/")
    assert "Next cut-over" in shown
    assert "CN¥123.00" in shown
    assert "CN¥45.00" in shown
    assert stat(shown, "Products to review") == "1"
    assert room.title in shown


@pytest.mark.usefixtures("rules")
def test_the_overview_warns_of_a_sweep_that_did_not_come(desk: Client) -> None:
    assert "not swept" in text(desk, "/operator/")
    past = policy.unswept(CUT)
    cutover.do_sweep(policy.table(), clock.now(), [one for one in past if one < CUT])
    assert "not swept" not in text(desk, "/operator/")


@pytest.mark.usefixtures("rules")
def test_the_reading_page_compares_around_the_latest_cut(desk: Client) -> None:
    clock.set_timeline(clock.starting_at(sales.at("11-17 00:00")))
    sales.conversion(60_000, sales.at("11-15 22:00"))
    sales.order(40_000, sales.at("11-15 22:00"))
    sales.order(90_000, sales.at("11-16 22:00"))
    sales.conversion(10_000, sales.at("11-16 22:00"), surface="profile")
    shown = text(desk, "/operator/insights/?window=cut-24h")
    assert "40.0%" in shown
    assert "90.0%" in shown
    assert "+50.0 points" in shown
    assert "around=2021-11-15T16%3A00%3A00Z" in shown
    without = text(desk, "/operator/insights/?around=none")
    assert "Before and after the cut" not in without
    wrong = text(desk, "/operator/insights/?from=whenever")
    assert "whenever is not an instant" in wrong


@pytest.mark.usefixtures("rules")
def test_the_links_to_files_work(desk: Client) -> None:
    sales.order(40_000, sales.at("11-15 21:00"))
    shown = text(desk, "/operator/insights/")
    links = re.findall(r'href="(/api/v1/insights/gmv[^"]*)"', shown)
    assert len(links) == 2
    for link in links:
        response = desk.get(link.replace("&amp;", "&"))
        assert response.status_code == 200
        assert b"40000" in response.content


def test_any_room_has_its_report(desk: Client, room: Room) -> None:
    sales.order(40_000, sales.at("11-15 21:00"), container_id=room.id)
    listed = desk.get("/operator/insights/rooms/").content.decode()
    assert f"{room.id}/" in listed
    page = desk.get(f"/operator/insights/rooms/{room.id}/").content.decode()
    assert "CN¥400.00" in page
    waiting = sales.room(make_account(), None)
    assert desk.get(f"/operator/insights/rooms/{waiting.id}/").status_code == 200
    creator = Client()
    creator.force_login(room.creator)
    assert creator.get(f"/operator/insights/rooms/{room.id}/").status_code == 403
