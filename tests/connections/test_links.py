"""Links of jump-outs are made to pay: when, renewed how, and what a sale through one says."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.connections.conftest import Work
from tests.connections.linking import (
    ITEM,
    JD_PAGE,
    TAOBAO_TEXT,
    jd_account,
    jd_sells,
    lately,
    leave,
    offer,
    paste,
    taobao_account,
    way_out,
)
from tests.factories import make_account, make_product
from tests.sources.contract import jd as jd_contract
from tests.sources.contract import kuaishou as kuaishou_contract
from tests.sources.contract import taobao as taobao_contract
from tests.sources.contract.gateway import served
from yellowcart.catalog.models import Product
from yellowcart.connections import actions, links
from yellowcart.connections.duties import LookAfter
from yellowcart.connections.models import Connection
from yellowcart.connections.rules import LADDER
from yellowcart.core.clock import now, wall
from yellowcart.core.problems import Problem
from yellowcart.listings import paying
from yellowcart.listings.models import PayingLink
from yellowcart.orders.models import Conversion
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.sources.connector import Converted, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.connectors.jd import JD
from yellowcart.sources.connectors.kuaishou import Kuaishou
from yellowcart.sources.connectors.mainland import beijing_text, to_ms
from yellowcart.sources.registry import CONNECTORS

pytestmark = pytest.mark.django_db


# From the pasted text to the matched sale


def test_a_share_text_becomes_a_link_that_pays_and_its_sale_is_matched_by_the_item(
    owner: Account, shop: Shop, alliance: taobao_contract.Alliance, work: Work
) -> None:
    account = taobao_account(shop, owner)
    product = paste(shop, owner, TAOBAO_TEXT)
    listing = offer(product, make_account())
    before = leave(listing, minutes_ago=50)
    assert before.link_id is None
    assert links.take_up() == 1
    work(account)
    link = PayingLink.objects.get()
    assert (link.state, link.creator_id, link.external_id) == ("made", None, ITEM)
    assert (link.url, link.code) == ("https://s.click.taobao.com/t?e=m%3D2", "E1UAbOaNcwP")
    asked = next(c for c in alliance.calls if c.form["method"] == "taobao.tbk.tpwd.convert")
    assert "￥E9XXbOaNcwP￥" in asked.form["password_content"]
    assert links.take_up() == 0
    assert way_out(listing).id == link.id

    left = leave(listing, minutes_ago=40)
    paid = beijing_text(wall() - timedelta(minutes=30))
    times = {"tk_create_time": paid, "tk_paid_time": paid, "item_id": ITEM}
    alliance.orders["1"] = [
        taobao_contract.order("7", 12, lately(), **times),
        taobao_contract.order("8", 12, lately(), **times, adzone_id=34),
        taobao_contract.order("9", 12, lately(), **{**times, "item_id": "1"}),
    ]
    work(account, all_due=True)
    sale = Conversion.objects.get(external_order_id="7")
    assert (sale.click_id, sale.listing_id, sale.credited) == (left.id, listing.id, "item")
    assert sale.in_window
    assert not Conversion.objects.exclude(external_order_id="7").filter(click_id__isnull=False)


def test_the_worker_finds_what_lacks_a_link(
    owner: Account, shop: Shop, union: jd_contract.Union
) -> None:
    account = jd_account(shop, owner)
    product = paste(shop, owner, JD_PAGE)
    LookAfter()()
    link = PayingLink.objects.get()
    assert (link.product_id, link.state) == (product.id, "waiting")
    account.refresh_from_db()
    assert account.work_at is not None
    assert account.work_at <= wall()


def test_each_creator_has_a_link_and_its_sales(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    account = jd_account(shop, owner)
    product = paste(shop, owner, JD_PAGE)
    mine, hers = offer(product, make_account()), offer(product, make_account())
    links.take_up()
    work(account)
    links.take_up()
    work(account)
    made = {row.creator_id: row for row in PayingLink.objects.filter(state="made")}
    assert set(made) == {None, mine.creator_id, hers.creator_id}
    told = {
        json.loads(call.form["360buy_param_json"])["promotionCodeReq"]["subUnionId"]
        for call in union.calls
        if call.form["method"] == "jd.union.open.promotion.bysubunionid.get"
    }
    assert told == {row.id.hex for row in made.values()}
    assert way_out(mine).id == made[mine.creator_id].id

    leave(mine, minutes_ago=50)
    latest = leave(mine, minutes_ago=40)
    leave(hers, minutes_ago=35)
    leave(mine, minutes_ago=10)
    jd_sells(union, 1, str(made[mine.creator_id].id), minutes_ago=30)
    jd_sells(union, 2, str(made[hers.creator_id].id), minutes_ago=45)
    work(account, all_due=True)
    sale = Conversion.objects.get(external_order_id="row1")
    assert (sale.click_id, sale.creator_id) == (latest.id, mine.creator_id)
    assert sale.credited == "link"
    assert Conversion.objects.get(external_order_id="row2").click_id is None


def test_a_click_before_the_window_does_not_count(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    account = jd_account(shop, owner)
    listing = offer(paste(shop, owner, JD_PAGE))
    links.take_up()
    work(account)
    leave(listing, minutes_ago=16 * 24 * 60)
    jd_sells(union, 1, str(PayingLink.objects.get().id), minutes_ago=30)
    work(account, all_due=True)
    sale = Conversion.objects.get()
    assert (sale.listing_id, sale.in_window) == (listing.id, False)


def test_kuaishou_needs_a_promotion_id_and_brings_the_link_back(
    owner: Account,
    shop: Shop,
    known_sources: None,
    settings: SettingsWrapper,
    monkeypatch: pytest.MonkeyPatch,
    work: Work,
) -> None:
    platform = kuaishou_contract.Platform()
    with served(platform, settings) as address:
        monkeypatch.setitem(CONNECTORS, "kuaishou", Kuaishou(address))
        typed = {
            "app_key": kuaishou_contract.APP,
            "app_secret": kuaishou_contract.APP_SECRET,
            "sign_secret": kuaishou_contract.SIGN_SECRET,
            "message_secret": kuaishou_contract.MESSAGE_SECRET,
        }
        account = actions.do_connect(actor=owner, shop=shop, source="kuaishou", typed=typed)
        url = actions.do_ask_consent(actor=owner, connection_id=account.id)
        state = parse_qs(urlsplit(url).query)["state"][0]
        account = actions.do_finish_consent(actor=owner, state=state, code="code-1")
        page = "https://app.kwaixiaodian.com/merchant/shop/detail?id=21585967581834"
        listing = offer(paste(shop, owner, page))
        assert links.take_up() == 0
        typed["cps_pid"] = "ks_1"
        actions.do_replace_settings(actor=owner, connection_id=account.id, typed=typed)
        assert links.take_up() == 1
        work(account)
        left = leave(listing)
        link = PayingLink.objects.get()
        assert link.url == f"https://v.kuaishou.com/21585967581834?c={link.id}"
        changed = to_ms(wall() - timedelta(seconds=2))
        row = kuaishou_contract.promoted(
            7, 30, changed, createTime=to_ms(wall() - timedelta(minutes=30))
        )
        row["cpsKwaimoneyOrderProductView"][0]["comments"] = str(link.id)
        platform.promoted = [row]
        work(account, all_due=True)
        sale = Conversion.objects.get()
        assert (sale.click_id, sale.credited, sale.in_window) == (left.id, "link", True)


# What goes wrong


Convert = Callable[..., Converted | None]


@pytest.fixture
def pasted(owner: Account, shop: Shop, union: jd_contract.Union) -> Product:
    jd_account(shop, owner)
    product = paste(shop, owner, JD_PAGE)
    links.take_up()
    return product


def answering(monkeypatch: pytest.MonkeyPatch, answer: Convert) -> None:
    monkeypatch.setattr(JD, "convert", lambda _self, _store, text, told: answer(text, told))


def fails(error: Problem) -> Convert:
    def answer(_text: str, _told: str) -> Converted | None:
        raise error

    return answer


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/u.jd.com",
        "javascript:alert(1)//u.jd.com",
        "https://u.jd.com@evil.example/",
        "https://u.jd.com:8443/x",
        "https://evil.example\\.jd.com/",
        "https://notjd.com/",
        "jd://u.jd.com/x",
        "https://u.jd.com/\nx",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_used_and_said(
    pasted: Product, work: Work, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    answering(monkeypatch, lambda _text, _told: Converted(url))
    work(Connection.objects.get())
    link = PayingLink.objects.get()
    assert (link.state, link.url) == ("refused", "")
    assert "leads elsewhere" in link.last_error["en"]
    assert link.due_at is not None
    assert link.due_at > wall() + timedelta(hours=23)
    assert way_out(offer(pasted)) is None


def test_what_is_not_in_the_alliance_is_said_and_looked_at_again(
    pasted: Product, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, lambda _text, _told: None)
    account = work(Connection.objects.get())
    outlook = links.outlook_of(pasted)
    assert outlook is not None
    assert (outlook.state, outlook.leads) == ("outside", True)
    answering(monkeypatch, lambda _text, _told: Converted("https://u.jd.com/X2"))
    PayingLink.objects.update(due_at=wall())
    work(account)
    assert PayingLink.objects.get().state == "made"


def test_failures_climb_the_ladder_and_hurt_only_their_account(
    pasted: Product, work: Work, monkeypatch: pytest.MonkeyPatch, connection: Connection
) -> None:
    answering(monkeypatch, fails(SourceError("jd", "busy", again=True)))
    account = Connection.objects.get(source="jd")
    # The first steps are so short that a slow machine would climb two at once.
    for attempts, seconds in list(enumerate(LADDER, start=1))[2:5]:
        Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
        PayingLink.objects.update(due_at=wall(), attempts=attempts - 1)
        began = wall()
        work(account)
        link = PayingLink.objects.get()
        assert (link.state, link.attempts) == ("waiting", attempts)
        assert link.due_at is not None
        assert link.due_at >= began + timedelta(seconds=seconds)
    outlook = links.outlook_of(pasted)
    assert outlook is not None
    assert outlook.state == "later"
    Connection.objects.filter(id=account.id).update(failures=4)
    PayingLink.objects.update(due_at=wall())
    assert work(account).breaker == "open"
    assert work(connection).breaker == "closed"


def test_a_source_that_wants_less_is_left_alone_as_long_as_it_says(
    pasted: Product, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, fails(AskedToWaitError(600)))
    began = wall()
    work(Connection.objects.get())
    link = PayingLink.objects.get()
    assert link.attempts == 0
    assert link.due_at is not None
    assert link.due_at >= began + timedelta(seconds=600)


def test_a_link_is_renewed_before_it_runs_out_and_a_good_one_stays_meanwhile(
    pasted: Product, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = work(Connection.objects.get())
    link = PayingLink.objects.get()
    assert link.valid_until is not None
    assert link.due_at is not None
    assert timedelta(days=4) < link.valid_until - link.due_at < timedelta(days=6)
    PayingLink.objects.update(due_at=wall())
    answering(monkeypatch, fails(SourceError("jd", "no", code="2001701")))
    work(account)
    link = PayingLink.objects.get()
    assert (link.state, link.url) == ("made", "https://u.jd.com/X1")
    listing = offer(pasted)
    assert way_out(listing) is not None
    assert link.valid_until is not None
    assert way_out(listing, link.valid_until) is None
    until = wall() + timedelta(days=60)
    answering(monkeypatch, lambda _text, _told: Converted("https://u.jd.com/X2", valid_until=until))
    PayingLink.objects.update(due_at=wall())
    work(account)
    renewed = PayingLink.objects.get()
    assert (renewed.id, renewed.url, renewed.attempts) == (link.id, "https://u.jd.com/X2", 0)


def test_a_taobao_link_is_renewed_by_our_own_code(
    owner: Account, shop: Shop, alliance: taobao_contract.Alliance, work: Work
) -> None:
    """The pasted code is over after 30 days, as ours is."""
    account = taobao_account(shop, owner)
    paste(shop, owner, TAOBAO_TEXT)
    links.take_up()
    work(account)
    alliance.codes = {"E1UAbOaNcwP": (ITEM, "https://s.click.taobao.com/t?e=3")}
    PayingLink.objects.update(due_at=wall())
    work(account)
    assert PayingLink.objects.get().url == "https://s.click.taobao.com/t?e=3"


def test_what_can_not_be_converted_says_what_to_paste_and_a_fresh_code_mends_it(
    owner: Account, shop: Shop, alliance: taobao_contract.Alliance, work: Work
) -> None:
    account = taobao_account(shop, owner)
    page = f"https://item.taobao.com/item.htm?id={ITEM}"
    product = paste(shop, owner, page)
    links.take_up()
    outlook = links.outlook_of(product)
    assert outlook is not None
    assert outlook.state == "unreadable"
    assert "m.tb.cn" in str(outlook.hint)
    assert links.take_up() == 0
    again = paste(shop, owner, f"{page} ￥E9XXbOaNcwP￥")
    assert again.id == product.id
    assert links.take_up() == 1
    work(account)
    assert PayingLink.objects.get().state == "made"


def test_nobody_is_asked_while_the_account_rests(
    pasted: Product, owner: Account, union: jd_contract.Union, work: Work
) -> None:
    account = Connection.objects.get()
    actions.do_pause(actor=owner, connection_id=account.id)
    calls = len(union.calls)
    work(account)
    assert len(union.calls) == calls
    outlook = links.outlook_of(pasted)
    assert outlook is not None
    assert outlook.state == "resting"


def test_goods_that_are_no_links_have_none(
    owner: Account, shop: Shop, union: jd_contract.Union
) -> None:
    jd_account(shop, owner)
    make_product(shop, source="jd", integration="supply", external_id="1")
    youzan = make_product(shop, source="youzan", integration="link", external_id="2")
    assert links.take_up() == 0
    assert links.outlook_of(youzan) is None


def test_an_unknown_id_names_no_click() -> None:
    for told in ("", "-", str(uuid4()), "no id"):
        assert paying.click_behind("jd", told, "", None, now()) is None
    assert paying.click_behind("jd", "", "1", UUID(int=1), now()) is None
