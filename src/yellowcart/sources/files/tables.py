"""Reading a delimited file as people's machines write them, row by row, in flat memory.

UTF-8 and UTF-16 with or without a mark, GB 18030 and Windows-1252; commas, semicolons or
tabs; any line ends; line breaks within quotes. A quote that is never closed costs its own line,
not the rest of the file.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.files.drafts import Refusal

LONGEST_CELL = 2**21
"""Characters of one cell; a longer one is an unclosed quote."""
MOST_COLUMNS = 2_000
MOST_BROKEN_ROWS = 200
"""Unclosed quotes after which the rest of a file is not read: each costs a long look ahead."""

_CHUNK = 2**20
_SAMPLE = 4_096
_DELIMITERS = (",", ";", "\t", "|")
_SEPARATORS = re.compile(rb"[,;\t|\r\n]")
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_REPLACED = "\ufffd"
_PREAMBLE = re.compile(r"(?:sep=.|version \d[\d.]*)\Z", re.IGNORECASE)


class Row(NamedTuple):
    """One record and the line of the file on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes become text; ``lenient`` where a few of them do not."""

    name: str
    lenient: bool = False


def detect_encoding(file: IO[bytes]) -> Encoding:
    """The encoding of a whole file, which is read once or twice; the position ends at 0."""
    file.seek(0)
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return _rewound(file, Encoding("utf-8-sig", lenient=True))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _rewound(file, Encoding("utf-16", lenient=True))
    sample = start + file.read(_SAMPLE)
    if sample.count(0) * 50 > len(sample) and (name := _utf16_without_mark(sample)):
        return _rewound(file, Encoding(name, lenient=True))
    wide, broken = _utf8_figures(file)
    if broken == 0:
        return _rewound(file, Encoding("utf-8"))
    if broken * 50 <= wide:
        return _rewound(file, Encoding("utf-8", lenient=True))
    if _looks_chinese(file):
        return _rewound(file, Encoding("gb18030", lenient=True))
    return _rewound(file, Encoding("cp1252", lenient=True))


def _rewound(file: IO[bytes], encoding: Encoding) -> Encoding:
    file.seek(0)
    return encoding


def _utf16_without_mark(sample: bytes) -> str | None:
    """The byte order of UTF-16 whose mark was lost, where the first separators are two bytes each.

    Half of each Latin letter, separator and line end is empty in UTF-16; a stray empty byte among
    the rows of another encoding is not.
    """
    first = [found.start() for found in islice(_SEPARATORS.finditer(sample), 4)]
    little = sum(at % 2 == 0 and sample[at + 1 : at + 2] == b"\0" for at in first)
    big = sum(at % 2 == 1 and sample[at - 1] == 0 for at in first)
    if not first or max(little, big) * 2 < len(first):
        return None
    return "utf-16-be" if big > little else "utf-16-le"


def _utf8_figures(file: IO[bytes]) -> tuple[int, int]:
    """Characters beyond ASCII in a file read as UTF-8, and the places where it is not UTF-8."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    wide = broken = 0
    while chunk := file.read(_CHUNK):
        if chunk.isascii():
            continue
        text = decoder.decode(chunk)
        broken += text.count(_REPLACED) - chunk.count(_REPLACED.encode())
        wide += len(text) - len(text.encode("ascii", "ignore"))
    broken += decoder.decode(b"", final=True).count(_REPLACED)
    return wide, max(0, broken)


def _looks_chinese(file: IO[bytes]) -> bool:
    """Whether high bytes come in pairs, as they do in GB 18030 and seldom in Western text."""
    file.seek(0)
    high = paired = 0
    while chunk := file.read(_CHUNK):
        for run in _HIGH_RUNS.findall(chunk):
            high += len(run)
            paired += len(run) if len(run) % 2 == 0 else 0
    return paired * 10 >= high * 6


class Rows(Protocol):
    """What a delimited file and a workbook's sheet have in common."""

    encoding: Encoding
    delimiter: str
    header: tuple[str, ...]
    size: int

    @property
    def position(self) -> int:
        """How much of ``size`` has been read."""

    def rows(self) -> Iterator[Row | Refusal]:
        """Every row that is not blank, padded to the header, and a refusal for each bad one."""

    def release(self) -> None:
        """Let go of what the file needs, but not of the file itself."""


def is_preamble(text: str) -> bool:
    """Whether a first line is for machines: ``sep=;`` or Taobao Assistant's ``version 1.00``."""
    return _PREAMBLE.match(text.strip('"')) is not None


def row_or_refusal(
    line: int, raw: Sequence[str], width: int, *, lenient: bool
) -> Row | Refusal | None:
    """A record as wide as the header; a refusal for one that can't be; ``None`` for a blank one."""
    cells = [clean(cell) for cell in raw]
    if not any(cells):
        return None
    if any(cells[width:]):
        return Refusal(
            line,
            _(
                "The row has %(cells)s cells and the header %(columns)s; look for a missing"
                " quote or a stray separator."
            ),
            {"cells": len(cells), "columns": width},
            cells=tuple(cells),
        )
    if lenient and any(_REPLACED in cell for cell in cells):
        return Refusal(
            line,
            _("The row has characters that can't be read; save the file as UTF-8."),
            cells=tuple(cells),
        )
    return Row(line, (cells + [""] * width)[:width])


class Table:
    """A file's header and, once, its rows; ``position`` tells how far it has read."""

    def __init__(self, file: IO[bytes]) -> None:
        csv.field_size_limit(LONGEST_CELL)
        self._file = file
        self.encoding = detect_encoding(file)
        self.size = file.seek(0, io.SEEK_END)
        file.seek(0)
        text = io.TextIOWrapper(
            file,
            encoding=self.encoding.name,
            errors="replace" if self.encoding.lenient else "strict",
            newline="",
        )
        # Closing the wrapper would close a file that is not ours.
        self._text = text
        self._lines = _Lines(text)
        self.delimiter, self.header = self._read_header()

    @property
    def position(self) -> int:
        """Bytes read so far, of ``size``."""
        return self._file.tell()

    def release(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()

    def _read_header(self) -> tuple[str, tuple[str, ...]]:
        for line in self._lines:
            told = line.strip(" \t\r\n,;|\ufeff")
            if not told or is_preamble(told) or is_preamble(line.rstrip("\r\n")):
                continue
            self._lines.push_back([line])
            break
        first = self._lines.peek()
        delimiter = max(_DELIMITERS, key=lambda one: (len(_split(first, one)), -ord(one)))
        found = next(self._records(delimiter), None)
        cells = found.cells if isinstance(found, Row) else []
        return delimiter, tuple(clean(cell).lstrip("\ufeff") for cell in cells)

    def rows(self) -> Iterator[Row | Refusal]:
        """Every record that is not blank, padded to the header, and a refusal for each bad one."""
        for record in self._records(self.delimiter):
            if isinstance(record, Refusal):
                yield record
                continue
            found = row_or_refusal(
                record.line, record.cells, len(self.header), lenient=self.encoding.lenient
            )
            if found is not None:
                yield found

    def _records(self, delimiter: str) -> Iterator[Row | Refusal]:
        lines = self._lines
        broken = 0
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            first = lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            if cells is not None and not (lines.ended and _unclosed(lines.taken, delimiter)):
                yield Row(first, cells)
                continue
            broken += 1
            if broken > MOST_BROKEN_ROWS:
                yield Refusal(
                    first, _("Too many quotes are never closed; from here on nothing was read.")
                )
                return
            yield Refusal(
                first,
                _("A quote in this row is never closed; close or remove it."),
                cells=tuple(clean(cell) for cell in _split(lines.taken[0], delimiter)),
            )
            lines.push_back(lines.taken[1:])
            reader = csv.reader(lines, delimiter=delimiter)


class _Lines:
    """Physical lines with their number, that can be given back to be read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 0
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._text.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.line += 1
        self.taken.append(line)
        return line

    def begin(self) -> int:
        """Start a record; the number of its first line."""
        self.taken = []
        self.ended = False
        return self.line + 1

    def push_back(self, lines: Sequence[str]) -> None:
        """Let these lines, the last ones taken, come again."""
        self._waiting.extendleft(reversed(lines))
        self.line -= len(lines)

    def peek(self) -> str:
        """The next line, left where it is; empty at the end."""
        line = next(self, "")
        if line:
            self.push_back([line])
        return line


def _unclosed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a record that the end of the file cut off stands in an open quote."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def clean(cell: str) -> str:
    """A cell without surrounding blanks and without NUL, which PostgreSQL can't keep."""
    return cell.replace("\x00", "").strip()
