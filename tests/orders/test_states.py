"""The table of an order's life: sound in itself, and the same in the docs."""

from pathlib import Path

import pytest

from yellowcart.core.problems import Problem
from yellowcart.orders.states import (
    ENDS,
    STATE_WORDS,
    STATES,
    STEPS,
    Party,
    allowed_steps,
    check_step,
)

DOCS = Path(__file__).parents[2] / "docs" / "orders.md"


def table() -> str:
    """The steps as the docs show them."""
    rows = ["| step | from | to | who | |", "|---|---|---|---|---|"]
    for verb, step in STEPS.items():
        before = ", ".join(f"`{state}`" for state in STATES if state in step.before)
        after = f"`{step.after}`" if step.after else "stays"
        by = ", ".join(party.value for party in Party if party in step.by)
        rows.append(f"| `{verb}` | {before} | {after} | {by} | {step.means} |")
    return "\n".join(rows)


def test_the_docs_show_this_table() -> None:
    assert table() in DOCS.read_text(encoding="utf-8")


def test_every_state_has_words_and_every_step_known_states() -> None:
    assert set(STATE_WORDS) == set(STATES)
    for verb, step in STEPS.items():
        assert step.before, verb
        assert step.by, verb
        assert step.before <= set(STATES), verb
        assert step.after is None or step.after in STATES, verb
        for state in step.before:
            assert check_step(verb, state, step.by) is step


def test_nothing_comes_back_from_an_end() -> None:
    for end in ENDS:
        moving = [verb for verb in allowed_steps(end, frozenset(Party)) if STEPS[verb].after]
        assert moving == []


def test_every_state_is_reached_and_leads_to_an_end() -> None:
    reached = {"awaiting_payment"}
    while True:
        more = {step.after for step in STEPS.values() if step.after and step.before & reached}
        if more <= reached:
            break
        reached |= more
    assert reached == set(STATES)
    for state in STATES:
        seen = {state}
        while not seen & ENDS:
            further = {step.after for step in STEPS.values() if step.after and step.before & seen}
            assert not further <= seen, state
            seen |= further


@pytest.mark.parametrize(
    ("verb", "state", "party", "refused"),
    [
        ("confirm", "shipped", Party.SELLER, ("forbidden", 403)),
        ("receive", "shipped", Party.BUYER, ("forbidden", 403)),
        ("ship", "awaiting_payment", Party.SELLER, ("order_state", 409)),
        ("cancel", "paid", Party.BUYER, ("order_state", 409)),
        ("confirm", "partly_shipped", Party.BUYER, ("order_state", 409)),
        ("close", "completed", Party.PLATFORM, ("order_state", 409)),
    ],
)
def test_what_is_refused(verb: str, state: str, party: Party, refused: tuple[str, int]) -> None:
    with pytest.raises(Problem) as caught:
        check_step(verb, state, frozenset({party}))
    assert (caught.value.code, caught.value.status) == refused
