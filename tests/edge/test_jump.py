"""Leaving through a link: the verdict at the click, what is recorded, and the page in words."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from tests.factories import make_account, make_rule, make_shop
from tests.rooms import Server, eventually, make_goods, make_link, make_room, mount

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.listings.models import Click, PayingLink
from yellowcart.live import viewers
from yellowcart.policy.actions import do_write_rule
from yellowcart.policy.rules import Outcome


def test_a_click_leaves_with_an_id_and_is_recorded(server: Server) -> None:
    room = make_room()
    product = make_link(url="https://s.example/p?a=1&yc_click=old&b=%E4%B8%AD#top")
    listing = mount(room, product)
    viewer = make_account()
    cookie = viewers.sealed(viewers.Viewer(viewer.id, guest=False))
    answer = server.get(f"/go/{listing.id}", cookies={viewers.COOKIE: cookie})
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    address = urlsplit(answer.headers["location"])
    assert (address.scheme, address.netloc, address.path) == ("https", "s.example", "/p")
    assert address.fragment == "top"
    query = parse_qs(address.query)
    assert (query["a"], query["b"]) == (["1"], ["中"])
    click = Click.objects.get(listing=listing)
    assert query["yc_click"] == [str(click.id)]
    assert (click.surface, click.container_id, click.creator_id) == (
        "live_room",
        room.id,
        room.creator_id,
    )
    assert (click.source, click.product_id, click.shop_id) == (
        "youzan",
        product.id,
        product.shop_id,
    )
    assert (click.viewer_id, click.rule_key, click.rule_revision) == (viewer.id, "", 0)


def paying(listing, url: str, **fields) -> PayingLink:
    """A link that the source made of the listing's product."""
    values = {"state": "made", "text": "x", "connection_id": new_id(), "source": listing.source}
    return PayingLink.objects.create(product=listing.product, url=url, **{**values, **fields})


def test_a_converted_link_is_used_as_it_is_and_noted(server: Server) -> None:
    room = make_room()
    listing = mount(room, make_link())
    product_link = paying(listing, "https://s.click.taobao.com/t?e=m%3D2%26s&x=1#f")
    answer = server.get(f"/go/{listing.id}")
    assert answer.status_code == 302
    assert answer.headers["location"] == product_link.url
    assert Click.objects.get(listing=listing).link_id == product_link.id
    paying(listing, "https://u.jd.com/other", creator_id=make_account().id)
    mine = paying(listing, "https://u.jd.com/mine", creator_id=room.creator_id)
    assert server.get(f"/go/{listing.id}").headers["location"] == mine.url
    own = paying(listing, "https://u.jd.com/own", earner_id=listing.shop_id)
    assert server.get(f"/go/{listing.id}").headers["location"] == own.url


def test_another_shops_link_one_that_ran_out_and_one_that_ended_lead_nobody(
    server: Server,
) -> None:
    listing = mount(make_room(), make_link(url="https://s.example/pasted"))
    paying(listing, "https://u.jd.com/1", earner_id=make_shop().id)
    paying(listing, "https://u.jd.com/2", valid_until=clock.wall())
    paying(listing, "https://u.jd.com/3", state="ended")
    paying(listing, "", state="outside")
    answer = server.get(f"/go/{listing.id}")
    assert answer.headers["location"].startswith("https://s.example/pasted?yc_click=")
    assert Click.objects.get(listing=listing).link_id is None


def test_a_code_alone_leads_nowhere_before_it_is_converted(server: Server) -> None:
    listing = mount(make_room(), make_link(url=""))
    assert server.get(f"/go/{listing.id}").json()["code"] == "not_a_link"
    link = paying(listing, "https://s.click.taobao.com/t?e=1")
    assert server.get(f"/go/{listing.id}").headers["location"] == link.url


def test_a_click_names_the_rule_that_let_it(server: Server) -> None:
    source = f"s{new_id().hex[-8:]}"
    listing = mount(make_room(), make_link(source))
    do_write_rule(make_rule(f"yes-{source}", outcome=Outcome.ALLOW, sources=[source]), by=None)

    def rule() -> str:
        server.get(f"/go/{listing.id}")
        return Click.objects.filter(listing=listing).latest("at").rule_key

    eventually(lambda: rule() == f"yes-{source}")


def test_looking_is_not_clicking(server: Server) -> None:
    listing = mount(make_room(), make_link())
    import httpx

    answer = httpx.head(f"{server.base_url}/go/{listing.id}")
    assert answer.status_code == 302
    assert not Click.objects.filter(listing=listing).exists()


def test_nobody_is_named_by_a_forged_cookie(server: Server) -> None:
    listing = mount(make_room(), make_link())
    forged = {viewers.COOKIE: f"a{make_account().id.hex}:forged"}
    assert server.get(f"/go/{listing.id}", cookies=forged).status_code == 302
    assert Click.objects.get(listing=listing).viewer_id is None


@pytest.fixture
def barred(server: Server):
    """A listing that a rule bars in rooms."""
    source = f"s{new_id().hex[-8:]}"
    listing = mount(make_room(), make_link(source))
    rule = make_rule(f"no-{source}", sources=[source], surfaces=["live_room"])
    do_write_rule(rule, by=None)
    eventually(lambda: server.get(f"/go/{listing.id}").status_code == 403)
    return listing


def test_a_barred_link_says_why_to_programs(server: Server, barred) -> None:
    clicks = Click.objects.filter(listing=barred).count()
    answer = server.get(f"/go/{barred.id}", headers={"accept-language": "zh-CN"})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("barred_by_policy", 403)
    assert "因为" in problem["detail"]
    verdict = problem["verdict"]
    assert (verdict["outcome"], verdict["rule"]) == ("deny", f"no-{barred.source}")
    assert (verdict["reason"], verdict["remedy"]) == ("因为", "这样做")
    assert Click.objects.filter(listing=barred).count() == clicks
    paying(barred, "https://u.jd.com/1")
    assert server.get(f"/go/{barred.id}").status_code == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ["此处的外链跳转已关闭", "因为", "这样做", "个人主页", 'lang="zh-Hans"']),
        ("en", ["This link is closed here", "because", "do that", "Profile", 'lang="en"']),
    ],
)
def test_a_barred_link_is_a_page_to_people(server: Server, barred, language, words) -> None:
    headers = {"accept": "text/html,application/xhtml+xml", "accept-language": language}
    answer = server.get(f"/go/{barred.id}", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert [word for word in words if word not in answer.text] == []


def test_the_page_repeats_nothing_unescaped(server: Server) -> None:
    from yellowcart.edge.pages import refusal_page

    verdict = {
        "reason": "<script>1</script>",
        "remedy": "<b>",
        "rule": "<i>",
        "revision": 1,
        "since": None,
        "open_surfaces": ["profile", "<u>"],
    }
    page = refusal_page({"verdict": verdict, "detail": ""}, "en")
    for tag in ("<script>", "<b>", "<i>", "<u>"):
        assert tag not in page


def test_what_is_not_offered_leads_nowhere(server: Server) -> None:
    room = make_room()
    gone = mount(room, make_link(), state="unmounted", unmounted_at=clock.now())
    over = mount(room, make_link(), sale_until=clock.now())
    native = mount(room, make_goods())
    odd = mount(room, make_link(url="javascript:alert(1)"))
    codes = [
        server.get(f"/go/{listing_id}").json()["code"]
        for listing_id in (gone.id, over.id, UUID(int=1), native.id, odd.id)
    ]
    assert codes == ["listing_not_found"] * 3 + ["not_a_link"] * 2


def test_other_addresses_belong_to_django(server: Server) -> None:
    assert server.get("/go/not-an-id").status_code == 404
    assert "csrftoken" not in server.get("/go/not-an-id").text
    assert server.get("/accounts/login/").status_code == 200
