"""Red packets: coins that somebody sets aside for those in a room who tap.

The shares are drawn when the packet is made, so that claiming is taking one that nobody has: rivals
skip each other's rows and never wait, and no more than the pieces or the sum can ever be claimed.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.gifts import events, funding, problems, wallets
from yellowcart.gifts.actions import check_open, check_welcome
from yellowcart.gifts.models import Packet, PacketShare
from yellowcart.gifts.packs import coin_terms, packet_terms
from yellowcart.gifts.rules import equal_shares, lucky_shares, worths
from yellowcart.gifts.terms import PacketTerms
from yellowcart.gifts.topups import check_key
from yellowcart.live.models import ChatMessage, Room
from yellowcart.live.queries import get_room
from yellowcart.people import queries as people
from yellowcart.people.models import Account

#: Packets ended in one look of the duty.
BATCH: Final = 100


@transaction.atomic
def do_give_packet(
    *,
    actor: Account,
    room_id: UUID,
    funder: str,
    coins: int,
    pieces: int,
    split: str,
    entry: str,
    idempotency_key: str,
    opens_at: datetime | None = None,
) -> Packet:
    """Put a red packet into a live room; it opens at once, or at an instant.

    The same key again gives the same packet. Problems: those of :mod:`gifts.funding`,
    ``room_not_live``, ``packet_invalid`` with ``why``, ``coins_off``, ``key_invalid``.
    """
    check_key(idempotency_key)
    at = now()
    terms, bounds = coin_terms(at), packet_terms(at)
    room = get_room(room_id)
    party = funding.access_funder(actor, room, funder)
    # One at a time for an account, so that a repeat finds the first.
    wallets.lock(actor.id, terms.currency)
    known = Packet.objects.filter(made_by=actor.id, idempotency_key=idempotency_key).first()
    if known is not None:
        if (known.room_id, known.coins, known.pieces) != (room_id, coins, pieces):
            raise problems.key_taken()
        return known
    check_open(room)
    begins = max(opens_at or at, at)
    _check(bounds, coins, pieces, split, entry, begins - at)
    packet_id = new_id()
    taken = funding.do_set_aside(actor, party, coins, terms, "packet", f"packet:{packet_id}")
    packet = Packet.objects.create(
        id=packet_id,
        room_id=room.id,
        funder=party,
        made_by=actor.id,
        made_by_name=actor.display_name[:60],
        coins=coins,
        worth_minor=taken.worth_minor,
        currency=taken.currency,
        pieces=pieces,
        split=split,
        entry=entry,
        opens_at=begins,
        expires_at=begins + timedelta(seconds=bounds.open_seconds),
        idempotency_key=idempotency_key,
        made_at=at,
    )
    _write_shares(packet)
    outbox.audit(
        actor.id, "packet.give", f"packet:{packet.id}", room=str(room.id), coins=coins, funder=party
    )
    events.packet(room.id, packet.id)
    return packet


def _check(
    bounds: PacketTerms, coins: int, pieces: int, split: str, entry: str, wait: timedelta
) -> None:
    if not 1 <= pieces <= bounds.most_pieces:
        raise problems.packet_invalid("pieces", bounds.most_pieces)
    if not pieces <= coins <= bounds.most_coins:
        raise problems.packet_invalid("coins", bounds.most_coins)
    if wait > timedelta(seconds=bounds.longest_wait_seconds):
        raise problems.packet_invalid("opens_at", bounds.longest_wait_seconds)
    if split not in {"equal", "lucky"}:
        raise problems.packet_invalid("split")
    if entry not in {"all", "followers", "commented"}:
        raise problems.packet_invalid("entry")


def _write_shares(packet: Packet) -> None:
    if packet.split == "equal":
        coins = equal_shares(packet.coins, packet.pieces)
    else:
        coins = lucky_shares(packet.coins, packet.pieces, secrets.randbelow)
    PacketShare.objects.bulk_create(
        [
            PacketShare(packet_id=packet.id, number=number, coins=each, worth_minor=worth)
            for number, (each, worth) in enumerate(
                zip(coins, worths(packet.worth_minor, coins), strict=True), start=1
            )
        ],
        batch_size=1_000,
    )


@transaction.atomic
def do_claim(*, actor: Account, packet_id: UUID) -> PacketShare:
    """Take a piece of an open packet into one's wallet; once, again gives the same piece.

    Problems: ``packet_not_found``, ``packet_not_open``, ``packet_over``, ``packet_entry``,
    ``not_to_yourself``, ``not_welcome``, ``room_not_live``, ``too_young``.
    """
    packet = Packet.objects.filter(id=packet_id).first()
    if packet is None:
        raise problems.packet_not_found()
    at = now()
    wallets.check_age(actor, coin_terms(at))
    # Locked before anything is taken, as everywhere: two taps of one account follow one another.
    wallets.lock(actor.id, packet.currency)
    mine = PacketShare.objects.filter(packet_id=packet.id, claimed_by=actor.id).first()
    if mine is not None:
        return mine
    _check_claim(actor, packet, at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE gifts_packet_share SET claimed_by = %s, claimed_at = %s"
            " WHERE packet_id = %s AND number = (SELECT number FROM gifts_packet_share"
            "  WHERE packet_id = %s AND claimed_by IS NULL ORDER BY number LIMIT 1"
            "  FOR NO KEY UPDATE SKIP LOCKED)"
            " RETURNING number",
            [actor.id, at, packet.id, packet.id],
        )
        row = cursor.fetchone()
    if row is None:
        raise problems.packet_over()
    share = PacketShare.objects.get(packet_id=packet.id, number=row[0])
    wallets.do_put(
        actor.id,
        share.coins,
        share.worth_minor,
        packet.currency,
        "packet_claimed",
        f"packet_claim:{packet.id}",
    )
    events.packet(packet.room_id, packet.id)
    return share


def _check_claim(actor: Account, packet: Packet, at: datetime) -> None:
    room = get_room(packet.room_id)
    if actor.id in {packet.made_by, room.creator_id}:
        raise problems.not_to_yourself()
    check_welcome(actor, room)
    if packet.state != "open" or at >= packet.expires_at:
        raise problems.packet_over()
    if room.state != "live":
        raise problems.room_not_live()
    if at < packet.opens_at:
        raise problems.packet_not_open()
    if not _may_enter(actor, packet, room):
        raise problems.packet_entry(packet.entry)


def _may_enter(actor: Account, packet: Packet, room: Room) -> bool:
    if packet.entry == "followers":
        return people.is_following(actor.id, room.creator_id)
    if packet.entry == "commented":
        return ChatMessage.objects.filter(
            room_id=room.id, account_id=actor.id, hidden_at__isnull=True
        ).exists()
    return True


def end_duty() -> datetime | None:
    """Give back what nobody claimed in time; when to look again."""
    for packet_id in Packet.objects.filter(state="open", expires_at__lte=now()).values_list(
        "id", flat=True
    )[:BATCH]:
        do_end(packet_id)
    return (
        Packet.objects.filter(state="open")
        .order_by("expires_at")
        .values_list("expires_at", flat=True)
        .first()
    )


@transaction.atomic
def do_end(packet_id: UUID) -> Packet:
    """End a packet whose time is over: what is left of it goes back to whoever paid for it."""
    packet = Packet.objects.select_for_update(no_key=True).get(id=packet_id)
    if packet.state != "open" or packet.expires_at > now():
        return packet
    # Nobody can claim any more; whoever still is at it is waited for here.
    left = list(
        PacketShare.objects.select_for_update(no_key=True)
        .filter(packet_id=packet.id, claimed_by__isnull=True)
        .order_by("number")
    )
    # Gone, not only read: a claim that began before this one ended finds no row to take.
    PacketShare.objects.filter(packet_id=packet.id, claimed_by__isnull=True).delete()
    packet.returned_coins = sum(one.coins for one in left)
    packet.returned_minor = sum(one.worth_minor for one in left)
    packet.state, packet.ended_at = "ended", now()
    packet.save(update_fields=["returned_coins", "returned_minor", "state", "ended_at"])
    if packet.returned_coins:
        funding.do_give_back(
            packet.made_by,
            packet.funder,
            coins=packet.returned_coins,
            worth_minor=packet.returned_minor,
            currency=packet.currency,
            kind="packet",
            reference=f"packet_back:{packet.id}",
        )
    events.packet(packet.room_id, packet.id)
    return packet
