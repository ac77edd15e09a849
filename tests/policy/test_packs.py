"""Bad packs are refused with file, line, key, and what to write instead."""

import pytest

from yellowcart.core.tomlreader import FileError
from yellowcart.policy.packs import read_pack, read_packs
from yellowcart.policy.rules import Outcome

GOOD = """format = 1
platform = "mine"
sources = { wowo = "link" }

[[rule]]
key = "mine.links"
sources = ["youzan", "wowo"]
integrations = "link"
surfaces = ["live_room"]
outcome = "deny"
announced_at = 2021-11-01T00:00:00+08:00
effective_from = "2021-11-15T24:00:00+08:00"
reason = { en = "No links.", zh = "不可挂链接。" }
remedy = { en = "List them here.", zh = "请在小店上架。" }

[[rule]]
key = "mine.jd"
sources = ["jd"]
outcome = "allow"
fee_bps = 300
announced_at = "2021-11-01T00:00:00+08:00"
effective_from = "2021-11-16T00:00:00+08:00"
effective_until = "2021-12-01T00:00:00+08:00"
reason = { en = "A fee.", zh = "收费。" }
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="pack.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_good_pack(write):
    pack = read_pack(write(GOOD))
    links, jd = pack.rules
    assert links.sources == {"youzan", "wowo"}
    assert links.integrations == {"link"}
    assert links.effective_from == jd.effective_from
    assert links.platform == "mine"
    assert (jd.outcome, jd.fee_bps, jd.surfaces) == (Outcome.ALLOW, 300, None)


BAD = [
    ("unknown key", 'outcome = "deny"', 'outcom = "deny"', "outcom", "'outcome'"),
    ("unknown surface", '"live_room"', '"liveroom"', "surfaces", "'live_room'"),
    ("unknown source", '["jd"]', '["jdd"]', "sources", "'jd'"),
    (
        "unknown integration",
        'integrations = "link"',
        'integrations = "lnk"',
        "integrations",
        "link",
    ),
    ("unknown outcome", '"deny"', '"forbid"', "outcome", "require_task"),
    ("empty selector", '["jd"]', "[]", "sources", "leave it out"),
    ("selector of the wrong type", '["jd"]', "[1]", "sources", "list"),
    (
        "missing zone in text",
        '"2021-11-16T00:00:00+08:00"',
        '"2021-11-16T00:00:00"',
        "effective_from",
        "+08:00",
    ),
    (
        "missing zone in a TOML date",
        '2021-11-01T00:00:00+08:00\neffective_from = "2021-11-15',
        '2021-11-01T00:00:00\neffective_from = "2021-11-15',
        "announced_at",
        "zone",
    ),
    ("a day alone", '"2021-11-16T00:00:00+08:00"', "2021-11-16", "effective_from", "zone"),
    (
        "reversed interval",
        '"2021-12-01T00:00:00+08:00"',
        '"2021-11-15T00:00:00+08:00"',
        "effective_until",
        "swap",
    ),
    ("fee out of range", "fee_bps = 300", "fee_bps = 20000", "fee_bps", "10000"),
    ("fee as text", "fee_bps = 300", 'fee_bps = "3 %"', "fee_bps", "whole number"),
    ("one language", '{ en = "A fee.", zh = "收费。" }', '"A fee."', "reason", "both languages"),
    ("no key", 'key = "mine.jd"\n', "", "key", "missing"),
    ("bad key", '"mine.jd"', '"Mine JD"', "key", "lower-case"),
    (
        "no remedy",
        'remedy = { en = "List them here.", zh = "请在小店上架。" }',
        "",
        "remedy",
        "missing",
    ),
    ("wrong format", "format = 1", "format = 2", "format", "format = 1"),
    ("bad source of its own", 'wowo = "link"', 'wowo = "hyperlink"', "sources", "link"),
    (
        "supersedes nothing",
        'key = "mine.jd"',
        'key = "mine.jd"\nsupersedes = ["x"]',
        "supersedes",
        "'x'",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "hint"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_a_bad_pack(write, old, new, key, hint):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    path = write(text)
    with pytest.raises(FileError) as raised:
        read_pack(path)
    first = next(each for each in raised.value.problems if each.key.endswith(key))
    assert first.file == str(path)
    said = " ".join(problem.in_language("en") for problem in raised.value.problems)
    assert hint in said
    assert all(problem.message.zh for problem in raised.value.problems)
    # The line is the key's own, or the rule's where the key is absent.
    line = text.split("\n")[first.line - 1]
    assert line.startswith(key) or "[[rule]]" in line


def test_overlapping_periods_of_one_key(write):
    path = write(GOOD.replace('"mine.jd"', '"mine.links"').replace('["jd"]', '["taobao"]'))
    with pytest.raises(FileError, match=r"overlaps another period of 'mine\.links'") as raised:
        read_pack(path)
    assert "effective_from" in raised.value.problems[0].key
    later = GOOD.replace('"mine.jd"', '"mine.links"').replace(
        'effective_from = "2021-11-15T24',
        'effective_until = "2021-11-16T00:00:00+08:00"\neffective_from = "2021-11-10T24',
    )
    assert len(read_pack(write(later)).rules) == 2


def test_a_tie(write):
    text = GOOD + GOOD[GOOD.index("[[rule]]") : GOOD.index('[[rule]]\nkey = "mine.jd"')].replace(
        "mine.links", "mine.same"
    )
    with pytest.raises(FileError, match=r"ties with 'mine\.links'") as raised:
        read_pack(write(text))
    problem = raised.value.problems[0]
    assert text.split("\n")[problem.line - 1].startswith("announced_at")
    assert problem.line > text.index("mine.jd") // 80


def test_a_tie_across_files(write):
    other = GOOD.replace("mine.", "other.")
    with pytest.raises(FileError, match="ties with"):
        read_packs([write(GOOD), write(other, "other.toml")])


def test_every_problem_at_once_in_both_files(write):
    one = write(GOOD.replace("live_room", "x").replace('["jd"]', '["y"]'))
    other = write("nonsense", "other.toml")
    with pytest.raises(FileError) as raised:
        read_packs([one, other, one.with_name("absent.toml")])
    assert len(raised.value.problems) == 4


def test_a_pack_without_rules(write):
    with pytest.raises(FileError, match="at least one"):
        read_pack(write('format = 1\nplatform = "p"\n'))
