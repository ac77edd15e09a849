"""The script of a show: what comes when, and where the show stands in it. Each verb is one
transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.listings.models import Listing
from yellowcart.live import problems, spotlight
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart
from yellowcart.live.scriptplan import MOST_ITEMS, Step, neighbour, timing, wrong_with_step
from yellowcart.live.tooltables import ScriptItem, ScriptRun
from yellowcart.people.models import Account


def items_of(room_id: UUID) -> list[ScriptItem]:
    """A room's script in order."""
    return list(ScriptItem.objects.filter(room_id=room_id).order_by("position", "id"))


def script_of(room_id: UUID) -> dict[str, Any]:
    """A room's script and where the show stands in it at this instant, as its hosts see it."""
    items = items_of(room_id)
    run = ScriptRun.objects.filter(room_id=room_id).first()
    offered = dict(_offered(room_id).values_list("id", "product__title"))
    place = next((n for n, one in enumerate(items) if run and one.id == run.item_id), None)
    stands = None
    if run is not None and place is not None:
        stands = timing(
            [one.minutes for one in items], place, run.began_at, run.item_began_at, now()
        )
    return {
        "items": [_view(one, offered) for one in items],
        "current": str(run.item_id) if run and place is not None else None,
        "place": place,
        "began_at": iso(run.began_at) if run and place is not None else None,
        "item_began_at": iso(run.item_began_at) if run and place is not None else None,
        "planned_seconds": 60 * sum(one.minutes for one in items),
        "timing": stands,
    }


@transaction.atomic
def do_write_script(actor: Account, room_id: UUID, steps: Sequence[Step]) -> None:
    """Put this script in the place of the one before. Steps that name their id stay the same.

    Problems: ``script_invalid`` with ``why`` and the number of the step, and those of
    :func:`live.queries.access_cart`.
    """
    room = _locked(access_cart(actor, room_id).id)
    if len(steps) > MOST_ITEMS:
        raise problems.script_invalid("items", MOST_ITEMS)
    offered = dict(_offered(room.id).values_list("id", "product__title"))
    known = set(ScriptItem.objects.filter(room=room).values_list("id", flat=True))
    rows = []
    for number, step in enumerate(steps):
        why = wrong_with_step(step)
        if why is None and step.listing_id is not None and step.listing_id not in offered:
            why = "listing_id"
        if why is not None:
            raise problems.script_invalid(why, number + 1)
        row = ScriptItem(
            room=room,
            position=number,
            listing_id=step.listing_id,
            title=step.title or offered[step.listing_id][:120],
            notes=step.notes,
            minutes=step.minutes,
            action=step.action,
            seconds=step.seconds,
            percent=step.percent,
        )
        if step.id in known:
            row.id = step.id
            known.discard(step.id)
        rows.append(row)
    ScriptItem.objects.filter(room=room).delete()
    ScriptItem.objects.bulk_create(rows)
    outbox.audit(actor.id, "room.script", f"room:{room.id}", items=len(rows))


@transaction.atomic
def do_order_script(actor: Account, room_id: UUID, order: Sequence[UUID]) -> None:
    """The same steps in another order. ``script_invalid`` unless each is named once."""
    room = _locked(access_cart(actor, room_id).id)
    rows = {row.id: row for row in items_of(room.id)}
    if len(order) != len(rows) or set(order) != rows.keys():
        raise problems.script_invalid("items", len(rows))
    for position, item_id in enumerate(order):
        rows[item_id].position = position
    ScriptItem.objects.bulk_update(rows.values(), ["position"])


@transaction.atomic
def do_step(actor: Account, room_id: UUID, to: str) -> UUID | None:
    """Go ``next``, ``previous``, to the step with an id, or ``stop``; the step that is on then.

    The step's listing is explained, where it is still in the cart; nothing else happens by itself:
    see :func:`do_planned`. At either end nothing changes. Problems: ``script_invalid`` (no such
    step), and those of :func:`live.actions.do_pin`.
    """
    room = _locked(access_cart(actor, room_id).id)
    items = {row.id: row for row in items_of(room.id)}
    run = ScriptRun.objects.filter(room=room).first()
    current = run.item_id if run and run.item_id in items else None
    if to == "stop":
        ScriptRun.objects.filter(room=room).delete()
        return None
    wanted = _wanted(list(items), current, to)
    if wanted is None or wanted == current:
        return current
    at = now()
    began = run.began_at if run and current is not None else at
    ScriptRun.objects.update_or_create(
        room=room, defaults={"item_id": wanted, "item_began_at": at, "began_at": began}
    )
    listing_id = items[wanted].listing_id
    if (
        listing_id is not None
        and listing_id != room.pinned_listing_id
        and _offered(room.id).filter(id=listing_id).exists()
    ):
        do_pin(actor, room.id, listing_id)
    return wanted


@transaction.atomic
def do_planned(actor: Account, room_id: UUID) -> None:
    """Do what is planned with the step that is on: count down, link up, start the flash price.

    Problems: ``nothing_planned``, and those of the verb.
    """
    room = access_cart(actor, room_id)
    run = ScriptRun.objects.filter(room_id=room.id).first()
    items = ScriptItem.objects.filter(room_id=room.id)
    item = items.filter(id=run.item_id).first() if run and run.item_id else None
    if item is None or item.listing_id is None or item.action == "none":
        raise problems.nothing_planned()
    if item.action == "count_down":
        spotlight.do_count_down(actor, room.id, item.listing_id, seconds=item.seconds)
    elif item.action == "link_up":
        spotlight.do_link_up(actor, room.id, item.listing_id)
    else:
        spotlight.do_flash(
            actor,
            room.id,
            item.listing_id,
            percent=item.percent or 0,
            seconds=item.seconds or spotlight.USUAL_FLASH_SECONDS,
        )


def _wanted(ids: Sequence[UUID], current: UUID | None, to: str) -> UUID | None:
    if to in {"next", "previous"}:
        return neighbour(ids, current, 1 if to == "next" else -1)
    found = next((one for one in ids if str(one) == to), None)
    if found is None:
        raise problems.script_invalid("step", 0)
    return found


def _view(item: ScriptItem, offered: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "listing_id": item.listing_id,
        "product": offered.get(item.listing_id) if item.listing_id else None,
        "in_cart": item.listing_id is None or item.listing_id in offered,
        "title": item.title,
        "notes": item.notes,
        "minutes": item.minutes,
        "action": item.action,
        "seconds": item.seconds,
        "percent": item.percent,
    }


def _offered(room_id: UUID) -> Any:
    return Listing.objects.filter(
        surface="live_room", container_id=room_id, state__in=["mounted", "barred"]
    )


def _locked(room_id: UUID) -> Room:
    return Room.objects.select_for_update(no_key=True).get(id=room_id)
