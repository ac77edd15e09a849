"""The ``policy`` commands, without a database."""

import json

import pytest
from typer.testing import CliRunner

from yellowcart.policy.cli import app


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def check(run, *more, source="youzan", surface="live_room", at="2021-11-16T00:00:00+08:00"):
    return run("check", "--source", source, "--surface", surface, "--at", at, "--json", *more)


def test_check_prints_the_promised_object(run):
    result = check(run, "--platform", "kuaishou")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["outcome"] == "deny"
    assert said["rule"] == "kuaishou.2021-11-16.youzan-mokuai-live"
    assert said["since"] == "2021-11-15T16:00:00Z"
    assert said["until"] is None
    assert said["open_surfaces"] == [
        "short_video",
        "product_page",
        "profile",
        "shop_page",
        "replay",
    ]
    assert "one-click" in said["remedy"]


def test_the_usual_integration_is_meant_where_none_is_given(run):
    assert json.loads(check(run, "--platform", "kuaishou", source="mokuai").stdout)["outcome"] == (
        "deny"
    )
    native = check(run, "--platform", "kuaishou", "--integration", "native", source="mokuai")
    assert json.loads(native.stdout)["outcome"] == "allow"
    assert json.loads(check(run, "--platform", "douyin", source="native").stdout)["outcome"] == (
        "allow"
    )


@pytest.mark.parametrize("at", ["2021-11-15T24:00", "2021-11-16", "2021-11-15T16:00:00Z"])
def test_instants_are_read_in_the_platforms_zone(run, at):
    assert json.loads(check(run, "--platform", "kuaishou", at=at).stdout)["outcome"] == "deny"
    before = check(run, "--platform", "kuaishou", at="2021-11-15T23:59:59.999999")
    assert json.loads(before.stdout)["outcome"] == "allow"


def test_as_of(run):
    believed = check(run, "--platform", "kuaishou", "--as-of", "2021-11-01")
    assert json.loads(believed.stdout)["outcome"] == "allow"


def test_words_for_people_in_their_language(run, monkeypatch):
    arguments = ("check", "--source", "jd", "--surface", "live_room", "--at", "2022-03-01")
    english = run(*arguments, "--platform", "kuaishou").stdout
    assert english.startswith("deny: jd (link)")
    assert "product pages" in english
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    chinese = run(*arguments, "--platform", "kuaishou").stdout
    assert "京东联盟" in chinese
    assert "仍开放" in chinese


PACK = """format = 1
platform = "mine"
sources = { wowo = "link" }
[[rule]]
key = "mine.wowo"
sources = ["wowo"]
shops = ["s1"]
outcome = "deny"
announced_at = "2021-01-01T00:00:00Z"
effective_from = "2021-02-01T00:00:00Z"
reason = { en = "No.", zh = "否。" }
remedy = { en = "Other.", zh = "其他。" }
"""


def test_rules_of_files_in_either_form(run, tmp_path):
    path, other = tmp_path / "mine.toml", tmp_path / "other.toml"
    path.write_text(PACK, encoding="utf-8")
    other.write_text(PACK.replace("mine", "other").replace("s1", "s2"), encoding="utf-8")
    for files in (
        ["--rules", str(path), str(other)],
        ["--rules", str(path), "--rules", str(other)],
    ):
        for shop, outcome in (("s1", "deny"), ("s2", "deny"), ("s3", "allow")):
            result = check(run, "--shop", shop, *files, source="wowo")
            assert json.loads(result.stdout)["outcome"] == outcome
    together = check(run, "--platform", "kuaishou", "--rules", str(path))
    assert json.loads(together.stdout)["outcome"] == "deny"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"surface": "liveroom"}, "live_room"),
        ({"source": "yuozan"}, "youzan"),
        ({"at": "tomorrow"}, "2021-11-16T00:00:00+08:00"),
        ({"at": "2021-11-15T24:30+08:00"}, "24:00"),
        ({"at": "2021-02-30"}, "calendar"),
    ],
)
def test_bad_input_is_refused_with_what_to_write(run, arguments, hint):
    result = check(run, "--platform", "kuaishou", **arguments)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert not result.stdout


def test_an_unknown_platform(run):
    result = check(run, "--platform", "kuaishuo")
    assert result.exit_code == 2
    assert "'kuaishou'" in result.stderr


def test_validate(run, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(PACK, encoding="utf-8")
    assert run("validate", str(path)).exit_code == 0
    path.write_text(PACK.replace("-02-01T00:00:00Z", "-02-01T00:00:00"), encoding="utf-8")
    result = run("validate", str(path))
    assert result.exit_code == 2
    assert f"{path}:10: rule 'mine.wowo', effective_from:" in result.stderr
    assert "2021-02-01T00:00:00+08:00" in result.stderr


def test_history(run):
    result = run("history", "--platform", "kuaishou", "--json")
    rules = json.loads(result.stdout)
    assert [rule["grade"] for rule in rules] == ["S", "B", "B", "B", "B"]
    assert rules[2]["effective_from"] == "2021-11-15T16:00:00Z"
    shown = run("history", "--platform", "douyin").stdout
    assert "2020-10-09 00:00+08:00" in shown
    assert "douyin.2020-10-09.third-party-live r1" in shown
