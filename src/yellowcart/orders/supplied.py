"""What a supplier did with an order that was handed over to it: the platform says so in its stead.

The order's shop owes the buyer the goods; a supplier that sends them sends them for the shop.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.inventory import actions as inventory
from yellowcart.orders import events
from yellowcart.orders.actions import lock_order, note, take_step
from yellowcart.orders.models import Order, Shipment
from yellowcart.orders.queries import lines_of
from yellowcart.orders.shipping import parcel_of, sign_if_delivered, write_parcel
from yellowcart.orders.states import TO_SHIP, Party

_PLATFORM = frozenset({Party.PLATFORM})


@transaction.atomic
def do_ship_for_supplier(
    *,
    shop_id: UUID,
    order_id: UUID,
    carrier: str,
    tracking_no: str,
    pieces: Mapping[int, int],
    mark: str = "",
) -> bool:
    """Pieces of an order left the supplier's warehouse; whether that was news.

    The same parcel again changes nothing: the same by its ``mark`` where it has one, else by
    carrier and number. A number that comes later is put on its parcel. Where the buyer asks for
    money back meanwhile, the parcel is on its way all the same, and the case goes on about goods
    that were sent. Problems: ``order_not_found``, ``parcel_pieces`` where more is said to be sent
    than was to be.
    """
    order = lock_order(shop_id, order_id)
    carrier, tracking_no = carrier.strip()[:40], tracking_no.strip()[:60]
    if _is_known(order, carrier, tracking_no, mark) or order.state not in TO_SHIP:
        return False
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    parcel = parcel_of(left, pieces)
    is_last = parcel == {line_no: count for line_no, count in left.items() if count}
    take_step(order, "ship" if is_last else "ship_part", _PLATFORM, None, tracking_no=tracking_no)
    write_parcel(order, carrier, tracking_no, parcel, mark=mark)
    inventory.do_ship_part(shop_id, order_id, parcel)
    outbox.append_all([events.step(events.SHIPPED if is_last else events.PARTLY_SHIPPED, order)])
    return True


def _is_known(order: Order, carrier: str, tracking_no: str, mark: str) -> bool:
    """Whether a parcel was written before; what is told of it anew is kept."""
    mine = Shipment.objects.filter(shop_id=order.shop_id, order_id=order.id)
    numbered = mine.filter(carrier=carrier, tracking_no=tracking_no) if tracking_no else mine.none()
    found = mine.filter(mark=mark).first() if mark else None
    if found is None:
        return numbered.exists()
    if tracking_no and found.tracking_no != tracking_no and not numbered.exists():
        mine.filter(id=found.id).update(carrier=carrier, tracking_no=tracking_no)
        note(order, "parcel_numbered", None, shipment_id=str(found.id), tracking_no=tracking_no)
    return True


@transaction.atomic
def do_sign_for_supplier(*, shop_id: UUID, order_id: UUID) -> Order:
    """The supplier says that everything it sent has arrived."""
    order = lock_order(shop_id, order_id)
    parcels = Shipment.objects.filter(shop_id=shop_id, order_id=order_id, signed_at__isnull=True)
    if order.state in {"partly_shipped", "shipped"} and parcels.update(signed_at=now()):
        note(order, "parcel_signed", None)
        sign_if_delivered(order)
    return order
