"""Sentences that are data: what an operator or a rule pack wrote in both languages."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The sentence for a language tag such as ``zh-hans`` or ``en-GB``."""
        return self.zh if language.lower().startswith("zh") else self.en
