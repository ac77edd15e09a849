"""Who waits for the lane: bounded, and fair between SKUs.

Each SKU has a line of its own and the lines are served in turn, so that whoever wants a quiet SKU
does not stand behind everybody who wants the hot one. One line may fill a part of the room only:
a hot SKU's crowd is turned away while others still find a place.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FullError(Exception):
    """So many wait that another would wait too long."""


class Waiting(Generic[T]):
    """Lines by SKU, first come first served in each.

    ``most`` may wait in all, ``most_of_one`` in one line.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._lines: dict[int, deque[tuple[int, T]]] = {}
        self._turns: deque[int] = deque()
        self._count = 0
        self._arrived = 0

    def __len__(self) -> int:
        return self._count

    def add(self, sku: int, item: T) -> None:
        """Stand in the line of a SKU, named by its id's number. Raises :class:`FullError` where
        there is no room."""
        if self._count >= self._most:
            raise FullError
        line = self._lines.get(sku)
        if line is None:
            line = self._lines[sku] = deque()
            self._turns.append(sku)
        elif len(line) >= self._most_of_one:
            raise FullError
        self._arrived += 1
        self._count += 1
        line.append((self._arrived, item))

    def take(self, most: int) -> list[T]:
        """Up to ``most``, the same share of every line, in the order they arrived.

        Whose turn it was goes to the end: where there are more lines than places, the others are
        first next time.
        """
        taken: list[tuple[int, T]] = []
        room = min(most, self._count)
        several = len(self._turns) > 1
        while room:
            share = max(room // len(self._turns), 1)
            for _ in range(min(len(self._turns), room)):
                sku = self._turns.popleft()
                line = self._lines[sku]
                count = min(share, len(line))
                taken += [line.popleft() for _ in range(count)]
                room -= count
                if line:
                    self._turns.append(sku)
                else:
                    del self._lines[sku]
        self._count -= len(taken)
        if several:
            taken.sort(key=_arrival)
        return [item for _arrived, item in taken]


def _arrival(place: tuple[int, object]) -> int:
    return place[0]
