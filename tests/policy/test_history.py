"""Conformance: the verified history of the platforms, instant by instant."""

import pytest

from yellowcart.core.instants import iso, parse_instant
from yellowcart.policy.profiles import UnknownPlatformError, platforms, shipped_pack
from yellowcart.policy.rules import Facts, Kind
from yellowcart.policy.table import compile_rules
from yellowcart.policy.words import SURFACES, usual_integration


@pytest.fixture(scope="module")
def tables():
    return {name: compile_rules(shipped_pack(name).rules) for name in platforms()}


def ask(tables, platform, source, surface, at, integration=None):
    facts = Facts(source, integration or usual_integration(source), surface)
    return tables[platform].verdict(facts, parse_instant(f"{at}+08:00"))


LAST = "23:59:59.999999"


@pytest.mark.parametrize(
    ("platform", "source", "surface", "at", "outcome"),
    [
        # Kuaishou, December 2019: a suspension of Taobao goods only.
        ("kuaishou", "taobao", "live_room", "2019-11-30T" + LAST, "allow"),
        ("kuaishou", "taobao", "live_room", "2019-12-15", "deny"),
        ("kuaishou", "jd", "live_room", "2019-12-15", "allow"),
        ("kuaishou", "youzan", "live_room", "2019-12-15", "allow"),
        ("kuaishou", "taobao", "live_room", "2020-01-01", "allow"),
        # Kuaishou, 30 March 2020: diversion to places that are no source of the platform.
        ("kuaishou", "offsite", "live_room", "2020-03-29T" + LAST, "allow"),
        ("kuaishou", "offsite", "profile", "2020-03-30", "deny"),
        ("kuaishou", "youzan", "live_room", "2020-03-30", "allow"),
        # Kuaishou, 15 November 2021, 24:00.
        ("kuaishou", "youzan", "live_room", "2021-11-15T" + LAST, "allow"),
        ("kuaishou", "mokuai", "live_room", "2021-11-15T" + LAST, "allow"),
        ("kuaishou", "youzan", "live_room", "2021-11-15T24:00", "deny"),
        ("kuaishou", "youzan", "live_room", "2021-11-16T00:00", "deny"),
        ("kuaishou", "mokuai", "live_room", "2021-11-16T00:00", "deny"),
        ("kuaishou", "taobao", "live_room", "2021-11-16T00:00", "allow"),
        ("kuaishou", "jd", "live_room", "2021-11-16T00:00", "allow"),
        ("kuaishou", "native", "live_room", "2021-11-16T00:00", "allow"),
        ("kuaishou", "youzan", "short_video", "2021-11-16T00:00", "allow"),
        ("kuaishou", "youzan", "profile", "2021-11-16T00:00", "allow"),
        ("kuaishou", "mokuai", "shop_page", "2021-11-16T00:00", "allow"),
        # Kuaishou, 1 March 2022: Taobao on three surfaces, JD on one.
        ("kuaishou", "taobao", "live_room", "2022-02-28T" + LAST, "allow"),
        ("kuaishou", "taobao", "live_room", "2022-03-01", "deny"),
        ("kuaishou", "taobao", "short_video", "2022-03-01", "deny"),
        ("kuaishou", "taobao", "product_page", "2022-03-01", "deny"),
        ("kuaishou", "taobao", "profile", "2022-03-01", "allow"),
        ("kuaishou", "jd", "live_room", "2022-02-28T" + LAST, "allow"),
        ("kuaishou", "jd", "live_room", "2022-03-01", "deny"),
        ("kuaishou", "jd", "short_video", "2022-03-01", "allow"),
        ("kuaishou", "jd", "product_page", "2022-03-01", "allow"),
        ("kuaishou", "youzan", "live_room", "2022-03-01", "deny"),
        # Douyin, 2020: a fee, then task orders only, then nothing from third parties.
        ("douyin", "taobao", "live_room", "2020-08-20", "allow"),
        ("douyin", "taobao", "live_room", "2020-09-05T" + LAST, "allow"),
        ("douyin", "taobao", "live_room", "2020-09-06", "require_task"),
        ("douyin", "jd", "live_room", "2020-10-08T" + LAST, "require_task"),
        ("douyin", "taobao", "live_room", "2020-10-09", "deny"),
        ("douyin", "taobao", "short_video", "2020-10-09", "allow"),
        ("douyin", "native", "live_room", "2020-09-06", "allow"),
        ("douyin", "native", "live_room", "2020-10-09", "allow"),
        # TikTok: nothing is known that denies.
        ("tiktok", "shopify", "live_room", "2026-01-01", "allow"),
    ],
)
def test_outcome(tables, platform, source, surface, at, outcome):
    assert ask(tables, platform, source, surface, at).outcome == outcome


def test_the_cut_off_night_in_full(tables):
    before = ask(tables, "kuaishou", "youzan", "live_room", "2021-11-15T" + LAST)
    after = ask(tables, "kuaishou", "youzan", "live_room", "2021-11-15T24:00")
    assert before.rule is None
    assert iso(before.until) == iso(after.since) == "2021-11-15T16:00:00Z"
    assert after.until is None
    assert set(after.open_surfaces) == set(SURFACES) - {"live_room"}
    assert "Youzan" in after.reason.en
    assert "有赞" in after.reason.zh
    assert "一键上架" in after.remedy.zh


def test_mokuai_goods_listed_as_native_goods_go_on(tables):
    for source, integration in (("mokuai", "native"), ("mokuai", "supply"), ("native", "native")):
        verdict = ask(tables, "kuaishou", source, "live_room", "2021-11-16", integration)
        assert verdict.allowed
        assert verdict.rule is None


def test_a_suspension_is_no_rule(tables):
    verdict = ask(tables, "kuaishou", "taobao", "short_video", "2019-12-15")
    assert verdict.kind is Kind.SUSPENSION
    assert verdict.grade == "S"
    assert verdict.until is not None
    assert "no penalty" in verdict.remedy.en


def test_taobao_and_jd_differ_on_where_they_stay_open(tables):
    taobao = ask(tables, "kuaishou", "taobao", "live_room", "2022-03-01")
    jd = ask(tables, "kuaishou", "jd", "live_room", "2022-03-01")
    assert set(taobao.open_surfaces) == {"profile", "shop_page", "replay"}
    assert set(jd.open_surfaces) == set(SURFACES) - {"live_room"}


def test_fees_follow_the_loop(tables):
    assert ask(tables, "douyin", "taobao", "live_room", "2020-08-19T" + LAST).fee_bps is None
    assert ask(tables, "douyin", "taobao", "live_room", "2020-08-20").fee_bps == 2000
    assert ask(tables, "douyin", "native", "live_room", "2020-08-20").fee_bps == 500
    assert ask(tables, "douyin", "native", "live_room", "2020-10-09").fee_bps == 500
    assert ask(tables, "tiktok", "native", "live_room", "2024-04-02").fee_bps == 600


def test_nobody_knew_before_it_was_announced(tables):
    facts = Facts("taobao", "link", "live_room")
    after = parse_instant("2020-10-10T00:00+08:00")
    believed = tables["douyin"].verdict(facts, after, parse_instant("2020-08-25T00:00+08:00"))
    known = tables["douyin"].verdict(facts, after, parse_instant("2020-08-26T00:00+08:00"))
    assert believed.rule == "douyin.2020-08-20.third-party-fee"
    assert known.outcome == "deny"


def test_notice_periods(tables):
    rules = {rule.key: rule for table in tables.values() for rule in table.rules}

    def days(key):
        return (rules[key].effective_from - rules[key].announced_at).days

    assert days("douyin.2020-09-06.third-party-task") == 11
    assert days("douyin.2020-10-09.third-party-live") == 44
    assert days("kuaishou.2022-03-01.taobao") == days("kuaishou.2022-03-01.jd") == 7


def test_every_rule_says_how_well_it_is_known_and_speaks_both_languages(tables):
    for table in tables.values():
        for rule in table.rules:
            assert rule.grade in {"A", "B", "C", "S"}
            assert rule.evidence
            assert rule.reason.en != rule.reason.zh
            assert any("\u4e00" <= mark <= "\u9fff" for mark in rule.reason.zh)


def test_an_unknown_platform_names_the_known_ones():
    with pytest.raises(UnknownPlatformError, match="kuaishou"):
        shipped_pack("kwaishou")
