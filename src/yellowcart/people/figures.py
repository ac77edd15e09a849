"""Figures that other folders know about a person: videos, shops.

People stands below them and can't ask. So they tell how, at start-up, in ``config``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict
from uuid import UUID


class Figures(TypedDict, total=False):
    """What one folder adds to a person's facts. ``shop_deposit`` is minor units by currency."""

    video_times: tuple[datetime, ...]
    has_shop: bool
    own_shop: bool
    shop_type: str
    shop_deposit: dict[str, int]


Source = Callable[[UUID], Figures]
_sources: list[Source] = []


def provide(source: Source) -> None:
    """Ask ``source`` for its figures whenever somebody's facts are wanted."""
    if source not in _sources:
        _sources.append(source)


def collect(account_id: UUID) -> Figures:
    """Everything the sources know about an account."""
    figures: Figures = {}
    for source in _sources:
        figures.update(source(account_id))
    return figures
