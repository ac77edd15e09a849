"""Tells both sides what was said and decided about a sale on another platform."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from yellowcart.core.outbox import Event
from yellowcart.core.texts import Text
from yellowcart.notices.models import DISPUTE_STAGE, Notice
from yellowcart.notices.queries import members_of_shops
from yellowcart.orders.jumpout_models import ConversionDispute, DisputeStep
from yellowcart.sources.models import Source

#: For whoever raised it: a title, and what follows.
_ASKER: Final = {
    "answer": (
        Text("The platform answered about {sale}", "平台已回复：{sale}"),
        Text(
            "Add to it under sales elsewhere, or let it rest.", "可在站外成交页面补充说明或撤回。"
        ),
    ),
    "match": (
        Text("It is yours: {sale}", "已归属给您：{sale}"),
        Text("Its commission is parted anew.", "该笔佣金将重新分配。"),
    ),
    "refuse": (
        Text("Refused: your dispute about {sale}", "申诉未获支持：{sale}"),
        Text("The sale stays as it was.", "该笔成交的归属不变。"),
    ),
}
#: For whoever had the sale: not what was said to the other side.
_HOLDER: Final = {
    "match": (
        Text("Credited to somebody else: {sale}", "已归属给他人：{sale}"),
        Text(
            "After a dispute the platform found another click that led to this sale. What you had"
            " of its commission goes back. If it was yours, say so under sales elsewhere.",
            "经申诉，平台认定该笔成交来自他人的点击，您已得的佣金将被收回。如有异议，可在站外成交页面申诉。",
        ),
    ),
    "refuse": (
        Text("It stays yours: {sale}", "仍归属于您：{sale}"),
        Text(
            "Somebody disputed this sale; the platform refused.", "他人对该笔成交的申诉未获支持。"
        ),
    ),
}
#: For the operators who answered before.
_OPERATOR: Final = {
    "say": (
        Text("More was said about {sale}", "申诉方补充了说明：{sale}"),
        Text("It waits for an answer again.", "正在等待平台回复。"),
    ),
    "withdraw": (
        Text("Withdrawn: the dispute about {sale}", "申诉已撤回：{sale}"),
        Text("Nothing more is to be done.", "无需其他操作。"),
    ),
}


class _Reader(NamedTuple):
    account_id: UUID
    party: str
    shop_id: UUID | None = None


def on_stepped(events: Sequence[Event]) -> None:
    """Write the notices of what was said and decided."""
    steps = {
        str(one.id): one
        for one in DisputeStep.objects.select_related("dispute").filter(
            id__in=[event.payload["step_id"] for event in events]
        )
    }
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create(
        [
            notice
            for event in events
            if (step := steps.get(event.payload["step_id"])) is not None
            for notice in _notices(event, step)
        ],
        ignore_conflicts=True,
    )


def _notices(event: Event, step: DisputeStep) -> Iterator[Notice]:
    dispute, verb = step.dispute, step.verb
    if verb in _ASKER:
        asker = _people(dispute.shop_id, dispute.creator_id)
        yield from _told(step, asker, _ASKER[verb], step.words)
    if verb in _HOLDER:
        had = [event.payload["holder_shop_id"], event.payload["holder_creator_id"]]
        shop_id, creator_id = (UUID(one) if one else None for one in had)
        yield from _told(step, _people(shop_id, creator_id), _HOLDER[verb], "")
    if verb in _OPERATOR:
        answered = DisputeStep.objects.filter(dispute=dispute, verb="answer")
        ids = set(answered.values_list("actor_id", flat=True))
        readers = [_Reader(one, "operator") for one in sorted(ids)]
        yield from _told(step, readers, _OPERATOR[verb], step.words)


def _people(shop_id: UUID | None, creator_id: UUID | None) -> list[_Reader]:
    """A creator, or the people of a shop."""
    if creator_id is not None:
        return [_Reader(creator_id, "creator")]
    if shop_id is None:
        return []
    members = members_of_shops([shop_id]).get(shop_id, [])
    return [_Reader(account_id, "merchant", shop_id) for account_id in members]


def _told(
    step: DisputeStep, readers: Iterable[_Reader], texts: tuple[Text, Text], words: str
) -> Iterator[Notice]:
    dispute = step.dispute
    title, then = texts
    sale = _sale(dispute)
    for reader in readers:
        yield Notice(
            account_id=reader.account_id,
            party=reader.party,
            shop_id=reader.shop_id,
            rule_key=f"dispute:{dispute.id}",
            rule_revision=0,
            stage=DISPUTE_STAGE,
            effective_at=step.at,
            title_en=title.en.format(sale=sale.en)[:200],
            title_zh=title.zh.format(sale=sale.zh)[:200],
            body_en="\n\n".join(part for part in (words, then.en) if part),
            body_zh="\n\n".join(part for part in (words, then.zh) if part),
            hit={"dispute_id": str(dispute.id)},
        )


def _sale(dispute: ConversionDispute) -> Text:
    """A sale in both languages."""
    source = Source.objects.filter(code=dispute.source).first()
    names = Text(source.name_en, source.name_zh) if source else Text(dispute.source, dispute.source)
    number = dispute.external_order_id
    return Text(f"sale {number} on {names.en}", f"{names.zh}订单 {number}")
