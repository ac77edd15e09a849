"""Reads ``terms.toml`` and files like it, strictly."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yellowcart.core.tomlreader import FileError, open_toml
from yellowcart.orders.timerpacks import DatedReader
from yellowcart.settlement.rules import Role
from yellowcart.settlement.terms import (
    Basis,
    Cycle,
    DepositTerms,
    FeeReturn,
    SourceFee,
    TaxTerms,
    Terms,
    TipTerms,
    WithdrawalTerms,
)

_SHIPPED: Final = Path(str(files("yellowcart.settlement"))) / "terms.toml"
_KINDS: Final = ("cycle", "withdrawal", "deposit", "tips", "source_fee", "fee_return", "tax")
_WITHDRAWAL: Final = (
    "currency",
    "least_minor",
    "most_minor",
    "day_most_minor",
    "day_count",
    "cutoff_hour",
)


def installed_terms() -> Terms:
    """The terms this installation follows: its own file where it names one, else ours.

    Read once a process; a changed file takes effect at the next start.
    """
    return read_terms(Path(settings.SETTLEMENT_TERMS) if settings.SETTLEMENT_TERMS else _SHIPPED)


@lru_cache
def read_terms(path: Path) -> Terms:
    """A file's terms; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong."""
    reader = _Reader(open_toml(path))
    terms = reader.terms()
    if reader.problems:
        raise FileError(reader.problems)
    return terms


class _Reader(DatedReader):
    """Reads a file of terms."""

    def terms(self) -> Terms:
        self.begin(_KINDS)
        return Terms(
            cycle=self.dated(
                "cycle",
                ("basis", "days", "dispute_days", "paydays", "roles", "sources"),
                self._cycle,
                lambda one: (one.platform, one.basis, one.roles, one.sources),
            ),
            withdrawal=self.dated(
                "withdrawal",
                _WITHDRAWAL,
                self._withdrawal,
                lambda one: (one.platform, one.currency),
            ),
            deposit=self.dated(
                "deposit",
                (
                    "role",
                    "currency",
                    "required_minor",
                    "steps",
                    "shop_types",
                    "blocks_settlement",
                ),
                self._deposit,
                lambda one: (one.platform, one.role, one.currency, one.shop_types),
            ),
            tips=self.dated("tips", ("tax_bps", "host_bps"), self._tips),
            source_fee=self.dated(
                "source_fee",
                ("sources", "base", "rate_bps"),
                self._source_fee,
                lambda one: (one.platform, one.sources),
            ),
            fee_return=self.dated("fee_return", ("rate_bps",), self._fee_return),
            tax=self.dated(
                "tax",
                ("on", "currency", "rate_bps", "roles"),
                self._tax,
                lambda one: (one.platform, one.on, one.currency, one.roles),
            ),
        )

    def _cycle(self, table: dict[str, Any], common: dict[str, Any]) -> Cycle:
        paydays = self.rising(table, "paydays", least=1) if "paydays" in table else ()
        if paydays and paydays[-1] > 28:
            self.wrong("paydays", "name days from 1 to 28", "请写 1 至 28 之间的日期")
            paydays = ()
        return Cycle(
            **common,
            basis=Basis(self.choice(table, "basis", [each.value for each in Basis]) or "receipt"),
            days=self.needed(table, "days", least=0, most=365),
            dispute_days=self.needed(table, "dispute_days", least=0, most=365),
            paydays=paydays,
            roles=self.selector(table, "roles", [each.value for each in Role]),
            sources=self.selector(table, "sources"),
        )

    def _withdrawal(self, table: dict[str, Any], common: dict[str, Any]) -> WithdrawalTerms:
        return WithdrawalTerms(
            **common,
            currency=self.string(table, "currency") or "CNY",
            least_minor=self.needed(table, "least_minor", least=1),
            most_minor=self.needed(table, "most_minor", least=1),
            day_most_minor=self.needed(table, "day_most_minor", least=1),
            day_count=self.needed(table, "day_count", least=1),
            cutoff_hour=self.needed(table, "cutoff_hour", least=0, most=24),
        )

    def _deposit(self, table: dict[str, Any], common: dict[str, Any]) -> DepositTerms:
        return DepositTerms(
            **common,
            role=self.choice(table, "role", ("merchant", "creator")) or "merchant",
            currency=self.string(table, "currency") or "CNY",
            required_minor=self.needed(table, "required_minor", least=0),
            steps=self._steps(table),
            shop_types=self.selector(table, "shop_types"),
            blocks_settlement=self.flag(table, "blocks_settlement"),
        )

    def _steps(self, table: dict[str, Any]) -> tuple[tuple[int, int], ...]:
        raw = table.get("steps", [])
        pairs = [
            (each[0], each[1])
            for each in raw
            if isinstance(each, list)
            and len(each) == 2
            and all(type(one) is int and one >= 0 for one in each)
        ]
        if len(pairs) != len(raw) or pairs != sorted(pairs):
            self.wrong(
                "steps",
                "write pairs of sales and deposit, rising, such as [[5000000, 300000]]",
                "请写由小到大的“销售额、保证金”对，例如 [[5000000, 300000]]",
            )
            return ()
        return tuple(pairs)

    def _tips(self, table: dict[str, Any], common: dict[str, Any]) -> TipTerms:
        return TipTerms(
            **common,
            tax_bps=self.needed(table, "tax_bps", least=0, most=10_000),
            host_bps=self.needed(table, "host_bps", least=0, most=10_000),
        )

    def _source_fee(self, table: dict[str, Any], common: dict[str, Any]) -> SourceFee:
        return SourceFee(
            **common,
            sources=self.selector(table, "sources") or frozenset(),
            base=self.choice(table, "base", ("amount", "commission")) or "amount",
            rate_bps=self.needed(table, "rate_bps", least=0, most=10_000),
        )

    def _fee_return(self, table: dict[str, Any], common: dict[str, Any]) -> FeeReturn:
        return FeeReturn(**common, rate_bps=self.needed(table, "rate_bps", least=0, most=10_000))

    def _tax(self, table: dict[str, Any], common: dict[str, Any]) -> TaxTerms:
        on = self.choice(table, "on", ("price", "earnings")) or "price"
        roles = self.selector(table, "roles", [each.value for each in Role]) or frozenset()
        if (on == "earnings") != bool(roles):
            self.wrong(
                "roles",
                "name roles for a tax on earnings, and none for one within the price",
                "对收入征税请写 roles，价内税则不写",
            )
        return TaxTerms(
            **common,
            on=on,
            currency=self.string(table, "currency") or "CNY",
            rate_bps=self.needed(table, "rate_bps", least=0, most=10_000),
            roles=roles,
        )
