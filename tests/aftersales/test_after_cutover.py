"""FIELD 2.2: what was sold before a cut is paid, sent, refunded and settled after it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.aftersales.worlds import RETURN_TO, again, ask, fresh, make_world, paid
from tests.settlement.worlds import on_books, prove, set_clock, work

from yellowcart.aftersales import actions
from yellowcart.aftersales.states import Kind as CaseKind
from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.ledger.rules import Kind
from yellowcart.listings import cutover
from yellowcart.listings.models import Listing
from yellowcart.orders import receiving, shipping
from yellowcart.policy import actions as policy
from yellowcart.policy import queries
from yellowcart.settlement import parties

pytestmark = pytest.mark.django_db

NIGHT = parse_instant("2021-11-15T24:00+08:00")


def test_an_order_from_before_the_cut_lives_to_its_end() -> None:
    set_clock("2021-11-15T23:55+08:00")
    policy.do_install_pack("kuaishou")
    world = make_world()
    Product.objects.update(source="youzan", integration="link")
    listing = Listing.objects.create(
        shop=world.shop,
        product_id=world.sku.product_id,
        surface="live_room",
        container_id=new_id(),
        source="youzan",
        integration="link",
        shop_type="enterprise",
    )
    world = replace(world, listing=listing)
    sale = {"source": "youzan", "integration": "supply", "rule_key": "kuaishou.before"}
    unpaid = world.order(quantity=2, **sale)
    clock.set_timeline(clock.starting_at(NIGHT))
    cutover.do_sweep(queries.table(), NIGHT, [NIGHT])
    listing.refresh_from_db()
    assert listing.state == "barred"

    order = paid(world, unpaid)
    assert (order.state, order.rule_key) == ("paid", "kuaishou.before")
    shipping.do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no="SF1",
    )
    receiving.do_confirm_receipt(actor=world.buyer, order_id=order.id)
    case = ask(world, order, CaseKind.RETURN_REFUND, "no_reason")
    actions.do_agree(actor=world.owner, case_id=case.id, return_to=RETURN_TO)
    actions.do_send_back(actor=world.buyer, case_id=case.id, carrier="SF", tracking_no="R1")
    actions.do_take_back(actor=world.owner, case_id=case.id)
    assert (again(case).state, fresh(order).refunded_minor) == ("succeeded", 9_900)

    clock.set_timeline(clock.starting_at(clock.now() + timedelta(days=60)))
    work()
    shop = parties.shop(world.shop.id)
    assert on_books(shop, Kind.HELD) == 0
    assert on_books(shop, Kind.PAYABLE) < 0
    prove()
