"""Reads ``timers.toml`` and files like it, strictly."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings

from yellowcart.catalog.service import PromiseLimits
from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import GRADES, FileError, TableReader, open_toml
from yellowcart.orders.timers import (
    Dated,
    LateShipping,
    PaymentTimer,
    ReceiptTimer,
    ShippingPromise,
    Timers,
    in_force,
)

FORMAT: Final = 1
_SHIPPED: Final = Path(str(files("yellowcart.orders"))) / "timers.toml"
_COMMON: Final = (
    "key",
    "platform",
    "effective_from",
    "effective_until",
    "summary",
    "grade",
    "evidence",
)

D = TypeVar("D", bound=Dated)


def installed_timers() -> Timers:
    """The timers this installation follows: its own file where it names one, else ours.

    Read once a process; a changed file takes effect at the next start.
    """
    return read_timers(Path(settings.ORDER_TIMERS) if settings.ORDER_TIMERS else _SHIPPED)


def payment_seconds(at: datetime) -> int:
    """How long an order that is placed now may be paid: as the installation's settings say, else
    as the timers do, else a quarter of an hour."""
    rule = in_force(installed_timers().payment, settings.PLATFORM, at)
    seconds: int = settings.ORDER_EXPIRES_SECONDS or (rule.seconds if rule else 900)
    return seconds


def promise_limits(at: datetime) -> PromiseLimits | None:
    """Which shipping promises a product may make at an instant; None where nothing is said."""
    rule = in_force(installed_timers().promise, settings.PLATFORM, at)
    if rule is None:
        return None
    return PromiseLimits(rule.choices, rule.presale_least_days, rule.presale_most_days)


@lru_cache
def read_timers(path: Path) -> Timers:
    """A file's timers; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong."""
    reader = _Reader(open_toml(path))
    timers = reader.timers()
    if reader.problems:
        raise FileError(reader.problems)
    return timers


class DatedReader(TableReader):
    """Reads arrays of tables that each hold from an instant on, on one platform."""

    def begin(self, kinds: Sequence[str]) -> None:
        """Check the file's head."""
        self.unknown_keys(self.file.data, ("format", "zone", *kinds))
        if self.file.data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")

    def dated(
        self,
        kind: str,
        keys: Sequence[str],
        build: Callable[[dict[str, Any], dict[str, Any]], D],
        twins: Callable[[D], object] = lambda one: one.platform,
        meet: Callable[[D, D], bool] = lambda _one, _other: True,
    ) -> tuple[D, ...]:
        """Every table of a kind. ``build`` takes the table and what all kinds have in common.

        Two that say the same ``twins`` and ``meet`` may not hold at the same instant.
        """
        tables = self.file.data.get(kind, [])
        if not isinstance(tables, list):
            self.wrong(kind, f"write [[{kind}]] above each", f"每一项上方请写 [[{kind}]]")
            return ()
        found: list[D] = []
        for place, table in enumerate(tables):
            with self.inside(kind, place, label=f"{kind} {table.get('key', place + 1)!r}"):
                self.unknown_keys(table, (*_COMMON, *keys))
                found.append(build(table, self._common(table)))
        for (_place, one), (place, other) in combinations(enumerate(found), 2):
            if twins(one) == twins(other) and meet(one, other) and _overlap(one, other):
                with self.inside(kind, place, label=f"{kind} {other.key!r}"):
                    self.wrong(
                        "effective_from",
                        f"overlaps {one.key!r}; end one of them with effective_until",
                        f"与 {one.key!r} 的时间重叠，请用 effective_until 结束其中一条",
                    )
        return tuple(found)

    def _common(self, table: dict[str, Any]) -> dict[str, Any]:
        begins, ends = self.interval(table)
        return {
            "key": self.slug(table, "key") or "",
            "platform": self.slug(table, "platform") or "",
            "effective_from": begins,
            "effective_until": ends,
            "summary": self.text(table, "summary") or Text("", ""),
            "grade": self.choice(table, "grade", GRADES) if "grade" in table else None,
            "evidence": self.string(table, "evidence"),
        }

    def needed(
        self, table: dict[str, Any], name: str, *, least: int, most: int | None = None
    ) -> int:
        """A whole number that must be there."""
        if name not in table:
            self.missing(name)
        return self.whole(table, name, least=least, most=most) or 0

    def rising(self, table: dict[str, Any], name: str, *, least: int) -> tuple[int, ...]:
        """Whole numbers, each greater than the one before; at least one."""
        raw = table.get(name)
        if (
            isinstance(raw, list)
            and raw
            and all(type(each) is int and each >= least for each in raw)
            and all(one < other for one, other in pairwise(raw))
        ):
            return tuple(raw)
        self.wrong(
            name,
            f"write a list of whole numbers ≥ {least}, each greater than the one before",
            f"请写由小到大、均 ≥ {least} 的整数列表",
        )
        return (least,)


def _overlap(one: Dated, other: Dated) -> bool:
    return (one.effective_until is None or other.effective_from < one.effective_until) and (
        other.effective_until is None or one.effective_from < other.effective_until
    )


class _Reader(DatedReader):
    """Reads a file of timers."""

    def timers(self) -> Timers:
        self.begin(("payment", "receipt", "promise", "late_shipping"))
        return Timers(
            payment=self.dated("payment", ("seconds",), self._payment),
            receipt=self.dated(
                "receipt",
                ("after_days", "buyer_extension_days", "buyer_extensions"),
                self._receipt,
            ),
            promise=self.dated(
                "promise",
                ("seconds", "choices", "presale_least_days", "presale_most_days"),
                self._promise,
            ),
            late_shipping=self.dated(
                "late_shipping",
                ("rate_bps", "least_minor", "most_minor", "currency"),
                self._late_shipping,
            ),
        )

    def _payment(self, table: dict[str, Any], common: dict[str, Any]) -> PaymentTimer:
        return PaymentTimer(**common, seconds=self.needed(table, "seconds", least=30))

    def _receipt(self, table: dict[str, Any], common: dict[str, Any]) -> ReceiptTimer:
        return ReceiptTimer(
            **common,
            after_days=self.rising(table, "after_days", least=1),
            buyer_extension_days=self.needed(table, "buyer_extension_days", least=0),
            buyer_extensions=self.needed(table, "buyer_extensions", least=0),
        )

    def _promise(self, table: dict[str, Any], common: dict[str, Any]) -> ShippingPromise:
        choices = self.rising(table, "choices", least=3_600)
        least = self.needed(table, "presale_least_days", least=1)
        most = self.needed(table, "presale_most_days", least=1)
        if most < least:
            self.wrong(
                "presale_most_days",
                "is less than presale_least_days; swap the two",
                "小于 presale_least_days，请对调两者",
            )
        seconds = self.needed(table, "seconds", least=3_600)
        if seconds and seconds not in choices:
            listed = ", ".join(map(str, choices))
            self.wrong("seconds", f"write one of choices: {listed}", f"请写 choices 之一：{listed}")
        return ShippingPromise(
            **common,
            seconds=seconds,
            choices=choices,
            presale_least_days=least,
            presale_most_days=most,
        )

    def _late_shipping(self, table: dict[str, Any], common: dict[str, Any]) -> LateShipping:
        least = self.needed(table, "least_minor", least=0)
        most = self.needed(table, "most_minor", least=0)
        if most < least:
            self.wrong(
                "most_minor",
                "is less than least_minor; swap the two",
                "小于 least_minor，请对调两者",
            )
        return LateShipping(
            **common,
            rate_bps=self.needed(table, "rate_bps", least=0, most=10_000),
            least_minor=least,
            most_minor=most,
            currency=self.string(table, "currency") or "CNY",
        )
