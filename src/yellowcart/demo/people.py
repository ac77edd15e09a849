"""The people of the demo. One password for all; production refuses the demo."""

from typing import NamedTuple

PASSWORD = "yellowcart-demo"  # noqa: S105  shown on purpose, for the demo only


class Person(NamedTuple):
    """Somebody to sign in as."""

    username: str
    display_name: str
    does: str
    does_zh: str
    role: str = ""
    scope: str = ""
    language: str = "zh-hans"


PEOPLE = (
    Person(
        "operator",
        "平台运营 · 江川",
        "operator: writes the rules",
        "平台运营：制定规则",
        "operator",
    ),
    Person(
        "xiaolan", "小岚穿搭", "creator: live now, sells clothes", "主播：正在直播卖服饰", "creator"
    ),
    Person("dafei", "大飞户外", "creator: live now, outdoors", "主播：正在直播卖户外", "creator"),
    Person(
        "newcomer", "阿豆", "creator: not yet allowed to sell", "主播：还没有带货权限", "creator"
    ),
    Person("lin", "林家衣橱 · 林姐", "merchant: a native shop", "商家：自有小店"),
    Person("zhou", "周记好物 · 老周", "merchant: sells by Youzan links", "商家：用有赞链接卖货"),
    Person(
        "mokuai",
        "魔筷星选 · 供应链",
        "supplier: Mokuai-like goods",
        "供应商：魔筷类货源",
        "source_operator",
        "mokuai",
    ),
    Person(
        "youzan",
        "有赞 · 渠道对接",
        "speaks for the source Youzan",
        "货源方：有赞对接人",
        "source_operator",
        "youzan",
    ),
    Person("ming", "小明", "viewer: watches and buys", "观众：看直播买东西"),
    Person("emma", "Emma", "viewer, in English", "观众（英文界面）", language="en"),
)
