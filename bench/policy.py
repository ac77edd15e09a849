"""Verdicts per second in one process for 10,000 rules, beside a bare dict look-up.

The limit is what Python can do at best: one look-up of the same facts in a plain dict, in the
same loop. Both are timed in alternating rounds, and the best round of each counts.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from yellowcart.core.texts import Text
from yellowcart.policy.rules import Facts, Outcome, Rule
from yellowcart.policy.table import compile_rules
from yellowcart.policy.words import INTEGRATIONS, SURFACES

RULES = 10_000
QUESTIONS = 20_000
SAMPLES = 20_000
ROUNDS = 5
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SOURCES = [f"source{number}" for number in range(60)]
_SHOPS = [f"shop{number}" for number in range(3_000)]
_CREATORS = [f"creator{number}" for number in range(500)]


def rules(count: int, seed: int = 116) -> list[Rule]:
    """Rules such as a busy operator would have: by source and surface, by shop, by creator."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        begins = EPOCH + timedelta(hours=dice.randrange(24 * 1_500))
        kind = dice.random()
        made.append(
            Rule(
                key=f"bench.{number}",
                outcome=dice.choice(list(Outcome)),
                announced_at=EPOCH + timedelta(seconds=number),
                effective_from=begins,
                effective_until=begins + timedelta(days=dice.randrange(1, 400))
                if dice.random() < 0.6
                else None,
                reason=Text("reason", "理由"),
                remedy=Text("remedy", "办法"),
                sources=frozenset(dice.sample(_SOURCES, dice.randrange(1, 4))),
                integrations=frozenset({dice.choice(INTEGRATIONS)})
                if dice.random() < 0.5
                else None,
                surfaces=frozenset(dice.sample(SURFACES, dice.randrange(1, 4))),
                shops=frozenset({dice.choice(_SHOPS)}) if kind < 0.5 else None,
                creators=frozenset({dice.choice(_CREATORS)}) if kind > 0.9 else None,
            )
        )
    return made


def questions(count: int, seed: int = 391) -> list[tuple[Facts, datetime]]:
    """Facts of listings, and instants over the years the rules span."""
    dice = random.Random(seed)
    pool = [
        Facts(
            dice.choice(_SOURCES),
            dice.choice(INTEGRATIONS),
            dice.choice(SURFACES),
            dice.choice(_SHOPS),
            "enterprise",
            dice.choice(_CREATORS),
        )
        for _ in range(min(count, 2_000))
    ]
    return [
        (dice.choice(pool), EPOCH + timedelta(minutes=dice.randrange(60 * 24 * 1_800)))
        for _ in range(count)
    ]


def run() -> dict[str, Any]:
    """The figures; ``ratio`` is verdicts per second over bare dict look-ups per second."""
    began = time.perf_counter()
    book = rules(RULES)
    table = compile_rules(book)
    compile_ms = (time.perf_counter() - began) * 1_000
    asked = questions(QUESTIONS)
    cold = _each(asked, table.verdict)
    plain = {facts: facts.surface for facts, _at in asked}

    def look_up(facts: Facts, _at: datetime) -> str:
        return plain[facts]

    verdicts, lookups = [], []
    for _ in range(ROUNDS):
        verdicts.append(_per_second(asked, table.verdict))
        lookups.append(_per_second(asked, look_up))
    warm = _each(asked[:SAMPLES], table.verdict)
    return {
        "bench": "policy",
        "rules": RULES,
        "ratio": round(max(verdicts) / max(lookups), 3),
        "verdicts_per_second": round(max(verdicts)),
        "dict_lookups_per_second": round(max(lookups)),
        "median_us": round(statistics.median(warm), 3),
        "p99_us": round(statistics.quantiles(warm, n=100)[98], 3),
        "cold_median_us": round(statistics.median(cold), 3),
        "cold_max_us": round(max(cold), 1),
        "compile_ms": round(compile_ms, 1),
    }


def _per_second(
    asked: Sequence[tuple[Facts, datetime]], ask: Callable[[Facts, datetime], object]
) -> float:
    began = time.perf_counter()
    for facts, at in asked:
        ask(facts, at)
    return len(asked) / (time.perf_counter() - began)


def _each(
    asked: Sequence[tuple[Facts, datetime]], ask: Callable[[Facts, datetime], object]
) -> list[float]:
    """Microseconds of every single question, the timer's own cost included."""
    spent = []
    for facts, at in asked:
        began = time.perf_counter_ns()
        ask(facts, at)
        spent.append((time.perf_counter_ns() - began) / 1_000)
    return spent
