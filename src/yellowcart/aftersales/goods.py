"""The verbs that move goods of a case: replacements out, what came back onto the shelves."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.actions import access_shops_case, parcel
from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.queries import came_back
from yellowcart.aftersales.steps import lock_case, note, take_step
from yellowcart.catalog.models import Sku
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.actions import do_adjust_stock
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import Party
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop

_SELLER = frozenset({Party.SELLER})


@transaction.atomic
def do_replace(*, actor: Account, case_id: UUID, carrier: str, tracking_no: str) -> Case:
    """Other pieces of the same goods leave the warehouse for the buyer.

    Problems: ``shipment_incomplete``, and ``stock_promised`` where no free piece is left:
    give the money back instead.
    """
    seen = access_shops_case(actor, case_id, "ship")
    case, order = lock_case(seen.case)
    case.replacement_carrier, case.replacement_tracking_no = parcel(carrier, tracking_no)
    take_step(case, order, "replace", _SELLER, actor_id=actor.id)
    for line, sku in _pieces(case, order):
        do_adjust_stock(
            sku.stock_shop_id,
            sku.stock_sku_id,
            -line.quantity,
            actor_id=actor.id,
            idempotency_key=f"replace:{case.id}:{line.line_no}",
            reason="replacement",
        )
    return case


@transaction.atomic
def do_restock(*, actor: Account, case_id: UUID, pieces: Mapping[int, int] | None = None) -> Case:
    """What came back goes onto the shelves, once; without ``pieces`` all of it.

    Broken pieces are left out. Problems: ``nothing_came_back``, ``pieces_unavailable``, and
    ``stock_shared`` where the stock is another shop's, whose people put it back.
    """
    seen = access_shops_case(actor, case_id, "stock")
    case, order = lock_case(seen.case)
    if not came_back(case):
        raise Problem(
            "nothing_came_back",
            409,
            _("Nothing of this case came back that is not on the shelves already."),
        )
    found = _pieces(case, order)
    most = {line.line_no: line.quantity for line, _sku in found}
    wanted = dict(most if pieces is None else pieces)
    if not all(0 <= count <= most.get(no, 0) for no, count in wanted.items()):
        raise Problem(
            "pieces_unavailable",
            422,
            _("No more pieces can be put back than the case is about."),
            extra={"most": {str(no): count for no, count in most.items()}},
        )
    for line, sku in found:
        count = wanted.get(line.line_no, 0)
        if sku.stock_shop_id != case.shop_id and not may_in_shop(actor, sku.stock_shop_id, "stock"):
            raise Problem(
                "stock_shared", 409, _("This stock is the supplier's. They put it back themselves.")
            )
        if count:
            do_adjust_stock(
                sku.stock_shop_id,
                sku.stock_sku_id,
                count,
                actor_id=actor.id,
                idempotency_key=f"restock:{case.id}:{line.line_no}",
                reason="return",
            )
    case.restocked_at = now()
    Case.objects.filter(shop_id=case.shop_id, id=case.id).update(restocked_at=case.restocked_at)
    counts = {str(no): count for no, count in sorted(wanted.items())}
    note(case, "restock", _SELLER, actor_id=actor.id, detail={"pieces": counts})
    return case


def _pieces(case: Case, order: Order) -> list[tuple[CaseLine, Sku]]:
    """What a case is about, with the SKUs, in order of their stock rows as locks are taken."""
    own = CaseLine.objects.filter(shop_id=case.shop_id, case_id=case.id)
    sku_ids = {line.line_no: line.sku_id for line in lines_of([order])[order.id]}
    skus = Sku.objects.in_bulk(list(sku_ids.values()))
    found = [(line, skus[sku_ids[line.line_no]]) for line in own if sku_ids[line.line_no] in skus]
    return sorted(found, key=lambda one: (one[1].stock_shop_id, one[1].stock_sku_id))
