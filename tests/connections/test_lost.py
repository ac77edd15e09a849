"""Orders whose hand-over was not answered, and that nobody wants any more: what may have arrived is
looked for by our reference, called off where it is, or left to people where it can't be found out.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.connections.fakes import unreachable
from tests.connections.test_supplying import fresh, only, refund, sold
from tests.connections.test_telling import changes
from tests.factories import make_account
from tests.orders.worlds import World
from tests.sources.contract.loopback import Asked, Contract, Reply, running
from tests.sources.contract.medusa import EMAIL, KEY, OPTION, REGION, MedusaServer, mug
from yellowcart.catalog import supply
from yellowcart.catalog.models import Sku
from yellowcart.connections import actions, lost, supplying
from yellowcart.connections.models import Change, Connection, Supply
from yellowcart.connections.progress import do_note_progress
from yellowcart.connections.telling import by_hand
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.listings.models import Listing
from yellowcart.notices.models import Notice
from yellowcart.sources.connector import Progress, SourceError

pytestmark = pytest.mark.django_db


def unanswered(store: Any, work: Any, connection: Connection, *, arrives: bool = True) -> None:
    """Hand over what waits; it arrives, or not, and no answer comes."""
    real = store.place

    def place(told_store, wanted):
        if arrives:
            real(told_store, wanted)
        unreachable("place")

    store.place = place
    work(connection)
    store.place = real
    assert only().state == "unassigned"
    assert only().placing_until is not None


def later() -> None:
    """Whatever the supplier was at is over."""
    Supply.objects.filter(placing_until__isnull=False).update(
        placing_until=wall() - lost.FOUND_AFTER
    )


def test_what_arrived_is_found_and_called_off(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection)
    refund(world, order)
    work(connection, orders_due=True)
    # The supplier may still be at it.
    assert "find" not in store.shelf.calls
    assert only().due_at >= only().placing_until + lost.FOUND_AFTER
    later()
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    row = only()
    assert (row.state, row.placing_until, row.due_at) == ("cancelled", None, None)
    assert store.shelf.orders[row.external_id].state == "cancelled"
    assert len(store.shelf.placed) == 1
    assert [one[:3] for one in changes()] == [("cancel", "told", {"1": 2})]
    assert world.stock() == (5, 0, 0)


def test_what_did_not_arrive_ends_here(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection, arrives=False)
    refund(world, order)
    later()
    work(connection, orders_due=True)
    assert (only().state, only().placing_until, only().due_at) == ("cancelled", None, None)
    assert store.shelf.calls.count("find") == 1
    assert not changes()
    assert not store.shelf.placed


def test_what_was_sent_before_it_was_found_is_left_to_the_shop(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection)
    store.sends(1)
    refund(world, order)
    later()
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert (only().state, only().due_at) == ("sent", None)
    assert [one[:2] for one in changes()] == [("cancel", "todo")]


def test_what_was_cancelled_there_already_is_over(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection)
    key = f"ext-{only().reference}"
    store.shelf.orders[key] = Progress(key, "cancelled")
    refund(world, order)
    later()
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert only().state == "cancelled"
    assert not changes()


@pytest.fixture
def cannot_look(store):
    def no(name):
        if name == "find":
            raise SourceError("faked", "I look for nothing")

    store.shelf.before = no


def test_a_supplier_that_cannot_be_asked_is_left_to_the_shop(
    world, connection, store, work, cannot_look
):
    order = sold(world)
    unanswered(store, work, connection)
    refund(world, order)
    later()
    work(connection, orders_due=True)
    assert (only().state, only().due_at) == ("cancelled", None)
    assert changes() == [("lost", "todo", {}, 0)]
    outbox.relay_all()
    notice = Notice.objects.get(account=world.owner, stage="supply")
    for words in (notice.body_en, notice.body_zh):
        assert only().reference in words
        assert "I look for nothing" in words
    assert notice.title_en == "Look at Tea Hall: did an order arrive?"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "perhaps the store has this order"), ("zh-hans", "可能已有该订单")],
)
def test_pages_say_what_to_look_for(world, connection, store, work, cannot_look, language, words):
    order = sold(world)
    unanswered(store, work, connection)
    refund(world, order)
    later()
    work(connection, orders_due=True)
    client = Client(headers={"accept-language": language})
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    desk = f"/merchant/shop/{world.shop.handle}"
    settled = f"{desk}/stores/{connection.id}/changes/{Change.objects.get().id}/settled/"
    for page in (f"{desk}/orders/{order.id}/", f"{desk}/stores/{connection.id}/", f"{desk}/to-do/"):
        shown = client.get(page).content.decode()
        assert words in shown, page
        assert only().reference in shown, page
        assert settled in shown, page
    first = {"en": "look at the store first", "zh-hans": "请先到对方店铺核对"}[language]
    assert first in client.get(f"{desk}/orders/{order.id}/").content.decode()
    assert client.post(settled).status_code == 302
    assert Change.objects.get().state == "done"
    assert first not in client.get(f"{desk}/orders/{order.id}/").content.decode()


def test_a_supplier_that_is_never_reached_is_left_to_the_shop(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection)
    refund(world, order)
    later()
    store.shelf.before = lambda name: unreachable(name) if name == "find" else None
    for _try in range(20):
        Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
        work(connection, orders_due=True)
    assert only().state == "cancelled"
    assert [one[:2] for one in changes()] == [("lost", "todo")]


def test_one_that_is_wanted_and_never_answered_is_given_back_and_looked_for(
    world, connection, store, work
):
    order = sold(world)
    unanswered(store, work, connection)
    store.shelf.before = lambda name: unreachable(name) if name == "place" else None
    for _try in range(20):
        Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
        work(connection, orders_due=True)
    assert (only().state, fresh(order).open_cases) == ("returned", 1)
    assert [one[:2] for one in changes()] == [("lost", "todo")]
    # Handed over once more it is found, and nobody has to look any more.
    store.shelf.before = lambda _name: None
    Connection.objects.update(breaker="closed", failures=0, breaker_until=None)
    later()
    supplying.do_hand_over_again(supply=only())
    work(connection, orders_due=True)
    assert only().state == "assigned"
    assert len(store.shelf.placed) == 1
    assert [one[:2] for one in changes()] == [("lost", "done")]


@pytest.mark.parametrize("arrives", [True, False])
def test_one_that_is_refused_after_a_lost_answer_is_looked_for_first(
    world, connection, store, work, arrives
):
    sold(world)
    unanswered(store, work, connection, arrives=arrives)

    def no(name):
        if name == "place":
            raise SourceError("faked", "sold out")

    store.shelf.before = no
    work(connection, orders_due=True)
    assert only().state == ("assigned" if arrives else "returned")
    assert not changes()


def test_a_refusal_does_not_answer_the_call_before(world, connection, store, work, cannot_look):
    sold(world)
    unanswered(store, work, connection)
    before = store.shelf.before

    def no(name):
        before(name)
        if name == "place":
            raise SourceError("faked", "who are you?")

    store.shelf.before = no
    work(connection, orders_due=True)
    assert only().state == "returned"
    assert [one[:2] for one in changes()] == [("lost", "todo")]


def test_a_store_that_is_disconnected_meanwhile_is_looked_at_by_people(
    world, connection, store, work, owner
):
    order = sold(world)
    unanswered(store, work, connection)
    refund(world, order)
    actions.do_disconnect(actor=owner, connection_id=connection.id)
    assert (only().state, only().due_at) == ("cancelled", None)
    assert [one[:2] for one in changes()] == [("lost", "todo")]
    assert "cancel it" in _by_hand()


def test_one_still_wanted_of_a_store_that_is_disconnected(world, connection, store, work, owner):
    sold(world)
    unanswered(store, work, connection)
    actions.do_disconnect(actor=owner, connection_id=connection.id)
    assert only().state == "returned"
    assert [one[:2] for one in changes()] == [("lost", "todo")]
    assert "before you send the order from elsewhere" in _by_hand()


def _by_hand() -> str:
    with override("en"):
        return by_hand(Change.objects.get())


def test_one_that_turns_up_after_all_is_called_off(world, connection, store, work):
    order = sold(world)
    unanswered(store, work, connection)
    key = f"ext-{only().reference}"
    hidden = store.shelf.orders.pop(key)
    refund(world, order)
    later()
    work(connection, orders_due=True)
    assert only().state == "cancelled"
    store.shelf.orders[key] = hidden
    do_note_progress(only().id, hidden, wall())
    work(connection, orders_due=True)
    work(connection, orders_due=True)
    assert only().state == "cancelled"
    assert store.shelf.orders[key].state == "cancelled"


def test_one_whose_worker_died_is_looked_for_too(world, connection, store, work):
    order = sold(world)
    supplying.do_note_handed(only().id, {1: 2})
    assert lost.do_begin_placing(only().id)
    refund(world, order)
    work(connection, orders_due=True)
    assert only().state == "unassigned"
    later()
    work(connection, orders_due=True)
    assert (only().state, store.shelf.calls.count("find")) == ("cancelled", 1)


def test_one_that_was_refunded_is_not_handed_over_by_a_slow_worker(world, connection, store, work):
    order = sold(world)
    refund(world, order)
    work(connection, orders_due=True)
    assert only().state == "cancelled"
    assert lost.do_begin_placing(only().id) is None
    assert only().due_at is None


def test_what_is_handed_over_while_it_is_looked_for_is_looked_for_again(world, connection, work):
    sold(world)
    seen = wall() - timedelta(hours=1)
    Supply.objects.update(placing_until=seen)
    begun = lost.do_begin_placing(only().id)
    assert begun == (seen,)
    lost.do_end_absent(only().id, seen)
    assert only().state == "unassigned"


# Over real HTTP


@pytest.fixture
def server() -> MedusaServer:
    return MedusaServer(products=[mug()])


@pytest.fixture
def medusa(server: MedusaServer, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(server.answer, allow) as made:
        yield made


@pytest.fixture
def there(medusa, owner, shop, work) -> tuple[Connection, World]:
    """A Medusa shop is connected and its mug stands in the owner's shop."""
    typed = {
        "url": medusa.url,
        "api_key": KEY,
        "region": REGION,
        "shipping_option": OPTION,
        "email": EMAIL,
    }
    row = actions.do_connect(actor=owner, shop=shop, source="medusa", typed=typed)
    Connection.objects.filter(id=row.id).update(approves=True)
    row = work(row)
    supply.do_list_supplier_goods(actor=owner, supplier=row.supplier, shop=shop)
    sku = Sku.objects.get(product__shop=shop)
    mounted = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    return row, World(owner, shop, sku, mounted, make_account())


def loses(medusa: Contract, server: MedusaServer, step: str) -> None:
    """The server does what it is asked, and its answer to ``step`` is lost."""
    at = wall().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def answer(asked: Asked) -> Reply:
        reply = server.answer(asked)
        for one in server.orders:
            one["created_at"] = at
        if asked.method == "POST" and asked.path.endswith(step):
            return Reply(b"", 502)
        return reply

    medusa.answer = answer


@pytest.mark.parametrize(
    ("step", "left"), [("/convert-to-order", ["canceled"]), ("/draft-orders", [])]
)
def test_a_medusa_order_whose_answer_was_lost_is_called_off(
    medusa, server, there, work, step, left
):
    row, world = there
    loses(medusa, server, step)
    order = sold(world)
    work(row)
    assert (only().state, len(server.orders)) == ("unassigned", 1)
    medusa.answer = server.answer
    refund(world, order)
    later()
    work(row, orders_due=True)
    work(row, orders_due=True)
    assert only().state == "cancelled"
    # A draft that was left half-done is gone.
    assert [one["status"] for one in server.orders] == left


def test_a_medusa_order_that_was_begun_is_left_to_people(medusa, server, there, work):
    row, world = there
    loses(medusa, server, "/convert-to-order")
    order = sold(world)
    work(row)
    medusa.answer = server.answer
    [made] = server.orders
    made["fulfillments"] = [
        {
            "id": "ful_1",
            "provider_id": "manual",
            "items": [],
            "labels": [],
            "shipped_at": None,
            "delivered_at": None,
            "canceled_at": None,
        }
    ]
    refund(world, order)
    later()
    work(row, orders_due=True)
    work(row, orders_due=True)
    assert made["status"] == "pending"
    [change] = Change.objects.all()
    assert (change.kind, change.state) == ("cancel", "todo")
    assert "fulfillments must be canceled" in change.last_error["en"]
