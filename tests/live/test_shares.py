"""Share codes: found in whatever is pasted, opened to the room or the listing, and counted."""

import pytest
from tests.callers import Caller
from tests.factories import make_account
from tests.live.test_spotlight import Show, code
from tests.rooms import make_creator, make_room

from yellowcart.core.problems import Problem
from yellowcart.live import shares
from yellowcart.live.sharecodes import ALPHABET, LENGTH, marked, share_code_in
from yellowcart.live.tooltables import ShareCode
from yellowcart.sources.share import recognise

CODE = "K7Q2XW9M"
OURS = {"shop.example"}


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"  {CODE.lower()}\n",
        f"复制这段话打开小黄车，看大飞的直播 {marked(CODE)} https://shop.example/s/{CODE}/",
        f"🛒 {CODE} 🛒",
        f"look https://shop.example/s/{CODE}",
        f"1👈啊5NKkX84wYdk啊 https://m.tb.cn/h.4CEhFr0 then {marked(CODE)}",
    ],
)
def test_our_code_is_found_in_what_is_pasted(text: str) -> None:
    assert share_code_in(text, OURS) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K7Q2XW9",
        f"{CODE} and more",
        f"https://elsewhere.example/s/{CODE}",
        "￥E1UAbOaNcwP￥ 去淘宝",
        "https://m.tb.cn/h.3n52vLA",
        "01OILK7Q",
    ],
)
def test_others_codes_are_not_ours(text: str) -> None:
    assert share_code_in(text, OURS) is None


def test_no_other_platform_takes_our_text_for_its_own() -> None:
    assert not recognise(
        f"复制这段话打开小黄车 {marked(CODE)} https://shop.example/s/{CODE}/"
    ).known
    assert not set("01OIL") & set(ALPHABET)


@pytest.mark.django_db
def test_a_code_opens_the_room_or_the_listing_and_counts() -> None:
    show, sharer = Show(), make_account()
    caller = Caller(sharer)
    status, room = caller("POST", f"/rooms/{show.room.id}/share", {})
    assert (status, len(room["code"]), room["opens"]) == (200, LENGTH, 0)
    assert caller("POST", f"/rooms/{show.room.id}/share", {})[1]["code"] == room["code"]
    one = caller("POST", f"/rooms/{show.room.id}/share", {"listing_id": str(show.tea.id)})[1]
    assert show.tea.product.title in one["text"]
    assert Caller(show.host)("POST", f"/rooms/{show.room.id}/share", {})[1]["code"] != room["code"]
    guest = Caller().client
    assert guest.get(f"/s/{room['code']}/").url == f"/rooms/{show.room.id}/"
    assert guest.get(f"/s/{one['code'].lower()}/").url.endswith(f"?listing={show.tea.id}")
    assert guest.head(f"/s/{room['code']}/").status_code == 302
    assert guest.get("/s/", {"text": one["text"]}).url == f"/s/{one['code']}/"
    assert Caller()("POST", "/rooms/shares/resolve", {"text": one["text"]})[1]["listing_id"] == str(
        show.tea.id
    )
    assert guest.get(f"/s/{one['code']}/poster/").status_code == 200
    assert {row.opens for row in ShareCode.objects.filter(made_by=sharer)} == {1}
    assert guest.get("/s/ZZZZZZZZ/").status_code == 404
    assert guest.get("/s/", {"text": "hello"}).status_code == 404
    listed = Caller(show.host)("GET", f"/rooms/{show.room.id}/shares")[1]
    assert {(row["by"], row["opens"]) for row in listed} == {
        (sharer.display_name, 1),
        (show.host.display_name, 0),
    }
    for other in (sharer, make_creator()):
        assert Caller(other)("GET", f"/rooms/{show.room.id}/shares")[0] == 403


@pytest.mark.django_db
def test_what_is_not_for_everybody_is_not_shared() -> None:
    for room in (make_room(state="ended"), make_room(practice=True)):
        with pytest.raises(Problem) as refused:
            shares.do_share(room.creator, room.id)
        assert code(refused) == "room_state"
    with pytest.raises(Problem) as refused:
        shares.do_share(make_account(), make_room(practice=True).id)
    assert code(refused) == "room_not_found"
    show = Show()
    with pytest.raises(Problem) as refused:
        shares.do_share(show.host, make_room().id, show.tea.id)
    assert code(refused) == "listing_not_found"


@pytest.mark.django_db
def test_a_hosts_paste_box_finds_the_goods_of_a_code() -> None:
    show, other = Show(), Show()
    row = shares.do_share(other.host, other.room.id, other.tea.id)
    page = Caller(show.host).client.post(
        f"/creator/rooms/{show.room.id}/",
        {"text": marked(row.code)},
        headers={"HX-Request": "true"},
    )
    assert other.tea.product.title in page.content.decode()
    assert (
        Caller(show.host).client.get(f"/creator/rooms/{show.room.id}/sharing/").status_code == 200
    )
