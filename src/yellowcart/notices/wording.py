"""What a notice says, in both languages at once: they are kept as they were sent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from yellowcart.core.instants import in_words
from yellowcart.core.texts import Text
from yellowcart.notices.hits import Effect
from yellowcart.notices.rules import ANNOUNCED, CUTOVER
from yellowcart.policy.rules import Kind, Rule
from yellowcart.policy.words import SURFACE_NAMES

_LONGEST_TITLE: Final = 200
_MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Share:
    """What of one party's a rule hits. ``convertible`` listings a click makes native goods."""

    effect: Effect
    listings: int
    rooms: int
    convertible: int
    sources: tuple[Text, ...] = ()
    surfaces: tuple[str, ...] = ()
    open_surfaces: tuple[str, ...] = ()
    titles: tuple[str, ...] = field(default=())


_HEADS: Final = {
    ("7d", False): Text("7 days left: {what}", "还剩7天：{what}"),
    ("1d", False): Text("1 day left: {what}", "还剩1天：{what}"),
    ("1h", False): Text("1 hour left: {what}", "还剩1小时：{what}"),
    (ANNOUNCED, False): Text("Announced: {what}", "规则公布：{what}"),
    (CUTOVER, False): Text("In force now: {what}", "现已生效：{what}"),
    (CUTOVER, True): Text("Suspended for now: {what}", "暂停通知：{what}"),
}

_WHAT: Final = {
    Effect.BARRED: Text(
        "{sources} can no longer be offered in {surfaces}", "{surfaces}不再支持挂载{sources}商品"
    ),
    Effect.TASK: Text(
        "{sources} in {surfaces} needs a task order", "{surfaces}挂载{sources}商品须有任务订单"
    ),
    Effect.OPENED: Text(
        "{sources} may be offered in {surfaces} again", "{surfaces}恢复支持挂载{sources}商品"
    ),
    Effect.FEE: Text(
        "another fee for {sources} in {surfaces}", "{surfaces}的{sources}商品费率调整"
    ),
}


def title(stage: str, rule: Rule, share: Share) -> Text:
    """One line that says when and what."""
    what = _WHAT[share.effect]
    sources, surfaces = _listed(share.sources), _surfaces(share.surfaces)
    head = _HEADS.get((stage, rule.kind is Kind.SUSPENSION)) or _HEADS[stage, False]
    return Text(
        head.en.format(what=what.en.format(sources=sources.en, surfaces=surfaces.en)),
        head.zh.format(what=what.zh.format(sources=sources.zh, surfaces=surfaces.zh)),
    ).shortened(_LONGEST_TITLE)


def body(stage: str, party: str, rule: Rule, share: Share, zone: ZoneInfo) -> Text:
    """What happens, since when, to what of theirs, where it may still be sold, what to do."""
    parts = [rule.reason, _when(rule, zone), _hit(party, share)]
    if share.effect in {Effect.BARRED, Effect.TASK}:
        parts.append(_still_open(share.open_surfaces))
        if share.convertible:
            parts.append(_one_click(share.convertible))
    if rule.remedy is not None:
        parts.append(rule.remedy)
    if share.effect is Effect.BARRED:
        parts.append(_ORDERS_GO_ON)
    if party != "source":
        parts.append(_APPEAL)
    if stage != CUTOVER and share.effect is Effect.BARRED:
        parts.append(_NOTHING_TO_DO)
    return _paragraphs(parts)


def withdrawn(rule: Rule) -> tuple[Text, Text]:
    """Title and text of the notice that an announced rule will not come."""
    head = Text("Withdrawn: a rule you were told of", "规则撤回：此前通知的一条规则")
    return head, _paragraphs(
        [
            Text(
                "This rule was taken back and does not apply any more:",
                "以下规则已撤回，不再适用：",
            ),
            rule.reason,
            Text(
                "What it had taken out of a cart comes back by itself; there is nothing you need "
                "to do.",
                "因此被移出小黄车的商品会自动恢复，无需任何操作。",
            ),
        ]
    )


_ORDERS_GO_ON: Final = Text(
    "Orders already placed are paid, shipped, settled and served after sale as before.",
    "已产生的订单照常付款、发货、结算和售后，不受影响。",
)
_APPEAL: Final = Text(
    "If you think this does not apply to you, you can appeal right here; a person answers.",
    "如认为该规则不适用于您，可在本通知中申诉，由专人答复。",
)
_NOTHING_TO_DO: Final = Text(
    "If you do nothing, the platform takes the listings out of the cart at that instant.",
    "如不处理，届时平台会自动将相关商品移出小黄车。",
)


def _when(rule: Rule, zone: ZoneInfo) -> Text:
    begins = in_words(rule.effective_from, zone, naming_zone=True)
    if rule.effective_until is None:
        return Text(f"In force from {begins.en}.", f"生效时间：{begins.zh}起。")
    until = in_words(rule.effective_until, zone, naming_zone=True)
    return Text(
        f"In force from {begins.en} until {until.en}.",
        f"生效时间：{begins.zh}至{until.zh}。",
    )


def _hit(party: str, share: Share) -> Text:
    rooms = Text("", "")
    if share.rooms:
        rooms = Text(f" in {share.rooms} live rooms", f"（涉及{share.rooms}个直播间）")
    whose = {
        "merchant": Text("of your shop", "贵店"),
        "creator": Text("in your carts", "您的小黄车中"),
        "source": Text("of your source's goods", "贵方货源"),
    }[party]
    shown = share.titles[:_MOST_EXAMPLES]
    more = share.listings > len(shown)
    named_en = "; ".join(shown) + ("; …" if more else "")
    named_zh = "、".join(shown) + ("等" if more else "")
    return Text(
        f"It concerns {share.listings} listings {whose.en}{rooms.en}: {named_en}",
        f"{whose.zh}共有{share.listings}个挂载受影响{rooms.zh}：{named_zh}",
    )


def _still_open(surfaces: Sequence[str]) -> Text:
    if not surfaces:
        return Text("It may be offered nowhere meanwhile.", "在此期间各场景均不可挂载。")
    names = _surfaces(surfaces)
    return Text(f"It may still be offered here: {names.en}.", f"仍可挂载的场景：{names.zh}。")


def _one_click(count: int) -> Text:
    return Text(
        f"{count} of them a supplier on this platform offers too: on your page of listings, one "
        "click lists them as native goods that share the supplier's stock.",
        f"其中{count}个由平台供应商供货：在“挂载”页一键即可转为自营商品，与供应商共享库存。",
    )


def _surfaces(surfaces: Sequence[str]) -> Text:
    return _listed([SURFACE_NAMES[surface] for surface in surfaces])


def _listed(texts: Sequence[Text]) -> Text:
    return Text(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))


def _paragraphs(parts: Sequence[Text]) -> Text:
    return Text("\n\n".join(part.en for part in parts), "\n\n".join(part.zh for part in parts))
