"""Sending gifts. One short transaction each; the relay merges what rooms hear of it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.gifts import events, problems, wallets
from yellowcart.gifts.models import Combo, GiftSent
from yellowcart.gifts.packs import coin_terms, installed_catalogue
from yellowcart.gifts.rules import COMBO_LASTS, MOST_AT_ONCE
from yellowcart.gifts.topups import check_key
from yellowcart.live.models import Room
from yellowcart.live.queries import get_room
from yellowcart.people.models import Account


class Sent(NamedTuple):
    """A gift that was sent: how many the combo counts now, and the coins that are left."""

    gift: GiftSent
    combo: int
    left: int


@transaction.atomic
def do_send(
    *, actor: Account, room_id: UUID, gift: str, quantity: int, idempotency_key: str
) -> Sent:
    """Send a gift, or several of a kind, to the host of a live room.

    The same key again gives the same gift and takes nothing. Problems: ``room_not_found``,
    ``room_not_live``, ``room_practice``, ``not_to_yourself``, ``gift_unknown``,
    ``gift_quantity``, ``too_young``, ``not_enough_coins``, ``gift_day_limit``, ``key_invalid``,
    ``key_taken``, ``coins_off``.
    """
    check_key(idempotency_key)
    at = now()
    terms = coin_terms(at)
    wanted = installed_catalogue().get(gift)
    if wanted is None:
        raise problems.gift_unknown()
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise problems.quantity_invalid(MOST_AT_ONCE)
    room = access_giving(actor, room_id)
    wallets.check_age(actor, terms)
    wallet = wallets.lock(actor.id, terms.currency)
    # Asked with the wallet locked: the same key at the same moment waits above.
    known = GiftSent.objects.filter(account_id=actor.id, idempotency_key=idempotency_key).first()
    if known is not None:
        return _again(known, room_id, gift, quantity, wallet.coins)
    coins = wanted.coins * quantity
    wallets.check_day(wallet, coins, terms)
    taken = wallets.do_give(wallet, coins)
    combo = _combo(room, actor, gift, quantity, coins, at)
    sent = GiftSent.objects.create(
        id=new_id(),
        room_id=room.id,
        host_id=room.creator_id,
        account_id=actor.id,
        combo_id=combo.id,
        gift=gift,
        quantity=quantity,
        coins=coins,
        worth_minor=taken.worth_minor,
        currency=taken.currency,
        idempotency_key=idempotency_key,
        at=at,
    )
    events.sent(room.id, combo.id, quantity, coins)
    return Sent(sent, combo.count, taken.left)


def access_giving(actor: Account, room_id: UUID) -> Room:
    """The room, while somebody may give to its host there."""
    room = get_room(room_id)
    check_open(room)
    if room.creator_id == actor.id:
        raise problems.not_to_yourself()
    check_welcome(actor, room)
    return room


def check_welcome(actor: Account, room: Room) -> None:
    """Whether nobody blocked the actor in a room; ``not_welcome``."""
    if room.blocks.filter(viewer_id=actor.id).exists():
        raise problems.not_welcome()


def check_open(room: Room) -> None:
    """Whether anything is given in a room now; ``room_not_live``, ``room_practice``."""
    if room.practice:
        raise problems.room_practice()
    if room.state != "live":
        raise problems.room_not_live()


def _again(known: GiftSent, room_id: UUID, gift: str, quantity: int, left: int) -> Sent:
    if (known.room_id, known.gift, known.quantity) != (room_id, gift, quantity):
        raise problems.key_taken()
    count = Combo.objects.values_list("count", flat=True).get(id=known.combo_id)
    return Sent(known, count, left)


def _combo(room: Room, actor: Account, gift: str, quantity: int, coins: int, at: datetime) -> Combo:
    """The combo that this goes on with, or a new one; the wallet's lock keeps two apart."""
    combo = (
        Combo.objects.filter(
            room_id=room.id, account_id=actor.id, gift=gift, last_at__gt=at - COMBO_LASTS
        )
        .order_by("-last_at")
        .first()
    )
    if combo is None:
        return Combo.objects.create(
            id=new_id(),
            room_id=room.id,
            account_id=actor.id,
            name=actor.display_name[:60],
            gift=gift,
            count=quantity,
            coins=coins,
            started_at=at,
            last_at=at,
        )
    Combo.objects.filter(id=combo.id).update(
        count=F("count") + quantity, coins=F("coins") + coins, last_at=at
    )
    combo.count += quantity
    return combo
