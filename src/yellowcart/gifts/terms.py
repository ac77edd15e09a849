"""What coins cost, how many may be given a day, and which gifts there are: dated figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from yellowcart.core.texts import Text
from yellowcart.orders.timers import Dated

TIERS = ("small", "medium", "large")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinTerms(Dated):
    """What coins cost and who may use them.

    ``coins_per_unit`` coins cost one whole unit of the currency (¥1 = 10 coins) of
    ``unit_minor`` minor units. ``packs`` are the amounts of coins to be bought at once. Whoever is
    younger than ``least_age`` (where the age is known) buys and gives none. ``day_most`` is what
    one account gives a day.
    """

    currency: str
    unit_minor: int
    coins_per_unit: int
    packs: tuple[int, ...]
    day_most: int
    least_age: int

    def price_minor(self, coins: int) -> int:
        """What so many coins cost; rounded up to the minor unit."""
        return -(-coins * self.unit_minor // self.coins_per_unit)

    def coins_for(self, minor: int) -> int:
        """The coins an amount pays for; rounded down."""
        return minor * self.coins_per_unit // self.unit_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class BagTerms(Dated):
    """What a lucky bag may ask and how long it lasts, in seconds."""

    shortest_seconds: int
    longest_seconds: int
    watch_margin_seconds: int
    claim_hours: int
    most_winners: int
    allows_purchase: bool
    barred_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketTerms(Dated):
    """Bounds of a red packet: pieces, coins, and the seconds it can be claimed."""

    most_pieces: int
    most_coins: int
    longest_wait_seconds: int
    open_seconds: int


@dataclass(frozen=True, slots=True)
class GiftTerms:
    """Everything one file of terms says."""

    coins: tuple[CoinTerms, ...] = ()
    bag: tuple[BagTerms, ...] = ()
    packet: tuple[PacketTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift that can be sent; ``art`` names its drawing, ``tier`` how loudly it is shown."""

    key: str
    name: Text
    coins: int
    art: str
    tier: str


Catalogue = Mapping[str, Gift]
