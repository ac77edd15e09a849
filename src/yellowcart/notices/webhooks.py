"""Tells people that a webhook of theirs was given up."""

from collections.abc import Sequence
from uuid import UUID

from yellowcart.core.outbox import Event
from yellowcart.notices.models import WEBHOOK_STAGE, Notice


def on_webhook_disabled(events: Sequence[Event]) -> None:
    """Write a notice for each webhook that was disabled."""
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create([_notice(event) for event in events], ignore_conflicts=True)


def _notice(event: Event) -> Notice:
    payload = event.payload
    shop_id = payload["shop_id"]
    return Notice(
        account_id=UUID(payload["account_id"]),
        party="merchant",
        shop_id=UUID(shop_id) if shop_id else None,
        rule_key=f"webhook:{payload['webhook_id']}",
        rule_revision=0,
        stage=WEBHOOK_STAGE,
        effective_at=event.at,
        title_en="A webhook was disabled",
        title_zh="一个 Webhook 已被停用",
        body_en=f"{payload['url']} gave no good answer for days, or said that it is gone."
        " Mend it, then switch it on again on the developers' page and replay what it missed.",
        body_zh=f"{payload['url']} 多日没有正确响应，或已声明不再可用。"
        "请修复后在开发者页面重新启用，并重新发送错过的事件。",
        hit={"webhook_id": payload["webhook_id"]},
    )
