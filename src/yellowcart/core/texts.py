"""Sentences that are data: what an operator or a rule pack wrote in both languages."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The sentence for a language tag such as ``zh-hans`` or ``en-GB``."""
        return self.zh if language.lower().startswith("zh") else self.en

    def shortened(self, longest: int) -> "Text":
        """Each language cut to so many characters, the last one saying so."""
        en, zh = (text if len(text) <= longest else text[: longest - 1] + "…" for text in self)
        return Text(en, zh)
