"""Refunds after an order was handed over: its supplier is told, or a person settles it."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.callers import Caller
from tests.connections.fakes import unreachable
from tests.connections.test_supplying import only, sold
from tests.factories import make_account, make_operator, make_shop
from yellowcart.aftersales import actions as aftersales
from yellowcart.aftersales.rules import Asked
from yellowcart.connections import actions, telling
from yellowcart.connections.models import Change, Connection
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.notices.actions import do_appeal
from yellowcart.notices.models import Notice
from yellowcart.shops.models import ShopMember
from yellowcart.sources.connector import Can, Progress, SourceError

pytestmark = pytest.mark.django_db


def give(world, order, quantity=1, reason="cannot_send", amount=None):
    aftersales.do_give(
        actor=world.owner,
        order_id=order.id,
        reason=reason,
        lines={1: Asked(quantity, amount)},
        words="sorry",
    )
    outbox.relay_all()


@pytest.fixture
def telling_store(store, monkeypatch):
    """The store can be told of fewer pieces and of refunds."""
    monkeypatch.setattr(type(store), "can", store.can | {Can.REDUCE_ORDER, Can.REFUND_ORDER})
    return store


def changes():
    return [
        (one.kind, one.state, one.pieces, one.money_minor)
        for one in Change.objects.order_by("number")
    ]


def test_some_pieces_refunded_before_they_were_sent(world, connection, telling_store, work):
    order = sold(world, quantity=3)
    work(connection)
    give(world, order)
    assert changes() == [("reduce", "waiting", {"1": 1}, 0)]
    work(connection)
    assert changes() == [("reduce", "told", {"1": 1}, 0)]
    [(kind, key, change)] = telling_store.shelf.changes
    assert (kind, key) == ("reduce", only().external_id)
    assert change.reference == f"{only().reference}-1"
    line = change.lines[0]
    assert (line.sku_key, line.quantity, line.in_all) == ("tea-a", 1, 1)
    assert change.refunded_minor == order.amount_minor // 3
    give(world, order)
    work(connection)
    line = telling_store.shelf.changes[1][2].lines[0]
    assert (line.quantity, line.in_all) == (1, 2)
    assert only().state == "assigned"


def test_the_rest_refunded_calls_the_order_off(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    give(world, order)
    work(connection)
    assert [one[:2] for one in changes()] == [("reduce", "told"), ("cancel", "told")]
    assert only().state == "cancelled"


def test_money_for_what_was_sent(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    telling_store.sends(1)
    work(connection, orders_due=True)
    give(world, order, reason="goodwill", amount=150)
    work(connection)
    assert changes() == [("refund", "told", {}, 150)]
    assert telling_store.shelf.changes[0][2].refunded_minor == 150
    give(world, order, reason="goodwill")
    work(connection)
    assert changes()[1] == ("refund", "told", {"1": 1}, 0)


def test_hearing_of_a_refund_twice_takes_it_up_once(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    telling.do_take_up(only().id)
    work(connection, orders_due=True)
    telling.do_take_up(only().id)
    assert len(changes()) == len(telling_store.shelf.changes) == 1


def test_a_refund_nobody_was_heard_to_tell_of_is_found(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    aftersales.do_give(
        actor=world.owner,
        order_id=order.id,
        reason="cannot_send",
        lines={1: Asked(1)},
        words="sorry",
    )
    work(connection, orders_due=True)
    assert [one[:2] for one in changes()] == [("reduce", "told")]


def test_what_was_refunded_before_it_was_handed_over_is_no_news(
    world, connection, telling_store, work
):
    order = sold(world, quantity=3)
    give(world, order)
    work(connection, orders_due=True)
    assert telling_store.shelf.placed[0].lines[0].quantity == 2
    telling.do_take_up(only().id)
    assert not changes()


def test_an_order_sent_again_after_a_lost_answer_is_the_same_order(
    world, connection, telling_store, work
):
    order = sold(world, quantity=2)
    real = telling_store.place

    def lost(told_store, wanted):
        real(told_store, wanted)
        unreachable("place")

    telling_store.place = lost
    work(connection)
    give(world, order)
    seen = []

    def again(told_store, wanted):
        seen.append(wanted.lines[0].quantity)
        return real(told_store, wanted)

    telling_store.place = again
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert seen == [2]
    assert changes() == [("reduce", "told", {"1": 1}, 0)]


def test_a_source_without_such_a_call_leaves_it_to_the_shop(world, connection, store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    assert changes() == [("reduce", "todo", {"1": 1}, 0)]
    event = OutboxEvent.objects.get(topic="connections.settle_by_hand")
    assert event.payload["order_id"] == str(order.id)


def test_it_is_told_again_until_it_is_answered(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    telling_store.shelf.before = lambda name: unreachable(name) if name == "reduce" else None
    work(connection)
    row = Change.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.last_error["en"]
    for _try in range(20):
        Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
        Change.objects.filter(due_at__isnull=False).update(due_at=row.created_at)
        work(connection)
    assert changes()[0][:2] == ("reduce", "todo")


def test_after_a_lost_answer_the_supplier_is_given_time(
    world, connection, telling_store, work, monkeypatch
):
    """It may still be at it: what it has done is seen once it is not."""
    monkeypatch.setattr(type(telling_store), "settles_seconds", 3_600)
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    telling_store.shelf.before = lambda name: unreachable(name) if name == "reduce" else None
    before = wall()
    work(connection)
    assert Change.objects.get().due_at >= before + timedelta(hours=1)


def test_a_supplier_that_says_no_leaves_it_to_the_shop(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)

    def no(name):
        if name == "reduce":
            raise SourceError("faked", "it is packed")

    telling_store.shelf.before = no
    work(connection)
    row = Change.objects.get()
    assert row.state == "todo"
    assert "it is packed" in row.last_error["en"]


def test_what_was_sent_all_the_same_is_left_to_the_shop(world, connection, store, work):
    order = sold(world, quantity=2)
    work(connection)
    store.sends(1)
    give(world, order, quantity=2)
    work(connection)
    assert only().state == "sent"
    assert changes()[0][:2] == ("cancel", "todo")


def test_a_disconnected_store_is_told_nothing_more(world, connection, telling_store, work, owner):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    actions.do_disconnect(actor=owner, connection_id=connection.id)
    assert changes()[0][:2] == ("reduce", "todo")


def test_another_suppliers_lines_do_not_keep_an_order_that_was_cancelled(
    world, connection, telling_store, work
):
    """The supplier cancels what was reduced to nothing: that is no refusal."""
    order = sold(world, quantity=2)
    work(connection)
    give(world, order, quantity=2)
    key = only().external_id
    telling_store.shelf.orders[key] = Progress(key, "cancelled")
    work(connection)
    assert only().state == "cancelled"


def by_hand(world, connection, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    return Change.objects.get(state="todo")


def test_who_may_settle_it_does_so_once(world, connection, store, work):
    change = by_hand(world, connection, work)
    done = telling.do_settle_by_hand(actor=world.owner, change_id=change.id)
    assert (done.state, done.done_by) == ("done", world.owner.id)
    again = telling.do_settle_by_hand(actor=world.owner, change_id=change.id)
    assert again.ended_at == done.ended_at


def test_nobody_else_does(world, connection, store, work):
    change = by_hand(world, connection, work)
    staff, operator = make_account(), make_operator()
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    other = make_account()
    make_shop(other)
    for actor, code in [
        (make_account(), "change_not_found"),
        (world.buyer, "change_not_found"),
        (other, "change_not_found"),
        (staff, "shop_forbidden"),
        (operator, "shop_forbidden"),
    ]:
        with pytest.raises(Problem) as refused:
            telling.do_settle_by_hand(actor=actor, change_id=change.id)
        assert refused.value.code == code


def test_what_is_still_told_by_a_call_is_nobodys_to_settle(world, connection, telling_store, work):
    order = sold(world, quantity=2)
    work(connection)
    give(world, order)
    with pytest.raises(Problem) as refused:
        telling.do_settle_by_hand(actor=world.owner, change_id=Change.objects.get().id)
    assert refused.value.code == "change_state"


def test_the_people_of_the_shop_are_told_what_to_do_there(world, connection, store, work):
    change = by_hand(world, connection, work)
    outbox.relay_all()
    notice = Notice.objects.get(account=world.owner, stage="supply")
    assert notice.title_en == "Tell Tea Hall: send fewer pieces"
    assert change.supply.external_id in notice.body_en
    assert change.supply.external_id in notice.body_zh
    assert notice.hit["order_id"] == str(change.supply.order_id)
    assert not Notice.objects.exclude(account=world.owner).exists()
    with pytest.raises(Problem) as refused:
        do_appeal(world.owner, notice.id, "Why?")
    assert refused.value.code == "appeal_elsewhere"
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/merchant/shop/{world.shop.handle}/notices/{notice.id}/").content.decode()
    assert f"/orders/{change.supply.order_id}/" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "1 piece was refunded before it was sent"), ("zh-hans", "发货前已退款 1 件")],
)
def test_pages_show_it_until_it_is_settled(world, connection, store, work, language, words):
    change = by_hand(world, connection, work)
    client = Client(headers={"accept-language": language})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    desk = f"/merchant/shop/{world.shop.handle}"
    order = f"{desk}/orders/{change.supply.order_id}/"
    settled = f"{desk}/stores/{connection.id}/changes/{change.id}/settled/"
    for page in (order, f"{desk}/stores/{connection.id}/", f"{desk}/to-do/"):
        shown = client.get(page).content.decode()
        assert words in shown, page
        assert settled in shown, page
    assert client.post(settled).status_code == 302
    assert Change.objects.get().state == "done"
    assert settled not in client.get(order).content.decode()


def test_who_may_see_and_settle_it_over_the_api(world, connection, store, work):
    change = by_hand(world, connection, work)
    here = f"/connections/{connection.id}/changes"
    settled = f"/connections/changes/{change.id}/settled"
    staff = make_account()
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    for actor, seen, done in [
        (make_account(), 404, 404),
        (world.buyer, 404, 404),
        (staff, 200, 403),
        (make_operator(), 200, 403),
    ]:
        assert Caller(actor)("GET", here)[0] == seen
        assert Caller(actor)("POST", settled)[0] == done
    [told] = Caller(world.owner)("GET", here)[1]
    assert (told["kind"], told["state"], told["pieces"]) == ("reduce", "todo", {"1": 1})
    assert told["by_hand"]
    assert Caller(world.owner)("POST", settled)[1]["state"] == "done"
