"""Read tables of hand-written TOML strictly, and collect every problem rather than the first.

Each problem says where it is (file, line, key), what the file says, and what to write instead,
in both languages. A reader of some format builds on :class:`TableReader`, which knows the values
such files are made of, and moves it to the table it reads.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.texts import Text
from yellowcart.core.tomlfile import Step, TomlError, TomlFile, read_toml

#: How sure a source is: official, press, one weak page, the founding article alone.
GRADES: Final = ("A", "B", "C", "S")
SLUG: Final = re.compile(r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$")


class FileProblem(NamedTuple):
    """One thing wrong with a file, and where."""

    file: str
    line: int
    key: str
    message: Text

    def in_language(self, language: str) -> str:
        """As printed: ``file:line: key: sentence``."""
        return f"{self.file}:{self.line}: {self.key}: {self.message.in_language(language)}"


class FileError(ValueError):
    """A file that can't be used; ``problems`` is never empty."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(problem.in_language("en") for problem in problems))
        self.problems = tuple(problems)


def open_toml(path: Path) -> TomlFile:
    """Parse a file; :class:`FileError` where it can't be read or is not TOML."""
    try:
        return read_toml(path)
    except TomlError as error:
        message = Text(en=f"not TOML: {error}", zh=f"不是合法的 TOML：{error}")
        raise FileError([FileProblem(str(path), error.line, "file", message)]) from error
    except OSError as error:
        message = Text(
            en=f"cannot be read ({error.strerror}); check the path",
            zh=f"无法读取（{error.strerror}），请检查路径",
        )
        raise FileError([FileProblem(str(path), 1, "file", message)]) from error


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


class TableReader:
    """Reads one file's tables, noting problems as it goes.

    A value with a problem is read as absent, or as its default.
    """

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.problems: list[FileProblem] = []
        self._path: tuple[Step, ...] = ()
        self._label = ""

    @contextmanager
    def inside(self, *path: Step, label: str) -> Iterator[None]:
        """While it lasts, keys are those of the table at ``path``; problems name the label."""
        before = self._path, self._label
        self._path, self._label = path, label
        yield
        self._path, self._label = before

    def wrong(self, name: str, en: str, zh: str) -> None:
        """Note a problem with a key, in both languages. A dotted name is a key of a table in it."""
        line = self.file.line_of(*self._path, *name.split("."))
        label = f"{self._label}, {name}" if self._label else name
        self.problems.append(FileProblem(self.file.name, line, label, Text(en, zh)))

    def unknown_keys(self, table: dict[str, Any], known: Sequence[str]) -> None:
        """Note every key that the format does not have."""
        for name in table:
            if name not in known:
                hint = did_you_mean(name, known)
                self.wrong(
                    name, f"is not a key of this format; {hint.en}", f"不是可用的键；{hint.zh}"
                )

    def missing(self, name: str) -> None:
        """Note that a key is not there."""
        self.wrong(name, f"is missing; add {name} = …", f"缺少此项，请补上 {name} = …")

    def string(self, table: dict[str, Any], name: str) -> str | None:
        """Text that is not blank."""
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, "write text between quotes", "请写引号中的文字")
            return None
        return value

    def slug(self, table: dict[str, Any], name: str) -> str | None:
        """A stable name; it must be there."""
        if name not in table:
            self.missing(name)
            return None
        value = self.string(table, name)
        if value is not None and not SLUG.match(value):
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
        """One of the choices; it must be there where no default is given."""
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
    ) -> frozenset[str] | None:
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
        """An aware instant, in UTC. A day's 24:00 is the next day's 00:00."""
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

    def interval(self, table: dict[str, Any]) -> tuple[datetime, datetime | None]:
        """``effective_from``, which must be there, and ``effective_until``, after it."""
        begins = self.instant(table, "effective_from", required=True)
        ends = self.instant(table, "effective_until")
        if begins and ends and ends <= begins:
            self.wrong(
                "effective_until",
                "ends before it begins; swap it with effective_from or leave it out",
                "结束早于开始，请与 effective_from 对调，或不写此项",
            )
        return begins or datetime.fromtimestamp(0, UTC), ends

    def whole(
        self,
        table: dict[str, Any],
        name: str,
        *,
        least: int,
        most: int | None = None,
        default: int | None = None,
    ) -> int | None:
        """A whole number from ``least`` to ``most``."""
        value = table.get(name, default)
        if value is None:
            return None
        if type(value) is int and value >= least and (most is None or value <= most):
            return value
        span = f"{least} … {most}" if most is not None else f"≥ {least}"
        self.wrong(name, f"write a whole number {span}", f"请写整数 {span}")
        return None

    def flag(self, table: dict[str, Any], name: str) -> bool:
        """True or false; absent is false."""
        value = table.get(name, False)
        if isinstance(value, bool):
            return value
        self.wrong(name, "write true or false", "请写 true 或 false")
        return False

    def text(self, table: dict[str, Any], name: str, *, required: bool = True) -> Text | None:
        """A sentence in both languages."""
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
        """The zone of a file's days; absent is China's."""
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
