import os
import time

from yellowcart.core.ids import new_id


def test_ids_are_of_their_time_and_in_order() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}
    assert before <= ids[0].int >> 80 <= time.time_ns() // 1_000_000
    assert len({one.int & ((1 << 62) - 1) for one in ids}) == len(ids)


def test_a_forked_child_makes_ids_of_its_own() -> None:
    new_id()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"".join((new_id().int & ((1 << 62) - 1)).to_bytes(8) for _ in range(50)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 400)
    ours = [(new_id().int & ((1 << 62) - 1)).to_bytes(8) for _ in range(50)]
    assert len(theirs) == 400
    assert not {theirs[start : start + 8] for start in range(0, 400, 8)} & set(ours)
