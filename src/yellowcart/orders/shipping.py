"""The verbs of sending: parcels with some or all pieces of an order, and what becomes of them."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as inventory
from yellowcart.orders import events, queries
from yellowcart.orders.actions import lock_order, note, take_step
from yellowcart.orders.models import Order, OrderLine, Shipment, ShipmentLine
from yellowcart.orders.queries import Seen, lines_of
from yellowcart.orders.states import Party, check_step
from yellowcart.people.models import Account

LONGEST_EXCEPTION = 200


@transaction.atomic
def do_ship(
    *,
    actor: Account,
    shop_id: UUID,
    order_id: UUID,
    carrier: str,
    tracking_no: str,
    pieces: Mapping[int, int] | None = None,
) -> Order:
    """A member of the shop hands a parcel over: its pieces leave the warehouse.

    ``pieces`` says how many of which line; without it everything that is left is in the parcel.
    With the last piece the order is shipped and the days to its receipt start. Problems:
    ``shipment_incomplete``, ``shop_forbidden``, ``order_state``, ``case_open`` while the buyer
    asks for money back, ``parcel_known``, ``parcel_pieces``.
    """
    if not carrier.strip() or not tracking_no.strip():
        raise Problem("shipment_incomplete", 422, _("Name the carrier and the tracking number."))
    seen = queries.access_order(actor, order_id, shop_id=shop_id)
    if not seen.may_ship:
        raise Problem("shop_forbidden", 403, _("Shipping is up to the members of the shop."))
    order = lock_order(shop_id, order_id)
    check_step("ship", order.state, frozenset({Party.SELLER}))
    if order.open_cases:
        raise Problem(
            "case_open", 409, _("The buyer asks for money back. Answer that before you ship.")
        )
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    parcel = parcel_of(left, pieces)
    is_last = parcel == {line_no: count for line_no, count in left.items() if count}
    take_step(order, "ship" if is_last else "ship_part", frozenset({Party.SELLER}), actor.id)
    write_parcel(order, carrier.strip()[:40], tracking_no.strip()[:60], parcel)
    inventory.do_ship_part(shop_id, order_id, parcel)
    topic = events.SHIPPED if is_last else events.PARTLY_SHIPPED
    outbox.append_all([events.step(topic, order)])
    return order


def parcel_of(left: Mapping[int, int], pieces: Mapping[int, int] | None) -> dict[int, int]:
    """The pieces that go, by line; :class:`Problem` where they can't."""
    wanted = left if pieces is None else pieces
    parcel = {line_no: count for line_no, count in wanted.items() if count}
    wrong = [line_no for line_no, count in parcel.items() if not 0 < count <= left.get(line_no, 0)]
    if wrong or not parcel:
        raise Problem(
            "parcel_pieces",
            422,
            _("Put pieces into the parcel that are still to be sent, at least one."),
            extra={
                "lines": wrong,
                "left": {str(line_no): count for line_no, count in left.items()},
            },
        )
    return parcel


def write_parcel(
    order: Order, carrier: str, tracking_no: str, parcel: Mapping[int, int], *, mark: str = ""
) -> None:
    """Write a parcel of a locked order; ``parcel_known`` where it was written before. One without
    a number needs a ``mark``."""
    shipment = Shipment(
        id=new_id(),
        shop_id=order.shop_id,
        order_id=order.id,
        carrier=carrier,
        tracking_no=tracking_no,
        mark=mark,
        shipped_at=now(),
    )
    made = Shipment.objects.bulk_create([shipment], ignore_conflicts=True)
    if not Shipment.objects.filter(id=made[0].id).exists():
        raise Problem(
            "parcel_known", 409, _("A parcel with this tracking number is on its way already.")
        )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            shop_id=order.shop_id,
            shipment_id=shipment.id,
            line_no=line_no,
            order_id=order.id,
            quantity=count,
        )
        for line_no, count in sorted(parcel.items())
    )
    for line_no, count in parcel.items():
        OrderLine.objects.filter(shop_id=order.shop_id, order_id=order.id, line_no=line_no).update(
            shipped_quantity=F("shipped_quantity") + count
        )


@transaction.atomic
def do_sign(*, actor: Account, order_id: UUID, shipment_id: UUID) -> Order:
    """The carrier delivered a parcel, says the shop or an operator. Again changes nothing.

    When every parcel of a shipped order is delivered, the order is. Problems:
    ``order_not_found``, ``parcel_not_found``, ``forbidden``, ``order_state``.
    """
    seen = queries.access_order(actor, order_id)
    order = lock_order(seen.order.shop_id, order_id)
    _check_watches(seen)
    shipment = _shipment(order, shipment_id)
    if shipment.signed_at is not None:
        return order
    if order.state not in {"partly_shipped", "shipped"}:
        check_step("sign", order.state, seen.parties)
    Shipment.objects.filter(id=shipment.id).update(signed_at=now())
    note(order, "parcel_signed", actor.id, shipment_id=str(shipment.id))
    sign_if_delivered(order, actor.id)
    return order


def sign_if_delivered(order: Order, actor_id: UUID | None = None) -> None:
    """Step a locked order whose parcels are all delivered."""
    parcels = Shipment.objects.filter(shop_id=order.shop_id, order_id=order.id)
    if order.state == "shipped" and not parcels.filter(signed_at__isnull=True).exists():
        take_step(order, "sign", frozenset({Party.PLATFORM}), actor_id)
        outbox.append_all([events.step(events.SIGNED, order)])


@transaction.atomic
def do_note_exception(*, actor: Account, order_id: UUID, shipment_id: UUID, words: str) -> Shipment:
    """Say what went wrong with a parcel, or with no words that it is well again.

    An order with such a parcel is not taken as received on the first look.
    """
    seen = queries.access_order(actor, order_id)
    order = lock_order(seen.order.shop_id, order_id)
    _check_watches(seen)
    shipment = _shipment(order, shipment_id)
    shipment.exception = words.strip()[:LONGEST_EXCEPTION]
    Shipment.objects.filter(id=shipment.id).update(exception=shipment.exception)
    note(
        order, "parcel_exception", actor.id, shipment_id=str(shipment.id), words=shipment.exception
    )
    return shipment


def _check_watches(seen: Seen) -> None:
    """Members of the shop who ship, and operators, say what carriers say."""
    if not seen.may_ship and Party.OPERATOR not in seen.parties:
        raise Problem(
            "forbidden", 403, _("What the carrier says is entered by the shop or an operator.")
        )


def _shipment(order: Order, shipment_id: UUID) -> Shipment:
    found = Shipment.objects.filter(
        id=shipment_id, shop_id=order.shop_id, order_id=order.id
    ).first()
    if found is None:
        raise Problem("parcel_not_found", 404, _("This order has no such parcel."))
    return found
