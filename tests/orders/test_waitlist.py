"""Who waits gets what comes back, first come first served, and nobody else does."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.checkout.test_lane import sell
from tests.checkout.test_selling import Show, waiter
from tests.checkout.worlds import check_stock
from tests.factories import make_account

from yellowcart.checkout.values import Placed, Refusal, Refused
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.actions import do_adjust_stock
from yellowcart.inventory.models import Hold, Stock
from yellowcart.live.models import Room
from yellowcart.orders.actions import do_cancel_unpaid, do_expire_due
from yellowcart.orders.models import Order, Waiting
from yellowcart.orders.waitlist import do_join, do_lapse_due, do_leave, next_lapse

pytestmark = pytest.mark.django_db(transaction=True)


class Queue(Show):
    """A show whose tea is sold out to one buyer, and people who wait for it."""

    def __init__(self) -> None:
        super().__init__()
        [placed] = sell(self.buy(self.line(self.tea, 10)))
        assert isinstance(placed, Placed)
        self.order = Order.objects.get()
        self.people = [make_account() for _ in range(3)]

    def join(self, person, quantity: int = 1) -> Waiting:
        return do_join(
            actor=person,
            listing_id=self.listings[self.tea].id,
            sku_id=self.tea.id,
            quantity=quantity,
        )

    def cancel(self) -> None:
        do_cancel_unpaid(actor=self.buyer, order_id=self.order.id)

    def free(self) -> int:
        row = Stock.objects.get(sku_id=self.tea.id)
        return row.on_hand - row.reserved - row.sold


def states(*rows: Waiting) -> list[tuple[str, int]]:
    fresh = {row.id: row for row in Waiting.objects.all()}
    return [(fresh[row.id].state, fresh[row.id].quantity) for row in rows]


def test_what_comes_back_is_set_aside_in_the_order_of_waiting() -> None:
    queue = Queue()
    rows = [queue.join(person, 4) for person in queue.people]
    queue.cancel()
    # Ten came back: four, four, and of the last wish what is left.
    assert states(*rows) == [("offered", 4), ("offered", 4), ("offered", 2)]
    assert queue.free() == 0
    check_stock()
    [rival] = sell(queue.buy(queue.line(queue.tea), buyer=make_account().id))
    assert rival == Refused(Refusal.SOLD_OUT, left=0)
    [mine] = sell(queue.buy(queue.line(queue.tea, 4), buyer=queue.people[0].id))
    assert isinstance(mine, Placed)
    assert states(rows[0]) == [("taken", 4)]
    check_stock()


def test_expiry_offers_too_and_what_nobody_waits_for_is_free() -> None:
    queue = Queue()
    row = queue.join(queue.people[0], 3)
    Order.objects.update(expires_at=now())
    assert do_expire_due(now()) == 1
    assert states(row) == [("offered", 3)]
    assert queue.free() == 7
    check_stock()


def test_an_offer_that_lapses_goes_to_the_next() -> None:
    queue = Queue()
    first, second = (queue.join(person, 10) for person in queue.people[:2])
    queue.cancel()
    assert states(first, second) == [("offered", 10), ("waiting", 10)]
    due = next_lapse()
    assert due is not None
    assert do_lapse_due(due - timedelta(microseconds=1)) == 0
    assert do_lapse_due(due) == 1
    assert states(first, second) == [("lapsed", 10), ("offered", 10)]
    assert do_lapse_due(due) == 0
    assert Hold.objects.get(order_id=first.id).state == "expired"
    check_stock()


def test_whoever_leaves_passes_the_offer_on() -> None:
    queue = Queue()
    first, second = (queue.join(person, 10) for person in queue.people[:2])
    queue.cancel()
    do_leave(actor=queue.people[0], waiting_id=first.id)
    do_leave(actor=queue.people[0], waiting_id=first.id)
    assert states(first, second) == [("left", 10), ("offered", 10)]
    check_stock()


def test_new_pieces_of_the_merchant_go_to_those_who_wait() -> None:
    queue = Queue()
    row = queue.join(queue.people[0], 2)
    do_adjust_stock(queue.tea.shop_id, queue.tea.id, 5, actor_id=None, idempotency_key="more")
    while outbox.relay_once():
        pass
    assert states(row) == [("offered", 2)]
    assert queue.free() == 3
    check_stock()


def test_nobody_waits_for_what_is_there() -> None:
    queue = Queue()
    queue.cancel()
    with pytest.raises(Problem) as refused:
        queue.join(queue.people[0])
    assert refused.value.code == "in_stock"


def test_nothing_is_set_aside_where_the_first_to_pay_is_served() -> None:
    queue = Queue()
    Room.objects.update(reservation="first_paid")
    with pytest.raises(Problem) as refused:
        queue.join(queue.people[0])
    assert refused.value.code == "no_waiting_here"


def test_asking_again_keeps_the_place() -> None:
    queue = Queue()
    first = queue.join(queue.people[0], 2)
    queue.join(queue.people[1], 2)
    again = queue.join(queue.people[0], 9)
    assert again.id == first.id
    queue.cancel()
    assert states(first) == [("offered", 9)]


def test_an_offer_being_taken_back_is_not_waited_for() -> None:
    """The worker holds the row and waits for the stock that a lane has: the lane goes on."""
    show = Show()
    row = waiter(show, 10)
    with transaction.atomic():
        list(Waiting.objects.select_for_update(no_key=True).filter(id=row.id))
        [refused] = sell(show.buy(show.line(show.tea)))
    assert refused == Refused(Refusal.SOLD_OUT, left=0)


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_the_list_over_http() -> None:
    queue = Queue()
    mine, stranger = signed_in(queue.people[0]), signed_in(queue.people[1])
    body = {"listing_id": str(queue.listings[queue.tea].id), "sku_id": str(queue.tea.id)}
    url = "/api/v1/orders/waitlist"
    joined = mine.post(url, body, content_type="application/json")
    assert joined.status_code == 201, joined.content
    waiting_id = joined.json()["waiting_id"]
    queue.cancel()
    [listed] = mine.get(url).json()["waiting"]
    assert (listed["waiting_id"], listed["state"]) == (waiting_id, "offered")
    assert listed["offered_until"]
    assert stranger.get(url).json() == {"waiting": []}
    assert stranger.delete(f"{url}/{waiting_id}").status_code == 404
    assert Client().get(url).status_code == 401
    assert Client().post(url, body, content_type="application/json").status_code == 401
    assert mine.delete(f"{url}/{waiting_id}").json()["state"] == "left"
    check_stock()
