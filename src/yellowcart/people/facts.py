"""What permit conditions may ask about a person, and the person's answers as values.

Every measured fact has one direction: for followers more is better, for violations less. A
condition may only bound it from the side that makes sense, so no rule can ever refuse somebody
for having more followers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from yellowcart.core.texts import Text

Number = int | Decimal


class Way(StrEnum):
    """Which side of a bound is the good one; the words a pack uses."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS = "is"


class Fact(NamedTuple):
    """A kind of fact: its name in packs, how it is bounded, and its words.

    ``unit`` follows a number; where it has a singular in English, the two are parted by ``|``.
    ``done`` and ``undone`` are the sentences of a yes-or-no fact.
    """

    name: str
    way: Way
    label: Text
    unit: Text = Text("", "")
    done: Text = Text("", "")
    undone: Text = Text("", "")
    is_money: bool = False
    is_decimal: bool = False
    is_named: bool = False
    has_window: bool = False


def _fact_table(*facts: Fact) -> Mapping[str, Fact]:
    return MappingProxyType({fact.name: fact for fact in facts})


FACTS: Final = _fact_table(
    Fact("age", Way.AT_LEAST, Text("Age", "年龄"), Text("year|years", "周岁")),
    Fact(
        "real_name",
        Way.IS,
        Text("Real name", "实名认证"),
        done=Text("Real name verified", "已完成实名认证"),
        undone=Text("Real name not verified yet: verify it", "尚未实名认证，请先完成实名认证"),
    ),
    Fact(
        "phone",
        Way.IS,
        Text("Phone", "绑定手机"),
        done=Text("Phone bound", "已绑定手机号"),
        undone=Text("No phone bound yet: bind one", "尚未绑定手机号，请先绑定"),
    ),
    Fact(
        "account_days", Way.AT_LEAST, Text("Age of the account", "注册时长"), Text("day|days", "天")
    ),
    Fact("followers", Way.AT_LEAST, Text("Followers", "粉丝数"), Text("", "人")),
    Fact(
        "public_videos",
        Way.AT_LEAST,
        Text("Public videos", "公开视频"),
        Text("", "条"),
        has_window=True,
    ),
    Fact(
        "minutes_watched_7d",
        Way.AT_LEAST,
        Text("Live watched in the last 7 days", "近7天观看直播"),
        Text("minute|minutes", "分钟"),
    ),
    Fact(
        "live_hours_14d",
        Way.AT_LEAST,
        Text("Time live in the last 14 days", "近14天开播时长"),
        Text("hour|hours", "小时"),
        is_decimal=True,
    ),
    Fact("deposit", Way.AT_LEAST, Text("Creator's deposit", "作者保证金"), is_money=True),
    Fact("shop_deposit", Way.AT_LEAST, Text("Shop's deposit", "店铺保证金"), is_money=True),
    Fact("violations", Way.AT_MOST, Text("Violations", "违规"), Text("", "次")),
    Fact(
        "severe_violations_90d",
        Way.AT_MOST,
        Text("Severe violations in the last 90 days", "近90天严重违规"),
        Text("", "次"),
    ),
    Fact(
        "scores",
        Way.AT_LEAST,
        Text("Score", "评分"),
        Text("", "分"),
        is_decimal=True,
        is_named=True,
    ),
    Fact(
        "has_shop",
        Way.IS,
        Text("A shop", "店铺"),
        done=Text("Works in an open shop", "已有营业中的店铺"),
        undone=Text(
            "No open shop yet: open one, or join one", "尚无营业中的店铺，请先开店或加入店铺"
        ),
    ),
    Fact(
        "own_shop",
        Way.IS,
        Text("A shop of your own", "自有小店"),
        done=Text("Owns an open shop", "已绑定自有小店"),
        undone=Text("No open shop of your own yet: open one", "尚未绑定自有小店，请先开店"),
    ),
    Fact("flags", Way.IS, Text("Mark", "标记"), is_named=True),
)

SCORES: Final = MappingProxyType(
    {
        "shop": Text("Shop's experience score", "店铺体验分"),
        "product": Text("Product score", "商品分"),
        "activity": Text("Activity score", "活跃分"),
        "promotion": Text("Host's promotion score", "带货口碑分"),
        "dsr": Text("Detailed seller rating (DSR)", "店铺DSR"),
        "stars": Text("Shop's stars", "店铺星级"),
    }
)
FLAGS: Final = MappingProxyType(
    {
        "official_account": Text("Official account of one shop", "店铺官方账号"),
        "public_office": Text("Account of a government body or politician", "政府或政治人物账号"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person's answers. What is not known is None or absent, and meets no condition.

    ``public_videos`` counts all ever made public, ``video_times`` are the instants of those whose
    day is known: a condition with a window asks these alone. Deposits are minor units by
    currency. ``pilots_had`` are the keys of rules under which a pilot has ended.
    """

    birth_date: date | None = None
    real_name: bool = False
    phone: bool = False
    joined_at: datetime | None = None
    followers: int = 0
    public_videos: int = 0
    video_times: tuple[datetime, ...] = ()
    minutes_watched_7d: int = 0
    live_hours_14d: Decimal = Decimal(0)
    deposit: Mapping[str, int] = field(default_factory=dict)
    shop_deposit: Mapping[str, int] = field(default_factory=dict)
    violations: int = 0
    severe_violations_90d: int = 0
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    has_shop: bool = False
    own_shop: bool = False
    shop_type: str | None = None
    region: str = ""
    pilots_had: frozenset[str] = frozenset()


def birthday(birth: date, years: int) -> date:
    """The day on which somebody turns ``years``; a 29 February counts as 1 March."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def age_at(birth: date, at: datetime, zone: ZoneInfo) -> int:
    """Full years on the day that ``at`` is in a zone."""
    today = at.astimezone(zone).date()
    years = today.year - birth.year
    return years if birthday(birth, years) <= today else years - 1


def days_since(joined: datetime, at: datetime) -> int:
    """Full days from one instant to another; never negative."""
    return max((at - joined) // timedelta(days=1), 0)
