"""Problem details (RFC 9457): one stable code and one sentence a person can act on."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise

CONTENT_TYPE = "application/problem+json"

#: In which sentences are kept that nobody reads yet.
LANGUAGES: Final = ("en", "zh-hans")


class Problem(Exception):  # noqa: N818  RFC 9457's own word
    """Something the caller can act on.

    ``code`` is stable and for machines; ``detail`` is a lazy translation with ``%(name)s``
    places filled from ``params``, which may be lazy too; ``extra`` is added to the body (a
    verdict, a remaining stock), ``headers`` to the answer (a challenge, when to come back).
    """

    def __init__(
        self,
        code: str,
        status: int,
        detail: "str | Promise",
        *,
        params: Mapping[str, object] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.detail = detail
        self.params = dict(params or {})
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self, language: str) -> dict[str, Any]:
        """The JSON body in the caller's language."""
        text = _translated(self.detail, language)
        return {
            "type": f"urn:yellowcart:problem:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "code": self.code,
            "detail": self._filled(text, language) if self.params else text,
            **self.extra,
        }

    def _filled(self, text: str, language: str) -> str:
        with translation.override(language):
            return text % self.params

    def __str__(self) -> str:
        return str(self.body("en")["detail"])


@lru_cache(maxsize=1024)
def _translated(detail: "str | Promise", language: str) -> str:
    # A sold-out room asks for the same sentence thousands of times a second.
    with translation.override(language):
        return str(detail)


def language_of(accept_language: str, chosen: str = "") -> str:
    """``zh-hans`` or ``en``: what the caller chose, else the Accept-Language header's first."""
    if chosen:
        return "zh-hans" if chosen.lower().startswith("zh") else "en"
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh-hans"
        if tag.startswith("en"):
            return "en"
    return "zh-hans" if not accept_language else "en"


def words_of(problem: Problem) -> dict[str, str]:
    """A problem's sentence in each language, for keeping."""
    return {one: str(problem.body(one)["detail"])[:500] for one in LANGUAGES}


def in_languages(
    words: "str | Promise", params: Mapping[str, object] | None = None
) -> dict[str, str]:
    """A sentence in each language, its places filled, for keeping."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            text = str(words)
            found[language] = text % params if params else text
    return found
