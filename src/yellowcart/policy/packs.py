"""Rule packs: rules an operator or the field's history wrote down in TOML.

Reading is strict, and collects every problem rather than the first: what the file says, where
(file, line, key), and what to write instead. The format is described in ``docs/policy.md``; the
packs beside this file are its examples.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from yellowcart.core.texts import Text
from yellowcart.core.tomlfile import TomlFile
from yellowcart.core.tomlreader import (
    GRADES,
    SLUG,
    FileError,
    FileProblem,
    TableReader,
    did_you_mean,
    open_toml,
)
from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.rules import Kind, Outcome, Rule
from yellowcart.policy.words import INTEGRATIONS, SHOP_TYPES, SURFACES, USUAL_INTEGRATION

FORMAT: Final = 1
_PACK_KEYS: Final = ("format", "platform", "name", "zone", "sources", "rule")
_RULE_KEYS: Final = (
    "key",
    "revision",
    "kind",
    "sources",
    "integrations",
    "surfaces",
    "shops",
    "shop_types",
    "creators",
    "outcome",
    "fee_bps",
    "announced_at",
    "written_at",
    "effective_from",
    "effective_until",
    "reason",
    "remedy",
    "notice",
    "supersedes",
    "withdrawn",
    "grade",
    "evidence",
)


class Pack(NamedTuple):
    """A read pack. ``sources`` maps each source it declares itself to its integration."""

    file: str
    platform: str
    name: Text
    zone: ZoneInfo
    sources: dict[str, str]
    rules: tuple[Rule, ...]


def read_packs(
    paths: Iterable[Path],
    announced_at: datetime | None = None,
    sources: Mapping[str, str] | None = None,
) -> list[Pack]:
    """Packs that stand together: each is sound, and none conflicts with another.

    ``announced_at`` counts for rules that name none; without it they must name their own.
    ``sources`` are known beside the usual ones and those that a pack declares.
    :class:`FileError` with everything that is wrong in any of them.
    """
    packs: list[Pack] = []
    problems: list[FileProblem] = []
    places: dict[int, tuple[TomlFile, int]] = {}
    for path in paths:
        try:
            pack, lines = _read(path, announced_at, sources)
        except FileError as error:
            problems += error.problems
            continue
        packs.append(pack)
        places.update(lines)
    rules = [rule for pack in packs for rule in pack.rules]
    for rule, _other, name, message in check_conflicts(rules):
        file, place = places[id(rule)]
        line = file.line_of("rule", place, name)
        problems.append(FileProblem(file.name, line, f"{_label(rule.key)}, {name}", message))
    if problems:
        raise FileError(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    return packs


def read_pack(path: Path) -> Pack:
    """One pack; :class:`FileError` with everything that is wrong in it."""
    return read_packs([path])[0]


def read_rule(
    body: Mapping[str, Any],
    *,
    platform: str,
    announced_at: datetime,
    sources: Mapping[str, str] | None = None,
) -> Rule:
    """One rule from a table with the keys of ``[[rule]]``, such as a draft's JSON.

    ``announced_at`` counts where the table names none; ``sources`` are those known beside the
    usual ones. :class:`FileError` with everything that is wrong, each problem under its key.
    """
    reader = _Reader(TomlFile("", {}), announced_at, sources)
    rule = reader.rule(dict(body), platform)
    problems = list(reader.problems)
    if rule is not None:
        # Whether what it supersedes exists is for whoever writes it to see.
        conflicts = check_conflicts([replace(rule, supersedes=())])
        problems += [FileProblem("", 1, name, message) for _r, _o, name, message in conflicts]
    if rule is None or problems:
        raise FileError(problems)
    return rule


def _read(
    path: Path, announced_at: datetime | None, sources: Mapping[str, str] | None
) -> tuple[Pack, dict[int, tuple[TomlFile, int]]]:
    file = open_toml(path)
    reader = _Reader(file, announced_at, sources)
    pack = reader.pack()
    if pack is None or reader.problems:
        raise FileError(reader.problems)
    return pack, {id(rule): (file, place) for place, rule in enumerate(pack.rules)}


def _label(key: str) -> str:
    return f"rule {key!r}"


def _are_tables(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(table, dict) for table in value)


class _Reader(TableReader):
    """Reads a pack."""

    def __init__(
        self,
        file: TomlFile,
        announced_at: datetime | None = None,
        known: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(file)
        self.announced_at = announced_at
        self.known = {**USUAL_INTEGRATION, **(known or {})}
        self.sources: dict[str, str] = {}

    def pack(self) -> Pack | None:
        data = self.file.data
        self.unknown_keys(data, _PACK_KEYS)
        if data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")
        platform = self.slug(data, "platform") or ""
        name = self.text(data, "name", required=False) or Text(platform, platform)
        zone = self.zone(data)
        self.read_sources(data)
        tables = data.get("rule")
        if not isinstance(tables, list) or not _are_tables(tables):
            self.wrong("rule", "a pack has at least one [[rule]]", "规则包至少要有一条 [[rule]]")
            return None
        rules = []
        for place, table in enumerate(tables):
            key = str(table.get("key", f"#{place + 1}"))
            with self.inside("rule", place, label=_label(key)):
                rules.append(self.rule(table, platform))
        good = tuple(rule for rule in rules if rule is not None)
        return Pack(self.file.name, platform, name, zone, self.sources, good)

    def rule(self, table: dict[str, Any], platform: str) -> Rule | None:
        before = len(self.problems)
        self.unknown_keys(table, _RULE_KEYS)
        key = self.slug(table, "key")
        outcome = self.choice(table, "outcome", [each.value for each in Outcome])
        kind = self.choice(table, "kind", [each.value for each in Kind], "rule")
        announced = self.instant(table, "announced_at", required=self.announced_at is None)
        begins = self.instant(table, "effective_from", required=True)
        reason = self.text(table, "reason")
        remedy = self.text(table, "remedy", required=outcome != Outcome.ALLOW)
        known_sources = [*self.known, *self.sources]
        rule = Rule(
            key=key or "",
            revision=self.whole(table, "revision", least=1, default=1) or 1,
            kind=Kind(kind or "rule"),
            sources=self.selector(table, "sources", known_sources),
            integrations=self.selector(table, "integrations", INTEGRATIONS),
            surfaces=self.selector(table, "surfaces", SURFACES),
            shops=self.selector(table, "shops"),
            shop_types=self.selector(table, "shop_types", SHOP_TYPES),
            creators=self.selector(table, "creators"),
            outcome=Outcome(outcome or "deny"),
            fee_bps=self.whole(table, "fee_bps", least=0, most=10_000),
            announced_at=announced or self.announced_at or _NEVER,
            written_at=self.instant(table, "written_at"),
            effective_from=begins or _NEVER,
            effective_until=self.instant(table, "effective_until"),
            reason=reason or Text("", ""),
            remedy=remedy,
            notice=self.string(table, "notice"),
            supersedes=tuple(sorted(self.selector(table, "supersedes") or ())),
            withdrawn=self.flag(table, "withdrawn"),
            grade=self.choice(table, "grade", GRADES) if "grade" in table else None,
            evidence=self.string(table, "evidence"),
            platform=platform,
        )
        return rule if len(self.problems) == before else None

    def read_sources(self, data: dict[str, Any]) -> None:
        """``sources = { wowo = "link" }``: sources this pack adds to the known ones."""
        value = data.get("sources", {})
        if not isinstance(value, dict):
            self.wrong(
                "sources",
                'write the sources you add as sources = { wowo = "link" }',
                '请把新增的货源写成 sources = { wowo = "link" }',
            )
            return
        for source, integration in value.items():
            if integration not in INTEGRATIONS or not SLUG.match(source):
                hint = did_you_mean(str(integration), INTEGRATIONS)
                self.wrong(
                    "sources",
                    f"{source} = {integration!r}: {hint.en}",
                    f"{source} = {integration!r}：{hint.zh}",
                )
                continue
            self.sources[source] = integration


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
