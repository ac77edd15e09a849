"""Instants in words, as people of a zone write them."""

from zoneinfo import ZoneInfo

import pytest

from yellowcart.core.instants import in_words, parse_instant

CUT = parse_instant("2021-11-16T00:00+08:00")


@pytest.mark.parametrize(
    ("zone", "en", "zh"),
    [
        ("Asia/Shanghai", "16 Nov 2021, 00:00 Beijing time", "2021年11月16日 00:00（北京时间）"),
        ("UTC", "15 Nov 2021, 16:00 UTC", "2021年11月15日 16:00（UTC）"),
        ("Asia/Kolkata", "15 Nov 2021, 21:30 UTC+5:30", "2021年11月15日 21:30（UTC+5:30）"),
        ("America/St_Johns", "15 Nov 2021, 12:30 UTC-3:30", "2021年11月15日 12:30（UTC-3:30）"),
        ("Asia/Singapore", "16 Nov 2021, 00:00 UTC+8", "2021年11月16日 00:00（UTC+8）"),
    ],
)
def test_the_zone_is_named_as_people_name_it(zone: str, en: str, zh: str) -> None:
    assert in_words(CUT, ZoneInfo(zone), naming_zone=True) == (en, zh)


def test_without_its_zone_where_everybody_knows_it() -> None:
    shown = in_words(parse_instant("2021-02-03T04:05Z"), ZoneInfo("UTC"))
    assert shown == ("3 Feb 2021, 04:05", "2021年2月3日 04:05")
