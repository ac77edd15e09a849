"""What the notices folder announces."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from yellowcart.core import outbox
from yellowcart.core.instants import iso
from yellowcart.notices.rules import Due

TOPIC_SENT: Final = "notices.sent"
TOPIC_APPEALED: Final = "notices.appealed"
TOPIC_ANSWERED: Final = "notices.appeal_answered"


def sent(due: Due, accounts: Sequence[UUID]) -> None:
    """The notices of a stage went out to these accounts."""
    outbox.append(
        TOPIC_SENT,
        {
            "rule": due.rule.key,
            "revision": due.rule.revision,
            "stage": due.stage,
            "effective_at": iso(due.rule.effective_from),
            "accounts": [str(account) for account in accounts],
        },
    )


def appealed(appeal_id: UUID, notice_id: UUID, rule_key: str) -> None:
    """A party asked to have a rule's effect looked at again."""
    outbox.append(
        TOPIC_APPEALED,
        {"appeal_id": str(appeal_id), "notice_id": str(notice_id), "rule": rule_key},
    )


def answered(appeal_id: UUID, account_id: UUID, state: str) -> None:
    """An appeal was upheld or rejected."""
    outbox.append(
        TOPIC_ANSWERED,
        {"appeal_id": str(appeal_id), "account_id": str(account_id), "state": state},
    )
