"""Tells who won in a lucky bag, and what became of a prize that nobody claimed; its host, too."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from yellowcart.core.instants import in_words, parse_instant
from yellowcart.core.outbox import Event
from yellowcart.core.texts import Text
from yellowcart.gifts.models import Bag, Prize
from yellowcart.listings.models import Listing
from yellowcart.notices.models import Notice
from yellowcart.promotions.models import Coupon

_TITLES: Final = {
    "won": Text("You won: {what}", "恭喜中奖：{what}"),
    "lapsed": Text("Not claimed in time: {what}", "逾期未领取：{what}"),
    "drawn": Text("Drawn: {bag}", "已开奖：{bag}"),
    "unclaimed": Text("Not claimed by its winner: {what}", "中奖者逾期未领取：{what}"),
}
_BODIES: Final = {
    "coins": Text("{bag}. The coins are in your wallet.", "{bag}。金币已到账。"),
    "coupon": Text(
        "{bag}. The coupon is among yours; it takes effect when you buy.",
        "{bag}。优惠券已放入您的券包，下单时可用。",
    ),
    "product": Text(
        "{bag}. Say until {when} where it goes; it costs you nothing. After that it goes back to "
        "the shop.",
        "{bag}。请在 {when} 前填写收货地址，无需付款；逾期奖品将退回商家。",
    ),
    "lapsed": Text(
        "{bag}. Where it goes had to be said by {when}. Nothing was said, so it went back to the "
        "shop and can't be claimed any more.",
        "{bag}。收货地址须在 {when} 前填写，您未填写，奖品已退回商家，不能再领取。",
    ),
    "drawn": Text(
        "{won} of {winners} prizes went to {entrants} entrants; what nobody won went back to where "
        "it came from.",
        "{entrants}人参与，{winners}份奖品送出{won}份；未送出的已退回。",
    ),
    "unclaimed": Text(
        "{bag}. Its winner did not say by {when} where it goes; the piece is for sale again.",
        "{bag}。中奖者未在 {when} 前填写收货地址，该件商品已恢复库存，可继续销售。",
    ),
}


class _Told(NamedTuple):
    """One thing to tell somebody of a bag or of one of its prizes."""

    stage: str
    account_id: UUID
    bag: Bag
    prize: Prize | None
    at: datetime
    until: datetime | None = None


def on_won(events: Sequence[Event]) -> None:
    """Tell each winner what they won, and until when they must say where it goes."""
    until = {
        event.payload["prize_id"]: parse_instant(event.payload["claim_until"])
        for event in events
        if event.payload.get("claim_until")
    }
    told = [
        _Told("won", prize.account_id, bag, prize, bag.drawn_at, until.get(str(prize.id)))
        for prize, bag in _prizes(events)
        if prize.account_id is not None and bag.drawn_at is not None
    ]
    _write(told)


def on_lapsed(events: Sequence[Event]) -> None:
    """Tell the winner and the host of a prize that was not claimed in time."""
    told = []
    for prize, bag in _prizes(events):
        if prize.account_id is not None and prize.claim_until is not None:
            at = prize.claim_until
            told.append(_Told("lapsed", prize.account_id, bag, prize, at, at))
            told.append(_Told("unclaimed", bag.host_id, bag, prize, at, at))
    _write(told)


def on_drawn(events: Sequence[Event]) -> None:
    """Tell hosts how their bags went."""
    bags = Bag.objects.filter(id__in=_ids(events, "bag_id"), drawn_at__isnull=False)
    _write([_Told("drawn", bag.host_id, bag, None, bag.drawn_at or bag.closes_at) for bag in bags])


def _prizes(events: Sequence[Event]) -> list[tuple[Prize, Bag]]:
    prizes = list(Prize.objects.filter(id__in=_ids(events, "prize_id")).order_by("id"))
    bags = Bag.objects.in_bulk({prize.bag_id for prize in prizes})
    return [(prize, bags[prize.bag_id]) for prize in prizes]


def _ids(events: Iterable[Event], name: str) -> set[UUID]:
    return {UUID(event.payload[name]) for event in events}


def _write(told: Sequence[_Told]) -> None:
    if not told:
        return
    names = _names([one.bag for one in told])
    drawn = [one.bag.id for one in told if one.stage == "drawn"]
    won = _won(drawn)
    zone = ZoneInfo(settings.TIME_ZONE)
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create(
        [_notice(one, names[one.bag.id], won.get(one.bag.id, 0), zone) for one in told],
        ignore_conflicts=True,
    )


def _won(bag_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    found: dict[UUID, int] = {}
    rows = Prize.objects.filter(bag_id__in=bag_ids, account_id__isnull=False)
    for bag_id in rows.values_list("bag_id", flat=True):
        found[bag_id] = found.get(bag_id, 0) + 1
    return found


def _names(bags: Sequence[Bag]) -> dict[UUID, Text]:
    """What each bag gives, in both languages; goods and coupons are called what they are."""
    products: dict[UUID | None, str] = dict(
        Listing.objects.filter(id__in={bag.listing_id for bag in bags}).values_list(
            "id", "product__title"
        )
    )
    coupons: dict[UUID | None, str] = dict(
        Coupon.objects.filter(id__in={bag.coupon_id for bag in bags}).values_list("id", "title")
    )
    names = {}
    for bag in bags:
        if bag.prize == "coins":
            one = "1 coin" if bag.coins_each == 1 else f"{bag.coins_each} coins"
            names[bag.id] = Text(one, f"{bag.coins_each}金币")
        else:
            title = products.get(bag.listing_id) or coupons.get(bag.coupon_id) or bag.title
            names[bag.id] = Text(title, title)
    return names


def _notice(told: _Told, what: Text, won: int, zone: ZoneInfo) -> Notice:
    bag, prize = told.bag, told.prize
    title = _TITLES[told.stage]
    body = _BODIES[bag.prize if told.stage == "won" else told.stage]
    when = in_words(told.until or told.at, zone)
    facts = {"bag": bag.title, "won": won, "winners": bag.winners, "entrants": bag.entrants}
    return Notice(
        account_id=told.account_id,
        party="viewer" if told.stage in {"won", "lapsed"} else "creator",
        rule_key=f"bag:{bag.id}",
        rule_revision=prize.number if prize else 0,
        stage=told.stage,
        effective_at=told.at,
        title_en=title.en.format(what=what.en, bag=bag.title)[:200],
        title_zh=title.zh.format(what=what.zh, bag=bag.title)[:200],
        body_en=body.en.format(**facts, when=when.en),
        body_zh=body.zh.format(**facts, when=when.zh),
        hit={
            "room_id": str(bag.room_id),
            "bag_id": str(bag.id),
            **({"prize_id": str(prize.id)} if prize else {}),
        },
    )
