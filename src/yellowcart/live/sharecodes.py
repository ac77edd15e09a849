"""What a share code looks like, and finding one in whatever somebody pasted. Pure."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

#: Without what is misread for something else: 0 and O, 1 and I and L.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 8
#: Stands on both sides of a code in a text, as other platforms have marks of theirs.
MARK: Final = "🛒"

_CODE: Final = f"[{ALPHABET}]{{{LENGTH}}}"
_MARKED: Final = re.compile(rf"{MARK}\s*({_CODE})\s*{MARK}", re.IGNORECASE)
_BARE: Final = re.compile(rf"\s*({_CODE})\s*", re.IGNORECASE)
_LINK: Final = re.compile(r"https?://[^\s<>\"'，。]+", re.IGNORECASE)
_PATH: Final = re.compile(rf"/s/({_CODE})/?", re.IGNORECASE)
_MOST: Final = 2_000


def share_code_in(text: str, own_hosts: Collection[str] = ()) -> str | None:
    """The first of our codes in a text: between its marks, in a link of ours, or all there is.

    A link counts where its host is one of ``own_hosts``; where none is named, any host does.
    """
    text = text[:_MOST]
    marked = _MARKED.search(text)
    if marked:
        return marked[1].upper()
    for link in _LINK.findall(text):
        parts = urlsplit(link)
        found = _PATH.fullmatch(parts.path)
        if found and (not own_hosts or parts.hostname in own_hosts):
            return found[1].upper()
    bare = _BARE.fullmatch(text)
    return bare[1].upper() if bare else None


def marked(code: str) -> str:
    """A code between its marks."""
    return f"{MARK}{code}{MARK}"
