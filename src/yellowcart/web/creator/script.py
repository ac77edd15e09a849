"""The script of a show: writing it, and stepping through it while the show is on."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.live import scripts
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart, get_room
from yellowcart.live.scriptplan import LONGEST_NOTES, LONGEST_TITLE, MOST_MINUTES, Step
from yellowcart.live.tooltables import ScriptItem
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.creator.shell import show

ACTIONS = [
    ("none", _("Nothing")),
    ("count_down", _("Count down and link up")),
    ("link_up", _("Link up")),
    ("flash", _("Flash price")),
]
USUAL_COUNTDOWN_SECONDS = 30


class StepForm(forms.Form):
    """One step of a script."""

    listing_id = forms.ChoiceField(label=_("Goods"), required=False)
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE, required=False)
    notes = forms.CharField(
        label=_("Talking points"),
        max_length=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=MOST_MINUTES, initial=5)
    action = forms.ChoiceField(label=_("Then"), choices=ACTIONS, required=False)
    percent = forms.IntegerField(label=_("Per cent off"), min_value=1, max_value=99, required=False)
    seconds = forms.IntegerField(label=_("Seconds"), min_value=3, max_value=3_600, required=False)

    def __init__(self, *args: Any, goods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listing_id"] = forms.ChoiceField(
            label=_("Goods"), required=False, choices=[("", _("No goods: talk")), *goods]
        )

    def step(self, item_id: UUID | None) -> Step:
        """The step that the fields describe."""
        data = self.cleaned_data
        action = data["action"] or "none"
        seconds = data["seconds"]
        if action == "count_down" and seconds is None:
            seconds = USUAL_COUNTDOWN_SECONDS
        return Step(
            id=item_id,
            listing_id=UUID(data["listing_id"]) if data["listing_id"] else None,
            title=data["title"],
            notes=data["notes"],
            minutes=data["minutes"],
            action=action,
            seconds=seconds,
            percent=data["percent"],
        )


@creator_page
def page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The script, and a form for one more step; ``item`` names the step that is being changed."""
    account = access_creator(request.user)
    room = get_room(access_cart(account, room_id).id)
    items = scripts.items_of(room.id)
    changed = next((one for one in items if str(one.id) == request.GET.get("item")), None)
    form = StepForm(
        request.POST or None,
        goods=_goods(room),
        initial=_initial(changed) if changed else {"listing_id": request.GET.get("listing", "")},
    )
    if request.method == "POST" and form.is_valid():
        mine = form.step(changed.id if changed else None)
        steps = [mine if one is changed else _step(one) for one in items]
        if changed is None:
            steps.append(mine)
        try:
            scripts.do_write_script(account, room.id, steps)
        except Problem as problem:
            why = str(problem.extra.get("why", ""))
            put_on_form(form, problem, why if why in form.fields else None)
        else:
            return redirect("creator:script", room_id=room.id)
    context = {"room": room, "form": form, "changed": changed, **now_context(room)}
    status = 422 if request.method == "POST" else 200
    return show(request, account, "creator/script.html", context, here="rooms", status=status)


@require_POST
@creator_page
def act(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """``do`` moves or removes a step (``up:<id>``, ``down:<id>``, ``remove:<id>``), steps through
    the script (``next``, ``previous``, ``stop``, ``go:<id>``) or does what is planned (``act``)."""
    account = access_creator(request.user)
    room = get_room(access_cart(account, room_id).id)
    verb, _colon, item_id = request.POST.get("do", "").partition(":")
    with told(request):
        run(account, room, verb, item_id)
    if request.headers.get("HX-Request") == "true":
        return render(request, "creator/parts/script_now.html", now_context(room))
    back = "creator:desk" if request.POST.get("back") == "desk" else "creator:script"
    return redirect(back, room_id=room.id)


@creator_page
def now(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Where the show stands, as a part of the desk."""
    room = get_room(access_cart(access_creator(request.user), room_id).id)
    return render(request, "creator/parts/script_now.html", now_context(room))


def now_context(room: Room) -> dict[str, Any]:
    """The script and the step that is on, with the one that follows."""
    script = scripts.script_of(room.id)
    place, items = script["place"], script["items"]
    following = 0 if place is None else place + 1
    return {
        "room": room,
        "script": script,
        "step": None if place is None else items[place],
        "following": items[following] if following < len(items) else None,
        "behind_minutes": round(abs(script["timing"].behind) / 60) if script["timing"] else 0,
    }


def run(account: Account, room: Room, verb: str, item_id: str) -> None:
    """One verb; an unknown one does nothing."""
    match verb:
        case "next" | "previous" | "stop":
            scripts.do_step(account, room.id, verb)
        case "go":
            scripts.do_step(account, room.id, item_id)
        case "act":
            scripts.do_planned(account, room.id)
        case "up" | "down":
            order = [one.id for one in scripts.items_of(room.id)]
            place = next((n for n, one in enumerate(order) if str(one) == item_id), None)
            other = None if place is None else place + (1 if verb == "down" else -1)
            if place is not None and other is not None and 0 <= other < len(order):
                order[place], order[other] = order[other], order[place]
                scripts.do_order_script(account, room.id, order)
        case "remove":
            rest = [_step(one) for one in scripts.items_of(room.id) if str(one.id) != item_id]
            scripts.do_write_script(account, room.id, rest)


def _step(item: ScriptItem) -> Step:
    offered = item.listing_id is None or _offered(item.room_id, item.listing_id)
    return Step(
        id=item.id,
        # What left the cart stays in the script as talk about it.
        listing_id=item.listing_id if offered else None,
        title=item.title,
        notes=item.notes,
        minutes=item.minutes,
        action=item.action if offered else "none",
        seconds=item.seconds,
        percent=item.percent,
    )


def _offered(room_id: UUID, listing_id: UUID) -> bool:
    return Listing.objects.filter(
        id=listing_id, container_id=room_id, state__in=["mounted", "barred"]
    ).exists()


def _initial(item: ScriptItem) -> dict[str, Any]:
    names = ("listing_id", "title", "notes", "minutes", "action", "percent", "seconds")
    return {name: getattr(item, name) for name in names}


def _goods(room: Room) -> list[tuple[str, str]]:
    rows = Listing.objects.filter(
        surface="live_room", container_id=room.id, state__in=["mounted", "barred"]
    ).select_related("product")
    return [(str(row.id), row.product.title) for row in rows.order_by("position", "id")]
