"""The sentences of a permit decision, in both languages, so that history keeps them readable."""

from collections.abc import Sequence
from typing import Final

from yellowcart.core.money import display_minor
from yellowcart.core.texts import Text
from yellowcart.people.conditions import Condition, PermitName, Pilot
from yellowcart.people.facts import FACTS, FLAGS, SCORES, Fact, Number, Way

PERMITS: Final = {
    "go_live": Text("Go live", "开播"),
    "sell_own": Text("Sell your own shop's goods", "挂载自己小店的商品"),
    "promote": Text("Promote other shops' goods", "推广其他店铺的商品"),
}


def permit_name(permit: PermitName | str) -> Text:
    """What a permit is called."""
    return PERMITS[str(permit)]


def label(condition: Condition) -> Text:
    """What a condition is about."""
    fact = FACTS[condition.fact]
    known = SCORES if condition.fact == "scores" else FLAGS
    text = known.get(condition.name, Text(condition.name, condition.name))
    text = text if condition.name else fact.label
    if condition.within_days is not None:
        days = condition.within_days
        return Text(f"{text.en} in the last {days} days", f"近{days}天{text.zh}")
    return text


def condition(
    asked: Condition, have: Number | None, gap: Number | None, *, waived_by: str, ready_on: str
) -> Text:
    """How one condition stands: what there is, what is needed, what is missing."""
    fact, about = FACTS[asked.fact], label(asked)
    if waived_by:
        because = FACTS[waived_by].done
        return Text(f"{about.en}: not needed ({because.en})", f"{about.zh}：免除（{because.zh}）")
    if fact.way == Way.IS:
        return _yes_or_no(fact, asked, about, met=gap == 0)
    bound = _amount(fact, asked, asked.bound)
    needed = (
        Text(f"at least {bound.en} needed", f"需不少于{bound.zh}")
        if fact.way == Way.AT_LEAST
        else Text(f"at most {bound.en} allowed", f"最多允许{bound.zh}")
    )
    if have is None or gap is None:
        return Text(f"{about.en}: not known yet; {needed.en}", f"{about.zh}：尚无记录，{needed.zh}")
    there = _amount(fact, asked, have)
    words = Text(f"{about.en}: {there.en}; {needed.en}", f"{about.zh}：{there.zh}，{needed.zh}")
    if gap == 0:
        return words
    rest = _rest(fact, asked, gap, ready_on)
    return Text(f"{words.en} ({rest.en})", f"{words.zh}，{rest.zh}")


def short_gap(asked: Condition, gap: Number | None, *, ready_on: str) -> Text:
    """What one unmet condition lacks, in a few words."""
    fact, about = FACTS[asked.fact], label(asked)
    if fact.way == Way.IS or gap is None:
        return about
    rest = _rest(fact, asked, gap, ready_on)
    return Text(f"{about.en} ({rest.en})", f"{about.zh}（{rest.zh}）")


def _rest(fact: Fact, asked: Condition, gap: Number, ready_on: str) -> Text:
    rest = _amount(fact, asked, gap)
    if fact.way == Way.AT_MOST:
        return Text(f"{rest.en} too many", f"超出{rest.zh}")
    if ready_on:
        return Text(f"met from {ready_on} on", f"{ready_on}起满足")
    return Text(f"{rest.en} missing", f"还差{rest.zh}")


def _yes_or_no(fact: Fact, asked: Condition, about: Text, *, met: bool) -> Text:
    if not asked.name:
        return fact.done if met else fact.undone
    needed = Text("needed", "需要具备") if asked.bound else Text("not allowed", "不允许")
    has = bool(asked.bound) == met
    there = Text("yes", "是") if has else Text("no", "否")
    return Text(f"{about.en}: {there.en} ({needed.en})", f"{about.zh}：{there.zh}（{needed.zh}）")


def _amount(fact: Fact, asked: Condition, value: Number) -> Text:
    if fact.is_money:
        minor = int(value)
        return Text(
            display_minor(minor, asked.currency, "en"), display_minor(minor, asked.currency, "zh")
        )
    number = (
        f"{value.normalize():,f}"
        if fact.is_decimal and not isinstance(value, int)
        else f"{int(value):,}"
    )
    one, _bar, many = fact.unit.en.partition("|")
    unit = one if value == 1 else many or one
    return Text(f"{number} {unit}".rstrip(), f"{number}{fact.unit.zh}")


def granted(permit: PermitName) -> Text:
    """What comes after a grant."""
    return {
        "go_live": Text(
            "You may go live now. Schedule a room in the creator's console.",
            "您已可以开播，请到主播工作台安排直播间。",
        ),
        "sell_own": Text(
            "You may put your own shop's goods in your cart now.",
            "您已可以把自己小店的商品挂上小黄车。",
        ),
        "promote": Text(
            "You may put other shops' goods in your cart now.",
            "您已可以把其他店铺的商品挂上小黄车。",
        ),
    }[permit]


def pilot(terms: Pilot, gaps: Sequence[Text]) -> Text:
    """What a pilot allows, and what turns it into the full permit."""
    limits = pilot_limits(terms)
    wanted = joined(gaps)
    return Text(
        f"You have a pilot for {terms.days} days{limits.en}. For the full permit, apply again when "
        f"this is met: {wanted.en}.",
        f"您获得{terms.days}天试运营期{limits.zh}。满足以下条件后再次申请即可转为正式权限：{wanted.zh}。",
    )


def pilot_limits(terms: Pilot) -> Text:
    """The weekly limits, to follow a sentence; empty where there are none."""
    lives, videos = terms.selling_lives_per_week, terms.shoppable_videos_per_week
    parts = []
    if lives is not None:
        parts.append(Text(f"{lives} selling LIVEs", f"{lives}场带货直播"))
    if videos is not None:
        parts.append(Text(f"{videos} shoppable videos", f"{videos}条带货视频"))
    if not parts:
        return Text("", "")
    en = " and ".join(part.en for part in parts)
    zh = "、".join(part.zh for part in parts)
    return Text(f", with at most {en} a week", f"，每周最多{zh}")


def refused(gaps: Sequence[Text], *, had_pilot: bool) -> Text:
    """What is missing, and that one may try again or appeal."""
    wanted = joined(gaps)
    before = Text("Your pilot is over. ", "您的试运营期已结束。") if had_pilot else Text("", "")
    return Text(
        f"{before.en}Still open: {wanted.en}. Apply again once this is met; the answer comes at "
        "once. If a figure is wrong, appeal.",
        f"{before.zh}尚未满足：{wanted.zh}。满足后可再次申请，当场出结果；如数据有误，可提出申诉。",
    )


def ready(permit: PermitName, *, is_pilot: bool) -> Text:
    """Nothing stands in the way of applying."""
    name = permit_name(permit)
    if is_pilot:
        return Text(
            f"“{name.en}”: you meet the conditions of a pilot. Apply, and it begins at once.",
            f"“{name.zh}”：您已满足试运营期条件，现在申请即可开始试运营。",
        )
    return Text(
        f"“{name.en}”: you meet every condition. Apply, and it opens at once.",
        f"“{name.zh}”：您已满足全部条件，现在申请即可开通。",
    )


def stopped(*, is_withdrawn: bool, has_open_appeal: bool, may_appeal: bool) -> Text:
    """What somebody can do whose permit is paused or withdrawn."""
    state = Text("withdrawn", "已被取消") if is_withdrawn else Text("paused", "已被暂停")
    if has_open_appeal:
        return Text(
            f"This permit is {state.en}. Your appeal is being looked at; you will be told.",
            f"该权限{state.zh}。您的申诉正在处理中，结果会通知您。",
        )
    if may_appeal:
        return Text(
            f"This permit is {state.en} for the reason given. Put right what it names, or appeal.",
            f"该权限{state.zh}，原因见说明。请按说明整改，或提出申诉。",
        )
    return Text(
        f"This permit is {state.en}, and your appeal was answered. Put right what the reason "
        "names; an operator can give the permit back.",
        f"该权限{state.zh}，且申诉已有结果。请按说明整改，平台运营人员可为您恢复权限。",
    )


def no_rule(permit: PermitName) -> Text:
    """Nothing opens the permit here and now."""
    name = permit_name(permit)
    return Text(
        f"No rule of this platform opens “{name.en}” for your region and kind of shop at this "
        "time. Ask the platform's operator.",
        f"平台目前没有面向您所在地区和店铺类型开放“{name.zh}”权限的规则，请咨询平台运营人员。",
    )


def joined(parts: Sequence[Text]) -> Text:
    """Several things in one sentence."""
    return Text(", ".join(part.en for part in parts), "、".join(part.zh for part in parts))
