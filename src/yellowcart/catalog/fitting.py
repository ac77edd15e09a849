"""What a supplier's words for categories and options are called in a shop. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

#: Two words at least so alike are suggested for each other.
LIKENESS: Final = 0.6
#: Words of the field that mean the same, each line one thing.
_ALIKE: Final = (
    ("colour", "color", "颜色", "颜色分类"),
    ("size", "尺码", "尺寸", "码数"),
    ("material", "材质", "面料"),
    ("style", "款式", "风格"),
    ("flavour", "flavor", "taste", "口味"),
    ("weight", "重量", "净含量"),
    ("capacity", "volume", "容量"),
    ("model", "型号"),
    ("pack", "package", "quantity", "套餐", "规格", "数量"),
    ("clothing", "apparel", "clothes", "服饰", "服装", "女装", "男装"),
    ("food", "grocery", "食品", "零食"),
    ("tea", "茶", "茶叶"),
    ("beauty", "cosmetics", "makeup", "美妆", "护肤"),
    ("home", "household", "家居", "日用"),
    ("shoes", "footwear", "鞋", "鞋靴"),
    ("digital", "electronics", "数码", "家电"),
    ("toys", "玩具"),
    ("sports", "outdoor", "运动", "户外"),
)
_MEANING: Final = {word: line[0] for line in _ALIKE for word in line}


@dataclass(frozen=True, slots=True)
class Renames:
    """The shop's words for the supplier's; what is not named stays as it is."""

    categories: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def category(self, theirs: str) -> str:
        """A category in the shop's words."""
        return self.categories.get(theirs, theirs)

    def option_names(self, theirs: Sequence[str]) -> list[str]:
        """Option names in the shop's words; two that would become one stay apart."""
        ours = [self.options.get(one, one) for one in theirs]
        return ours if len(set(ours)) == len(ours) else list(theirs)

    def kept(self) -> dict[str, dict[str, str]]:
        """As JSON."""
        return {"categories": dict(self.categories), "options": dict(self.options)}

    @classmethod
    def of(cls, kept: Mapping[str, Mapping[str, str]]) -> "Renames":
        """From JSON."""
        return cls(kept.get("categories", {}), kept.get("options", {}))


def suggest(theirs: str, known: Iterable[str]) -> str:
    """Which of the known words is most likely meant; empty where none is near.

    Of a path such as ``Food > Tea`` the last part counts most.
    """
    best, likeness = "", LIKENESS
    for one in known:
        alike = 1.0 if one == theirs else _likeness(theirs, one)
        if alike > likeness or (alike == likeness and not best):
            best, likeness = one, alike
    return best


def _likeness(one: str, other: str) -> float:
    mine, theirs = _parts(one), _parts(other)
    if not mine or not theirs:
        return 0.0
    last = SequenceMatcher(None, mine[-1], theirs[-1]).ratio()
    shared = len(set(mine) & set(theirs)) / max(len(set(mine)), len(set(theirs)))
    return max(last, 0.7 * last + 0.3 * shared) if last >= LIKENESS else 0.0


def _parts(path: str) -> list[str]:
    parts = [part.strip().casefold() for part in re.split(r"[>/›|]", path) if part.strip()]
    return [_MEANING.get(part, part) for part in parts]
