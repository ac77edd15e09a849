from collections import Counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.checkout.waiting import FullError, Waiting

HOT, QUIET, OTHER = uuid4(), uuid4(), uuid4()


def test_one_line_is_served_in_order() -> None:
    waiting: Waiting[int] = Waiting(10, 10)
    for number in range(5):
        waiting.add(HOT, number)
    assert (waiting.take(3), len(waiting), waiting.take(9), waiting.take(1)) == (
        [0, 1, 2],
        2,
        [3, 4],
        [],
    )


def test_a_quiet_sku_does_not_stand_behind_the_hot_one() -> None:
    waiting: Waiting[str] = Waiting(1_000, 1_000)
    for _ in range(500):
        waiting.add(HOT, "hot")
    waiting.add(QUIET, "quiet")
    waiting.add(OTHER, "other")
    assert Counter(waiting.take(16)) == {"hot": 14, "quiet": 1, "other": 1}


def test_more_lines_than_places_take_turns() -> None:
    waiting: Waiting[UUID] = Waiting(1_000, 1_000)
    skus = [uuid4() for _ in range(10)]
    for _ in range(2):
        for sku in skus:
            waiting.add(sku, sku)
    assert [waiting.take(4) for _ in range(5)] == [
        skus[:4],
        skus[4:8],
        [*skus[8:], *skus[:2]],
        skus[2:6],
        skus[6:],
    ]


def test_the_hot_line_is_full_while_others_find_a_place() -> None:
    waiting: Waiting[int] = Waiting(5, 3)
    for number in range(3):
        waiting.add(HOT, number)
    with pytest.raises(FullError):
        waiting.add(HOT, 3)
    waiting.add(QUIET, 0)
    waiting.add(OTHER, 0)
    with pytest.raises(FullError):
        waiting.add(QUIET, 1)
    waiting.take(4)
    waiting.add(HOT, 3)


@given(
    st.lists(st.one_of(st.integers(0, 4), st.integers(1, 7).map(lambda most: -most)), max_size=200)
)
def test_nobody_is_lost_doubled_or_overtaken_in_their_line(steps: list[int]) -> None:
    """Numbers of lines are arrivals, negative ones are batches of at most so many."""
    skus = [UUID(int=number) for number in range(5)]
    waiting: Waiting[tuple[int, int]] = Waiting(40, 12)
    inside: list[tuple[int, int]] = []
    for arrival, step in enumerate(steps):
        if step >= 0:
            mine = sum(line == step for line, _arrival in inside)
            try:
                waiting.add(skus[step], (step, arrival))
            except FullError:
                assert len(inside) == 40 or mine == 12
            else:
                assert len(inside) < 40
                assert mine < 12
                inside.append((step, arrival))
            continue
        lines = {line for line, _arrival in inside}
        taken = waiting.take(-step)
        assert len(taken) == min(-step, len(inside))
        assert taken == sorted(taken, key=lambda one: one[1])
        for line in lines:
            queue = [one for one in inside if one[0] == line]
            served = [one for one in taken if one[0] == line]
            assert served == queue[: len(served)]
            fair = min(len(queue), -step // len(lines))
            assert len(served) >= fair
        inside = [one for one in inside if one not in taken]
        assert len(waiting) == len(inside)
