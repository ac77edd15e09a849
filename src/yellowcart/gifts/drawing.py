"""Closing bags and drawing winners: the list is fixed and published first, the seed shown after.

Two transactions with the commit between them, so that nobody learns the seed before the list of
entrants is public.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.gifts import draw, events, prizes
from yellowcart.gifts.models import Bag, BagEntry, Prize
from yellowcart.gifts.packs import bag_terms
from yellowcart.live.queries import get_room

#: Between the publication of the list and the draw.
PAUSE: Final = timedelta(seconds=2)
#: Bags handled in one look of the duty.
BATCH: Final = 100


def draw_duty() -> datetime | None:
    """Close what is over, draw what is closed, take back what was not claimed; when to look
    again."""
    at = now()
    due = Bag.objects.filter(state="open", closes_at__lte=at).order_by("closes_at")
    for bag_id in due.values_list("id", flat=True)[:BATCH]:
        do_close(bag_id)
    closed = Bag.objects.filter(state="closed", closed_at__lte=now() - PAUSE)
    for bag_id in closed.order_by("closes_at").values_list("id", flat=True)[:BATCH]:
        do_draw(bag_id)
    prizes.lapse_due(at)
    soonest = [
        Bag.objects.filter(state="open").order_by("closes_at").values_list("closes_at", flat=True),
        Prize.objects.filter(state="won")
        .order_by("claim_until")
        .values_list("claim_until", flat=True),
    ]
    dues = [first for rows in soonest if (first := rows.first()) is not None]
    dues += [
        waiting + PAUSE
        for waiting in Bag.objects.filter(state="closed").values_list("closed_at", flat=True)[:1]
        if waiting is not None
    ]
    return min(dues, default=None)


@transaction.atomic
def do_close(bag_id: UUID) -> Bag:
    """Fix the list of entrants of a bag whose time is over, and publish its hash."""
    # Waits for whoever is entering at this moment; nobody enters after it.
    bag = Bag.objects.select_for_update().get(id=bag_id)
    if bag.state != "open" or bag.closes_at > now():
        return bag
    listed = _entrants(bag)
    bag.state, bag.closed_at = "closed", now()
    bag.entrants, bag.entrants_hash = len(listed), draw.entrants_hash(listed)
    bag.save(update_fields=["state", "closed_at", "entrants", "entrants_hash"])
    outbox.audit(None, "bag.close", f"bag:{bag.id}", entrants_hash=bag.entrants_hash)
    events.bag(bag.room_id, bag.id)
    return bag


@transaction.atomic
def do_draw(bag_id: UUID) -> Bag:
    """Draw the winners of a closed bag and show its seed; prizes nobody won go back."""
    bag = Bag.objects.select_for_update().get(id=bag_id)
    if bag.state != "closed":
        return bag
    at = now()
    entries = {one.pseudonym: one for one in BagEntry.objects.filter(bag_id=bag.id)}
    drawn = draw.draw(bag.seed, bag.entrants_hash, entries, bag.winners)
    slots = list(Prize.objects.filter(bag_id=bag.id).order_by("number"))
    claim_until = at + timedelta(hours=bag_terms(at).claim_hours)
    for slot, pseudonym in zip(slots, drawn, strict=False):
        entry = entries[pseudonym]
        slot.account_id, slot.name, slot.pseudonym = entry.account_id, entry.name, pseudonym
        slot.state, slot.claim_until = "won", claim_until
        slot.save()
    bag.state, bag.drawn_at = "drawn", at
    bag.save(update_fields=["state", "drawn_at"])
    prizes.do_hand_out(get_room(bag.room_id), bag, slots[: len(drawn)], slots[len(drawn) :])
    outbox.audit(None, "bag.draw", f"bag:{bag.id}", winners=drawn)
    events.bag(bag.room_id, bag.id)
    events.drawn(bag)
    for slot in slots[: len(drawn)]:
        events.won(bag, slot)
    return bag


def _entrants(bag: Bag) -> list[draw.Entrant]:
    return [
        draw.Entrant(*row)
        for row in BagEntry.objects.filter(bag_id=bag.id).values_list("pseudonym", "nonce")
    ]
