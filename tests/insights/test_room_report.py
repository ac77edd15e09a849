"""A room's report: what it says, to whom, and as which tables."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.insights import sales
from tests.insights.sales import at, click, conversion, order

from yellowcart.core.ids import new_id
from yellowcart.insights import queries
from yellowcart.insights.models import ListingMinute, RoomMinute, RoomViewer
from yellowcart.insights.room_moments import Stretch, stretches
from yellowcart.insights.room_questions import most_asked
from yellowcart.insights.room_report import report_of
from yellowcart.insights.room_report_body import body
from yellowcart.insights.rules import Definition
from yellowcart.listings.models import Listing
from yellowcart.live import passes
from yellowcart.live.models import ChatMessage, Room, RoomEvent
from yellowcart.live.tooltables import CoHost, ShareCode
from yellowcart.media.models import Broadcast, Clip, Recording, Replay, StreamKey
from yellowcart.orders.models import Order, OrderLine
from yellowcart.people.models import Account, RoleGrant
from yellowcart.shops.models import Shop, ShopMember

pytestmark = pytest.mark.django_db

EIGHT, ELEVEN = at("11-15 20:00"), at("11-15 23:00")


def minute(number: float) -> datetime:
    return EIGHT + timedelta(minutes=number)


def offered(room: Room, shop: Shop | None = None, source: str = "native") -> Listing:
    listing = sales.listing(shop or sales.shop(), source)
    listing.container_id = room.id
    listing.save()
    return listing


def sell(room: Room, listing: Listing, amount: int, when: float, **more: Any) -> Order:
    made = order(
        amount,
        minute(when),
        container_id=room.id,
        shop_id=listing.shop_id,
        creator_id=room.creator_id,
        **more,
    )
    OrderLine.objects.create(
        shop_id=made.shop_id,
        order_id=made.id,
        line_no=1,
        listing_id=listing.id,
        product_id=listing.product_id,
        sku_id=new_id(),
        title="Tea",
        quantity=2,
        unit_price_minor=amount // 2,
        refunded_minor=more.get("refunded_minor", 0),
    )
    return made


def pin(room: Room, seq: int, when: float, listing: Listing | None) -> None:
    RoomEvent.objects.create(
        room_id=room.id,
        seq=seq,
        type="listing.pinned",
        payload={"listing_id": str(listing.id) if listing else None},
        at=minute(when),
    )


@pytest.fixture
def room() -> Room:
    return sales.room(sales.account(), EIGHT, ELEVEN)


def said(room: Room, shop_id: UUID | None = None) -> dict[str, Any]:
    report = report_of(room, shop_id)
    assert report is not None
    return body(report)


def test_the_moments_that_sold_with_their_place_in_the_recording(room: Room) -> None:
    tea, cup = offered(room), offered(room)
    pin(room, 1, 10, tea)
    pin(room, 2, 20, tea)  # again the same: it goes on
    pin(room, 3, 30, cup)
    pin(room, 4, 40, None)
    sell(room, tea, 100, 12)
    sell(room, tea, 300, 25, paid=False)
    sell(room, cup, 50, 26)
    sell(room, cup, 70, 31)
    sell(room, cup, 70, 41)
    key = StreamKey.objects.create(room=room, account=room.creator, prefix="p", digest="d")
    shown = Broadcast.objects.create(room=room, stream_key=key, protocol="whip", server="embedded")
    recording = Recording.objects.create(
        broadcast=shown, started_at=minute(25), duration_ms=20 * 60_000
    )
    clip = Clip.objects.create(
        replay=Replay.objects.create(room=room),
        recording=recording,
        listing_id=cup.id,
        product_id=cup.product_id,
        position=1,
        from_ms=300_000,
        until_ms=900_000,
    )
    first, second = said(room)["moments"]
    assert (first["seconds_in"], first["seconds"], first["recording"]) == (600, 1_200, None)
    assert (first["orders"], first["pieces"]) == (2, 4)
    assert (first["placed_minor"], first["paid_minor"]) == (400, 100)
    assert (first["all_orders"], first["all_placed_minor"]) == (3, 450)
    assert (second["seconds_in"], second["paid_minor"]) == (1_800, 70)
    assert (second["recording"], second["recording_ms"]) == (str(recording.id), 300_000)
    assert (first["clip"], second["clip"]) == (None, str(clip.id))


def test_stretches_are_cut_at_the_end_and_slips_are_left_out() -> None:
    tea, cup = new_id(), new_id()
    pins = [(minute(1), tea), (minute(1.01), cup), (minute(179), tea), (minute(181), cup)]
    assert stretches(pins, ELEVEN) == [
        Stretch(cup, minute(1.01), minute(179)),
        Stretch(tea, minute(179), ELEVEN),
    ]


def test_new_and_returning_buyers_and_refunds(room: Room) -> None:
    tea, anna, ben = offered(room), new_id(), new_id()
    earlier = sales.room(room.creator, EIGHT - timedelta(days=2), ELEVEN - timedelta(days=2))
    sell(earlier, tea, 40, -2_000, buyer_id=anna)
    sell(room, tea, 100, 1, buyer_id=anna)
    sell(room, tea, 100, 2, buyer_id=ben, refunded_minor=30)
    sell(room, tea, 100, 3, buyer_id=new_id(), paid=False)
    report = said(room)
    assert report["buyers"] == {
        "new": 1,
        "returning": 1,
        "new_minor": 100,
        "returning_minor": 100,
    }
    assert report["refunds"] == {"orders": 1, "minor": 30, "paid_orders": 2}
    assert [one["title"] for one in report["before"]] == [earlier.title]
    assert report["before"][0]["paid"]["orders"] == 0


def test_what_left_by_source_is_learned_late(room: Room) -> None:
    link = offered(room, source="youzan")
    viewer = new_id()
    for _ in range(3):
        click(link, minute(5))
    conversion(40, minute(300), container_id=room.id)
    conversion(70, minute(10), container_id=room.id, status="closed")
    conversion(90, minute(10), container_id=room.id, in_window=False)
    click(link, minute(-5)).delete()
    (away,) = said(room)["sources"]
    assert (away["source"], away["clicks"], away["sales"]) == ("youzan", 3, 1)
    assert (away["gmv_minor"], away["revoked"]) == (40, 1)
    assert viewer


def test_who_came_how_long_and_what_they_asked(room: Room) -> None:
    RoomMinute.objects.create(
        room_id=room.id, minute=EIGHT, viewers=4, entries=6, online=3, messages=5
    )
    for seconds in (60, 180):
        RoomViewer.objects.create(
            room_id=room.id, viewer_id=new_id(), first_at=EIGHT, last_at=ELEVEN, seconds=seconds
        )
    for text, hidden in (("多少钱？", None), ("多少钱", None), ("Hello", None), ("吗?", EIGHT)):
        ChatMessage.objects.create(
            room_id=room.id,
            account_id=new_id(),
            name="A",
            role="viewer",
            text=text,
            at=minute(1),
            hidden_at=hidden,
        )
    report = said(room)
    assert (report["viewers"], report["entries"], report["online_peak"]) == (4, 6, 3)
    assert report["stay_seconds"] == 120
    assert report["questions"] == [{"text": "多少钱", "count": 2}]


def test_questions_in_the_same_words_are_one() -> None:
    found = most_asked(["How much?", "how  much ?", "Nice", "what size?", "?!"])
    assert [(one.text, one.count) for one in found] == [("How much?", 2), ("what size?", 1)]


def test_the_report_agrees_with_the_rooms_gmv(room: Room) -> None:
    tea = offered(room)
    for number in range(9):
        sell(room, tea, 100 + 2 * number, number, paid=number % 2 == 0, refunded_minor=number)
    report = said(room)
    for definition in Definition:
        figures, _clicks = queries.room_figures(room.id, definition)
        field = f"{definition.value}_minor"
        whole = sum(one.gmv_minor for one in figures)
        assert report["gmv"][0][definition.value]["gmv_minor"] == whole
        assert sum(one[field] for one in report["listings"]) == whole
        assert sum(one[field] for one in report["minutes"]) == whole


# Who may read it.


def client_of(account: Account | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account)
    return client


def with_role(role: str) -> Account:
    account = sales.account()
    RoleGrant.objects.create(account=account, role=role)
    return account


def member_of(shop: Shop) -> Account:
    account = sales.account()
    ShopMember.objects.create(shop=shop, account=account, role="staff")
    return account


PATHS = ("figures", "report", "report.csv")


def url(room: Room, path: str) -> str:
    return f"/api/v1/rooms/{room.id}/{path}"


@pytest.mark.parametrize("path", PATHS)
def test_its_creator_and_operators_read_the_whole(room: Room, path: str) -> None:
    sell(room, offered(room), 100, 1)
    for account in (room.creator, with_role("operator")):
        reply = client_of(account).get(url(room, path))
        assert reply.status_code == 200
    whole = client_of(room.creator).get(url(room, "report")).json()
    assert whole["gmv"][0]["paid"]["gmv_minor"] == 100
    assert whole["shop_id"] is None


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["creator", "buyer", "moderator"])
def test_everybody_else_is_refused(room: Room, path: str, who: str) -> None:
    account = sales.account() if who == "buyer" else with_role(who)
    assert client_of(account).get(url(room, path)).status_code == 403
    assert client_of(None).get(url(room, path)).status_code == 401


def test_a_merchant_reads_the_part_of_the_own_goods_alone(room: Room) -> None:
    mine, theirs = sales.shop(), sales.shop()
    tea, cup = offered(room, mine), offered(room, theirs)
    sell(room, tea, 100, 1)
    sell(room, cup, 900, 1)
    pin(room, 1, 0, tea)
    pin(room, 2, 5, cup)
    ListingMinute.objects.create(room_id=room.id, listing_id=cup.id, minute=EIGHT, seen=8)
    RoomMinute.objects.create(room_id=room.id, minute=EIGHT, viewers=40, entries=50)
    client = client_of(member_of(mine))
    part = client.get(url(room, "report")).json()
    assert part["gmv"][0]["paid"]["gmv_minor"] == 100
    assert [one["listing_id"] for one in part["listings"]] == [str(tea.id)]
    assert [one["listing_id"] for one in part["moments"]] == [str(tea.id)]
    assert not {"viewers", "entries", "online", "messages"} & part.keys()
    assert "gpm_minor" not in part["gmv"][0]["paid"]
    assert [one["step"] for one in part["funnel"]] == ["seen", "opened", "orders", "paid"]
    assert part["funnel"][0]["count"] == 0
    assert (part["before"], part["questions"], part["stay_seconds"]) == ([], [], None)
    assert all(one["entries"] == one["online"] == 0 for one in part["minutes"])
    live = client.get(url(room, "figures")).json()
    assert [one["listing_id"] for one in live["listings"]] == [str(tea.id)]
    assert live["gmv"][0]["paid"]["gmv_minor"] == 100
    assert (live["gifts"], live["coins"], live["alerts"], live["viewers"]) == (0, 0, [], 0)
    for path in ("report", "figures"):
        assert client.get(url(room, path), {"shop": theirs.handle}).status_code == 403
    elsewhere = client_of(member_of(sales.shop())).get(url(room, "report"))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "shop_not_in_room")
    operator = client_of(with_role("operator")).get(url(room, "report"), {"shop": mine.handle})
    assert operator.json()["gmv"] == part["gmv"]


def test_rooms_that_have_nothing_to_say() -> None:
    operator = client_of(with_role("operator"))
    waiting = sales.room(sales.account(), None)
    for path in PATHS:
        reply = operator.get(url(waiting, path))
        assert (reply.status_code, reply.json()["code"]) == (409, "room_not_begun")
        missing = operator.get(f"/api/v1/rooms/{new_id()}/{path}")
        assert (missing.status_code, missing.json()["code"]) == (404, "room_not_found")


def test_the_tables_as_csv(room: Room) -> None:
    tea = offered(room)
    sell(room, tea, 1_250, 1)
    pin(room, 1, 0, tea)
    client = client_of(room.creator)

    def table(part: str) -> list[dict[str, str]]:
        reply = client.get(url(room, "report.csv"), {"part": part})
        assert reply["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(reply.content.decode())))

    gmv = [row for row in table("summary") if row["figure"] == "gmv"]
    assert [(row["definition"], row["value"]) for row in gmv] == [
        ("placed", "12.50"),
        ("paid", "12.50"),
        ("net", "12.50"),
    ]
    (listing,) = table("listings")
    assert (listing["orders"], listing["paid_minor"]) == ("1", "1250")
    assert table("moments")[0]["paid_minor"] == "1250"
    assert len(table("minutes")) == 180
    assert table("sources") == []


def test_who_sold_through_whose_code_and_what_the_replay_sold(room: Room) -> None:
    tea, guest, sharer = offered(room), sales.account(), sales.account()
    code = ShareCode.objects.create(code="K7Q2XW9M", room=room, made_by=sharer)
    host = {"host_id": room.creator_id, "carrier_type": 2}
    sell(room, tea, 100, 1, **host)
    sell(room, tea, 300, 2, **host, share_code=code.code, paid=False)
    sell(room, tea, 50, 3, **(host | {"host_id": guest.id}), share_code=code.code)
    for amount, carrier in ((20, 7), (30, 100_010), (40, 100_010)):
        sell(room, tea, amount, 5_000, surface="replay", host_id=guest.id, carrier_type=carrier)
    found = said(room)
    assert [
        (one["name"], one["orders"], one["paid_orders"], one["placed_minor"], one["paid_minor"])
        for one in found["hosts"]
    ] == [(room.creator.display_name, 2, 1, 400, 100), (guest.display_name, 1, 1, 50, 50)]
    (shared,) = found["shares"]
    assert (shared["code"], shared["by"], shared["orders"]) == (code.code, sharer.display_name, 2)
    carriers = {one["carrier_type"]: one["placed_minor"] for one in found["carriers"]}
    assert carriers == {2: 450, 7: 20, 100_010: 70}
    client = client_of(room.creator)
    reply = client.get(url(room, "report.csv"), {"part": "orders"})
    rows = list(csv.DictReader(io.StringIO(reply.content.decode())))
    assert [(row["carrier_type"], row["share_code"]) for row in rows[:3]] == [
        ("2", ""),
        ("2", code.code),
        ("2", code.code),
    ]
    assert [row["host"] for row in rows[:3]] == [
        room.creator.display_name,
        room.creator.display_name,
        guest.display_name,
    ]
    assert "buyer_id" not in rows[0]
    # A merchant reads of their own goods who sold them, not who shared the room.
    assert said(room, tea.shop_id)["shares"] == []
    assert said(room, sales.shop().id)["hosts"] == []
    RoleGrant.objects.create(account=room.creator, role="creator")
    page = client.get(f"/creator/rooms/{room.id}/report/").content.decode()
    assert code.code in page


def figures_of(account: Account | None, room: Room, **query: str) -> str | int:
    """What a pass for the live figures opens; a status where there is none."""
    path = url(room, "figures/pass") + (f"?shop={query['shop']}" if query else "")
    reply = client_of(account).post(path)
    if reply.status_code != 200:
        return reply.status_code
    opened = passes.verify(reply.json()["pass"])
    assert (opened.guest, opened.role) == (True, "figures")
    return opened.figures


def test_those_who_work_a_room_get_a_pass_for_its_figures(room: Room) -> None:
    mine, theirs = sales.shop(), sales.shop()
    offered(room, mine)
    asked, joined = sales.account(), sales.account()
    CoHost.objects.create(room=room, account=asked)
    CoHost.objects.create(room=room, account=joined, accepted_at=EIGHT)
    member, operator = member_of(mine), with_role("operator")
    for account in (room.creator, joined, operator):
        assert figures_of(account, room) == "room"
    assert figures_of(member, room) == str(mine.id)
    assert figures_of(operator, room, shop=mine.handle) == str(mine.id)
    # Asked, and not yet a host; another role; a stranger; another shop; another shop's part.
    for account in (asked, with_role("moderator"), with_role("creator"), sales.account()):
        assert figures_of(account, room) == 403
    assert figures_of(member_of(theirs), room) == 404
    assert figures_of(member, room, shop=theirs.handle) == 403
    assert figures_of(None, room) == 401
    # The rooms before this one stand in the report, which is its creator's.
    assert client_of(joined).get(url(room, "figures")).status_code == 200
    assert client_of(joined).get(url(room, "report")).status_code == 403


def test_the_screen_of_a_shop_and_of_an_operator(room: Room) -> None:
    mine, theirs = sales.shop(), sales.shop()
    tea = offered(room, mine)
    sell(room, tea, 100, 1)
    Room.objects.filter(id=room.id).update(state="live", ended_at=None)
    member, other = member_of(mine), member_of(theirs)

    def at_desk(account: Account, shop: Shop) -> Any:
        path = f"/merchant/shop/{shop.handle}/insights/rooms/{room.id}/screen/"
        return client_of(account).get(path)

    page = at_desk(member, mine)
    assert page.status_code == 200
    assert f'data-part="{mine.id}"' in page.content.decode()
    assert at_desk(other, theirs).status_code == 404
    assert at_desk(other, mine).status_code in {403, 404}
    path = f"/operator/insights/rooms/{room.id}/screen/"
    page = client_of(with_role("operator")).get(path)
    assert 'data-part=""' in page.content.decode()
    for account in (member, room.creator, with_role("moderator")):
        assert client_of(account).get(path).status_code == 403
