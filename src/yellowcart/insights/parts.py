"""What orders add up to, in parts that can be put together: a stretch read from the orders, a day
that was kept, what refunds took away since. Values in, values out."""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from struct import iter_unpack

from yellowcart.insights.rules import Dimension, Figures

#: Looks up the numbers of accounts, by the 16 bytes of their ids; those without one are left out.
LookUp = Callable[[set[bytes]], Mapping[bytes, int]]
#: Numbers from here on are given for one report only.
FRESH = 1 << 31


def no_numbers() -> "array[int]":
    """An empty row of buyers' numbers, four bytes each."""
    return array("I")


@dataclass(frozen=True, slots=True)
class Part:
    """Orders that share the values of some dimensions and a currency.

    ``buyers`` holds the number of its buyer for each order, so that the buyers of several parts
    can be told apart; see :class:`Numbers`. A part may take away from others, of the same orders:
    then amount and count are negative, and ``lost`` holds the buyers of the orders that no longer
    count.
    """

    key: tuple[str, ...]
    currency: str
    gmv_minor: int
    sales: int
    buyers: "array[int]" = field(default_factory=no_numbers)
    lost: "array[int]" = field(default_factory=no_numbers)


class Numbers:
    """Small numbers for accounts' ids, the same for the same account throughout a report.

    They are told apart several times as fast as ids are. ``look_up`` knows those by which the parts
    were made that the report has already; without it there are none.
    """

    def __init__(self, look_up: LookUp | None = None) -> None:
        self._look_up = look_up
        self._numbers: dict[bytes, int] = {}
        self._fresh = count(FRESH)

    def learn(self, packed: Iterable[bytes]) -> None:
        """Have numbers for all of the ids that stand one after another."""
        new = set(chain.from_iterable(map(_ids, packed))).difference(self._numbers)
        if self._look_up is not None and new:
            self._numbers.update(self._look_up(new))
            new.difference_update(self._numbers)
        self._numbers.update(zip(new, self._fresh, strict=False))

    def of(self, packed: bytes) -> "array[int]":
        """The numbers of ids that were learned."""
        return array("I", map(self._numbers.__getitem__, _ids(packed)))


def packed(numbers: "array[int]") -> bytes:
    """Numbers as they are kept: four bytes each, the least first."""
    return _least_first(numbers).tobytes()


def unpacked(kept: bytes) -> "array[int]":
    """What :func:`packed` made bytes of."""
    numbers = no_numbers()
    numbers.frombytes(kept)
    return _least_first(numbers)


def _least_first(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return numbers
    turned = numbers[:]
    turned.byteswap()
    return turned


def together(parts: Iterable[Part]) -> list[Part]:
    """One part for each key and currency, in their order."""
    groups: defaultdict[tuple[tuple[str, ...], str], list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.key, part.currency].append(part)
    return [
        Part(
            key,
            currency,
            sum(part.gmv_minor for part in group),
            sum(part.sales for part in group),
            _joined(part.buyers for part in group),
            _joined(part.lost for part in group),
        )
        for (key, currency), group in sorted(groups.items(), key=lambda item: item[0])
    ]


def _joined(numbers: Iterable["array[int]"]) -> "array[int]":
    whole = no_numbers()
    for some in numbers:
        whole.extend(some)
    return whole


def figures(
    parts: Iterable[Part], by: Sequence[Dimension], *, with_buyers: bool = True
) -> list[Figures]:
    """Figures for each key and currency that has any sale, in their order. A buyer counts once;
    without ``with_buyers`` none is counted."""
    return [
        Figures(
            dict(zip(by, one.key, strict=True)),
            one.currency,
            one.gmv_minor,
            one.sales,
            told_apart(one) if with_buyers else 0,
        )
        for one in together(parts)
        if one.sales
    ]


def told_apart(part: Part) -> int:
    """How many different buyers the orders of a part have, without those that lost all of theirs.

    It takes about 100 bytes a buyer while it counts.
    """
    came = len(set(part.buyers))
    if not part.lost:
        return came
    lost = Counter(part.lost)
    orders = Counter(filter(lost.__contains__, part.buyers))
    return came - sum(number <= lost[buyer] for buyer, number in orders.items())


def _ids(ids: bytes) -> Iterator[bytes]:
    return chain.from_iterable(iter_unpack("16s", ids))
