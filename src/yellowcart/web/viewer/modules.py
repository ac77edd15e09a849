"""Which files a page needs before it can act: what its module imports, and what that imports."""

import re
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath

from django.conf import settings
from django.contrib.staticfiles import finders

#: ``import … from "x"``, ``import "x"``, ``export … from "x"``; not ``import("x")``, which waits.
_IMPORT = re.compile(r'^(?:import|export)\b[^;"(]*"(?P<path>\.[^"]+)"', re.MULTILINE)


def source_of(name: str) -> str:
    """The text of a static file by its name."""
    found = finders.find(name)
    if not found:
        msg = f"there is no static file {name}"
        raise LookupError(msg)
    return Path(found).read_text(encoding="utf-8")


def imports_of(name: str) -> list[str]:
    """The static files a module imports before it runs."""
    here = name.rpartition("/")[0]
    paths = [match["path"] for match in _IMPORT.finditer(source_of(name))]
    return [normpath(join(here, path)) for path in paths]


def graph_of(name: str) -> tuple[str, ...]:
    """A module and everything it imports, itself first, each once."""
    found = [name]
    for one in found:
        found += [other for other in imports_of(one) if other not in found]
    return tuple(found)


#: ``@import url("x") layer(…)`` of a style sheet.
_SHEET = re.compile(r'^@import url\("(?P<path>[^"]+)"\)', re.MULTILINE)


@lru_cache(maxsize=4)
def sheets_of(name: str) -> tuple[str, ...]:
    """The style sheets that one brings in, which a browser would only find once it has read it."""
    here = name.rpartition("/")[0]
    return tuple(normpath(join(here, match["path"])) for match in _SHEET.finditer(source_of(name)))


_kept = lru_cache(maxsize=8)(graph_of)


def preloaded(name: str) -> tuple[str, ...]:
    """:func:`graph_of`, remembered where files do not change under the server."""
    return graph_of(name) if settings.DEBUG else _kept(name)
