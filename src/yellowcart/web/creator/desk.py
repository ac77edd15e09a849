"""The host's desk of one room: the cart with its verdicts, goods to add, the show's figures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.listings.cart import CartRow, cart_item, permitted
from yellowcart.listings.queries import cart_of
from yellowcart.live import queries
from yellowcart.live.flashes import running_flash
from yellowcart.live.models import Room
from yellowcart.live.spotlight import flash_choices
from yellowcart.live.states import TRANSITIONS
from yellowcart.orders.models import Order
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.people.queries import has_permit
from yellowcart.policy import queries as policy
from yellowcart.policy.verdicts import Verdict
from yellowcart.web.backoffice.conversion import ways_back
from yellowcart.web.backoffice.offers import first_bar
from yellowcart.web.creator import asking, script
from yellowcart.web.creator.finding import Place, by_paste, by_words
from yellowcart.web.creator.giving import giving_context
from yellowcart.web.creator.replay import replay_context
from yellowcart.web.creator.shell import show

#: Seconds of a countdown to the sale, at one tap.
COUNTDOWNS = (10, 30, 60)


@creator_page
def desk(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The whole desk. Scripts keep chat, viewers and sales current; the cart comes from here.

    ``q`` finds goods by words, a posted ``text`` by what it means; to htmx only what was found.
    """
    account = access_creator(request.user)
    room = queries.access_run(account, room_id)
    found = {}
    if "text" in request.POST:
        found = by_paste(account, _place(room), request.POST["text"])
    elif "q" in request.GET:
        found = by_words(account, _place(room), request.GET["q"])
    if found and request.headers.get("HX-Request") == "true":
        return render(request, "creator/goods.html", {"room": room, **found})
    # Those who host it too run the cart and the script; the rest is its creator's.
    is_host = room.creator_id == account.id
    context = {
        **cart_context(account, room),
        **script.now_context(room),
        **(giving_context(account, room) if is_host else {}),
        "is_host": is_host,
        **asking.queue_context(account, room),
        **found,
        "figures": figures(room),
        "viewers": queries.viewers_in([room.id]).get(room.id, 0),
        "may_go_live": has_permit(account.id, "go_live"),
        "steps": TRANSITIONS[room.state] if is_host else frozenset(),
        "zone": settings.TIME_ZONE,
        "video_is_off": settings.MEDIA_OFF,
        **replay_context(room),
    }
    return show(request, account, "creator/desk.html", context, here="rooms")


def _place(room: Room) -> Place:
    def mount_url(product_id: UUID) -> str:
        return reverse("creator:mount", kwargs={"room_id": room.id, "product_id": product_id})

    return Place("live_room", room.id, mount_url)


@creator_page
def cart(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The cart alone, for when something changed."""
    account = access_creator(request.user)
    return render_cart(request, account, queries.access_run(account, room_id))


@creator_page
def room_figures(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The show's figures alone, for when something was sold."""
    room = queries.access_run(access_creator(request.user), room_id)
    return render(request, "creator/figures.html", {"figures": figures(room)})


def render_cart(
    request: HttpRequest, account: Account, room: Room, *, answering: bool = False
) -> HttpResponse:
    """The cart as a part of the page; ``answering`` adds what the last action has to say."""
    context = {**cart_context(account, room), "answering": answering}
    return render(request, "creator/cart.html", context)


def cart_context(account: Account, room: Room) -> dict[str, Any]:
    """The cart's rows in order, each with what a rule says of it now and later."""
    at = clock.now()
    rows = cart_of("live_room", room.id)
    flash = running_flash(room.id, at)
    percents, seconds = flash_choices()
    lines = lines_of(account, rows)
    for line in lines:
        row = line["row"]
        line["counting"] = row.sale_from is not None and row.sale_from > at
        line["flashing"] = flash is not None and flash.listing_id == row.listing_id
    return {
        "room": room,
        "lines": lines,
        "order": [str(row.listing_id) for row in rows],
        "cart_open": room.state in {"scheduled", "live"},
        "barred_count": sum(not line["permitted"] for line in lines),
        "convertible_count": sum(line["way"] is not None for line in lines),
        "profile_taken": _on_profile(account),
        "countdowns": COUNTDOWNS,
        "flash_percents": percents,
        "flash_seconds": seconds,
    }


def lines_of(account: Account, rows: Sequence[CartRow]) -> list[dict[str, Any]]:
    """Listings in order, each with what a rule says of it now and later, and the way back."""
    at, table = clock.now(), policy.table()
    lines = []
    for row in rows:
        verdict = table.verdict(row.facts, at)
        allowed = permitted(row, verdict)
        coming = first_bar(table, row.facts, at, has_task=row.has_task) if allowed else None
        lines.append(_line(row, verdict, coming, allowed=allowed))
    _add_ways_back(account, lines)
    said: set[str | None] = set()
    for line in lines:
        if not line["permitted"]:
            line["said_above"] = line["verdict"].rule in said
            said.add(line["verdict"].rule)
    return lines


def _line(
    row: CartRow, verdict: Verdict, coming: Verdict | None, *, allowed: bool
) -> dict[str, Any]:
    at = clock.now()
    running = {
        (one.price, one.fans_only, one.ends_at): one
        for sku in row.skus
        for one in sku.specials
        if one.holds(at)
    }
    return {
        "row": row,
        "item": cart_item(row, policy.table().verdict, at, get_language() or "en", priced=True),
        "specials": sorted(running.values(), key=lambda one: one.price),
        "verdict": verdict,
        "permitted": allowed,
        "coming": coming,
        "way": None,
        "said_above": False,
    }


def _add_ways_back(account: Account, lines: list[dict[str, Any]]) -> None:
    """Only links that are barred, or will be, need one."""
    wanted = [line["row"].product_id for line in lines if not line["permitted"] or line["coming"]]
    if not wanted:
        return
    products = list(Product.objects.filter(id__in=wanted).select_related("shop"))
    ways = ways_back(account, products)
    for line in lines:
        line["way"] = ways.get(line["row"].product_id)


def _on_profile(account: Account) -> set[UUID]:
    return {row.product_id for row in cart_of("profile", account.id)}


def figures(room: Room) -> dict[str, Any]:
    """Orders placed and paid in the room so far, and what was paid by currency."""
    orders = Order.objects.filter(surface="live_room", container_id=room.id)
    paid = orders.filter(paid_at__isnull=False)
    return {
        "placed": orders.count(),
        "paid": paid.count(),
        "amounts": list(
            paid.values("currency").annotate(minor=Sum("amount_minor"), count=Count("id"))
        ),
    }
