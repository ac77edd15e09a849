"""The pages of sales elsewhere: each reader sees their own, the platform settles disputes."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_account, make_operator
from tests.orders.test_conversions import click, sale, tell

from yellowcart.listings.models import Click
from yellowcart.orders.jumpout_models import ConversionDispute, TrackPlan
from yellowcart.orders.models import Conversion
from yellowcart.shops.models import ShopMember
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db
WORDS = "The buyer came from my link"


def browser(account, language="en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told():
    """A creator's matched sale, another creator's, and one that no click led to."""
    Source.objects.update_or_create(
        code="youzan",
        defaults={"name_en": "Youzan", "name_zh": "有赞", "integration": "link"},
    )
    creator, other = make_account(), make_account()
    mine, theirs = click(), click()
    Click.objects.filter(id=mine.id).update(creator_id=creator.id)
    Click.objects.filter(id=theirs.id).update(creator_id=other.id)
    tell(
        sale("MINE", click_id=str(mine.id)),
        sale("THEIRS", click_id=str(theirs.id)),
        sale("NOBODYS"),
    )
    return creator, mine


def creator_home() -> str:
    return reverse("creator:jumpouts")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_creator_and_a_shop_see_their_own_sales_only(told, language):
    creator, mine = told
    shop = mine.listing.shop
    owner = ShopMember.objects.get(shop=shop, role="owner").account
    for account, home in (
        (creator, creator_home()),
        (owner, f"/merchant/shop/{shop.handle}/jump-outs/"),
    ):
        client = browser(account, language)
        page = client.get(home).content.decode()
        assert "MINE" in page
        assert "THEIRS" not in page
        assert "NOBODYS" not in client.get(f"{home}?show=unmatched").content.decode()
        assert client.get(f"{home}export/unmatched.csv").status_code == 404
        file = client.get(f"{home}export/matched.csv").content.decode("utf-8-sig")
        assert [row[1] for row in csv.reader(io.StringIO(file))][1:] == ["MINE"]


def test_what_a_shop_earned_itself_and_what_is_a_guess_say_so(told):
    creator, _mine = told
    page = browser(creator).get(creator_home()).content.decode()
    assert "own account" not in page
    Conversion.objects.filter(creator_id=creator.id).update(credited="item", earner_id=creator.id)
    page = browser(creator).get(creator_home()).content.decode()
    assert "Paid to the shop's own account" in page
    assert "Matched by the product alone" in page
    page = browser(creator, "zh-hans").get(creator_home()).content.decode()
    assert "佣金归店铺自有账号" in page


def test_strangers_and_other_roles_are_refused(told):
    creator, mine = told
    shop = mine.listing.shop
    staff = make_account()
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    home = f"/merchant/shop/{shop.handle}/jump-outs/"
    for who in (staff, creator):
        client = browser(who)
        assert client.get(home).status_code == 403
        assert client.get(f"{home}export/matched.csv").status_code == 403
        ask = {"source": "youzan", "order": "X", "words": WORDS}
        assert client.post(f"{home}ask/", ask).status_code == 403
    assert Client().get(home).status_code == 302
    for path in ("jump-outs/", "disputes/", "jump-outs/export/unmatched.csv"):
        assert browser(creator).get(f"/operator/{path}").status_code == 403
    window = {"source": "youzan", "plan": "P", "days": "3"}
    assert browser(creator).post("/operator/jump-outs/windows/", window).status_code == 403
    assert not TrackPlan.objects.exists()


def test_a_dispute_from_the_creators_page_to_the_credited_sale(told):
    creator, mine = told
    operator = browser(make_operator())
    client = browser(creator)
    ask = {"source": "youzan", "order": "NOBODYS", "words": WORDS}
    client.post(f"{creator_home()}ask/", ask)
    dispute = ConversionDispute.objects.get()
    assert WORDS in client.get(creator_home()).content.decode()
    page = operator.get("/operator/jump-outs/?show=disputed").content.decode()
    assert "NOBODYS" in page
    assert dispute.external_order_id in operator.get("/operator/disputes/").content.decode()
    url = f"/operator/disputes/{dispute.id}/"
    assert str(mine.id) in operator.get(url).content.decode()
    assert (
        browser(creator).post(f"{url}end/", {"verb": "refuse", "words": WORDS}).status_code == 403
    )
    operator.post(f"{url}end/", {"verb": "match", "words": "The click is there", "click": "x"})
    dispute.refresh_from_db()
    assert dispute.state == "open"
    operator.post(
        f"{url}end/", {"verb": "match", "words": "The click is there", "click": str(mine.id)}
    )
    assert Conversion.objects.get(external_order_id="NOBODYS").creator_id == creator.id
    assert "The click is there" in client.get(creator_home()).content.decode()


def test_the_platform_sees_everything_sets_windows_and_takes_lists_out(told):
    desk = browser(make_operator(), "zh-hans")
    page = desk.get("/operator/jump-outs/").content.decode()
    assert "MINE" in page
    assert "THEIRS" in page
    assert "平台所得" in page
    assert "NOBODYS" in desk.get("/operator/jump-outs/?show=unmatched").content.decode()
    window = {"source": "youzan", "plan": "P30", "days": "30"}
    desk.post("/operator/jump-outs/windows/", window)
    assert TrackPlan.objects.get().track_days == 30
    desk.post("/operator/jump-outs/windows/", {**window, "days": "many"})
    assert TrackPlan.objects.get().track_days == 30
    for which in ("matched", "unmatched", "late", "revoked", "disputed"):
        for kind in ("csv", "xlsx"):
            url = f"/operator/jump-outs/export/{which}.{kind}"
            assert desk.get(url).status_code == 200


def test_what_can_still_be_answered_stands_above_the_sales(told):
    creator, _mine = told
    client = browser(creator)
    ask = {"source": "youzan", "order": "NOBODYS", "words": WORDS}
    client.post(f"{creator_home()}ask/", ask)
    page = client.get(creator_home()).content.decode()
    assert page.index(WORDS) < page.index("<table")
    dispute = ConversionDispute.objects.get()
    client.post(f"{creator_home()}disputes/{dispute.id}/", {"verb": "withdraw"})
    page = client.get(creator_home()).content.decode()
    assert page.index("<table") < page.index(WORDS)
