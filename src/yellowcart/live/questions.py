"""What viewers ask about the goods: "please explain this" at one tap, or a question in words.

Hosts see them in the order they came, counted by listing, and answer or dismiss them; the room
hears which are closed, so that whoever asked is told. Each verb is one transaction.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.listings import queries as listings
from yellowcart.listings.models import Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.live import events, problems
from yellowcart.live.actions import do_pin
from yellowcart.live.models import ChatMute, Room
from yellowcart.live.queries import access_cart, access_moderated, room_seen_by
from yellowcart.live.rules import clean_chat, has_blocked_word
from yellowcart.live.tooltables import Question
from yellowcart.people.models import Account

#: Between two questions in words of one viewer.
PAUSE: Final = timedelta(seconds=10)
#: Questions of one viewer that wait for an answer at a time.
MOST_WAITING: Final = 5
_SHOWN: Final = 100


@transaction.atomic
def do_ask(
    account: Account, room_id: UUID, *, listing_id: UUID | None = None, text: str = ""
) -> Question:
    """Ask about a listing, or ask in general; without words: please explain this listing.

    Asking for the same listing to be explained again, while that waits, changes nothing. Problems:
    ``room_not_found``, ``room_state``, ``listing_not_found``, ``chat_empty``, ``chat_too_long``,
    ``chat_blocked_word``, ``chat_muted``, ``asked_too_often``.
    """
    room = room_seen_by(account, room_id)
    if room.state != "live":
        raise problems.not_live_now()
    at = now()
    if ChatMute.objects.filter(room_id=room.id, account_id=account.id, until__gt=at).exists():
        raise problems.muted_here()
    if listing_id is not None and listings.offered_in(listing_id, "live_room", room.id) is None:
        raise listing_not_found()
    words = clean_chat(text) if text.strip() or listing_id is None else ""
    if has_blocked_word(words, room.blocked_words):
        raise problems.blocked_word()
    mine = Question.objects.filter(room=room, account=account)
    if not words:
        same = mine.filter(state="waiting", listing_id=listing_id, text="").first()
        if same is not None:
            return same
    last = mine.exclude(text="").order_by("-id").values_list("asked_at", flat=True).first()
    if mine.filter(state="waiting").count() >= MOST_WAITING or (
        words and last is not None and at - last < PAUSE
    ):
        raise problems.asked_too_often(MOST_WAITING, PAUSE.seconds)
    return Question.objects.create(
        room=room, account=account, listing_id=listing_id, text=words, asked_at=at
    )


@transaction.atomic
def do_close(actor: Account, room_id: UUID, question_id: UUID, *, answered: bool) -> None:
    """A question was answered, or is not going to be; again changes nothing.

    For whoever runs the room and its moderators. Problems: ``not_a_moderator``,
    ``question_not_found``.
    """
    room, _role = access_moderated(actor, room_id)
    row = Question.objects.select_for_update(no_key=True).filter(room=room, id=question_id).first()
    if row is None:
        raise problems.question_not_found()
    if row.state == "waiting":
        _close(actor, room, [row], "answered" if answered else "dismissed")


@transaction.atomic
def do_explain(actor: Account, room_id: UUID, listing_id: UUID) -> int:
    """Explain a listing that viewers asked for: it is pinned, and who asked is told.

    How many had asked. Problems: those of :func:`live.actions.do_pin`.
    """
    room = Room.objects.get(id=access_cart(actor, room_id).id)
    if room.pinned_listing_id != listing_id:
        do_pin(actor, room.id, listing_id)
    rows = list(
        Question.objects.select_for_update(no_key=True).filter(
            room=room, listing_id=listing_id, text="", state="waiting"
        )
    )
    _close(actor, room, rows, "answered")
    return len(rows)


def queue_of(account: Account, room_id: UUID) -> dict[str, Any]:
    """What waits in a room: listings by how many want them explained, and questions in order."""
    room, _role = access_moderated(account, room_id)
    waiting = Question.objects.filter(room=room, state="waiting")
    wanted = (
        waiting.filter(text="", listing_id__isnull=False)
        .values("listing_id")
        .annotate(count=Count("id"), since=Min("asked_at"))
        .order_by("-count", "since")
    )
    asked = list(waiting.exclude(text="").select_related("account").order_by("id")[:_SHOWN])
    titles = _titles({row.listing_id for row in asked} | {row["listing_id"] for row in wanted})
    return {
        "wanted": [
            {**row, "title": titles.get(row["listing_id"], ""), "since": iso(row["since"])}
            for row in wanted
        ],
        "questions": [
            {**view(row), "by": row.account.display_name, "title": titles.get(row.listing_id, "")}
            for row in asked
        ],
        "waiting": waiting.count(),
    }


def mine_in(account: Account, room_id: UUID) -> list[dict[str, Any]]:
    """What somebody asked in a room, the newest first."""
    rows = Question.objects.filter(room_id=room_id, account=account).order_by("-id")[:_SHOWN]
    return [view(row) for row in rows]


def view(row: Question) -> dict[str, Any]:
    """A question as whoever asked it sees it."""
    return {
        "question_id": row.id,
        "listing_id": row.listing_id,
        "text": row.text,
        "state": row.state,
        "asked_at": iso(row.asked_at),
    }


def _close(actor: Account, room: Room, rows: Sequence[Question], state: str) -> None:
    if not rows:
        return
    ids = [row.id for row in rows]
    Question.objects.filter(id__in=ids).update(state=state, closed_at=now(), closed_by=actor.id)
    outbox.audit(actor.id, "room.question", f"room:{room.id}", state=state, count=len(ids))
    events.questions_closed(room.id, ids, state)


def _titles(ids: set[UUID | None]) -> dict[UUID | None, str]:
    rows = Listing.objects.filter(id__in=[one for one in ids if one is not None])
    return dict(rows.values_list("id", "product__title"))
