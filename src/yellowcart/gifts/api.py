"""Coins, gifts, red packets and lucky bags over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router, Status

from yellowcart.core.clock import now
from yellowcart.core.money import display_minor
from yellowcart.gifts import actions, bags, packets, prizes, queries, topups
from yellowcart.gifts.models import Bag, BagEntry, Packet, Prize, TopUp
from yellowcart.gifts.packs import coin_terms, installed_catalogue
from yellowcart.gifts.schemas import (
    AddressIn,
    BagIn,
    BagOut,
    BeatOut,
    BegunOut,
    CatalogueOut,
    ClaimOut,
    DrawOut,
    EntrantOut,
    EntryIn,
    EntryOut,
    IncomeOut,
    LuckOut,
    MineOut,
    PacketIn,
    PacketOut,
    PrizeOut,
    ReceivedOut,
    SendIn,
    SentOut,
    TopUpIn,
    TopUpOut,
    WalletOut,
)
from yellowcart.gifts.values import NewBag
from yellowcart.listings.schemas import check_zones
from yellowcart.people.access import access_creator, access_person

router = Router()


@router.get("/catalogue", response=CatalogueOut, auth=None, summary="Gifts and the price of coins")
def catalogue(request: HttpRequest) -> dict[str, Any]:
    """The gifts that can be sent here, cheapest first, and what coins cost."""
    del request
    language = get_language() or "en"
    terms = coin_terms(now())
    return {
        "gifts": [
            {
                "key": one.key,
                "name": one.name.in_language(language),
                "coins": one.coins,
                "art": one.art,
                "tier": one.tier,
            }
            for one in installed_catalogue().values()
        ],
        "packs": [
            {
                "coins": coins,
                "price": terms.price_minor(coins),
                "price_display": display_minor(terms.price_minor(coins), terms.currency, language),
            }
            for coins in terms.packs
        ],
        "currency": terms.currency,
        "most_coins": topups.MOST_COINS,
        "day_most": terms.day_most,
        "least_age": terms.least_age,
        "terms": terms.summary.in_language(language),
    }


@router.get("/wallet", response=WalletOut, by_alias=False, summary="One's coins")
def wallet(request: HttpRequest) -> dict[str, Any]:
    """Coins, what may still be given today, and the latest top-ups."""
    account = access_person(request.user)
    purse = queries.purse(account)
    return {
        "coins": purse.coins,
        "left_today": purse.left_today,
        "top_ups": list(queries.top_ups_of(account)[:20]),
    }


@router.post("/top-ups", response={201: BegunOut}, summary="Begin to buy coins")
def start_top_up(request: HttpRequest, body: TopUpIn) -> Status[dict[str, Any]]:
    """The coins are there once the payment is; the same key again is the same top-up."""
    top_up, payment, pay_url = topups.do_start(
        actor=access_person(request.user),
        coins=body.coins,
        idempotency_key=body.idempotency_key,
        provider=body.provider,
        return_url=request.build_absolute_uri(body.return_url) if body.return_url else "",
    )
    begun = {
        "top_up_id": top_up.id,
        "payment_id": payment.id,
        "state": payment.state,
        "amount": top_up.amount_minor,
        "currency": top_up.currency,
        "pay_url": request.build_absolute_uri(pay_url),
        "code": payment.code,
    }
    return Status(201, begun)


@router.get(
    "/top-ups/{uuid:top_up_id}", response=TopUpOut, by_alias=False, summary="One of one's top-ups"
)
def one_top_up(request: HttpRequest, top_up_id: UUID) -> TopUp:
    """Whether it is paid."""
    return queries.access_top_up(access_person(request.user), top_up_id)


@router.post(
    "/top-ups/{uuid:top_up_id}/refund",
    response=TopUpOut,
    by_alias=False,
    summary="Give unused coins back",
)
def refund_top_up(request: HttpRequest, top_up_id: UUID) -> TopUp:
    """While no coin left the wallet since; the money goes back the way it came."""
    return topups.do_refund(actor=access_person(request.user), top_up_id=top_up_id)


@router.post("/rooms/{uuid:room_id}/gifts", response={201: SentOut}, summary="Send a gift")
def send(request: HttpRequest, room_id: UUID, body: SendIn) -> Status[dict[str, Any]]:
    """To the host of a live room; the same key again takes nothing."""
    sent = actions.do_send(
        actor=access_person(request.user),
        room_id=room_id,
        gift=body.gift,
        quantity=body.quantity,
        idempotency_key=body.idempotency_key,
    )
    answer = {
        "gift_id": sent.gift.id,
        "combo_id": sent.gift.combo_id,
        "combo": sent.combo,
        "coins": sent.gift.coins,
        "left": sent.left,
    }
    return Status(201, answer)


@router.get(
    "/rooms/{uuid:room_id}/received",
    response=ReceivedOut,
    by_alias=False,
    summary="What a room was given",
)
def received(request: HttpRequest, room_id: UUID) -> queries.Received:
    """For its host."""
    return queries.received(access_person(request.user), room_id)


@router.get(
    "/income", response=list[IncomeOut], by_alias=False, summary="What one earned with gifts"
)
def income(request: HttpRequest) -> list[queries.RoomIncome]:
    """Room by room, latest first, for a creator."""
    return queries.income_of(access_creator(request.user).id)


@router.post(
    "/rooms/{uuid:room_id}/packets",
    response={201: PacketOut},
    by_alias=False,
    summary="Give a red packet",
)
def give_packet(request: HttpRequest, room_id: UUID, body: PacketIn) -> Status[Packet]:
    """By the room's host, a shop that sells there, or an operator for the platform."""
    check_zones(body.opens_at)
    packet = packets.do_give_packet(
        actor=access_person(request.user), room_id=room_id, **body.dict()
    )
    return Status(201, packet)


@router.post(
    "/packets/{uuid:packet_id}/claim", response=ClaimOut, summary="Take a piece of a red packet"
)
def claim_packet(request: HttpRequest, packet_id: UUID) -> dict[str, int]:
    """Once; again gives the same piece."""
    account = access_person(request.user)
    share = packets.do_claim(actor=account, packet_id=packet_id)
    return {"coins": share.coins, "wallet": queries.purse(account).coins}


@router.get(
    "/packets/{uuid:packet_id}/luck",
    response=list[LuckOut],
    summary="Who took how much of a red packet",
)
def luck(request: HttpRequest, packet_id: UUID) -> list[dict[str, Any]]:
    """The most first, at most 200; names are masked."""
    access_person(request.user)
    found = queries.luck(queries.get_packet(packet_id))
    return [{"name": name, "coins": coins} for name, coins in found]


@router.post(
    "/rooms/{uuid:room_id}/bags",
    response={201: BagOut},
    by_alias=False,
    summary="Open a lucky bag",
)
def open_bag(request: HttpRequest, room_id: UUID, body: BagIn) -> Status[Bag]:
    """By the room's host; one at a time. The answer has what the draw is bound to."""
    values = body.dict()
    key = values.pop("idempotency_key")
    bag = bags.do_open_bag(
        actor=access_person(request.user),
        room_id=room_id,
        wanted=NewBag(**values),
        idempotency_key=key,
    )
    return Status(201, bag)


@router.post(
    "/bags/{uuid:bag_id}/entry", response=EntryOut, by_alias=False, summary="Enter a lucky bag"
)
def enter(request: HttpRequest, bag_id: UUID, body: EntryIn) -> BagEntry:
    """Once its conditions are met; again gives the same entry."""
    return bags.do_enter(actor=access_person(request.user), bag_id=bag_id, nonce=body.nonce)


@router.post("/bags/{uuid:bag_id}/beat", response=BeatOut, summary="Say that one still watches")
def beat(request: HttpRequest, bag_id: UUID) -> dict[str, int]:
    """Every half minute, for bags that ask for a time of watching."""
    seconds = bags.do_beat(actor=access_person(request.user), bag_id=bag_id)
    return {"watched_seconds": int(seconds)}


@router.get(
    "/bags/{uuid:bag_id}/mine",
    response=MineOut,
    by_alias=False,
    summary="Where one stands with a lucky bag",
)
def mine(request: HttpRequest, bag_id: UUID) -> dict[str, Any]:
    """What is still unmet, the entry, and the prize where one won."""
    account = access_person(request.user)
    bag = queries.get_bag(bag_id)
    found = queries.mine(account, bag)
    return {
        "unmet": found.unmet,
        "watched_seconds": int(found.watched_seconds),
        "watch_seconds": bag.must_watch_seconds,
        "entry": found.entry,
        "prize": _prize(found.prize, bag) if found.prize else None,
    }


@router.get(
    "/bags/{uuid:bag_id}/draw", response=DrawOut, auth=None, summary="A draw, to be checked"
)
def published(request: HttpRequest, bag_id: UUID) -> dict[str, Any]:
    """Commit, list and seed, as far as they are public yet; anybody may check them."""
    del request
    return queries.published(queries.get_bag(bag_id))


@router.get(
    "/bags/{uuid:bag_id}/entrants",
    response=list[EntrantOut],
    by_alias=False,
    summary="Who entered a lucky bag",
)
def entrants(request: HttpRequest, bag_id: UUID) -> list[BagEntry]:
    """For its host and for operators; the latest 200."""
    return queries.entrants(access_person(request.user), bag_id)


@router.get("/prizes", response=list[PrizeOut], summary="What one won")
def won(request: HttpRequest) -> list[dict[str, Any]]:
    """Latest first."""
    return [_prize(*pair) for pair in queries.prizes_of(access_person(request.user))]


@router.post("/prizes/{uuid:prize_id}/claim", response=PrizeOut, summary="Have a prize sent")
def claim_prize(request: HttpRequest, prize_id: UUID, body: AddressIn) -> dict[str, Any]:
    """The winner says where goods go, in time; the order that brings them costs nothing."""
    account = access_person(request.user)
    prize = prizes.do_claim_prize(actor=account, prize_id=prize_id, ship_to=body.dict())
    return _prize(prize, queries.get_bag(prize.bag_id))


def _prize(prize: Prize, bag: Bag) -> dict[str, Any]:
    is_sent = bag.prize == "product" and prize.state == "given"
    return {
        "prize_id": prize.id,
        "bag_id": bag.id,
        "room_id": bag.room_id,
        "title": bag.title,
        "prize": bag.prize,
        "state": prize.state,
        "coins": bag.coins_each,
        "claim_until": prize.claim_until,
        "order_id": prize.id if is_sent else None,
    }
