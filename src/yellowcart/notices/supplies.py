"""Tells a shop's people what is left to them of orders that connected suppliers have."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import translation

from yellowcart.connections.models import Change, Supply
from yellowcart.connections.telling import by_hand
from yellowcart.core.money import display_minor
from yellowcart.core.outbox import Event
from yellowcart.core.texts import Text
from yellowcart.notices.models import GIVEN_BACK_STAGE, SUPPLY_STAGE, Notice
from yellowcart.notices.queries import members_of_shops

_TITLES: Final = {
    "cancel": Text(
        "Settle with {store}: an order it sent all the same",
        "请与{store}协商：订单已退款但仍发了货",
    ),
    "reduce": Text("Tell {store}: send fewer pieces", "请通知{store}：减少发货件数"),
    "refund": Text(
        "Settle with {store}: the buyer has money back", "请与{store}协商：买家已获退款"
    ),
    "lost": Text("Look at {store}: did an order arrive?", "请到{store}核对：是否已收到这个订单"),
}
_WHAT: Final = {
    "cancel": Text(
        "All of this order was refunded, and the store did not call it off: {pieces} pieces,"
        " {amount} given back to the buyer.",
        "该订单已全额退款，但货源店铺未能取消：共{pieces}件，已退买家{amount}。",
    ),
    "reduce": Text(
        "{pieces} pieces of this order were refunded before they were sent ({amount}). The store"
        " must not send them.",
        "该订单有{pieces}件在发货前已退款（{amount}），货源店铺不应再发出。",
    ),
    "refund": Text(
        "The buyer has {amount} back for this order, for {pieces} pieces that the store had sent.",
        "该订单已退买家{amount}，涉及货源店铺已发出的{pieces}件商品。",
    ),
    "lost": Text(
        "This order was handed over, no answer came, and the store can't be asked now.",
        "该订单已转给货源店铺，但没有收到答复，现在也无法查询。",
    ),
}
_THEN: Final = Text(
    "When that is done, say so on the order's page.", "办妥后，请在订单页面标记为已处理。"
)
_BACK_TITLES: Final = {
    "refunded": Text("{store} cancelled an order", "{store}取消了一个订单"),
    "asked": Text("{store} gave an order back: answer", "{store}退回了一个订单，请处理"),
    "left": Text("{store} does not send an order: act", "{store}不会发出一个订单，请处理"),
}
_BACK: Final = {
    "refunded": Text(
        "{store} cancelled this order before anything was sent, and the buyer has the money back."
        " Check how many pieces the store has before you sell more of them.",
        "{store}在发货前取消了该订单，已为买家退款。继续销售前，请核对该店铺的库存。",
    ),
    "asked": Text(
        "{store} does not send what is left of this order. Give the buyer the money back, send the"
        " goods from elsewhere, or hand the order over once more on the store's page. A case asks"
        " for the money in the buyer's stead; if nobody answers in time, it goes back.",
        "{store}不会发出该订单的剩余商品。您可以为买家退款、改由其他渠道发货，或在货源店铺页面重新"
        "推送订单。系统已代买家发起退款申请，逾期未处理将自动退款。",
    ),
    "left": Text(
        "{store} does not send this order. Send the goods from elsewhere before the shipping"
        " promise ends, or give the buyer the money back.",
        "{store}不会发出该订单。请在承诺发货时间前改由其他渠道发货，或为买家退款。",
    ),
}


def on_returned(events: Sequence[Event]) -> None:
    """Tell the people of the shop that sold it what became of an order that was given back."""
    ids = {UUID(event.payload["supply_id"]) for event in events}
    rows = Supply.objects.filter(id__in=ids).select_related("connection")
    supplies = {str(row.id): row for row in rows}
    people = members_of_shops({row.shop_id for row in rows})
    notices = [
        _given_back(supply, event, account_id)
        for event in events
        if (supply := supplies.get(event.payload["supply_id"])) is not None
        for account_id in people.get(supply.shop_id, ())
    ]
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _given_back(supply: Supply, event: Event, account_id: UUID) -> Notice:
    became = event.payload["became"]
    name = supply.connection.name or supply.connection.source
    title, body = _BACK_TITLES[became], _BACK[became]
    said = Text(
        supply.reason or supply.last_error.get("en", ""),
        supply.reason or supply.last_error.get("zh-hans", ""),
    )
    return Notice(
        account_id=account_id,
        party="merchant",
        shop_id=supply.shop_id,
        rule_key=f"supply:{supply.id}",
        rule_revision=0,
        stage=GIVEN_BACK_STAGE,
        effective_at=event.at,
        title_en=title.en.format(store=name)[:200],
        title_zh=title.zh.format(store=name)[:200],
        body_en=_joined([body.en.format(store=name), _said(said).en]),
        body_zh=_joined([body.zh.format(store=name), _said(said).zh]),
        hit={"order_id": str(supply.order_id), "connection_id": str(supply.connection_id)},
    )


def on_settle_by_hand(events: Sequence[Event]) -> None:
    """Tell the people of the shop that connected the store, once for each refund."""
    ids = {UUID(event.payload["change_id"]) for event in events}
    rows = Change.objects.filter(id__in=ids).select_related("connection", "supply")
    changes = {str(row.id): row for row in rows}
    people = members_of_shops({row.connection.shop_id for row in rows})
    notices = [
        _to_settle(change, account_id, event.at)
        for event in events
        if (change := changes.get(event.payload["change_id"])) is not None
        for account_id in people.get(change.connection.shop_id, ())
    ]
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _to_settle(change: Change, account_id: UUID, at: datetime) -> Notice:
    supply = change.supply
    title, body = _TITLES[change.kind], _WHAT[change.kind]
    name = change.connection.name or change.connection.source
    facts = {"store": name, "pieces": sum(change.pieces.values())}
    currency = change.connection.currency
    what = Text(
        body.en.format(**facts, amount=display_minor(change.refunded_minor, currency, "en")),
        body.zh.format(**facts, amount=display_minor(change.refunded_minor, currency, "zh")),
    )
    said = Text(change.last_error.get("en", ""), change.last_error.get("zh-hans", ""))
    parts = [
        what,
        _said(said),
        _number(supply.external_id),
        _by_hand(change),
        _THEN,
    ]
    return Notice(
        account_id=account_id,
        party="merchant",
        shop_id=change.connection.shop_id,
        rule_key=f"supply:{supply.id}",
        rule_revision=change.number,
        stage=SUPPLY_STAGE,
        effective_at=at,
        title_en=title.en.format(**facts)[:200],
        title_zh=title.zh.format(**facts)[:200],
        body_en=_joined(part.en for part in parts),
        body_zh=_joined(part.zh for part in parts),
        hit={
            "order_id": str(supply.order_id),
            "connection_id": str(change.connection_id),
            "change_id": str(change.id),
        },
    )


def _number(external_id: str) -> Text:
    """The order's number at the store, where it has one that we know."""
    if not external_id:
        return Text("", "")
    return Text(f"The order's number there: {external_id}.", f"货源店铺订单号：{external_id}。")


def _said(words: Text) -> Text:
    """What the store said, if anything."""
    if not words.en:
        return words
    return Text(f"The store said: {words.en}", f"对方说明：{words.zh}")


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _by_hand(change: Change) -> Text:
    """What a person does at the source, in both languages."""
    found = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found[language] = by_hand(change)
    return Text(found["en"], found["zh-hans"])
