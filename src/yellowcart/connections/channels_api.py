"""Copies of products for a store's own channels, over HTTP."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from yellowcart.connections import channels
from yellowcart.connections.sold_models import ChannelCopy
from yellowcart.people.access import access_person

router = Router()


def said(words: dict[str, str]) -> str:
    """Kept words in the caller's language."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return words.get(language, "")


class CopyIn(Schema):
    """A copy of a product for hosts at its store, by their ids there; for its own rooms without."""

    product_id: UUID
    hosts: list[str] = Field(default_factory=list, max_length=channels.MOST_HOSTS)


class CopyOut(Schema):
    """A copy at the store: ``waiting``, ``making``, ``made``, ``failed``, or ``unsure`` where the
    answer was lost. ``channel`` is the store's id of it."""

    id: UUID
    connection_id: UUID
    product_id: UUID
    hosts: list[str]
    state: str
    channel: str
    problem: str
    created_at: datetime
    ended_at: datetime | None


class OutcomeIn(Schema):
    """What a person saw at the store."""

    is_there: bool


def _copy(row: ChannelCopy) -> CopyOut:
    return CopyOut(
        id=row.id,
        connection_id=row.connection_id,
        product_id=row.product_id,
        hosts=row.hosts,
        state=row.state,
        channel=row.channel,
        problem=said(row.last_error),
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


@router.post("", response={202: CopyOut})
def ask_copy(request: HttpRequest, wanted: CopyIn) -> Status[CopyOut]:
    """Have a store make a copy of its product that sells from the product's own stock.

    ``product_id`` may be the copy that a shop sells here. The same again is the same copy.
    """
    account = access_person(request.user)
    row = channels.do_ask_copy(actor=account, product_id=wanted.product_id, hosts=wanted.hosts)
    return Status(202, _copy(row))


@router.get("/{uuid:copy_id}", response=CopyOut)
def one_copy(request: HttpRequest, copy_id: UUID) -> CopyOut:
    """What became of a copy."""
    return _copy(channels.access_copy(access_person(request.user), copy_id))


@router.post("/{uuid:copy_id}/outcome", response=CopyOut)
def copy_outcome(request: HttpRequest, copy_id: UUID, seen: OutcomeIn) -> CopyOut:
    """Say whether a copy whose answer was lost is there."""
    account = access_person(request.user)
    return _copy(channels.do_say_outcome(actor=account, copy_id=copy_id, is_there=seen.is_there))
