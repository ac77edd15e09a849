"""Reads ``terms.toml`` and ``catalogue.toml`` and files like them, strictly."""

from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings

from yellowcart.core.tomlreader import FileError, TableReader, open_toml
from yellowcart.gifts import problems
from yellowcart.gifts.terms import (
    TIERS,
    BagTerms,
    Catalogue,
    CoinTerms,
    Gift,
    GiftTerms,
    PacketTerms,
)
from yellowcart.orders.timerpacks import DatedReader
from yellowcart.orders.timers import Dated, in_force

FORMAT: Final = 1
_HOME: Final = Path(str(files("yellowcart.gifts")))
_COINS: Final = ("currency", "unit_minor", "coins_per_unit", "packs", "day_most", "least_age")
_BAG: Final = (
    "shortest_seconds",
    "longest_seconds",
    "watch_margin_seconds",
    "claim_hours",
    "most_winners",
    "allows_purchase",
    "barred_words",
)
_PACKET: Final = ("most_pieces", "most_coins", "longest_wait_seconds", "open_seconds")
D = TypeVar("D", bound=Dated)


def installed_terms() -> GiftTerms:
    """The terms this installation follows: its own file where it names one, else ours."""
    return read_terms(Path(settings.COIN_TERMS) if settings.COIN_TERMS else _HOME / "terms.toml")


def installed_catalogue() -> Catalogue:
    """The gifts that can be sent here, cheapest first."""
    own = settings.GIFT_CATALOGUE
    return read_catalogue(Path(own) if own else _HOME / "catalogue.toml")


def coin_terms(at: datetime) -> CoinTerms:
    """What coins cost at an instant; ``coins_off`` where there are none on this platform."""
    return _needed(in_force(installed_terms().coins, settings.PLATFORM, at))


def bag_terms(at: datetime) -> BagTerms:
    """What a lucky bag may be at an instant."""
    return _needed(in_force(installed_terms().bag, settings.PLATFORM, at))


def packet_terms(at: datetime) -> PacketTerms:
    """What a red packet may be at an instant."""
    return _needed(in_force(installed_terms().packet, settings.PLATFORM, at))


def _needed(found: D | None) -> D:
    if found is None:
        raise problems.coins_off()
    return found


@lru_cache
def read_terms(path: Path) -> GiftTerms:
    """A file's terms; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong."""
    reader = _Terms(open_toml(path))
    terms = reader.terms()
    if reader.problems:
        raise FileError(reader.problems)
    return terms


@lru_cache
def read_catalogue(path: Path) -> Catalogue:
    """A file's gifts; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong."""
    reader = _Gifts(open_toml(path))
    gifts = reader.gifts()
    if reader.problems:
        raise FileError(reader.problems)
    return gifts


class _Terms(DatedReader):
    """Reads a file of terms."""

    def terms(self) -> GiftTerms:
        self.begin(("coins", "bag", "packet"))
        return GiftTerms(
            coins=self.dated("coins", _COINS, self._coins, lambda one: (one.platform,)),
            bag=self.dated("bag", _BAG, self._bag, lambda one: (one.platform,)),
            packet=self.dated("packet", _PACKET, self._packet, lambda one: (one.platform,)),
        )

    def _coins(self, table: dict[str, Any], common: dict[str, Any]) -> CoinTerms:
        return CoinTerms(
            **common,
            currency=self.string(table, "currency") or "CNY",
            unit_minor=self.needed(table, "unit_minor", least=1),
            coins_per_unit=self.needed(table, "coins_per_unit", least=1),
            packs=self.rising(table, "packs", least=1),
            day_most=self.needed(table, "day_most", least=1),
            least_age=self.needed(table, "least_age", least=0, most=99),
        )

    def _bag(self, table: dict[str, Any], common: dict[str, Any]) -> BagTerms:
        return BagTerms(
            **common,
            shortest_seconds=self.needed(table, "shortest_seconds", least=1),
            longest_seconds=self.needed(table, "longest_seconds", least=1),
            watch_margin_seconds=self.needed(table, "watch_margin_seconds", least=0),
            claim_hours=self.needed(table, "claim_hours", least=1),
            most_winners=self.needed(table, "most_winners", least=1),
            allows_purchase=self.flag(table, "allows_purchase"),
            barred_words=self.selector(table, "barred_words") or frozenset(),
        )

    def _packet(self, table: dict[str, Any], common: dict[str, Any]) -> PacketTerms:
        return PacketTerms(
            **common,
            most_pieces=self.needed(table, "most_pieces", least=1),
            most_coins=self.needed(table, "most_coins", least=1),
            longest_wait_seconds=self.needed(table, "longest_wait_seconds", least=0),
            open_seconds=self.needed(table, "open_seconds", least=1),
        )


class _Gifts(TableReader):
    """Reads a catalogue of gifts."""

    def gifts(self) -> Catalogue:
        data = self.file.data
        self.unknown_keys(data, ("format", "gift"))
        if data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")
        found: dict[str, Gift] = {}
        for place, table in enumerate(data.get("gift", [])):
            with self.inside("gift", place, label=f"gift {table.get('key', place + 1)!r}"):
                gift = self._gift(table)
                if gift is not None:
                    if gift.key in found:
                        self.wrong("key", "stands here twice", "重复出现")
                    found[gift.key] = gift
        return dict(sorted(found.items(), key=lambda item: (item[1].coins, item[0])))

    def _gift(self, table: dict[str, Any]) -> Gift | None:
        self.unknown_keys(table, ("key", "name", "coins", "art", "tier"))
        key = self.slug(table, "key")
        name = self.text(table, "name")
        coins = self.whole(table, "coins", least=1)
        if coins is None and "coins" not in table:
            self.missing("coins")
        art = self.slug(table, "art")
        tier = self.choice(table, "tier", TIERS, default="small")
        if not (key and name and coins and art and tier):
            return None
        return Gift(key, name, coins, art, tier)
