"""What gifts say over HTTP."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema


class GiftOut(Schema):
    """A gift that can be sent, in coins; ``art`` names its drawing."""

    key: str
    name: str
    coins: int
    art: str
    tier: str


class PackOut(Schema):
    """Coins to be bought at once, and what they cost in minor units."""

    coins: int
    price: int
    price_display: str


class CatalogueOut(Schema):
    """The gifts, and what coins cost."""

    gifts: list[GiftOut]
    packs: list[PackOut]
    currency: str
    most_coins: int
    day_most: int
    least_age: int
    terms: str


class TopUpIn(Schema):
    """Coins to buy. ``provider`` is a way to pay, the first that is on where it is empty."""

    coins: int
    idempotency_key: str
    provider: str = ""
    return_url: str = ""


class TopUpOut(Schema):
    """A top-up: ``asked``, ``paid`` or ``refunded``; ``amount`` in minor units."""

    top_up_id: UUID = Field(alias="id")
    coins: int
    amount: int = Field(alias="amount_minor")
    currency: str
    state: str
    asked_at: datetime
    paid_at: datetime | None


class BegunOut(Schema):
    """A top-up that was begun; the buyer is sent to ``pay_url``."""

    top_up_id: UUID
    payment_id: UUID
    state: str
    amount: int
    currency: str
    pay_url: str
    code: str


class WalletOut(Schema):
    """One's coins, how many may still be given today, and the latest top-ups."""

    coins: int
    left_today: int
    top_ups: list[TopUpOut]


class SendIn(Schema):
    """A gift to send."""

    gift: str
    quantity: int = 1
    idempotency_key: str


class SentOut(Schema):
    """A gift that was sent; ``combo`` is how many of it in a row, ``left`` the coins left."""

    gift_id: UUID
    combo_id: UUID
    combo: int
    coins: int
    left: int


class GiverOut(Schema):
    """What one viewer gave."""

    name: str
    coins: int
    gifts: int


class ReceivedOut(Schema):
    """What a room was given; ``host`` is the host's share of the ``parted_coins``, in minor
    units."""

    gifts: int
    coins: int
    by_gift: dict[str, int]
    givers: list[GiverOut]
    host: int = Field(alias="host_minor")
    parted_coins: int


class IncomeOut(Schema):
    """What a host earned with the gifts of one room, in minor units."""

    room_id: UUID
    title: str
    gifts: int
    coins: int
    worth: int = Field(alias="worth_minor")
    tax: int = Field(alias="tax_minor")
    host: int = Field(alias="host_minor")
    currency: str
    last_at: datetime


class PacketIn(Schema):
    """A red packet to give: ``coins`` in ``pieces``. ``funder`` is ``wallet``, ``creator``,
    ``shop:<id>`` or ``platform``; it opens at once, or at ``opens_at``."""

    coins: int
    pieces: int
    split: Literal["equal", "lucky"] = "lucky"
    entry: Literal["all", "followers", "commented"] = "all"
    funder: str = "wallet"
    opens_at: datetime | None = None
    idempotency_key: str


class PacketOut(Schema):
    """A red packet; ``bearer`` (``merchant``, ``platform``, ``creator``) is who pays for it."""

    packet_id: UUID = Field(alias="id")
    coins: int
    pieces: int
    split: str
    entry: str
    opens_at: datetime
    expires_at: datetime
    state: str
    bearer: str


class ClaimOut(Schema):
    """A piece of a red packet, and the coins one has now."""

    coins: int
    wallet: int


class LuckOut(Schema):
    """Who claimed how much; names are masked."""

    name: str
    coins: int


class BagIn(Schema):
    """A lucky bag to open for ``seconds``. See ``docs/gifts.md`` for prizes and conditions."""

    title: str
    prize: Literal["coins", "coupon", "product"]
    winners: int
    seconds: int
    coins_each: int = 0
    funder: str = "wallet"
    coupon_id: UUID | None = None
    listing_id: UUID | None = None
    sku_id: UUID | None = None
    must_follow: bool = False
    must_say: str = ""
    must_watch_seconds: int = 0
    must_buy: bool = False
    idempotency_key: str


class BagOut(Schema):
    """A lucky bag; the seed of its draw is not in it. ``bearer`` (``merchant``, ``platform``,
    ``creator``) is who pays for its prizes."""

    bag_id: UUID = Field(alias="id")
    title: str
    prize: str
    winners: int
    opens_at: datetime
    closes_at: datetime
    state: str
    commit: str
    bearer: str


class EntryIn(Schema):
    """A number of one's own in hexadecimal, mixed into the draw; made here where it is empty."""

    nonce: str = ""


class EntryOut(Schema):
    """An entry: keep both, they must stand in the published list."""

    pseudonym: str
    nonce: str
    at: datetime


class PrizeOut(Schema):
    """A prize: ``won`` (say where it goes before ``claim_until``), ``given`` or ``lapsed``."""

    prize_id: UUID
    bag_id: UUID
    room_id: UUID
    title: str
    prize: str
    state: str
    coins: int
    claim_until: datetime | None
    order_id: UUID | None


class MineOut(Schema):
    """Where one stands with a bag."""

    unmet: list[str]
    watched_seconds: int
    watch_seconds: int
    entry: EntryOut | None
    prize: PrizeOut | None


class BeatOut(Schema):
    """The seconds one has watched since the bag opened."""

    watched_seconds: int


class EntrantOut(Schema):
    """Somebody who entered."""

    name: str
    pseudonym: str
    at: datetime


class PairOut(Schema):
    """An entrant of the list that is hashed."""

    pseudonym: str
    nonce: str


class WinnerOut(Schema):
    """A winner, the name masked."""

    pseudonym: str
    name: str


class DrawOut(Schema):
    """A draw as anybody may check it; see ``docs/gifts.md`` for how."""

    bag_id: str
    title: str
    state: str
    winners_wanted: int
    opens_at: str
    closes_at: str
    commit: str
    entrants_hash: str
    seed: str
    entrants: list[PairOut]
    winners: list[WinnerOut]


class AddressIn(Schema):
    """Where the parcel goes."""

    name: str = ""
    phone: str = ""
    region: str = ""
    address: str = ""
