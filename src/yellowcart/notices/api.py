"""Notices over HTTP: everybody their own; operators answer appeals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router, Schema, Status

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text
from yellowcart.notices import actions, queries
from yellowcart.notices.models import Appeal, Notice
from yellowcart.people.access import access_operator, access_person

router = Router()
_MOST = 200


class NoticeOut(Schema):
    """One notice, in the reader's language. ``hit`` says what of theirs it concerns."""

    id: UUID
    party: str
    shop_id: UUID | None
    rule: str
    revision: int
    stage: str
    effective_at: str
    title: str
    body: str
    hit: dict[str, Any]
    sent_at: str
    read_at: str | None
    appeal: "AppealOut | None"


class AppealOut(Schema):
    """An appeal and its answer."""

    id: UUID
    notice_id: UUID
    rule: str
    words: str
    state: str
    answer: str
    opened_at: str
    answered_at: str | None


class Words(Schema):
    """Why the rule should not apply."""

    words: str


class Answer(Schema):
    """An operator's answer."""

    upheld: bool
    answer: str


@router.get("", response=list[NoticeOut])
def notices(
    request: HttpRequest, party: str | None = None, shop: UUID | None = None, unread: bool = False
) -> list[dict[str, Any]]:
    """My notices, newest first, at most 200."""
    account = access_person(request.user)
    found = queries.inbox(account, party=party, shop_id=shop, unread_only=unread)
    return [_notice(notice) for notice in found[:_MOST]]


@router.post("/{uuid:notice_id}/read", response=NoticeOut)
def read(request: HttpRequest, notice_id: UUID) -> dict[str, Any]:
    """Leave a read receipt."""
    return _notice(actions.do_read(access_person(request.user), notice_id))


@router.post("/{uuid:notice_id}/appeal", response={201: AppealOut})
def appeal(request: HttpRequest, notice_id: UUID, words: Words) -> Status[dict[str, Any]]:
    """Ask to have the rule's effect looked at again."""
    made = actions.do_appeal(access_person(request.user), notice_id, words.words)
    return Status(201, _appeal(made))


@router.get("/appeals", response=list[AppealOut])
def appeals(request: HttpRequest, state: str = "open") -> list[dict[str, Any]]:
    """For operators: appeals in a state, the longest waiting first, at most 200."""
    access_operator(request.user)
    return [_appeal(each) for each in queries.appeals(state)[:_MOST]]


@router.post("/appeals/{uuid:appeal_id}/answer", response=AppealOut)
def answer(request: HttpRequest, appeal_id: UUID, answered: Answer) -> dict[str, Any]:
    """For operators: uphold or reject an appeal, with reasons."""
    operator = access_operator(request.user)
    return _appeal(
        actions.do_answer_appeal(
            appeal_id, upheld=answered.upheld, answer=answered.answer, by=operator.id
        )
    )


def _notice(notice: Notice) -> dict[str, Any]:
    language = get_language() or "en"
    appealed: Appeal | None = getattr(notice, "appeal", None)
    return {
        "id": notice.id,
        "party": notice.party,
        "shop_id": notice.shop_id,
        "rule": notice.rule_key,
        "revision": notice.rule_revision,
        "stage": notice.stage,
        "effective_at": iso(notice.effective_at),
        "title": Text(notice.title_en, notice.title_zh).in_language(language),
        "body": Text(notice.body_en, notice.body_zh).in_language(language),
        "hit": notice.hit,
        "sent_at": iso(notice.sent_at),
        "read_at": _iso(notice.read_at),
        "appeal": _appeal(appealed) if appealed else None,
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "id": appeal.id,
        "notice_id": appeal.notice_id,
        "rule": appeal.notice.rule_key,
        "words": appeal.words,
        "state": appeal.state,
        "answer": appeal.answer,
        "opened_at": iso(appeal.opened_at),
        "answered_at": _iso(appeal.answered_at),
    }


def _iso(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None
