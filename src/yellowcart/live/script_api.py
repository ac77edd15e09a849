"""A show's script over HTTP, for whoever runs its cart."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from yellowcart.live import scripts
from yellowcart.live.queries import access_cart
from yellowcart.live.scriptplan import Step
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class StepIn(Schema):
    """One step; ``id`` of one that is there keeps it, a new one has none."""

    id: UUID | None = None
    listing_id: UUID | None = None
    title: str = ""
    notes: str = ""
    minutes: int = 5
    action: str = "none"
    seconds: int | None = None
    percent: int | None = None


class ScriptIn(Schema):
    """All steps, first to last."""

    items: list[StepIn]


class OrderIn(Schema):
    """The ids of all steps, first to last."""

    order: list[UUID]


class ToIn(Schema):
    """``next``, ``previous``, ``stop`` or the id of a step."""

    to: str


@router.get(
    "/{uuid:room_id}/script",
    auth=scoped("rooms:read"),
    response=dict[str, Any],
    summary="A show's script",
)
def read(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """The steps, which one is on, and seconds planned and gone."""
    return _script(access_cart(access_person(request.user), room_id).id)


@router.put(
    "/{uuid:room_id}/script",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Write a show's script",
)
def write(request: HttpRequest, room_id: UUID, body: ScriptIn) -> dict[str, Any]:
    """In the place of the one before."""
    steps = [Step(**one.dict()) for one in body.items]
    scripts.do_write_script(access_person(request.user), room_id, steps)
    return _script(room_id)


@router.put(
    "/{uuid:room_id}/script/order",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Order a show's script",
)
def order(request: HttpRequest, room_id: UUID, body: OrderIn) -> dict[str, Any]:
    """Every step once."""
    scripts.do_order_script(access_person(request.user), room_id, body.order)
    return _script(room_id)


@router.post(
    "/{uuid:room_id}/script/step",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Step in the script",
)
def step(request: HttpRequest, room_id: UUID, body: ToIn) -> dict[str, Any]:
    """The step's listing is explained; its planned action waits for ``…/script/act``."""
    scripts.do_step(access_person(request.user), room_id, body.to)
    return _script(room_id)


@router.post(
    "/{uuid:room_id}/script/act",
    auth=scoped("rooms:write"),
    response=dict[str, Any],
    summary="Do what is planned",
)
def act(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """Counts down, links up or starts the flash price of the step that is on."""
    scripts.do_planned(access_person(request.user), room_id)
    return _script(room_id)


def _script(room_id: UUID) -> dict[str, Any]:
    found = scripts.script_of(room_id)
    stands = found["timing"]
    names = ("step_planned", "step_gone", "planned", "gone", "behind")
    return {**found, "timing": {name: getattr(stands, name) for name in names} if stands else None}
