"""What viewers asked most. Messages that ask are put together where they ask in the same words;
nothing more clever is tried, and who asked is not said."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from yellowcart.live.models import ChatMessage

#: Questions that are listed, and messages that are looked through for them, the latest first.
MOST: Final = 8
LOOKED_THROUGH: Final = 20_000

#: What a question has somewhere, in either language.
_SIGNS: Final = (
    "?",
    "？",
    "吗",
    "么",
    "多少",
    "怎么",
    "几",
    "哪",
    "how ",
    "what ",
    "when ",
    "which ",
)
_NOISE: Final = re.compile(r"[\s\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the words of whoever asked it last, and how often it was asked."""

    text: str
    count: int


def most_asked(messages: Iterable[str]) -> list[Question]:
    """Questions by how often they were asked, the newest wording of each; newest first given."""
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for message in messages:
        key = _NOISE.sub("", message).casefold()
        if key and any(sign in message.casefold() for sign in _SIGNS):
            counts[key] += 1
            words.setdefault(key, message.strip())
    return [Question(words[key], count) for key, count in counts.most_common(MOST)]


def questions_of(room_id: UUID) -> list[Question]:
    """What viewers of a room asked most, hidden messages left out."""
    asks = Q()
    for sign in _SIGNS:
        asks |= Q(text__icontains=sign)
    texts = (
        ChatMessage.objects.filter(asks, room_id=room_id, role="viewer", hidden_at__isnull=True)
        .order_by("-id")
        .values_list("text", flat=True)[:LOOKED_THROUGH]
    )
    return most_asked(texts)
