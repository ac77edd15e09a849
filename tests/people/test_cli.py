"""The ``permit`` commands, without a database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yellowcart.people.cli import app


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("YELLOWCART_PLATFORM", raising=False)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def facts(*words: str) -> list[str]:
    return [part for word in words for part in ("--fact", word)]


def test_a_made_up_person_is_told_what_is_missing(run):
    known = facts(
        *("age=26", "real_name=yes", "phone=yes", "account_days=90", "followers=4"),
        *("public_videos=3", "minutes_watched_7d=8", "region=CN", "shop_type=personal"),
    )
    asked = ("check", "--permit", "go_live", "--at", "2021-11-15T20:00+08:00", "--json", *known)
    said = json.loads(run(*asked).stdout)
    assert (said["outcome"], said["rule"]) == ("refused", "kuaishou.go-live")
    missing = {each["name"]: each["missing"] for each in said["conditions"] if not each["met"]}
    assert missing == {"followers": 2}
    assert said["pilot"] is None


def test_money_scores_and_flags_are_understood(run):
    known = facts("real_name=yes", "followers=1000", "public_videos=10", "deposit=500 CNY")
    asked = ("check", "--permit", "promote", "--platform", "douyin", *known)
    reply = run(*asked, "--at", "2021-07-02T00:00+08:00")
    assert reply.stdout.startswith("granted: douyin.promote")
    reply = run(*asked, "--fact", "flags.official_account=yes")
    assert "✗ Official account of one shop: yes (not allowed)" in reply.stdout
    known = facts("real_name=yes", "followers=1000", "scores.shop=4.6", "scores.product=4.39")
    reply = run("check", "--permit", "promote", "--at", "2025-09-02T00:00+08:00", *known)
    assert "Product score: 4.39; at least 4.4 needed (0.01 missing)" in reply.stdout


def test_a_pilot_shows_its_limits(run):
    known = facts("age=20", "real_name=yes", "followers=1240", "region=US")
    asked = ("check", "--permit", "promote", "--platform", "tiktok", "--json", *known)
    said = json.loads(run(*asked, "--at", "2026-01-01T00:00Z").stdout)
    assert said["outcome"] == "pilot"
    assert said["pilot"]["selling_lives_per_week"] == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fact", "folowers=3"], "did you mean 'followers'?"),
        (["--fact", "followers"], "write it like followers=640"),
        (["--fact", "followers=many"], "'many' is no value for followers"),
        (["--fact", "real_name=perhaps"], "'perhaps' is no value for real_name"),
        (["--fact", "scores=4"], "Known:"),
        (["--at", "2021-11-15"], "has no zone"),
        (["--platform", "kwai"], "no permit pack ships for 'kwai'"),
        (["--rules", "nowhere.toml"], "check the path"),
    ],
)
def test_what_is_not_understood_is_said(run, arguments: list[str], says: str):
    reply = run("check", "--permit", "promote", *arguments)
    assert reply.exit_code == 2
    assert says in reply.stderr


def test_rules_are_listed_with_claims(run):
    rows = json.loads(run("rules", "--json").stdout)
    assert [row["permit"] for row in rows[:2]] == ["go_live", "sell_own"]
    assert sum(not row["in_force"] for row in rows) == 4
    assert "claim" in run("rules", "--platform", "douyin").stdout


def test_a_pack_is_checked(run, tmp_path: Path):
    pack = tmp_path / "mine.toml"
    pack.write_text('format = 1\nplatform = "mine"\n[[rule]]\nkey = "a"\n', encoding="utf-8")
    reply = run("validate", str(pack))
    assert reply.exit_code == 2
    assert f"{pack}:3: rule 'a', permit: is missing" in reply.stderr
    shipped = Path("src/yellowcart/people/packs/tiktok.toml")
    assert "5 rules, sound" in run("validate", str(shipped)).stdout
