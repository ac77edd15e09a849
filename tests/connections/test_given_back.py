"""What a supplier gave back, goods or money, reaches the buyer once, and the books follow."""

import pytest
from django.test import Client

from tests.connections.test_supplying import only, sold
from tests.factories import make_account, make_operator
from tests.orders.worlds import fresh
from yellowcart.aftersales import actions as aftersales
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.connections import supplying
from yellowcart.connections.rules import Priced, due_to_buyer
from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.ledger.checking import check_books
from yellowcart.notices.models import Notice
from yellowcart.orders import shipping
from yellowcart.settlement.duties import settle_duty
from yellowcart.settlement.models import Share
from yellowcart.shops.models import ShopMember
from yellowcart.sources.connector import Parcel, Progress, SourceError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dearer(world):
    """A piece costs the buyer twice what the supplier asks."""
    world.sku.price_minor = 2_000


def tells(connection, store, work, state, **more):
    """The store says how far its order is, and we ask."""
    key = only().external_id
    store.shelf.orders[key] = Progress(key, state, **more)
    work(connection, orders_due=True)
    outbox.relay_all()
    settle_duty()


def supplier_share():
    share = Share.objects.get(role="supplier")
    return share.amount_minor, share.net_minor


def case_of(order):
    case = Case.objects.get(order_id=order.id)
    return case.state, case.reason, case.special, case.amount_minor


def test_a_supplier_that_cancels_before_it_sent_gives_the_buyer_the_money_at_once(
    world, connection, store, work
):
    order = sold(world)
    work(connection)
    settle_duty()
    tells(connection, store, work, "cancelled", reason="out of stock")
    tells(connection, store, work, "cancelled", reason="out of stock", refunded_minor=2_000)
    assert only().state == "returned"
    assert case_of(order) == ("succeeded", "cannot_send", "supplier", order.amount_minor)
    assert fresh(order).state == "closed"
    assert fresh(order).refunded_minor == order.amount_minor
    assert world.stock() == (5, 0, 0)
    assert supplier_share() == (2_000, 0)
    assert check_books().breaks == []
    notice = Notice.objects.get(account=world.owner, stage="given_back")
    assert notice.title_en == "Tea Hall cancelled an order"
    assert "out of stock" in notice.body_zh


def test_what_the_buyer_had_asked_for_is_granted_then(world, connection, store, work, monkeypatch):
    monkeypatch.setattr("yellowcart.aftersales.actions.is_instant", lambda *_a, **_k: False)
    order = sold(world)
    work(connection)
    case = aftersales.do_open(
        actor=world.buyer,
        order_id=order.id,
        kind=aftersales.Kind.REFUND_ONLY,
        reason="not_wanted",
        lines={1: Asked(2)},
    )
    assert case.state == "awaiting_seller"
    tells(connection, store, work, "cancelled")
    assert case_of(order)[:2] == ("succeeded", "not_wanted")
    assert Notice.objects.get(stage="given_back").title_zh == "Tea Hall取消了一个订单"
    assert fresh(order).refunded_minor == order.amount_minor


def test_money_that_is_not_there_is_asked_for(world, connection, store, work, monkeypatch):
    def short(**_fields):
        raise Problem("hold_short", 409, "short")

    order = sold(world)
    work(connection)
    monkeypatch.setattr("yellowcart.orders.refunding.do_refund", short)
    tells(connection, store, work, "cancelled")
    assert only().state == "returned"
    assert case_of(order)[0] == "awaiting_seller"


def test_the_rest_of_an_order_that_was_partly_sent_is_asked_for(world, connection, store, work):
    order = sold(world, quantity=3)
    work(connection)
    parcels = [Parcel("SF", "SF1", {"tea-a": 1})]
    tells(connection, store, work, "part_sent", parcels=parcels)
    tells(connection, store, work, "cancelled", parcels=parcels)
    assert only().state == "returned"
    assert case_of(order)[:3] == ("awaiting_seller", "cannot_send", "supplier")
    # Two of three pieces are not the supplier's to be paid for, whatever the shop decides.
    assert supplier_share() == (3_000, 1_000)
    aftersales.do_agree(actor=world.owner, case_id=Case.objects.get().id)
    outbox.relay_all()
    settle_duty()
    assert supplier_share() == (3_000, 1_000)
    assert check_books().breaks == []


def test_money_given_back_after_sending_is_asked_for_once(world, connection, store, work):
    order = sold(world, quantity=2)
    work(connection)
    parcels = [Parcel("SF", "SF1")]
    tells(connection, store, work, "sent", parcels=parcels, refunded_minor=500)
    tells(connection, store, work, "sent", parcels=parcels, refunded_minor=500)
    # A quarter of what the supplier asked is a quarter of what the buyer paid.
    quarter = order.amount_minor // 4
    assert case_of(order) == ("awaiting_seller", "supplier_refunded", "supplier", quarter)
    assert supplier_share() == (2_000, 1_500)
    aftersales.do_agree(actor=world.owner, case_id=Case.objects.get().id)
    tells(connection, store, work, "received", parcels=parcels, refunded_minor=500)
    assert fresh(order).refunded_minor == quarter
    assert Case.objects.count() == 1
    assert supplier_share() == (2_000, 1_500)
    merchant = Share.objects.get(role="merchant")
    assert merchant.net_minor == order.amount_minor - quarter - 1_500 - fee()
    assert check_books().breaks == []


def fee():
    found = Share.objects.filter(role="platform").first()
    return found.net_minor if found else 0


def test_more_of_it_is_asked_for_when_the_open_case_is_over(world, connection, store, work):
    order = sold(world, quantity=2)
    work(connection)
    parcels = [Parcel("SF", "SF1")]
    tells(connection, store, work, "sent", parcels=parcels, refunded_minor=500)
    tells(connection, store, work, "received", parcels=parcels, refunded_minor=1_000)
    assert Case.objects.count() == 1
    assert only().due_at is not None
    aftersales.do_agree(actor=world.owner, case_id=Case.objects.get().id)
    work(connection, orders_due=True)
    second = Case.objects.get(state="awaiting_seller")
    assert second.amount_minor == order.amount_minor // 4
    aftersales.do_refuse(actor=world.owner, case_id=second.id, words="no")
    work(connection, orders_due=True)
    assert Case.objects.count() == 2


def test_an_answer_to_our_own_refund_is_no_news(world, connection, store, work):
    order = sold(world, quantity=2)
    work(connection)
    aftersales.do_give(
        actor=world.owner, order_id=order.id, reason="cannot_send", lines={1: Asked(1)}, words="x"
    )
    outbox.relay_all()
    tells(connection, store, work, "taken", refunded_minor=1_000)
    assert Case.objects.count() == 1
    assert fresh(order).refunded_minor == order.amount_minor // 2
    assert supplier_share() == (2_000, 1_000)
    assert check_books().breaks == []


def no_variant(store):
    def no(name):
        if name == "place":
            raise SourceError("faked", "no such variant")

    store.shelf.before = no


def given_back(world, connection, store, work):
    order = sold(world)
    no_variant(store)
    work(connection)
    outbox.relay_all()
    return order


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_given_back_order_tells_its_shop_what_to_do_and_its_buyer_the_truth(
    world, connection, store, work, language
):
    order = given_back(world, connection, store, work)
    notice = Notice.objects.get(account=world.owner, stage="given_back")
    assert notice.hit["order_id"] == str(order.id)
    assert "no such variant" in notice.body_en
    assert not Notice.objects.exclude(account=world.owner).exists()
    outbox.relay_all()
    assert Notice.objects.count() == 1
    client = Client(headers={"accept-language": language})
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(world.buyer, backend=backend)
    page = client.get(f"/orders/{order.id}/").content.decode()
    words = {"en": "The supplier does not send these goods", "zh-hans": "供货商不会发出这些商品"}
    assert words[language] in page
    client.force_login(world.owner, backend=backend)
    desk = f"/merchant/shop/{world.shop.handle}"
    assert (
        f"{desk}/orders/{order.id}/" in client.get(f"{desk}/notices/{notice.id}/").content.decode()
    )
    here = f"{desk}/orders/{order.id}/supplies/{only().id}/elsewhere/"
    assert here in client.get(f"{desk}/orders/{order.id}/").content.decode()
    assert client.post(here).status_code == 302
    assert fresh(order).open_cases == 0


def test_the_shop_may_send_it_from_elsewhere(world, connection, store, work):
    order = given_back(world, connection, store, work)
    supplying.do_send_from_elsewhere(actor=world.owner, supply_id=only().id)
    assert case_of(order)[0] == "closed"
    shipping.do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no="SF123456",
    )
    outbox.relay_all()
    settle_duty()
    # Whoever did not send is not paid.
    assert supplier_share() == (2_000, 0)
    assert check_books().breaks == []


def test_handing_over_again_asks_for_the_money_no_more(world, connection, store, work):
    order = given_back(world, connection, store, work)
    settle_duty()
    assert supplier_share() == (2_000, 0)
    store.shelf.before = lambda _name: None
    supplying.do_hand_over_again(supply=only())
    assert case_of(order)[0] == "closed"
    work(connection)
    settle_duty()
    assert only().state == "assigned"
    assert supplier_share() == (2_000, 2_000)
    assert check_books().breaks == []


def test_nobody_else_sends_it(world, connection, store, work):
    given_back(world, connection, store, work)
    manager = make_account()
    ShopMember.objects.create(shop=world.shop, account=manager, role="staff")
    for actor, code in [
        (make_account(), "order_not_found"),
        (world.buyer, "order_not_found"),
        (make_operator(), "shop_forbidden"),
    ]:
        with pytest.raises(Problem) as refused:
            supplying.do_send_from_elsewhere(actor=actor, supply_id=only().id)
        assert refused.value.code == code
    supplying.do_send_from_elsewhere(actor=manager, supply_id=only().id)


def test_an_order_that_the_supplier_has_is_not_sent_from_elsewhere(world, connection, store, work):
    sold(world)
    work(connection)
    with pytest.raises(Problem) as refused:
        supplying.do_send_from_elsewhere(actor=world.owner, supply_id=only().id)
    assert refused.value.code == "supply_state"


def test_the_buyers_part_of_what_a_supplier_gave_back():
    lines = [Priced(1, 600, 1_000, 0), Priced(2, 400, 1_000, 1_000)]
    assert due_to_buyer(1_000, lines) == {1: 1_000}
    assert due_to_buyer(9_999, lines) == {1: 1_000}
    assert due_to_buyer(600, lines) == {1: 200}
    assert due_to_buyer(500, lines) == {}
    assert due_to_buyer(501, lines) == {}
    assert due_to_buyer(500, [Priced(1, 0, 1_000, 0)]) == {}
