"""The order of a chat over HTTP: delete, pin, mute, block, report; and what the platform reads."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yellowcart.live import moderation
from yellowcart.live import reports as reporting
from yellowcart.live.models import Report
from yellowcart.live.queries import access_moderated, blocks_of, mutes_of, names_of
from yellowcart.people.access import access_moderator, access_person

router = Router()
reports = Router()


class NoteIn(Schema):
    """Why, for the room's log: at most 200 characters."""

    note: str = ""


class MuteIn(Schema):
    """Whom to keep from speaking, and for how long."""

    account_id: UUID
    minutes: int
    note: str = ""


class MuteOut(Schema):
    """Until when."""

    account_id: UUID
    name: str
    until: datetime


class PinMessageIn(Schema):
    """The message that stays in sight, or null for none."""

    message_id: UUID | None


class BlockOut(Schema):
    """Who was put out of the room, since when and why."""

    viewer_id: UUID
    name: str
    at: datetime
    note: str


class LogOut(Schema):
    """One thing done to keep order. ``text`` is the message it was about."""

    at: datetime
    by: str | None
    role: str
    verb: str
    target_id: UUID | None
    target: str
    text: str
    note: str


class ReportIn(Schema):
    """``category`` is one of fraud, counterfeit, abuse, spam, vulgar, violence, illegal, minors,
    copyright, other. A note on a message has at most 200 characters, on a room 500."""

    category: str
    note: str = ""
    evidence_url: str = ""


class ReportedOut(Schema):
    """It was told; more is for the platform to know."""

    state: str


class VoiceOut(Schema):
    """One person's report."""

    reporter_id: UUID
    reporter: str
    category: str
    note: str
    evidence_url: str
    at: datetime


class ReportOut(Schema):
    """A case: a message where ``message_id`` is given, else a room."""

    report_id: UUID
    room_id: UUID
    room: str
    message_id: UUID | None
    account_id: UUID
    account: str
    text: str
    state: str
    count: int
    opened_at: datetime
    measure: str
    reason: str
    voices: list[VoiceOut]


class DecisionIn(Schema):
    """``measure`` is none, hide, end or block_account; only a report that is upheld takes one."""

    uphold: bool
    reason: str
    measure: str = "none"


@router.post(
    "/{uuid:room_id}/chat/{uuid:message_id}/hide", response={204: None}, summary="Delete a message"
)
def hide(
    request: HttpRequest, room_id: UUID, message_id: UUID, body: NoteIn | None = None
) -> Status[None]:
    """For the host and moderators, and for who said it."""
    person = access_person(request.user)
    moderation.do_hide_message(person, room_id, message_id, body.note if body else "")
    return Status(204, None)


@router.put("/{uuid:room_id}/chat/pinned", response={204: None}, summary="Pin a message")
def pin_message(request: HttpRequest, room_id: UUID, body: PinMessageIn) -> Status[None]:
    """For the host and moderators: one message stays in everybody's sight; null for none."""
    moderation.do_pin_message(access_person(request.user), room_id, body.message_id)
    return Status(204, None)


@router.get("/{uuid:room_id}/mutes", response=list[MuteOut], summary="Who is muted")
def mutes(request: HttpRequest, room_id: UUID) -> list[MuteOut]:
    """For the host and moderators."""
    room, _role = access_moderated(access_person(request.user), room_id)
    rows = list(mutes_of(room))
    names = names_of(row.account_id for row in rows)
    return [
        MuteOut(account_id=row.account_id, name=names.get(row.account_id, ""), until=row.until)
        for row in rows
    ]


@router.post("/{uuid:room_id}/mutes", response={201: MuteOut}, summary="Mute somebody")
def mute(request: HttpRequest, room_id: UUID, body: MuteIn) -> Status[MuteOut]:
    """For the host and moderators; viewers can be muted, nobody above them."""
    row = moderation.do_mute(access_person(request.user), room_id, **body.dict())
    name = names_of([row.account_id])[row.account_id]
    return Status(201, MuteOut(account_id=row.account_id, name=name, until=row.until))


@router.delete(
    "/{uuid:room_id}/mutes/{uuid:account_id}", response={204: None}, summary="Unmute somebody"
)
def unmute(request: HttpRequest, room_id: UUID, account_id: UUID) -> Status[None]:
    """Lets them speak again."""
    moderation.do_unmute(access_person(request.user), room_id, account_id)
    return Status(204, None)


@router.get("/{uuid:room_id}/blocks", response=list[BlockOut], summary="Who was put out")
def blocks(request: HttpRequest, room_id: UUID) -> list[BlockOut]:
    """For the host and moderators."""
    room, _role = access_moderated(access_person(request.user), room_id)
    return [
        BlockOut(viewer_id=row.viewer_id, name=row.name, at=row.at, note=row.note)
        for row in blocks_of(room)
    ]


@router.put(
    "/{uuid:room_id}/blocks/{uuid:viewer_id}", response={204: None}, summary="Put somebody out"
)
def block(
    request: HttpRequest, room_id: UUID, viewer_id: UUID, body: NoteIn | None = None
) -> Status[None]:
    """For the host and moderators. Their sockets end, and they get no pass for this room again;
    what they bought stays theirs."""
    person = access_person(request.user)
    moderation.do_block_viewer(person, room_id, viewer_id, body.note if body else "")
    return Status(204, None)


@router.delete(
    "/{uuid:room_id}/blocks/{uuid:viewer_id}", response={204: None}, summary="Let them in again"
)
def unblock(request: HttpRequest, room_id: UUID, viewer_id: UUID) -> Status[None]:
    """Takes that back."""
    moderation.do_unblock_viewer(access_person(request.user), room_id, viewer_id)
    return Status(204, None)


@router.get("/{uuid:room_id}/moderation", response=list[LogOut], summary="The moderation log")
def log(request: HttpRequest, room_id: UUID) -> list[LogOut]:
    """What was done to keep order, latest first; for the host and the platform."""
    return [
        LogOut(
            at=row.at,
            by=row.actor.display_name if row.actor else None,
            role=row.role,
            verb=row.verb,
            target_id=row.target_id,
            target=row.target_name,
            text=row.text,
            note=row.note,
        )
        for row in reporting.log_of(access_person(request.user), room_id)
    ]


@router.post(
    "/{uuid:room_id}/chat/{uuid:message_id}/reports",
    response={201: ReportedOut},
    summary="Report a message",
)
def report_message(
    request: HttpRequest, room_id: UUID, message_id: UUID, body: ReportIn
) -> Status[ReportedOut]:
    """To the platform; whoever said it never learns by whom."""
    person = access_person(request.user)
    row = reporting.do_report_message(person, room_id, message_id, body.category, body.note)
    return Status(201, ReportedOut(state=row.state))


@router.post("/{uuid:room_id}/reports", response={201: ReportedOut}, summary="Report a room")
def report_room(request: HttpRequest, room_id: UUID, body: ReportIn) -> Status[ReportedOut]:
    """To the platform; the host never learns by whom."""
    person = access_person(request.user)
    row = reporting.do_report_room(person, room_id, body.category, body.note, body.evidence_url)
    return Status(201, ReportedOut(state=row.state))


@reports.get("", response=list[ReportOut], summary="What was reported")
def list_reports(request: HttpRequest, state: str = "open") -> list[ReportOut]:
    """For the platform's moderators: ``state`` is ``open`` (most told of first), ``upheld`` or
    ``dismissed`` (latest first); at most 100."""
    access_moderator(request.user)
    return [_report(row) for row in reporting.reports_in(state)[:100]]


@reports.post("/{uuid:report_id}/decision", response=ReportOut, summary="Settle a report")
def decide(request: HttpRequest, report_id: UUID, body: DecisionIn) -> ReportOut:
    """For the platform's moderators."""
    person = access_moderator(request.user)
    return _report(reporting.do_decide_report(person, report_id, **body.dict()))


def _report(row: Report) -> ReportOut:
    return ReportOut(
        report_id=row.id,
        room_id=row.room_id,
        room=row.room.title,
        message_id=row.message_id,
        account_id=row.account_id,
        account=row.account.display_name,
        text=row.text,
        state=row.state,
        count=row.count,
        opened_at=row.opened_at,
        measure=row.measure,
        reason=row.reason,
        voices=[
            VoiceOut(
                reporter_id=voice.reporter_id,
                reporter=voice.reporter.display_name,
                category=voice.category,
                note=voice.note,
                evidence_url=voice.evidence_url,
                at=voice.at,
            )
            for voice in row.voices.all()
        ],
    )
