"""Co-hosts, the stage, and viewers' questions over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yellowcart.live import cohosts, questions
from yellowcart.live.queries import room_seen_by
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class AskIn(Schema):
    """What is asked about a listing; no words: please explain it."""

    listing_id: UUID | None = None
    text: str = ""


class AskedOut(Schema):
    """One's question and what became of it: ``waiting``, ``answered``, ``dismissed``."""

    question_id: UUID
    listing_id: UUID | None
    text: str
    state: str
    asked_at: str


class CloseIn(Schema):
    """Whether it was answered; if not, it is dismissed."""

    answered: bool = True


class ExplainIn(Schema):
    """The listing that is explained now."""

    listing_id: UUID


class WhoIn(Schema):
    """An account."""

    account_id: UUID


class HostsOut(Schema):
    """Those who host with the creator, and whose turn it is."""

    cohosts: list[dict[str, Any]]
    on_stage: UUID


@router.post("/{uuid:room_id}/questions", response={201: AskedOut}, summary="Ask about goods")
def ask(request: HttpRequest, room_id: UUID, body: AskIn) -> Status[AskedOut]:
    """Without words: please explain this listing; again, while that waits, it is the same one."""
    row = questions.do_ask(
        access_person(request.user), room_id, listing_id=body.listing_id, text=body.text
    )
    return Status(201, AskedOut(**questions.view(row)))


@router.get("/{uuid:room_id}/questions/mine", response=list[AskedOut], summary="What I asked")
def mine(request: HttpRequest, room_id: UUID) -> list[dict[str, Any]]:
    """The newest first."""
    person = access_person(request.user)
    return questions.mine_in(person, room_seen_by(person, room_id).id)


@router.get(
    "/{uuid:room_id}/questions",
    auth=scoped("rooms:read"),
    response=dict[str, Any],
    summary="What viewers ask",
)
def queue(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """For whoever runs the room and its moderators: listings by how many want them explained, and
    questions in the order they came."""
    return questions.queue_of(access_person(request.user), room_id)


@router.post(
    "/{uuid:room_id}/questions/{uuid:question_id}/close",
    auth=scoped("rooms:write"),
    response={204: None},
    summary="Close a question",
)
def close(request: HttpRequest, room_id: UUID, question_id: UUID, body: CloseIn) -> Status[None]:
    """Answered or dismissed; whoever asked is told."""
    questions.do_close(access_person(request.user), room_id, question_id, answered=body.answered)
    return Status(204, None)


@router.post(
    "/{uuid:room_id}/questions/explain",
    auth=scoped("rooms:write"),
    response={204: None},
    summary="Explain what was asked for",
)
def explain(request: HttpRequest, room_id: UUID, body: ExplainIn) -> Status[None]:
    """Pins the listing, and tells all who asked for it."""
    questions.do_explain(access_person(request.user), room_id, body.listing_id)
    return Status(204, None)


@router.post("/{uuid:room_id}/hosts", response={204: None}, summary="Ask somebody to host, too")
def invite(request: HttpRequest, room_id: UUID, body: WhoIn) -> Status[None]:
    """For the room's creator; they accept or not."""
    cohosts.do_invite(access_person(request.user), room_id, body.account_id)
    return Status(204, None)


@router.put("/{uuid:room_id}/hosts/me", response=HostsOut, summary="Accept to host, too")
def accept(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """For whoever was asked; a pass from now on has the role ``cohost``."""
    row = cohosts.do_accept(access_person(request.user), room_id)
    return cohosts.hosts_of(row.room)


@router.delete(
    "/{uuid:room_id}/hosts/{uuid:account_id}", response={204: None}, summary="Host no more"
)
def remove(request: HttpRequest, room_id: UUID, account_id: UUID) -> Status[None]:
    """For the creator, and for oneself: to decline or to leave."""
    cohosts.do_remove(access_person(request.user), room_id, account_id)
    return Status(204, None)


@router.put("/{uuid:room_id}/stage", response=HostsOut, summary="Hand the stage on")
def give_stage(request: HttpRequest, room_id: UUID, body: WhoIn) -> dict[str, Any]:
    """To a co-host, or back to the creator; for the creator and whoever has it."""
    person = access_person(request.user)
    return cohosts.hosts_of(cohosts.do_give_stage(person, room_id, body.account_id))
