"""For whose account links are made to pay, and who earns by them."""

from datetime import timedelta

import pytest

from tests.connections.conftest import Work
from tests.connections.linking import (
    JD_PAGE,
    billed,
    jd_account,
    jd_sells,
    leave,
    offer,
    paste,
    platforms,
    way_out,
)
from tests.factories import make_account, make_operator, make_shop
from tests.sources.contract import jd as jd_contract
from yellowcart.connections import actions, links
from yellowcart.connections.models import Connection
from yellowcart.core.clock import now, wall
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Click, PayingLink
from yellowcart.orders.models import Conversion
from yellowcart.people.models import Account
from yellowcart.settlement.jumpouts import sums_by_source
from yellowcart.shops.models import Shop

pytestmark = pytest.mark.django_db


# Whose account


def test_never_another_shops_account(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    jd_account(shop, owner)
    stranger = make_account()
    other = make_shop(stranger)
    product = paste(other, stranger, JD_PAGE)
    assert links.account_for(other.id, "jd") is None
    assert links.take_up() == 0
    outlook = links.outlook_of(product)
    assert outlook is not None
    assert outlook.state == "unconnected"
    # Not even a row that should not be there leads anybody.
    account = Connection.objects.get()
    row = PayingLink.objects.create(
        product=product,
        source="jd",
        connection_id=account.id,
        earner_id=shop.id,
        text=JD_PAGE,
        url="https://u.jd.com/X1",
        state="made",
        due_at=wall(),
    )
    assert way_out(offer(product)) is None
    calls = len(union.calls)
    work(account)
    row.refresh_from_db()
    assert row.state == "ended"
    assert not [call for call in union.calls[calls:] if "promotion" in call.form.get("method", "")]


def test_a_shops_own_account_comes_before_the_platforms(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    keeper = make_account()
    house = platforms(jd_account(make_shop(keeper), keeper))
    product = paste(shop, owner, JD_PAGE)
    listing = offer(product)
    links.take_up()
    work(house)
    first = way_out(listing)
    assert PayingLink.objects.get(id=first.id).earner_id is None
    own = jd_account(shop, owner)
    assert links.account_for(shop.id, "jd") == own
    links.take_up()
    assert way_out(listing).id == first.id
    work(own)
    second = way_out(listing)
    assert PayingLink.objects.get(id=second.id).earner_id == shop.id
    assert PayingLink.objects.get(id=first.id).state == "ended"
    actions.do_disconnect(actor=owner, connection_id=own.id)
    assert way_out(listing) is None
    links.take_up()
    work(house)
    assert PayingLink.objects.get(id=way_out(listing).id).connection_id == house.id


def test_what_a_shops_own_account_earns_is_not_on_the_platforms_books(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    account = jd_account(shop, owner)
    listing = offer(paste(shop, owner, JD_PAGE), make_account())
    links.take_up()
    work(account)
    left = leave(listing)
    jd_sells(union, 1, str(left.link_id), minutes_ago=30)
    work(account, all_due=True)
    sale = Conversion.objects.get()
    assert (sale.earner_id, sale.click_id) == (shop.id, left.id)
    assert billed() == 0
    day = timedelta(days=1)
    assert sums_by_source(now() - day, now() + day) == []


def test_what_the_platforms_account_earns_is(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    keeper = make_account()
    house = platforms(jd_account(make_shop(keeper), keeper))
    listing = offer(paste(shop, owner, JD_PAGE), make_account())
    links.take_up()
    work(house)
    left = leave(listing)
    jd_sells(union, 1, str(left.link_id), minutes_ago=30)
    work(house, all_due=True)
    sale = Conversion.objects.get()
    assert (sale.earner_id, sale.click_id, sale.shop_id) == (None, left.id, shop.id)
    assert billed() == 1


def test_a_shop_claims_no_sale_by_another_shops_link_or_click(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    keeper = make_account()
    house = platforms(jd_account(make_shop(keeper), keeper))
    left = leave_of(shop, owner, house, work)
    sly = make_account()
    account = jd_account(make_shop(sly), sly)
    jd_sells(union, 1, str(left.link_id), minutes_ago=30)
    jd_sells(union, 2, str(left.id), minutes_ago=30)
    work(account, all_due=True)
    assert Conversion.objects.count() == 2
    assert not Conversion.objects.filter(click_id__isnull=False).exists()
    # The account that the link was made for tells of the same: its word stands.
    work(house, all_due=True)
    assert Conversion.objects.filter(click_id=left.id, earner_id__isnull=True).count() == 2
    work(account, all_due=True)
    assert Conversion.objects.filter(earner_id__isnull=True).count() == 2


def leave_of(shop: Shop, owner: Account, account: Connection, work: Work) -> Click:
    listing = offer(paste(shop, owner, JD_PAGE))
    links.take_up()
    work(account)
    return leave(listing)


def test_only_operators_choose_the_platforms_account_and_one_of_a_source(
    owner: Account, shop: Shop, union: jd_contract.Union, connection: Connection
) -> None:
    account = jd_account(shop, owner)
    refused = [(owner, account, "operator_only"), (make_operator(), connection, "account_unfit")]
    for actor, row, code in refused:
        with pytest.raises(Problem) as caught:
            links.do_set_for_platform(actor=actor, connection_id=row.id, for_platform=True)
        assert caught.value.code == code
    platforms(account)
    keeper = make_account()
    second = jd_account(make_shop(keeper), keeper)
    with pytest.raises(Problem) as caught:
        platforms(second)
    assert caught.value.code == "account_taken"


def test_an_account_that_is_the_platforms_no_more_leads_no_other_shops_buyers(
    owner: Account, shop: Shop, union: jd_contract.Union, work: Work
) -> None:
    keeper = make_account()
    home = make_shop(keeper)
    house = platforms(jd_account(home, keeper))
    theirs = offer(paste(shop, owner, JD_PAGE))
    own = offer(paste(home, keeper, JD_PAGE))
    links.take_up()
    work(house)
    assert way_out(theirs) is not None
    links.do_set_for_platform(actor=make_operator(), connection_id=house.id, for_platform=False)
    assert way_out(theirs) is None
    assert PayingLink.objects.get(id=way_out(own).id).earner_id == home.id
