"""The rows of a file that were refused, kept to be corrected and sent again.

A row comes with the others of its product, which are unchanged when they come back, so that what
it needs of them (its product's name, the names of its options) is there.
"""

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from yellowcart.inventory.importing import Report
from yellowcart.inventory.models import ImportRun
from yellowcart.sources.files import columns
from yellowcart.sources.files.catalogue import rows_at

MOST_ROWS: Final = 20_000


class Rows(msgspec.Struct, frozen=True):
    """A file's header and the rows to correct, by their lines."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


_decode = msgspec.msgpack.Decoder(Rows).decode


@dataclass(frozen=True, slots=True)
class Corrections:
    """The heading and the rows of an error file."""

    heading: list[str]
    rows: Iterator[list[str]]


def keep_refused(content: bytes, report: Report) -> bytes:
    """The rows to correct of a file, packed; empty where there are none."""
    if not report.lines:
        return b""
    found = rows_at(io.BytesIO(content), report.lines)
    header = list(next(found, (0, ()))[1])
    rows = {line: list(cells) for line, cells in found}
    for one in report.refusals:
        if one.line not in rows and one.cells:
            rows[one.line] = list(one.cells)
    kept = Rows(header, sorted(rows.items())[:MOST_ROWS])
    return zlib.compress(msgspec.msgpack.encode(kept))


def corrections(run: ImportRun, language: str) -> Corrections:
    """A run's error file; ``language`` is one of the report's."""
    refusals = run.report.get(language, {}).get("refusals", [])
    return correcting(
        bytes(run.refused), {one["line"]: one["reason"] for one in refusals}, language
    )


def correcting(packed: bytes, reasons: Mapping[int, str], language: str) -> Corrections:
    """Why each row was refused, then the columns of the file as it was sent.

    A file that was corrected before loses its old reasons.
    """
    kept = _decode(zlib.decompress(packed)) if packed else Rows([], [])
    chinese = language.startswith("zh")
    places = [n for n, name in enumerate(kept.header) if not columns.is_aside(name)]
    asides = [
        field.chinese if chinese else field.heading for field in (columns.REASON, columns.LINE)
    ]

    def rows() -> Iterator[list[str]]:
        for line, cells in kept.rows:
            own = [cells[n] if n < len(cells) else "" for n in places]
            yield [reasons.get(line, ""), str(line), *own, *cells[len(kept.header) :]]

    return Corrections([*asides, *(kept.header[n] for n in places)], rows())
