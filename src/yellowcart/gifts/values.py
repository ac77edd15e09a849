"""What a host says of a bag before there is one."""

from uuid import UUID

from msgspec import Struct

from yellowcart.gifts import funding


class NewBag(Struct, frozen=True, kw_only=True):
    """A bag that a host wants to open; see :class:`gifts.models.Bag`."""

    title: str
    prize: str
    winners: int
    seconds: int
    coins_each: int = 0
    funder: str = funding.WALLET
    coupon_id: UUID | None = None
    listing_id: UUID | None = None
    sku_id: UUID | None = None
    must_follow: bool = False
    must_say: str = ""
    must_watch_seconds: int = 0
    must_buy: bool = False
