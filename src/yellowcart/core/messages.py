"""Translations: extract, check and compile, with Babel alone (no gettext programs needed).

    python -m yellowcart.core.messages extract src/yellowcart/policy
    python -m yellowcart.core.messages compile

Each folder with sentences keeps its own ``locale/zh_Hans/LC_MESSAGES/django.po``.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogs() -> list[Path]:
    """Every ``django.po`` of the package."""
    return sorted(PACKAGE.glob(f"**/locale/{LOCALE}/LC_MESSAGES/django.po"))


def _sources(folder: Path) -> Iterator[tuple[Path, bytes]]:
    # Django's settings must be loaded before its template lexer.
    from django.utils.translation.template import templatize

    for path in sorted(folder.rglob("*")):
        if not path.is_file() or "migrations" in path.parts or "static" in path.parts:
            continue
        if path.suffix == ".py":
            yield path, path.read_bytes()
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()


def extract_folder(folder: Path) -> Catalog:
    """The sentences of one folder as a catalogue without translations."""
    catalog = Catalog(locale=LOCALE, domain="django")
    for path, source in _sources(folder):
        found = extract(
            "python", io.BytesIO(source), keywords=_KEYWORDS, comment_tags=("Translators:",)
        )
        for line, message, comments, context in found:
            where = str(path.relative_to(folder))
            catalog.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return catalog


def update(folder: Path) -> Path:
    """Bring a folder's ``django.po`` up to date, keeping what is translated."""
    target = folder / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
    fresh = extract_folder(folder)
    if target.exists():
        with target.open("rb") as file:
            catalog = read_po(file, locale=LOCALE, domain="django")
        catalog.update(fresh, no_fuzzy_matching=True)
        catalog.obsolete.clear()
    else:
        catalog = fresh
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_po(file, catalog, omit_header=False, no_location=True, sort_output=True, width=100)
    text = target.read_text(encoding="utf-8")
    header_end = text.index("\n\n") + 2
    target.write_text(
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        + text[header_end:],
        encoding="utf-8",
    )
    return target


def missing(path: Path) -> list[Message]:
    """The messages of a catalogue that have no translation."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=LOCALE, domain="django")
    return [
        message
        for message in catalog
        if message.id and (not message.string or message.fuzzy or message.string == ("",))
    ]


def compile_all() -> int:
    """Write the ``.mo`` beside every ``.po`` that is newer; how many were written."""
    count = 0
    for path in catalogs():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=LOCALE, domain="django")
        with target.open("wb") as out:
            write_mo(out, catalog)
        count += 1
    return count


def main(arguments: list[str]) -> int:
    """The two verbs of the module's docstring."""
    if arguments[:1] == ["compile"]:
        compile_all()
        return 0
    if arguments[:1] == ["extract"] and len(arguments) > 1:
        from django.conf import settings

        settings.configure(USE_I18N=True)
        for name in arguments[1:]:
            path = update(Path(name).resolve())
            for message in missing(path):
                print(f"{path}: no Chinese for {message.id!r}")  # noqa: T201  a command's output
        return 0
    print(__doc__)  # noqa: T201  a command's output
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
