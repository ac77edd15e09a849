"""What shops give back without being asked."""

import pytest
from tests.aftersales.worlds import (
    DEAR,
    ask,
    fresh,
    held,
    make_world,
    paid,
    refused,
    sent,
)
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop

from yellowcart.aftersales import actions
from yellowcart.aftersales.models import CaseEvent
from yellowcart.aftersales.rules import Asked
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def test_a_shop_gives_back_what_it_can_not_send() -> None:
    world = make_world()
    order = paid(world, world.order(**DEAR, counted=True))
    case = actions.do_give(
        actor=world.owner,
        order_id=order.id,
        reason="cannot_send",
        lines={1: Asked(4)},
        words="The whole lot is broken.",
    )
    assert (case.state, case.refunded_minor) == ("succeeded", 39_600)
    assert (fresh(order).state, held(world), world.stock()) == ("closed", 0, (10, 0, 0))
    parties = CaseEvent.objects.order_by("at", "id").values_list("verb", "party")
    assert list(parties) == [("open", "seller"), ("agree", "seller")]


def test_a_shop_makes_up_for_something_long_after() -> None:
    world = make_world()
    order = sent(world, received=True)
    give = {"actor": world.owner, "order_id": order.id, "reason": "goodwill"}
    with refused("words_missing", 422):
        actions.do_give(**give, lines={1: Asked(1, 500)}, words=" ")
    case = actions.do_give(**give, lines={1: Asked(1, 500)}, words="For the scratch.")
    assert (case.refunded_minor, fresh(order).state, held(world)) == (500, "completed", 9_400)
    with refused("amount_unavailable", 422):
        actions.do_give(**give, lines={1: Asked(1, 9_401)}, words="x")
    with refused("reason_unknown", 422):
        actions.do_give(**{**give, "reason": "quality"}, lines={1: Asked(1)}, words="x")
    with refused("reason_unknown", 422):
        ask(world, order, reason="goodwill")


def test_only_who_may_refund_in_the_shop_gives() -> None:
    world = make_world()
    order = sent(world)
    rival, staff = make_account(), make_account()
    make_shop(rival)
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    body = {"reason": "goodwill", "words": "x", "lines": [{"line_no": 1, "quantity": 1}]}
    path = f"/aftersales/of-order/{order.id}/given"
    for account, status in (
        (None, 401),
        (rival, 404),
        (staff, 403),
        (world.buyer, 403),
        (make_operator(), 403),
        (world.owner, 201),
    ):
        assert Caller(account)("POST", path, body)[0] == status
    assert fresh(order).refunded_minor == 9_900
