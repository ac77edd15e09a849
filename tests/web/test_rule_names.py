"""Rules are called by what they say; the key stands beside it, small."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from yellowcart.core.texts import Text
from yellowcart.policy import queries
from yellowcart.policy.actions import do_install_pack
from yellowcart.policy.rules import Kind, Outcome, Rule
from yellowcart.web.base.rule_names import name_of, subject_of
from yellowcart.web.base.templatetags.rules import rule_named

DAY = datetime(2021, 11, 16, tzinfo=UTC)


def rule(**more: object) -> Rule:
    said = {
        "key": "k",
        "outcome": Outcome.DENY,
        "announced_at": DAY,
        "effective_from": DAY,
        "reason": Text("r", "r"),
    }
    return Rule(**(said | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        (
            {
                "sources": frozenset({"youzan", "mokuai"}),
                "integrations": frozenset({"link"}),
                "surfaces": frozenset({"live_room"}),
            },
            "Links to Mokuai, Youzan · Live room · Not allowed",
            "魔筷、有赞（外链） · 直播间 · 不允许",
        ),
        (
            {"sources": frozenset({"taobao"}), "kind": Kind.SUSPENSION},
            "Taobao · everywhere · Suspended for the time being",
            "淘宝 · 所有场景 · 临时暂停",
        ),
        (
            {"integrations": frozenset({"link"}), "outcome": Outcome.ALLOW, "fee_bps": 550},
            "All links · everywhere · fee 5.5%",
            "所有外链 · 所有场景 · 费率5.5%",
        ),
        (
            {"shops": frozenset({"a"}), "creators": frozenset({"b", "c"})},
            "All goods · everywhere · 1 shop · 2 creators · Not allowed",
            "所有商品 · 所有场景 · 1家店铺 · 2位主播 · 不允许",
        ),
    ],
)
def test_a_name_says_whose_goods_where_and_what(said: dict[str, object], en: str, zh: str) -> None:
    for language, expected in (("en", en), ("zh-hans", zh)):
        with override(language):
            assert name_of(rule(**said)) == expected


def test_a_long_list_is_named_by_its_first() -> None:
    surfaces = frozenset({"live_room", "short_video", "profile", "replay"})
    with override("en"):
        assert subject_of(rule(surfaces=surfaces)) == "All goods · Live room, Profile and 2 more"


@pytest.mark.django_db
def test_a_key_is_given_its_rules_name_and_one_without_rule_stands_alone() -> None:
    do_install_pack("kuaishou", announced_by=DAY)
    queries.forget()
    with override("en"):
        known = rule_named("kuaishou.2021-11-16.youzan-mokuai-live", 1)
        assert "Links to Mokuai, Youzan · Live room · Not allowed" in known
        assert "<code>kuaishou.2021-11-16.youzan-mokuai-live</code> · revision 1" in known
        assert rule_named("conduct.3") == '<code class="rule-key">conduct.3</code>'
