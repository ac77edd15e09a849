"""Permit packs: who may open the cart, as an operator or the field's history wrote it in TOML.

Reading is strict and collects every problem (see :mod:`yellowcart.core.tomlreader`). The format
is described in ``docs/permits.md``; the packs in ``packs/`` are its examples.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Final

from django.conf import settings

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import (
    FileError,
    FileProblem,
    did_you_mean,
    open_toml,
)
from yellowcart.people.packreader import PackReader, PermitPack, rule_label
from yellowcart.people.rules import PermitRule

_FOLDER: Final = Path(str(files("yellowcart.people"))) / "packs"


def platforms() -> list[str]:
    """The platforms whose packs ship, in order of name."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@lru_cache
def shipped_pack(platform: str) -> PermitPack:
    """A platform's pack; ``LookupError`` where none ships."""
    if platform not in platforms():
        hint = did_you_mean(platform, platforms())
        raise LookupError(f"no permit pack ships for {platform!r}; {hint.en}")
    return read_pack(_FOLDER / f"{platform}.toml")


def installed_rules() -> tuple[PermitRule, ...]:
    """The rules this installation follows: its own packs where it names any, else its platform's.

    Read once a process; a changed pack takes effect at the next start.
    """
    own: tuple[str, ...] = tuple(settings.PERMIT_PACKS)
    return _own_rules(own) if own else shipped_pack(settings.PLATFORM).rules


@lru_cache
def _own_rules(paths: tuple[str, ...]) -> tuple[PermitRule, ...]:
    return tuple(rule for pack in read_packs(Path(path) for path in paths) for rule in pack.rules)


def read_pack(path: Path) -> PermitPack:
    """One pack; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong in it."""
    return read_packs([path])[0]


def read_packs(paths: Iterable[Path]) -> list[PermitPack]:
    """Packs that stand together: each is sound, and no rule of one ties with one of another."""
    packs: list[PermitPack] = []
    problems: list[FileProblem] = []
    for path in paths:
        reader = PackReader(open_toml(path))
        packs.append(reader.pack())
        problems += reader.problems
    if problems:
        raise FileError(problems)
    if ties := list(_ties(packs)):
        raise FileError(ties)
    return packs


def _ties(packs: Sequence[PermitPack]) -> Iterator[FileProblem]:
    placed = [(pack.file, place, rule) for pack in packs for place, rule in enumerate(pack.rules)]
    for (_file, _place, one), (file, place, other) in combinations(placed, 2):
        if not (one.in_force and other.in_force):
            continue
        if one.specificity != other.specificity or not one.could_meet(other):
            continue
        line = open_toml(Path(file)).line_of("rule", place, "effective_from")
        message = Text(
            f"overlaps {one.key!r} revision {one.revision}, which speaks of the same people from "
            f"{iso(one.effective_from)} on; end one with effective_until, name shop_types or "
            "regions, or set in_force = false",
            f"与 {one.key!r} 第{one.revision}版（自 {iso(one.effective_from)} 起）适用于同一人群；"
            "请用 effective_until 结束其中一条，或限定 shop_types、regions，或设 in_force = false",
        )
        yield FileProblem(file, line, f"{rule_label(other.key)}, effective_from", message)
