"""Rule packs: rules an operator or the field's history wrote down in TOML.

Reading is strict, and collects every problem rather than the first: what the file says, where
(file, line, key), and what to write instead. The format is described in ``docs/policy.md``; the
packs beside this file are its examples.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.texts import Text
from yellowcart.core.tomlfile import TomlError, TomlFile, read_toml
from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.rules import Kind, Outcome, Rule, Selector
from yellowcart.policy.words import INTEGRATIONS, SHOP_TYPES, SURFACES, USUAL_INTEGRATION

FORMAT: Final = 1
GRADES: Final = ("A", "B", "C", "S")
_SLUG: Final = re.compile(r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$")
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


class PackProblem(NamedTuple):
    """One thing wrong with a pack, and where."""

    file: str
    line: int
    key: str
    message: Text

    def in_language(self, language: str) -> str:
        """As printed: ``file:line: key: sentence``."""
        return f"{self.file}:{self.line}: {self.key}: {self.message.in_language(language)}"


class PackError(ValueError):
    """A pack that can't be used; ``problems`` is never empty."""

    def __init__(self, problems: Sequence[PackProblem]) -> None:
        super().__init__("\n".join(problem.in_language("en") for problem in problems))
        self.problems = tuple(problems)


class Pack(NamedTuple):
    """A read pack. ``sources`` maps each source it declares itself to its integration."""

    file: str
    platform: str
    name: Text
    zone: ZoneInfo
    sources: dict[str, str]
    rules: tuple[Rule, ...]


def read_packs(paths: Iterable[Path]) -> list[Pack]:
    """Packs that stand together: each is sound, and none conflicts with another.

    :class:`PackError` with everything that is wrong in any of them.
    """
    packs: list[Pack] = []
    problems: list[PackProblem] = []
    places: dict[int, tuple[TomlFile, int]] = {}
    for path in paths:
        try:
            pack, lines = _read(path)
        except PackError as error:
            problems += error.problems
            continue
        packs.append(pack)
        places.update(lines)
    rules = [rule for pack in packs for rule in pack.rules]
    for rule, _other, name, message in check_conflicts(rules):
        file, place = places[id(rule)]
        line = file.line_of("rule", place, name)
        problems.append(PackProblem(file.name, line, _label(rule.key, name), message))
    if problems:
        raise PackError(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    return packs


def read_pack(path: Path) -> Pack:
    """One pack; :class:`PackError` with everything that is wrong in it."""
    return read_packs([path])[0]


def _read(path: Path) -> tuple[Pack, dict[int, tuple[TomlFile, int]]]:
    try:
        file = read_toml(path)
    except TomlError as error:
        message = Text(en=f"not TOML: {error}", zh=f"不是合法的 TOML：{error}")
        raise PackError([PackProblem(str(path), error.line, "file", message)]) from error
    except OSError as error:
        message = Text(
            en=f"cannot be read ({error.strerror}); check the path",
            zh=f"无法读取（{error.strerror}），请检查路径",
        )
        raise PackError([PackProblem(str(path), 1, "file", message)]) from error
    reader = _Reader(file)
    pack = reader.pack()
    if pack is None or reader.problems:
        raise PackError(reader.problems)
    return pack, {id(rule): (file, place) for place, rule in enumerate(pack.rules)}


def _label(key: str, name: str) -> str:
    return f"rule {key!r}, {name}"


def did_you_mean(word: str, choices: Iterable[str]) -> Text:
    """What to write instead of a word that is not one of the choices."""
    known = list(choices)
    close = difflib.get_close_matches(word, known, n=1)
    listed = ", ".join(known)
    if close:
        return Text(
            en=f"did you mean {close[0]!r}? Known: {listed}",
            zh=f"是否想写 {close[0]!r}？可用的有：{listed}",
        )
    return Text(en=f"write one of {listed}", zh=f"请写其中之一：{listed}")


class _Reader:
    """Reads one file's tables, noting problems as it goes."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.problems: list[PackProblem] = []
        self.sources: dict[str, str] = {}
        self.rule_key = ""
        self.place = -1

    def wrong(self, name: str, en: str, zh: str) -> None:
        """Note a problem with a key of the rule being read, or of the pack."""
        if self.place >= 0:
            line = self.file.line_of("rule", self.place, name)
            label = _label(self.rule_key, name)
        else:
            line, label = self.file.line_of(name), name
        self.problems.append(PackProblem(self.file.name, line, label, Text(en, zh)))

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
        if not isinstance(tables, list) or not tables:
            self.wrong("rule", "a pack has at least one [[rule]]", "规则包至少要有一条 [[rule]]")
            return None
        rules = []
        for place, table in enumerate(tables):
            self.place = place
            rules.append(self.rule(table, platform))
        self.place = -1
        good = tuple(rule for rule in rules if rule is not None)
        return Pack(self.file.name, platform, name, zone, self.sources, good)

    def rule(self, table: dict[str, Any], platform: str) -> Rule | None:
        before = len(self.problems)
        self.rule_key = str(table.get("key", f"#{self.place + 1}"))
        self.unknown_keys(table, _RULE_KEYS)
        key = self.slug(table, "key")
        outcome = self.choice(table, "outcome", [each.value for each in Outcome])
        kind = self.choice(table, "kind", [each.value for each in Kind], "rule")
        announced = self.instant(table, "announced_at", required=True)
        begins = self.instant(table, "effective_from", required=True)
        reason = self.text(table, "reason")
        remedy = self.text(table, "remedy", required=outcome != Outcome.ALLOW)
        known_sources = [*USUAL_INTEGRATION, *self.sources]
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
            announced_at=announced or _NEVER,
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

    def unknown_keys(self, table: dict[str, Any], known: Sequence[str]) -> None:
        for name in table:
            if name not in known:
                hint = did_you_mean(name, known)
                self.wrong(
                    name, f"is not a key of this format; {hint.en}", f"不是可用的键；{hint.zh}"
                )

    def missing(self, name: str) -> None:
        self.wrong(name, f"is missing; add {name} = …", f"缺少此项，请补上 {name} = …")

    def string(self, table: dict[str, Any], name: str) -> str | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, "write text between quotes", "请写引号中的文字")
            return None
        return value

    def slug(self, table: dict[str, Any], name: str) -> str | None:
        if name not in table:
            self.missing(name)
            return None
        value = self.string(table, name)
        if value is not None and not _SLUG.match(value):
            self.wrong(
                name,
                f"{value!r}: use lower-case letters, digits, dots and hyphens, such as "
                "my-platform.2026-01-01.links",
                f"{value!r}：只用小写字母、数字、点和连字符，例如 my-platform.2026-01-01.links",
            )
            return None
        return value

    def choice(
        self, table: dict[str, Any], name: str, choices: Sequence[str], default: str | None = None
    ) -> str | None:
        if name not in table:
            if default is None:
                self.missing(name)
            return default
        value = table[name]
        if value in choices:
            return str(value)
        hint = did_you_mean(str(value), choices)
        self.wrong(name, f"{value!r} is unknown; {hint.en}", f"{value!r} 无法识别；{hint.zh}")
        return default

    def selector(
        self, table: dict[str, Any], name: str, choices: Sequence[str] | None = None
    ) -> Selector:
        """A list of values, or one value; absent means any. An empty list would match nothing."""
        if name not in table:
            return None
        raw = table[name]
        values = [raw] if isinstance(raw, str) else raw
        is_list = isinstance(values, list) and all(isinstance(each, str) for each in values)
        if not is_list or not values:
            self.wrong(
                name,
                "write a list of texts that is not empty, or leave it out to mean any",
                "请写非空的文字列表；不限定则不写此项",
            )
            return None
        for value in values:
            if choices is not None and value not in choices:
                hint = did_you_mean(value, choices)
                self.wrong(
                    name,
                    f"{value!r} is not one of the known {name.replace('_', ' ')}; {hint.en}",
                    f"{value!r} 不是可用的 {name}；{hint.zh}",
                )
        return frozenset(values)

    def instant(
        self, table: dict[str, Any], name: str, *, required: bool = False
    ) -> datetime | None:
        if name not in table:
            if required:
                self.missing(name)
            return None
        value = table[name]
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        try:
            return parse_instant(str(value))
        except InstantError as error:
            example = "2021-11-15T24:00:00+08:00"
            self.wrong(
                name,
                str(error),
                f"{str(value)!r} 不是带时区的时刻，请写成 {example} 这样的形式",
            )
            return None

    def whole(
        self,
        table: dict[str, Any],
        name: str,
        *,
        least: int,
        most: int | None = None,
        default: int | None = None,
    ) -> int | None:
        value = table.get(name, default)
        if value is None:
            return None
        if type(value) is int and value >= least and (most is None or value <= most):
            return value
        span = f"{least} … {most}" if most is not None else f"≥ {least}"
        self.wrong(name, f"write a whole number {span}", f"请写整数 {span}")
        return None

    def flag(self, table: dict[str, Any], name: str) -> bool:
        value = table.get(name, False)
        if isinstance(value, bool):
            return value
        self.wrong(name, "write true or false", "请写 true 或 false")
        return False

    def text(self, table: dict[str, Any], name: str, *, required: bool = True) -> Text | None:
        if name not in table:
            if required:
                self.missing(name)
            return None
        value = table[name]
        if (
            isinstance(value, dict)
            and set(value) == {"en", "zh"}
            and all(isinstance(each, str) and each.strip() for each in value.values())
        ):
            return Text(en=value["en"].strip(), zh=value["zh"].strip())
        example = f'{name} = {{ en = "…", zh = "…" }}'
        self.wrong(name, f"write it in both languages: {example}", f"请用两种语言写：{example}")
        return None

    def zone(self, data: dict[str, Any]) -> ZoneInfo:
        value = data.get("zone", "Asia/Shanghai")
        try:
            return ZoneInfo(value)
        except (ValueError, TypeError, KeyError, OSError):
            self.wrong(
                "zone",
                f"{value!r} is not a time zone; write one such as Asia/Shanghai",
                f"{value!r} 不是时区，请写 Asia/Shanghai 这样的名称",
            )
            return ZoneInfo("Asia/Shanghai")

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
            if integration not in INTEGRATIONS or not _SLUG.match(source):
                hint = did_you_mean(str(integration), INTEGRATIONS)
                self.wrong(
                    "sources",
                    f"{source} = {integration!r}: {hint.en}",
                    f"{source} = {integration!r}：{hint.zh}",
                )
                continue
            self.sources[source] = integration


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
