"""Reading wallets, what rooms were given, packets and bags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum

from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.gifts import problems, rules
from yellowcart.gifts.bags import deeds_of, needs_of
from yellowcart.gifts.models import (
    Bag,
    BagEntry,
    Combo,
    GiftBatch,
    Packet,
    PacketShare,
    Prize,
    RoomTally,
    TopUp,
    Wallet,
)
from yellowcart.gifts.packs import coin_terms
from yellowcart.gifts.rules import Need
from yellowcart.live.queries import access_hosted, get_room
from yellowcart.people import queries as people
from yellowcart.people.models import Account

#: Rows of a list at most.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody has: coins, and how many they may still give today."""

    coins: int
    left_today: int


def purse(account: Account) -> Purse:
    """See :class:`Purse`; ``coins_off`` where there are no coins here."""
    terms = coin_terms(now())
    wallet = Wallet.objects.filter(account_id=account.id).first() or Wallet()
    today = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    spent = rules.spent_today(wallet.spent_day, wallet.spent_coins, today)
    return Purse(wallet.coins, max(terms.day_most - spent, 0))


def top_ups_of(account: Account) -> QuerySet[TopUp]:
    """Somebody's top-ups, latest first."""
    return TopUp.objects.filter(account_id=account.id).order_by("-asked_at", "-id")


def access_top_up(account: Account, top_up_id: UUID) -> TopUp:
    """A top-up of one's own; ``top_up_not_found``."""
    found = top_ups_of(account).filter(id=top_up_id).first()
    if found is None:
        raise problems.top_up_not_found()
    return found


class Giver(NamedTuple):
    """What one viewer gave in a room."""

    name: str
    coins: int
    gifts: int


@dataclass(frozen=True, slots=True)
class Received:
    """What a room was given: in all, by gift, and by those who gave most. ``host_minor`` is the
    host's share of what was parted, ``waiting_coins`` what is still to be parted."""

    gifts: int
    coins: int
    by_gift: dict[str, int]
    givers: list[Giver]
    host_minor: int
    parted_coins: int


def received(account: Account, room_id: UUID) -> Received:
    """What a room was given, for its host. ``room_not_found``, ``not_your_room``."""
    room = access_hosted(account, room_id)
    combos = Combo.objects.filter(room_id=room.id)
    by_gift = combos.values_list("gift").annotate(count=Sum("count")).order_by("-count")
    givers = (
        combos.values("account_id")
        .annotate(name=Max("name"), given=Sum("coins"), pieces=Sum("count"))
        .order_by("-given")[:10]
    )
    tally = RoomTally.objects.filter(room_id=room.id).first() or RoomTally()
    parted = GiftBatch.objects.filter(room_id=room.id).aggregate(
        host=Sum("host_minor"), coins=Sum("coins")
    )
    return Received(
        gifts=tally.gifts,
        coins=tally.coins,
        by_gift=dict(by_gift),
        givers=[Giver(one["name"], one["given"], one["pieces"]) for one in givers],
        host_minor=parted["host"] or 0,
        parted_coins=parted["coins"] or 0,
    )


class RoomIncome(NamedTuple):
    """What a host earned with the gifts of one room."""

    room_id: UUID
    title: str
    gifts: int
    coins: int
    worth_minor: int
    tax_minor: int
    host_minor: int
    currency: str
    last_at: datetime


def income_of(host_id: UUID) -> list[RoomIncome]:
    """What a host earned with gifts, room by room, latest first."""
    rows = (
        GiftBatch.objects.filter(host_id=host_id)
        .values("room_id", "currency")
        .annotate(
            pieces=Sum("gifts"),
            given=Sum("coins"),
            worth=Sum("worth_minor"),
            tax=Sum("tax_minor"),
            host=Sum("host_minor"),
            last=Max("at"),
        )
        .order_by("-last")[:MOST]
    )
    return [
        RoomIncome(
            row["room_id"],
            get_room(row["room_id"]).title,
            row["pieces"],
            row["given"],
            row["worth"],
            row["tax"],
            row["host"],
            row["currency"],
            row["last"],
        )
        for row in rows
    ]


def get_packet(packet_id: UUID) -> Packet:
    """A red packet; ``packet_not_found``."""
    packet = Packet.objects.filter(id=packet_id).first()
    if packet is None:
        raise problems.packet_not_found()
    return packet


class OpenPacket(NamedTuple):
    """A packet that is not over, and how many of its pieces are taken."""

    packet: Packet
    taken: int


def open_packets(room_id: UUID) -> list[OpenPacket]:
    """A room's packets that are not over, the next to open first."""
    rows = Packet.objects.filter(room_id=room_id, state="open").order_by("opens_at", "id")
    taken = dict(
        PacketShare.objects.filter(packet_id__in=rows.values("id"), claimed_by__isnull=False)
        .values_list("packet_id")
        .annotate(count=Count("number"))
    )
    return [OpenPacket(row, taken.get(row.id, 0)) for row in rows]


def luck(packet: Packet) -> list[tuple[str, int]]:
    """Who claimed how much of a packet, names masked, the most first."""
    shares = PacketShare.objects.filter(packet_id=packet.id, claimed_by__isnull=False).order_by(
        "-coins", "claimed_at"
    )[:MOST]
    names = dict(
        Account.objects.filter(id__in=[one.claimed_by for one in shares]).values_list(
            "id", "display_name"
        )
    )
    return [
        (rules.masked(names.get(one.claimed_by, "")), one.coins)
        for one in shares
        if one.claimed_by is not None
    ]


def get_bag(bag_id: UUID) -> Bag:
    """A bag; ``bag_not_found``."""
    bag = Bag.objects.filter(id=bag_id).first()
    if bag is None:
        raise problems.bag_not_found()
    return bag


def bags_of_room(room_id: UUID) -> QuerySet[Bag]:
    """A room's bags, latest first."""
    return Bag.objects.filter(room_id=room_id).order_by("-opens_at", "-id")


@dataclass(frozen=True, slots=True)
class Mine:
    """Where somebody stands with a bag: what is unmet, the seconds watched, the entry, the
    prize."""

    unmet: list[Need]
    watched_seconds: float
    entry: BagEntry | None
    prize: Prize | None


def mine(account: Account, bag: Bag) -> Mine:
    """See :class:`Mine`."""
    deeds = deeds_of(account, bag, get_room(bag.room_id))
    return Mine(
        unmet=rules.unmet(needs_of(bag), deeds),
        watched_seconds=deeds.watched_seconds,
        entry=BagEntry.objects.filter(bag_id=bag.id, account_id=account.id).first(),
        prize=Prize.objects.filter(bag_id=bag.id, account_id=account.id).first(),
    )


def prizes_of(account: Account) -> list[tuple[Prize, Bag]]:
    """What somebody won, latest first."""
    won = list(Prize.objects.filter(account_id=account.id).order_by("-id")[:MOST])
    bags = Bag.objects.in_bulk({one.bag_id for one in won})
    return [(one, bags[one.bag_id]) for one in won]


def bag_of_order(order_id: UUID) -> Bag | None:
    """The bag whose prize an order brings, if it brings one."""
    prize = Prize.objects.filter(id=order_id).values_list("bag_id", flat=True).first()
    return Bag.objects.filter(id=prize).first() if prize else None


def has_unclaimed(account: Account) -> bool:
    """Whether somebody won goods and has not said yet where they go."""
    return Prize.objects.filter(account_id=account.id, state="won", claim_until__gt=now()).exists()


def entrants(account: Account, bag_id: UUID) -> list[BagEntry]:
    """Who entered a bag, latest first, for its host and operators."""
    bag = get_bag(bag_id)
    if not people.is_operator(account):
        access_hosted(account, bag.room_id)
    return list(BagEntry.objects.filter(bag_id=bag.id).order_by("-id")[:MOST])


def winners(account: Account, bag_id: UUID) -> list[Prize]:
    """The prizes of a bag that somebody won, in the order drawn, for its host and operators."""
    bag = get_bag(bag_id)
    if not people.is_operator(account):
        access_hosted(account, bag.room_id)
    won = Prize.objects.filter(bag_id=bag.id, account_id__isnull=False)
    return list(won.order_by("number")[:MOST])


def entrant_count(bag: Bag) -> int:
    """How many entered a bag so far."""
    return bag.entrants or BagEntry.objects.filter(bag_id=bag.id).count()


def published(bag: Bag) -> dict[str, Any]:
    """A draw as anybody may read it: the seed only once it is drawn, the list once it is fixed.

    :func:`gifts.draw.faults` checks it.
    """
    is_fixed = bag.state in {"closed", "drawn"}
    names: list[dict[str, str]] = []
    if is_fixed:
        names = [
            {"pseudonym": pseudonym, "nonce": nonce}
            for pseudonym, nonce in BagEntry.objects.filter(bag_id=bag.id)
            .order_by("pseudonym")
            .values_list("pseudonym", "nonce")
        ]
    winners = []
    if bag.state == "drawn":
        winners = [
            {"pseudonym": one.pseudonym, "name": rules.masked(one.name)}
            for one in Prize.objects.filter(bag_id=bag.id, account_id__isnull=False).order_by(
                "number"
            )
        ]
    return {
        "bag_id": str(bag.id),
        "title": bag.title,
        "state": bag.state,
        "winners_wanted": bag.winners,
        "opens_at": iso(bag.opens_at),
        "closes_at": iso(bag.closes_at),
        "commit": bag.commit,
        "entrants_hash": bag.entrants_hash,
        "seed": bag.seed if bag.state == "drawn" else "",
        "entrants": names,
        "winners": winners,
    }
