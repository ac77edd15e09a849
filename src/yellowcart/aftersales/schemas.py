"""Cases as JSON. Amounts in minor units."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from yellowcart.aftersales import rules
from yellowcart.aftersales.asking import Asking
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.queries import CasePage, WholeCase
from yellowcart.aftersales.states import Kind

Party = Literal["buyer", "seller", "operator", "platform"]


class LineIn(Schema):
    """What is asked of one line: pieces, and an amount; without it all they are worth."""

    line_no: int
    quantity: int
    amount: int | None = None


class AskIn(Schema):
    """What a buyer asks for. ``is_intact``: the goods are as they came."""

    kind: Kind
    reason: str
    lines: list[LineIn] = Field(max_length=100)
    words: str = Field("", max_length=rules.LONGEST_WORDS)
    is_intact: bool = False

    def asked(self) -> dict[int, rules.Asked]:
        """By line number."""
        return {line.line_no: rules.Asked(line.quantity, line.amount) for line in self.lines}


class GiveIn(Schema):
    """What a shop gives back without being asked: ``cannot_send`` or ``goodwill``, and why."""

    reason: Literal["cannot_send", "goodwill"]
    lines: list[LineIn] = Field(max_length=100)
    words: str = Field("", max_length=rules.LONGEST_WORDS)

    def asked(self) -> dict[int, rules.Asked]:
        """By line number."""
        return {line.line_no: rules.Asked(line.quantity, line.amount) for line in self.lines}


class WordsIn(Schema):
    """Why."""

    words: str = Field("", max_length=rules.LONGEST_WORDS)


class AgreeIn(WordsIn):
    """Agreement; ``return_to`` (``name``, ``phone``, ``address``, …) is where goods go back to."""

    return_to: dict[str, str] | None = None


class ParcelIn(Schema):
    """How a parcel travels."""

    carrier: str = Field(max_length=40)
    tracking_no: str = Field(max_length=60)


class RestockIn(Schema):
    """How many pieces of which line go onto the shelves; all where it is missing."""

    pieces: dict[int, int] | None = None


class DecideIn(WordsIn):
    """An operator's decision; ``amount`` lowers a refund, ``return_to`` is where goods go."""

    decision: Literal["refund", "return", "refusal"]
    amount: int | None = None
    return_to: dict[str, str] | None = None


class CaseOut(Schema):
    """A case as lists show it. ``deadline_verb`` is taken by itself at ``deadline_at``."""

    case_id: UUID = Field(alias="id")
    order_id: UUID
    shop_id: UUID
    kind: str
    special: str
    reason: str
    state: str
    amount: int = Field(alias="amount_minor")
    refunded: int = Field(alias="refunded_minor")
    currency: str
    opened_at: datetime
    stepped_at: datetime
    closed_at: datetime | None
    deadline_at: datetime | None
    deadline_verb: str


class PageOut(Schema):
    """A page of cases. ``next_cursor`` is null on the last one."""

    items: list[CaseOut]
    next_cursor: str | None


class CaseLineOut(Schema):
    """What a case is about of one order line."""

    line_no: int
    quantity: int
    amount: int = Field(alias="amount_minor")


class CaseEventOut(Schema):
    """One step of a case."""

    verb: str
    state: str
    party: Party
    words: str
    detail: dict[str, Any]
    at: datetime


class PictureOut(Schema):
    """A picture; its bytes are at ``/aftersales/{case_id}/pictures/{picture_id}``."""

    picture_id: UUID = Field(alias="id")
    party: Party
    content_type: str
    size: int
    added_at: datetime


class WholeOut(CaseOut):
    """A case with all that hangs on it; ``steps`` are what the caller can do now.

    ``at_fault`` pays for the way back of the goods: ``buyer``, ``seller``, or empty where they
    settle it themselves.
    """

    at_fault: str
    words: str
    is_intact: bool
    return_to: dict[str, str]
    return_carrier: str
    return_tracking_no: str
    replacement_carrier: str
    replacement_tracking_no: str
    restocked_at: datetime | None
    may_restock: bool
    lines: list[CaseLineOut]
    history: list[CaseEventOut]
    pictures: list[PictureOut]
    steps: list[str]


class AskableOut(Schema):
    """What may be asked about one line of an order: pieces, and what they are worth."""

    line_no: int
    title: str
    unsent: int
    unsent_amount: int
    with_buyer: int
    with_buyer_amount: int
    return_rule: str
    no_reason_until: datetime | None
    protected_amount: int
    open_case: UUID | None


class AskingOut(Schema):
    """What may be asked about an order now, and its cases, the latest first."""

    order_id: UUID
    currency: str
    is_instant: bool
    claim_until: datetime | None
    lines: list[AskableOut]
    cases: list[CaseOut]
    reasons: dict[str, list[str]]


class BoardOut(Schema):
    """What waits in a shop, each counted up to a hundred."""

    to_ship: int
    overdue: int
    to_answer: int
    to_receive: int
    to_replace: int
    before_platform: int


def case_columns(case: Case) -> dict[str, Any]:
    """A case's columns by name."""
    return {field.name: getattr(case, field.name) for field in case._meta.concrete_fields}


def page_out(page: CasePage) -> dict[str, Any]:
    """A page of cases."""
    return {"items": [case_columns(case) for case in page.cases], "next_cursor": page.next_cursor}


def whole_out(whole: WholeCase) -> dict[str, Any]:
    """A case with all that hangs on it."""
    reason = rules.ALL_REASONS.get(whole.seen.case.reason)
    return {
        **case_columns(whole.seen.case),
        "at_fault": reason.at_fault if reason else "",
        "may_restock": whole.seen.may_restock,
        "lines": whole.lines,
        "history": whole.history,
        "pictures": [picture._asdict() for picture in whole.pictures],
        "steps": whole.seen.steps,
    }


def asking_out(found: Asking) -> dict[str, Any]:
    """What may be asked about an order."""
    return {
        "order_id": found.order.id,
        "currency": found.order.currency,
        "is_instant": found.is_instant,
        "claim_until": found.claim_until,
        "lines": [
            {
                "line_no": one.line.line_no,
                "title": one.line.title,
                "unsent": one.unsent,
                "unsent_amount": one.unsent_minor,
                "with_buyer": one.with_buyer,
                "with_buyer_amount": one.with_buyer_minor,
                "return_rule": one.return_rule,
                "no_reason_until": one.no_reason_until,
                "protected_amount": one.protected_minor,
                "open_case": one.open_case,
            }
            for one in found.lines
        ],
        "cases": [case_columns(case) for case in found.cases],
        "reasons": {
            kind.value: [code for code, reason in rules.REASONS.items() if kind in reason.kinds]
            for kind in Kind
        },
    }
