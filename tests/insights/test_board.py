"""The board, the exported file and the command say what the sums say."""

import json
import re
from pathlib import Path

import pytest
from django.utils import translation
from tests.insights.sales import at, conversion, order
from typer.testing import CliRunner

from yellowcart.core import clock, startup
from yellowcart.insights import export, picks
from yellowcart.insights.board import board
from yellowcart.insights.cli import app
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _night() -> None:
    clock.set_timeline(clock.starting_at(at("11-17 00:00")))
    startup.use(lambda: None)
    Source.objects.update_or_create(
        code="youzan", defaults={"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
    )
    conversion(60_000, at("11-15 22:00"))
    order(20_000, at("11-15 21:00"))
    order(50_000, at("11-16 01:00"))
    conversion(9_900, at("11-16 02:00"), surface="profile", in_window=False)
    order(700, at("11-16 02:00"), currency="USD")


def test_the_board_shows_what_moved() -> None:
    with translation.override("en"):
        shown = board(picks.read(around_cut="2021-11-16", within="1d"))
    assert shown.currency == "CNY"
    assert shown.currencies == ["CNY", "USD"]
    assert [(pair.before, pair.after, pair.note, pair.trend) for pair in shown.before_after] == [
        ("25.0%", "100.0%", "+75.0 points", "up"),
        ("CN¥200.00", "CN¥500.00", "+150.0%", "up"),
        ("CN¥600.00", "CN¥0.00", "−100.0%", "down"),
    ]
    assert shown.tiles[0].value == "CN¥1,300.00"
    assert "¥99.00" in shown.outside
    time, source, surface = shown.plots
    assert len(time.spec["labels"]) == 48
    assert sum(map(sum, (one["data"] for one in time.spec["series"]))) == 130_000
    assert source.table.rows[0][0] == "native"
    assert source.table.rows[1][0] == "Youzan"
    assert surface.table.rows[0][0] == "Live room"


def test_the_cut_stands_where_it_was_in_the_platforms_zone() -> None:
    spec = board(picks.read(around_cut="2021-11-16", within="1d")).plots[0].spec
    place = spec["starts"].index(spec["cut"])
    assert spec["labels"][place] == "11-16 00:00"


def test_the_exported_file_needs_nothing_else() -> None:
    with translation.override("zh-hans"):
        written = export.html(picks.read(around_cut="2021-11-16", within="1d"))
    assert '<html lang="zh-hans">' in written
    assert "有赞" in written
    assert "¥500.00" in written
    assert not re.search(r"""(?:src|href)=["']|url\(["']?http|@import""", _without_scripts(written))
    specs = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', written, re.DOTALL)
    assert {json.loads(spec)["currency"] for spec in specs} == {"CNY", "USD"}
    assert "echarts" in written


def _without_scripts(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["gmv", *arguments], env={"LANG": "en_GB.UTF-8", "LC_ALL": ""})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_prints_json_csv_and_a_table(tmp_path: Path) -> None:
    window = ("--from", "2021-11-15", "--to", "2021-11-17")
    answer = json.loads(run(*window, "--by", "day", "--json"))
    assert [(row["day"], row["currency"], row["gmv_minor"]) for row in answer["rows"]] == [
        ("2021-11-15", "CNY", 80_000),
        ("2021-11-16", "CNY", 50_000),
        ("2021-11-16", "USD", 700),
    ]
    assert run(*window, "--csv").splitlines()[1].startswith("closed,CNY,70000,700.00,2,2,35000")
    shown = run("--around", "2021-11-16", "--within", "1d", "--by", "loop")
    assert "Closed loop" in shown
    assert "+150.0%" in shown
    file = tmp_path / "report.html"
    run(*window, "--html", str(file))
    assert file.stat().st_size > 1_000_000


def test_the_command_says_what_it_cannot_read() -> None:
    refused = CliRunner().invoke(app, ["gmv", "--from", "soon"], env={"LANG": "en_GB.UTF-8"})
    assert refused.exit_code == 2
    assert "soon is not an instant" in refused.output
