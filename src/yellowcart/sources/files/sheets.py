"""A workbook's first sheet (XLSX, XLS, ODS) as rows, with the same face as a delimited file's.

The workbook itself is opened by :mod:`.workbook`, in a process that may die of it; here rows come
in one by one and are bounded.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import IO, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.sources.files.drafts import Refusal
from yellowcart.sources.files.tables import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Encoding,
    Row,
    clean,
    is_preamble,
    row_or_refusal,
)

MOST_ROWS: Final = 500_000
_MAGIC: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_CHUNK: Final = 2**20
_LARGEST_FRAME: Final = 256 * 2**20

_decode_count = msgspec.msgpack.Decoder(int).decode
_decode_rows = msgspec.msgpack.Decoder(list[list[str]]).decode


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file begins as a workbook does; the position ends at 0."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    return start.startswith(_MAGIC)


def _unreadable() -> Problem:
    return Problem(
        "workbook_unreadable",
        422,
        _(
            "This workbook can't be read: it is damaged, protected by a password, or unfolds to"
            " more than fits. Save the sheet as CSV (UTF-8) and send that."
        ),
    )


class Sheet:
    """A workbook's header and, once, its rows; ``position`` counts the rows read, of ``size``.

    Raises ``workbook_unreadable`` or ``sheet_too_large``, also while its rows are read.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.encoding = Encoding("workbook")
        self.delimiter = ""
        self.position = 0
        # Held until release(): the reading process has it as its standard input.
        self._copy = tempfile.TemporaryFile()  # noqa: SIM115
        file.seek(0)
        while chunk := file.read(_CHUNK):
            self._copy.write(chunk)
        self._copy.seek(0)
        self._reader = subprocess.Popen(
            [sys.executable, "-m", "yellowcart.sources.files.workbook"],
            stdin=self._copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.size = _decode_count(self._frame() or b"\0")
            if self.size > MOST_ROWS:
                raise Problem(
                    "sheet_too_large",
                    422,
                    _("The sheet has more than %(most)s rows. Split it, or send it as CSV."),
                    params={"most": MOST_ROWS},
                )
            self._lines = self._numbered()
            self.header = self._read_header()
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """End the process behind; the file itself was never held."""
        self._reader.kill()
        self._reader.wait()
        if self._reader.stdout is not None:
            self._reader.stdout.close()
        self._copy.close()

    def rows(self) -> Iterator[Row | Refusal]:
        """Every row that is not blank, padded to the header, and a refusal for each bad one."""
        for line, cells in self._lines:
            found = row_or_refusal(line, cells, len(self.header), lenient=False)
            if found is not None:
                yield found

    def _read_header(self) -> tuple[str, ...]:
        for _line, cells in self._lines:
            named = [clean(cell) for cell in cells]
            while named and not named[-1]:
                named.pop()
            if named and not is_preamble(named[0]):
                return tuple(named)
        return ()

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        line = 0
        while frame := self._frame():
            for cells in _decode_rows(frame):
                line += 1
                self.position = line
                if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
                    raise Problem(
                        "sheet_too_large",
                        422,
                        _("Row %(line)s is too long to be a product's."),
                        params={"line": line},
                    )
                yield line, cells

    def _frame(self) -> bytes:
        """The next frame; empty at an orderly end."""
        out = self._reader.stdout
        if out is None:
            return b""
        head = out.read(4)
        length = int.from_bytes(head, "big")
        if not head:
            if self._reader.wait() != 0:
                raise _unreadable()
            return b""
        body = out.read(length) if len(head) == 4 and length <= _LARGEST_FRAME else b""
        if len(body) != length:
            raise _unreadable()
        return body
