"""How a room sells: whether unpaid orders hold stock, how long, and how much one buyer may have."""

from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.live import events, problems
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart
from yellowcart.live.rules import LONGEST_HOLD_SECONDS, RESERVATIONS, SHORTEST_HOLD_SECONDS
from yellowcart.people.models import Account


@transaction.atomic
def do_set_selling(
    actor: Account,
    room_id: UUID,
    *,
    reservation: str,
    hold_seconds: int | None = None,
    purchase_limit: int | None = None,
) -> Room:
    """Choose how a room sells, before it is live or while it is; for its host.

    ``reservation`` is ``hold`` (an unpaid order sets its pieces aside) or ``first_paid`` (whoever
    pays first has them). ``hold_seconds`` is how long an order may stay unpaid, None: as long as
    the platform gives. ``purchase_limit`` is how many pieces of everything one buyer may have; it
    counts from now on. Orders keep the terms they were placed under.

    Problems: ``room_not_found``, ``not_your_room``, ``room_state``, ``selling_invalid``.
    """
    room = Room.objects.select_for_update(no_key=True).get(id=access_cart(actor, room_id).id)
    if (
        reservation not in RESERVATIONS
        or not (
            hold_seconds is None or SHORTEST_HOLD_SECONDS <= hold_seconds <= LONGEST_HOLD_SECONDS
        )
        or not (purchase_limit is None or purchase_limit >= 1)
    ):
        raise problems.selling_invalid()
    room.reservation = reservation
    room.hold_seconds = hold_seconds
    room.purchase_limit = purchase_limit
    room.save(update_fields=["reservation", "hold_seconds", "purchase_limit"])
    outbox.audit(actor.id, "room.selling", f"room:{room.id}", reservation=reservation)
    events.room_state(room)
    return room
