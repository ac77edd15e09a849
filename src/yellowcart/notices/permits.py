"""Tells people what somebody else decided about their permits, once for each decision."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from yellowcart.core.outbox import Event
from yellowcart.core.texts import Text
from yellowcart.notices.models import PERMIT_STAGE, Notice
from yellowcart.people.wording import permit_name

#: What was done, to follow the permit's name; an application's answer is told on the spot.
_DONE: Final = {
    "paused": Text("is paused", "已被暂停"),
    "withdrawn": Text("is withdrawn", "已被取消"),
    "resumed": Text("is back", "已恢复"),
    "appeal_upheld": Text("your appeal was upheld", "申诉成立"),
    "appeal_rejected": Text("your appeal was rejected", "申诉未获支持"),
}
_NEXT: Final = {
    "paused": Text(
        "You see the permit and its conditions in the creator's console, and can appeal there.",
        "请到主播工作台查看该权限及其条件，也可在那里提出申诉。",
    ),
    "resumed": Text("Nothing more is to be done.", "无需其他操作。"),
}
_NEXT_OF: Final = {"withdrawn": "paused", "appeal_rejected": "", "appeal_upheld": "resumed"}


def on_permit_changed(events: Sequence[Event]) -> None:
    """Write a notice for each decision of an operator."""
    notices = [notice for event in events if (notice := _notice(event)) is not None]
    # A repeated event meets the notice it made before.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _notice(event: Event) -> Notice | None:
    payload = event.payload
    verb = payload["verb"]
    done = _DONE.get(verb)
    if done is None:
        return None
    name = permit_name(payload["permit"])
    reason = payload["words"].get("reason", "")
    following = _NEXT.get(_NEXT_OF.get(verb, verb), Text("", ""))
    rule = payload["rule_key"]
    return Notice(
        account_id=UUID(payload["account_id"]),
        party="creator",
        rule_key=rule,
        rule_revision=payload["rule_revision"],
        stage=PERMIT_STAGE,
        effective_at=event.at,
        title_en=f"“{name.en}”: {done.en}",
        title_zh=f"“{name.zh}”权限：{done.zh}",
        body_en="\n\n".join(part for part in (reason, following.en) if part),
        body_zh="\n\n".join(part for part in (reason, following.zh) if part),
        hit={"permit": payload["permit"], "event_id": payload["event_id"]},
    )
