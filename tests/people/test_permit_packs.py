"""Reading permit packs: what is wrong, where, and what to write instead."""

from pathlib import Path

import pytest

from yellowcart.core.instants import parse_instant
from yellowcart.core.tomlreader import FileError
from yellowcart.people.packs import (
    installed_rules,
    platforms,
    read_pack,
    read_packs,
    shipped_pack,
)
from yellowcart.people.rules import PermitRule

HEAD = """\
format = 1
platform = "mine"
name = { en = "Mine", zh = "我的" }
zone = "Asia/Shanghai"
"""
RULE = """
[[rule]]
key = "mine.promote"
permit = "promote"
effective_from = "2021-01-01T00:00:00+08:00"
summary = { en = "So it is.", zh = "如此。" }
[rule.require]
followers = { at_least = 1000 }
"""


@pytest.fixture
def write(tmp_path: Path):
    def save(*parts: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text("".join(parts), encoding="utf-8")
        return path

    return save


def test_the_shipped_packs_are_sound_and_graded():
    assert platforms() == ["douyin", "kuaishou", "tiktok"]
    for platform in platforms():
        for rule in shipped_pack(platform).rules:
            assert rule.key.startswith(f"{platform}.")
            assert rule.summary.en
            assert rule.summary.zh
            assert rule.grade in {"A", "B", "C"}
            assert rule.evidence


def test_an_unknown_platform_is_told_which_there_are():
    with pytest.raises(LookupError, match="did you mean 'tiktok'"):
        shipped_pack("tictok")


def test_a_whole_pack_is_read(write):
    path = write(
        HEAD,
        RULE.replace("at_least = 1000", "at_least = 5_000, pilot_at_least = 1_000"),
        'deposit = { at_least = "12.50 USD" }\n',
        "public_videos = { at_least = 3, within_days = 30 }\n",
        "scores.shop = { at_least = 4.52 }\nflags.official_account = false\nreal_name = true\n",
        '[rule.waive]\nown_shop = ["followers", "scores.shop"]\n',
        "[rule.pilot]\ndays = 30\nselling_lives_per_week = 3\n",
    )
    (rule,) = read_pack(path).rules
    assert isinstance(rule, PermitRule)
    assert [(each.key, str(each.bound)) for each in rule.conditions] == [
        ("followers", "5000"),
        ("deposit", "1250"),
        ("public_videos", "3"),
        ("scores.shop", "4.52"),
        ("flags.official_account", "0"),
        ("real_name", "1"),
    ]
    assert rule.conditions[0].pilot_bound == 1_000
    assert rule.conditions[1].currency == "USD"
    assert rule.conditions[2].within_days == 30
    assert rule.waivers[0].waives == {"followers", "scores.shop"}
    assert rule.pilot == (30, 3, None)
    assert rule.effective_from == parse_instant("2021-01-01T00:00:00+08:00")


WRONG = {
    "unknown fact": ("followers =", "folowers =", 12, "did you mean 'followers'?"),
    "wrong side": ("at_least = 1000", "at_most = 1000", 12, "write { at_least = 10 }"),
    "a bare number": ("{ at_least = 1000 }", "1000", 12, "write { at_least = 10 }"),
    "not a number": ("at_least = 1000", 'at_least = "many"', 12, "write a bound such as 10"),
    "negative": ("at_least = 1000", "at_least = -1", 12, "write a bound such as 10"),
    "a window where none is": (
        "at_least = 1000",
        "at_least = 1000, within_days = 3",
        12,
        "possible keys: at_least, pilot_at_least",
    ),
    "pilot above": (
        "at_least = 1000",
        "at_least = 1000, pilot_at_least = 1000",
        12,
        "pilot_at_least must be below at_least",
    ),
    "pilot without terms": (
        "at_least = 1000",
        "at_least = 1000, pilot_at_least = 10",
        6,
        "[rule.pilot] with days",
    ),
    "yes or no": ("followers = { at_least = 1000 }", "phone = 1", 12, "write true"),
    "no instead of yes": ("followers = { at_least = 1000 }", "phone = false", 12, "write true"),
    "money without currency": (
        "followers = { at_least = 1000 }",
        "deposit = { at_least = 500 }",
        12,
        'such as "500 CNY"',
    ),
    "money too fine": (
        "followers = { at_least = 1000 }",
        'deposit = { at_least = "5.001 CNY" }',
        12,
        'such as "500 CNY"',
    ),
    "which score": (
        "followers = { at_least = 1000 }",
        "scores = 4.5",
        12,
        "say which, such as scores.shop",
    ),
    "unknown permit": ('permit = "promote"', 'permit = "sell"', 8, "did you mean 'sell_own'?"),
    "no permit": ('permit = "promote"', "", 6, "add permit"),
    "no zone": ("00:00:00+08:00", "00:00:00", 9, "has no zone; add one"),
    "reversed": (
        "summary",
        'effective_until = "2020-01-01T00:00:00+08:00"\nsummary',
        10,
        "ends before it begins",
    ),
    "unknown key": ("summary", 'sumary = "x"\nsummary', 10, "did you mean 'summary'?"),
    "shop type": ("summary", 'shop_types = ["persnal"]\nsummary', 10, "did you mean 'personal'?"),
    "no condition": ("followers = { at_least = 1000 }\n", "", 11, "write what is needed below"),
    "one language": ('en = "So it is.", ', "", 10, "write it in both languages"),
    "format": ("format = 1", "format = 2", 1, "write format = 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_shown_with_its_line_and_what_to_write(write, case: str):
    old, new, line, says = WRONG[case]
    path = write((HEAD + RULE).replace(old, new, 1))
    with pytest.raises(FileError) as raised:
        read_pack(path)
    found = [(problem.line, problem.message.en) for problem in raised.value.problems]
    assert any(at == line and says in message for at, message in found), found
    for problem in raised.value.problems:
        assert problem.in_language("zh").startswith(f"{path}:")
        assert problem.message.zh != problem.message.en


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[rule.waive]\nfollowers = ["followers"]\n', "can't waive"),
        ('[rule.waive]\nown_shop = ["age"]\n', "conditions of this rule: followers"),
        ("[rule.pilot]\ndays = 30\n", "some condition says pilot_at_least"),
    ],
)
def test_waivers_and_pilots_belong_to_conditions(write, table: str, says: str):
    with pytest.raises(FileError, match=says):
        read_pack(write(HEAD, RULE, table))


def test_every_problem_is_told_at_once(write):
    path = write((HEAD + RULE).replace("followers", "folowers").replace('"promote"', '"sell"'))
    with pytest.raises(FileError) as raised:
        read_pack(path)
    assert len(raised.value.problems) == 2


def test_what_is_not_toml_is_told_with_its_line(write):
    with pytest.raises(FileError, match=r"mine\.toml:5: file: not TOML"):
        read_pack(write(HEAD, "[[rule\n"))
    with pytest.raises(FileError, match="check the path"):
        read_pack(Path("nowhere.toml"))


def test_rules_that_would_tie_are_refused(write):
    other = RULE.replace("mine.promote", "mine.other")
    with pytest.raises(FileError, match=r"mine\.toml:17: rule 'mine.other'.*overlaps") as raised:
        read_pack(write(HEAD, RULE, other))
    assert "effective_until" in raised.value.problems[0].message.zh


def test_rules_that_never_meet_are_fine(write):
    ended = RULE.replace("summary", 'effective_until = "2022-01-01T00:00:00+08:00"\nsummary', 1)
    later = RULE.replace("mine.promote", "mine.later").replace("2021", "2022")
    claim = RULE.replace("mine.promote", "mine.claim").replace(
        "summary", "in_force = false\nsummary"
    )
    by_type = RULE.replace("mine.promote", "mine.type").replace(
        "summary", 'shop_types = ["personal"]\nsummary'
    )
    assert len(read_pack(write(HEAD, ended, later, claim, by_type)).rules) == 4


def test_two_packs_must_stand_together(write):
    one = write(HEAD, RULE)
    two = write(HEAD, RULE.replace("mine.promote", "mine.other"), name="two.toml")
    with pytest.raises(FileError, match=r"two\.toml:9: rule 'mine.other'"):
        read_packs([one, two])


def test_a_revision_ends_where_the_next_begins(write):
    second = RULE.replace('permit = "', 'revision = 2\npermit = "').replace("2021-01", "2023-05")
    first, _second = read_pack(write(HEAD, RULE, second)).rules
    assert first.effective_until == parse_instant("2023-05-01T00:00:00+08:00")


@pytest.mark.parametrize(
    ("revision", "says"), [("", "revision 1 is there already; write 2"), ("2", "begins before")]
)
def test_revisions_follow_one_another(write, revision: str, says: str):
    again = RULE.replace("2021-01", "2020-05")
    if revision:
        again = again.replace('permit = "', f'revision = {revision}\npermit = "')
    with pytest.raises(FileError, match=says):
        read_pack(write(HEAD, RULE, again))


def test_an_installation_may_have_its_own(write, settings):
    settings.PERMIT_PACKS = [str(write(HEAD, RULE))]
    assert [rule.key for rule in installed_rules()] == ["mine.promote"]
    settings.PERMIT_PACKS = []
    settings.PLATFORM = "douyin"
    assert {rule.platform for rule in installed_rules()} == {"douyin"}


def test_the_guides_example_is_sound(write):
    guide = Path(__file__).parents[2] / "docs" / "permits.md"
    example = guide.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (rule,) = read_pack(write(example)).rules
    assert len(rule.conditions) == 7
    assert rule.pilot == (30, 3, 5)
