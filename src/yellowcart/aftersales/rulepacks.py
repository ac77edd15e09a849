"""Reads ``aftersales.toml`` and files like it, strictly."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yellowcart.aftersales.rules import CategoryRule, Deadline, Instant, Rules, Window
from yellowcart.aftersales.states import STATES, STEPS, Kind
from yellowcart.catalog.models import RETURN_RULES
from yellowcart.core.tomlreader import FileError, open_toml
from yellowcart.orders.states import Party
from yellowcart.orders.timerpacks import DatedReader

_SHIPPED: Final = Path(str(files("yellowcart.aftersales"))) / "aftersales.toml"
#: Steps that may follow by themselves.
AUTOMATIC: Final = sorted(
    verb for verb, step in STEPS.items() if Party.PLATFORM in step.by and verb != "grant"
)


def installed_rules() -> Rules:
    """The rules this installation follows: its own file where it names one, else ours.

    Read once a process; a changed file takes effect at the next start.
    """
    return read_rules(Path(settings.AFTERSALES_RULES) if settings.AFTERSALES_RULES else _SHIPPED)


@lru_cache
def read_rules(path: Path) -> Rules:
    """A file's rules; :class:`~yellowcart.core.tomlreader.FileError` with everything wrong."""
    reader = _Reader(open_toml(path))
    rules = reader.rules()
    if reader.problems:
        raise FileError(reader.problems)
    return rules


class _Reader(DatedReader):
    """Reads a file of after-sales rules."""

    def rules(self) -> Rules:
        self.begin(("deadline", "window", "instant", "category"))
        return Rules(
            deadlines=self.dated(
                "deadline",
                ("state", "kinds", "seconds", "verb"),
                self._deadline,
                meet=lambda one, other: one.state == other.state and bool(one.kinds & other.kinds),
            ),
            windows=self.dated("window", ("no_reason_days", "claim_days"), self._window),
            instants=self.dated("instant", ("most_minor", "currency"), self._instant),
            categories=self.dated(
                "category",
                ("category", "rule"),
                self._category,
                meet=lambda one, other: one.category.casefold() == other.category.casefold(),
            ),
        )

    def _deadline(self, table: dict[str, Any], common: dict[str, Any]) -> Deadline:
        state = self.choice(table, "state", STATES) or STATES[0]
        verb = self.choice(table, "verb", AUTOMATIC) or AUTOMATIC[0]
        kinds = self.selector(table, "kinds", [kind.value for kind in Kind])
        step = STEPS[verb]
        found = frozenset(Kind(kind) for kind in kinds or () if kind in set(Kind)) or step.kinds
        if state not in step.before or not found <= step.kinds:
            self.wrong(
                "verb",
                f"{verb!r} does not follow {state!r} for all of these kinds",
                f"{verb!r} 不能用于这些类型的 {state!r} 状态",
            )
        return Deadline(
            **common,
            state=state,
            kinds=found,
            seconds=self.needed(table, "seconds", least=60),
            verb=verb,
        )

    def _window(self, table: dict[str, Any], common: dict[str, Any]) -> Window:
        return Window(
            **common,
            no_reason_days=self.needed(table, "no_reason_days", least=0),
            claim_days=self.needed(table, "claim_days", least=0),
        )

    def _instant(self, table: dict[str, Any], common: dict[str, Any]) -> Instant:
        return Instant(
            **common,
            most_minor=self.needed(table, "most_minor", least=0),
            currency=self.string(table, "currency") or "CNY",
        )

    def _category(self, table: dict[str, Any], common: dict[str, Any]) -> CategoryRule:
        if "category" not in table:
            self.missing("category")
        return CategoryRule(
            **common,
            category=self.string(table, "category") or "",
            rule=self.choice(table, "rule", RETURN_RULES) or RETURN_RULES[0],
        )
