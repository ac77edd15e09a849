"""Reads ``fees.toml`` and files like it, strictly."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import (
    GRADES,
    FileError,
    TableReader,
    open_toml,
)
from yellowcart.ledger.fees import Base, FeeRule, Occasion

FORMAT: Final = 1
_SHIPPED: Final = Path(str(files("yellowcart.ledger"))) / "fees.toml"
_KEYS: Final = (
    "key",
    "platform",
    "occasion",
    "sources",
    "integrations",
    "promoted",
    "base",
    "rate_bps",
    "cap_bps",
    "cap_per_sku",
    "currency",
    "effective_from",
    "effective_until",
    "summary",
    "grade",
    "evidence",
)


@lru_cache
def shipped_fees() -> tuple[FeeRule, ...]:
    """The fees the field is known to take."""
    return read_fees(_SHIPPED)


def read_fees(path: Path) -> tuple[FeeRule, ...]:
    """A file's fees; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong in it."""
    reader = _Reader(open_toml(path))
    rules = tuple(reader.fees())
    reader.check_ties(rules)
    if reader.problems:
        raise FileError(reader.problems)
    return rules


class _Reader(TableReader):
    """Reads a file of fees."""

    def fees(self) -> Iterator[FeeRule]:
        data = self.file.data
        self.unknown_keys(data, ("format", "zone", "fee"))
        if data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")
        tables = data.get("fee")
        if not isinstance(tables, list) or not tables:
            self.wrong("fee", "a file has at least one [[fee]]", "文件至少要有一条 [[fee]]")
            return
        for place, table in enumerate(tables):
            key = str(table.get("key", f"#{place + 1}"))
            with self.inside("fee", place, label=f"fee {key!r}"):
                yield self.fee(table)

    def fee(self, table: dict[str, Any]) -> FeeRule:
        """One fee; where something is wrong, a placeholder beside the noted problem."""
        self.unknown_keys(table, _KEYS)
        begins, ends = self.interval(table)
        if "rate_bps" not in table:
            self.missing("rate_bps")
        occasion = self.choice(table, "occasion", [each.value for each in Occasion])
        base = self.choice(table, "base", [each.value for each in Base])
        return FeeRule(
            key=self.slug(table, "key") or "",
            platform=self.slug(table, "platform") or "",
            occasion=Occasion(occasion or "sale"),
            base=Base(base or "amount"),
            rate_bps=self.whole(table, "rate_bps", least=0, most=10_000) or 0,
            cap_bps=self.whole(table, "cap_bps", least=0, most=10_000),
            cap_per_sku=self.whole(table, "cap_per_sku", least=0),
            currency=self.string(table, "currency") or "CNY",
            sources=self.selector(table, "sources"),
            integrations=self.selector(table, "integrations"),
            promoted=self.flag(table, "promoted") if "promoted" in table else None,
            effective_from=begins,
            effective_until=ends,
            summary=self.text(table, "summary") or Text("", ""),
            grade=self.choice(table, "grade", GRADES) if "grade" in table else None,
            evidence=self.string(table, "evidence"),
        )

    def check_ties(self, rules: Sequence[FeeRule]) -> None:
        """Note every two fees of which neither is the more specific."""
        for (_place, one), (place, other) in combinations(enumerate(rules), 2):
            if one.specificity == other.specificity and one.could_meet(other):
                with self.inside("fee", place, label=f"fee {other.key!r}"):
                    self.wrong(
                        "effective_from",
                        f"overlaps {one.key!r}, which speaks of the same sales; end one with "
                        "effective_until, or name sources, integrations or promoted",
                        f"与 {one.key!r} 适用于同样的成交；请用 effective_until 结束其中一条，"
                        "或限定 sources、integrations、promoted",
                    )
