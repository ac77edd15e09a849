"""The policy bench measures what it says, on a small table."""

import pytest
from bench import policy as bench

from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.table import compile_rules


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(bench, "RULES", 200)
    monkeypatch.setattr(bench, "QUESTIONS", 300)
    monkeypatch.setattr(bench, "ROUNDS", 2)


def test_its_rules_could_have_been_written():
    assert check_conflicts(bench.rules(200)) == []


def test_its_questions_meet_rules():
    table = compile_rules(bench.rules(2_000))
    decided = {table.verdict(facts, at).rule for facts, at in bench.questions(500)}
    assert len(decided) > 50


def test_the_ratio_is_made_of_the_figures_beside_it():
    found = bench.run()
    assert found["rules"] == 200
    made = found["verdicts_per_second"] / found["dict_lookups_per_second"]
    assert found["ratio"] == pytest.approx(made, abs=0.001)
