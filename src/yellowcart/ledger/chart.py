"""The chart of accounts: reads ``accounts.toml`` and files like it, strictly.

A party's name is its prefix, and a colon and an id where there are several:
``platform``, ``shop:<id>``, ``creator:<id>``, ``provider:alipay``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import FileError, TableReader, open_toml
from yellowcart.ledger.rules import Kind

FORMAT: Final = 1
_SHIPPED: Final = Path(str(files("yellowcart.ledger"))) / "accounts.toml"
_SIDES: Final = ("debit", "credit")


@dataclass(frozen=True, slots=True)
class KindInfo:
    """What an account of a kind is called, and the side on which it normally stands."""

    kind: Kind
    is_debit: bool
    name: Text


@dataclass(frozen=True, slots=True)
class PartyInfo:
    """The accounts parties with a prefix have; ``guarded`` are those that can run out."""

    prefix: str
    kinds: frozenset[Kind]
    guarded: frozenset[Kind]
    name: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """Every kind and every party of an installation."""

    kinds: Mapping[Kind, KindInfo]
    parties: Mapping[str, PartyInfo]

    def party(self, party: str) -> PartyInfo | None:
        """What the chart says of a party's prefix; None where it says nothing."""
        return self.parties.get(party.partition(":")[0])

    def is_guarded(self, party: str, kind: Kind) -> bool:
        """Whether this account may never fall below zero."""
        info = self.party(party)
        return info is not None and kind in info.guarded

    def knows(self, party: str, kind: str) -> bool:
        """Whether a party may have an account of this kind."""
        info = self.party(party)
        return info is not None and kind in info.kinds

    def shown(self, kind: Kind, amount_minor: int) -> int:
        """An amount as its owner reads it: positive on the side where it normally stands."""
        return amount_minor if self.kinds[kind].is_debit else -amount_minor


@lru_cache
def chart() -> Chart:
    """The chart this installation is run by."""
    return read_chart(_SHIPPED)


def read_chart(path: Path) -> Chart:
    """A file's chart; :class:`~yellowcart.core.tomlreader.FileError` with all that is wrong."""
    reader = _Reader(open_toml(path))
    found = reader.chart()
    if reader.problems:
        raise FileError(reader.problems)
    return found


class _Reader(TableReader):
    """Reads a chart of accounts."""

    def chart(self) -> Chart:
        data = self.file.data
        self.unknown_keys(data, ("format", "kind", "party"))
        if data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")
        kinds: dict[Kind, KindInfo] = {}
        for place, table in enumerate(data.get("kind", [])):
            with self.inside("kind", place, label=f"kind {table.get('key', place + 1)!r}"):
                info = self._kind(table)
                if info is not None:
                    kinds[info.kind] = info
        for missing in [kind for kind in Kind if kind not in kinds]:
            self.wrong("kind", f"[[kind]] {missing} is missing", f"缺少 [[kind]] {missing}")
        parties: dict[str, PartyInfo] = {}
        for place, table in enumerate(data.get("party", [])):
            with self.inside("party", place, label=f"party {table.get('prefix', place + 1)!r}"):
                party = self._party(table)
                if party.prefix in parties:
                    self.wrong("prefix", "stands here twice", "重复出现")
                parties[party.prefix] = party
        return Chart(kinds, parties)

    def _kind(self, table: dict[str, Any]) -> KindInfo | None:
        self.unknown_keys(table, ("key", "normal", "name"))
        key = self.choice(table, "key", [each.value for each in Kind])
        side = self.choice(table, "normal", _SIDES)
        name = self.text(table, "name") or Text("", "")
        return KindInfo(Kind(key), side == "debit", name) if key else None

    def _party(self, table: dict[str, Any]) -> PartyInfo:
        self.unknown_keys(table, ("prefix", "kinds", "never_below_zero", "name"))
        kinds = self.selector(table, "kinds", [each.value for each in Kind]) or frozenset()
        guarded = (
            self.selector(table, "never_below_zero", [each.value for each in Kind]) or frozenset()
        )
        if not guarded <= kinds:
            self.wrong(
                "never_below_zero",
                "names a kind that is not among this party's kinds",
                "包含该参与方没有的账户类型",
            )
        return PartyInfo(
            prefix=self.slug(table, "prefix") or "",
            kinds=frozenset(Kind(kind) for kind in kinds if kind in list(Kind)),
            guarded=frozenset(Kind(kind) for kind in guarded if kind in list(Kind)),
            name=self.text(table, "name") or Text("", ""),
        )
