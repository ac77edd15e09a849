"""What viewers tell the platform of a message or a room, and what the platform does about it.

Whoever is told of never learns by whom. Reports of the same thing are one case while it is open.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from yellowcart.catalog.rules import is_web_url
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.live import journal, problems
from yellowcart.live.actions import do_end_room
from yellowcart.live.models import ChatMessage, ModerationEntry, Report, ReportVoice, Room
from yellowcart.live.moderation import do_hide_message
from yellowcart.live.queries import access_moderated, get_room
from yellowcart.live.rules import LONGEST_REPORT, clean_note
from yellowcart.live.words import MEASURES, REPORT_CATEGORIES
from yellowcart.people.access import access_moderator
from yellowcart.people.blocking import do_block_account
from yellowcart.people.models import Account


@transaction.atomic
def do_report_message(
    actor: Account, room_id: UUID, message_id: UUID, category: str, note: str = ""
) -> Report:
    """Tell the platform of a message; telling again changes nothing.

    Problems: ``room_not_found``, ``message_not_found``, ``report_own``, ``category_unknown``,
    ``note_too_long``.
    """
    room = get_room(room_id)
    message = ChatMessage.objects.filter(id=message_id, room_id=room_id).first()
    if message is None:
        raise problems.message_not_found()
    return _report(actor, room, message, category, clean_note(note))


@transaction.atomic
def do_report_room(
    actor: Account, room_id: UUID, category: str, note: str = "", evidence_url: str = ""
) -> Report:
    """Tell the platform of a room; telling again changes nothing.

    Problems: ``room_not_found``, ``report_own``, ``category_unknown``, ``note_too_long``,
    ``evidence_invalid``.
    """
    room = get_room(room_id)
    if evidence_url and (not is_web_url(evidence_url) or len(evidence_url) > 500):
        raise problems.evidence_invalid()
    return _report(actor, room, None, category, clean_note(note, LONGEST_REPORT), evidence_url)


def _report(
    actor: Account,
    room: Room,
    message: ChatMessage | None,
    category: str,
    note: str,
    evidence_url: str = "",
) -> Report:
    if category not in REPORT_CATEGORIES:
        raise problems.category_unknown()
    account_id = message.account_id if message else room.creator_id
    if account_id == actor.id:
        raise problems.report_own()
    report, _new = Report.objects.get_or_create(
        room=room,
        message_id=message.id if message else None,
        state="open",
        defaults={"account_id": account_id, "text": message.text if message else room.title},
    )
    _voice, is_new = ReportVoice.objects.get_or_create(
        report=report,
        reporter=actor,
        defaults={"category": category, "note": note, "evidence_url": evidence_url},
    )
    if is_new:
        Report.objects.filter(id=report.id).update(count=F("count") + 1)
        report.refresh_from_db(fields=["count"])
        outbox.audit(actor.id, "report.open", f"report:{report.id}", room=str(room.id))
    return report


@transaction.atomic
def do_decide_report(
    actor: Account, report_id: UUID, *, uphold: bool, reason: str, measure: str = "none"
) -> Report:
    """Settle a case: dismiss it, or uphold it and delete the message, end the room or block the
    account it is about.

    For the platform's moderators and operators. Problems: ``forbidden``, ``report_not_found``,
    ``report_decided``, ``measure_invalid``, ``reason_missing``, and those of the measure.
    """
    access_moderator(actor)
    report = Report.objects.select_for_update(no_key=True).filter(id=report_id).first()
    if report is None:
        raise problems.report_not_found()
    if report.state != "open":
        raise problems.report_decided()
    words = clean_note(reason)
    if not words:
        raise problems.reason_missing()
    needs_message = measure == "hide"
    if (
        measure not in MEASURES
        or (not uphold and measure != "none")
        or (needs_message and report.message_id is None)
    ):
        raise problems.measure_invalid()
    if measure == "hide" and report.message_id is not None:
        do_hide_message(actor, report.room_id, report.message_id, words)
    elif measure == "end":
        do_end_room(actor, report.room_id, words)
    elif measure == "block_account":
        do_block_account(actor, report.account_id, words)
        room = get_room(report.room_id)
        journal.write(actor, "platform", room, "block_account", target=report.account, note=words)
    report.state = "upheld" if uphold else "dismissed"
    report.measure = measure
    report.reason = words
    report.decided_at = now()
    report.decided_by = actor
    report.save()
    outbox.audit(actor.id, "report.decide", f"report:{report.id}", state=report.state)
    return report


def reports_in(state: str) -> QuerySet[Report]:
    """Cases in a state: open ones most told of first, settled ones latest first."""
    rows = Report.objects.filter(state=state).select_related("room__creator", "account")
    if state == "open":
        return rows.order_by("-count", "opened_at", "id").prefetch_related("voices__reporter")
    return rows.order_by("-decided_at", "-id").prefetch_related("voices__reporter")


def log_of(actor: Account, room_id: UUID, most: int = 200) -> list[ModerationEntry]:
    """A room's moderation log, latest first, for its host and the platform."""
    room, role = access_moderated(actor, room_id)
    if role == "moderator":
        raise problems.not_your_room()
    return list(room.moderation.select_related("actor").order_by("-id")[:most])
