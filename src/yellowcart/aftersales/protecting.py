"""Price protection: what a fallen price gives back."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales import queries, rules
from yellowcart.aftersales.actions import begin, lock_own_order
from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.states import Kind
from yellowcart.aftersales.steps import PLATFORM, take_step
from yellowcart.catalog.models import Product, Sku
from yellowcart.catalog.queries import sku_price
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.people.models import Account


@transaction.atomic
def do_protect_price(*, actor: Account, order_id: UUID) -> Case:
    """Give the buyer back by how much the price of what they keep fell since they paid.

    Granted at once, as often as the price falls. Problems: ``order_not_found``, ``forbidden``,
    ``price_not_fallen`` where no line is protected (any more) or costs less now, ``case_open``.
    """
    order = lock_own_order(actor, order_id)
    owed = {no: minor for no, minor in owed_of(order).items() if minor}
    if not owed:
        raise Problem(
            "price_not_fallen",
            409,
            _("No price of this order is protected now and lower than what you paid."),
        )
    at = now()
    case = Case(
        shop_id=order.shop_id,
        id=new_id(),
        order_id=order.id,
        buyer_id=order.buyer_id,
        kind=Kind.REFUND_ONLY.value,
        special="price_protection",
        reason="price_protection",
        amount_minor=sum(owed.values()),
        currency=order.currency,
        opened_at=at,
        stepped_at=at,
    )
    quantities = {line.line_no: line.quantity for line in lines_of([order])[order.id]}
    begin(case, order, {no: (quantities[no], minor) for no, minor in owed.items()}, actor.id)
    take_step(case, order, "grant", PLATFORM)
    return case


def owed_of(order: Order) -> dict[int, int]:
    """What price protection gives back of each line now, in minor units by line number."""
    if order.paid_at is None or order.state not in rules.ASKABLE:
        return {}
    at = now()
    lines = lines_of([order]).get(order.id, [])
    days = dict(
        Product.objects.filter(id__in={line.product_id for line in lines}).values_list(
            "id", "price_protect_days"
        )
    )
    skus = Sku.objects.in_bulk([line.sku_id for line in lines])
    given = _given(order)
    return {
        line.line_no: rules.protected_minor(
            queries.facts_of(line),
            sku_price(skus[line.sku_id], at),
            given[line.line_no],
            paid_at=order.paid_at,
            days=days.get(line.product_id, 0),
            at=at,
        )
        for line in lines
        if line.sku_id in skus
    }


def _given(order: Order) -> defaultdict[int, int]:
    """What was given back for earlier falls, by line number."""
    cases = Case.objects.filter(
        shop_id=order.shop_id, order_id=order.id, special="price_protection", state="succeeded"
    ).values_list("id", flat=True)
    given: defaultdict[int, int] = defaultdict(int)
    for line in CaseLine.objects.filter(shop_id=order.shop_id, case_id__in=list(cases)):
        given[line.line_no] += line.amount_minor
    return given
