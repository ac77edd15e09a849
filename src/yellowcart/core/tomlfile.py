"""TOML that people write by hand, with the line of every key, so that an error can point at it.

``tomllib`` forgets lines. The scanner here reads only the outline (headers, keys, and where a
value ends), and only of text that ``tomllib`` has already accepted.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_HEADER: Final = re.compile(r"\s*(\[\[|\[)\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*[\w-]+)*)\s*=")
_DECODE_LINE: Final = re.compile(r"line (\d+)")

Step = str | int


class TomlError(ValueError):
    """The text is not TOML; ``line`` is where reading stopped."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file and the line (from 1) on which each of its keys stands."""

    name: str
    data: dict[str, Any]
    lines: dict[tuple[Step, ...], int] = field(default_factory=dict)

    def line_of(self, *path: Step) -> int:
        """The line of a key such as ``("rule", 2, "surfaces")``.

        Where the key is absent, or stands inside a value, the nearest key around it; 1 at worst.
        """
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def read_toml(path: Path) -> TomlFile:
    """Parse a file in UTF-8. ``OSError`` where it can't be read, :class:`TomlError` elsewhere."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TomlError("the file is not UTF-8; save it as UTF-8", 1) from error
    return parse_toml(text, str(path))


def parse_toml(text: str, name: str) -> TomlFile:
    """Parse text; ``name`` is what errors call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _DECODE_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise TomlError(str(error), line) from error
    return TomlFile(name, data, _outline(text))


def _outline(text: str) -> dict[tuple[Step, ...], int]:
    lines: dict[tuple[Step, ...], int] = {}
    counts: dict[tuple[Step, ...], int] = {}
    table: tuple[Step, ...] = ()
    rows = text.split("\n")
    row = 0
    while row < len(rows):
        header, key = _HEADER.match(rows[row]), _KEY.match(rows[row])
        if header is not None:
            table = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(table, row + 1)
        elif key is not None:
            path = table
            for part in _parts(key[1]):
                path = (*path, part)
                lines.setdefault(path, row + 1)
            row = _value_end(rows, row, key.end())
        row += 1
    return lines


def _table(header: str, is_array: bool, counts: dict[tuple[Step, ...], int]) -> tuple[Step, ...]:
    """The path of a header; an array's header counts up, a table below it means its last."""
    path: tuple[Step, ...] = ()
    parts = _parts(header)
    for place, part in enumerate(parts):
        path = (*path, part)
        if is_array and place == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> list[str]:
    found = re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", dotted)
    return [double or single or bare for double, single, bare in found]


def _value_end(rows: list[str], row: int, column: int) -> int:
    """The row on which the value that starts at ``column`` of ``row`` ends."""
    depth, quote = 0, ""
    while True:
        line, place = rows[row], column
        while place < len(line):
            if quote:
                place, quote = _inside(line, place, quote)
                continue
            if line.startswith(('"""', "'''"), place):
                quote, place = line[place : place + 3], place + 3
                continue
            mark = line[place]
            if mark == "#":
                break
            if mark in "\"'":
                quote = mark
            depth += (mark in "[{") - (mark in "]}")
            place += 1
        if (depth <= 0 and not quote) or row + 1 >= len(rows):
            return row
        row, column = row + 1, 0


def _inside(line: str, place: int, quote: str) -> tuple[int, str]:
    """One step inside a string: past an escape, past its closing mark, or one character."""
    if quote[0] == '"' and line[place] == "\\":
        return place + 2, quote
    if line.startswith(quote, place):
        return place + len(quote), ""
    return place + 1, quote
