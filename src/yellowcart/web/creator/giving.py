"""What a host gives in a room and is given there: gifts, red packets, the lucky bag."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.gifts import bags, funding, packets, prizes, queries
from yellowcart.gifts.packs import installed_catalogue
from yellowcart.gifts.values import NewBag
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.live.queries import access_hosted
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop
from yellowcart.web.backoffice.replies import told

PAID_BY = [("wallet", _("my coins")), ("creator", _("my earnings"))]
BEARERS = {"merchant": _("the shop"), "platform": _("the platform"), "creator": _("the host")}
#: A value of a form and what it is called.
Choice = tuple[str, Any]
#: Entrants shown at the desk.
SHOWN = 8


class PacketForm(forms.Form):
    """A red packet to give."""

    coins = forms.IntegerField(label=_("Coins in all"), min_value=1, initial=100)
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, initial=10)
    split = forms.ChoiceField(
        label=_("Shares"), choices=[("lucky", _("by luck")), ("equal", _("all the same"))]
    )
    entry = forms.ChoiceField(
        label=_("Who may take"),
        choices=[
            ("all", _("everybody")),
            ("followers", _("followers")),
            ("commented", _("who said something")),
        ],
    )
    wait = forms.TypedChoiceField(
        label=_("Opens"),
        coerce=int,
        choices=[(0, _("at once")), (60, _("in 1 minute")), (180, _("in 3 minutes"))],
    )
    funder = forms.ChoiceField(label=_("Paid with"), choices=PAID_BY)

    def __init__(self, *args: Any, funders: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["funder"], [*PAID_BY, *funders])


class BagForm(forms.Form):
    """A lucky bag to open. Goods are those of one's own shops in this room's cart; coupons are
    those that one may give."""

    title = forms.CharField(label=_("Name of the bag"), max_length=120)
    prize = forms.ChoiceField(label=_("Prize"), choices=[("coins", _("Coins"))])
    winners = forms.IntegerField(label=_("Winners"), min_value=1, initial=3)
    coins_each = forms.IntegerField(
        label=_("Coins for each"), min_value=0, initial=10, required=False
    )
    minutes = forms.IntegerField(
        label=_("Lasts, in minutes"), min_value=1, max_value=120, initial=5
    )
    must_say = forms.CharField(
        label=_("Words to say"),
        max_length=60,
        required=False,
        help_text=_("Empty: nothing need be said."),
    )
    watch = forms.IntegerField(
        label=_("Minutes to watch"), min_value=0, max_value=118, initial=0, required=False
    )
    funder = forms.ChoiceField(label=_("Coins paid with"), choices=PAID_BY)
    must_follow = forms.BooleanField(label=_("Only for followers"), required=False)

    def __init__(
        self, *args: Any, prizes: list[Choice], funders: list[Choice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["prize"], [("coins", _("Coins")), *prizes])
        _offer(self.fields["funder"], [*PAID_BY, *funders])


def _offer(field: forms.Field, choices: list[Choice]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def giving_context(account: Account, room: Room) -> dict[str, Any]:
    """The card at the desk: what the room was given, the bag, and both forms."""
    return {
        **_live(account, room),
        "packet_form": PacketForm(auto_id="packet-%s", funders=_funders(account, room)),
        "bag_form": BagForm(
            auto_id="bag-%s", prizes=_prizes(account, room), funders=_funders(account, room)
        ),
    }


def _live(account: Account, room: Room) -> dict[str, Any]:
    bag = queries.bags_of_room(room.id).first()
    language = get_language() or "en"
    received = queries.received(account, room.id)
    catalogue = installed_catalogue()
    return {
        "room": room,
        "received": received,
        "by_gift": [
            (catalogue[key].name.in_language(language) if key in catalogue else key, count)
            for key, count in received.by_gift.items()
        ],
        "purse": queries.purse(account),
        "bag": bag,
        "entrants": queries.entrants(account, bag.id)[:SHOWN] if bag else [],
        "winners": queries.winners(account, bag.id)[:SHOWN] if bag else [],
        "entrant_count": queries.entrant_count(bag) if bag else 0,
        "packets": [(one, BEARERS[one.packet.bearer]) for one in queries.open_packets(room.id)],
        "bag_bearer": BEARERS[bag.bearer] if bag else "",
        "keys": {"packet": new_id().hex, "bag": new_id().hex},
    }


def _funders(account: Account, room: Room) -> list[Choice]:
    """Whose money may pay beside one's own."""
    return [
        (party, _("money of %(shop)s") % {"shop": name} if name else _("the platform's money"))
        for party, name in funding.funders_for(account, room)
    ]


def _prizes(account: Account, room: Room) -> list[Choice]:
    """Coupons as ``coupon:id``, and goods."""
    coupons = [
        (f"coupon:{one.id}", _("Coupon: %(title)s") % {"title": one.title})
        for one in prizes.coupons_for(account, room)
    ]
    return [*coupons, *_goods(account, room)]


def _goods(account: Account, room: Room) -> list[Choice]:
    """The SKUs of one's own shops that are in the cart: ``listing:sku`` and a name."""
    rows = Listing.objects.filter(
        surface="live_room", container_id=room.id, state="mounted", integration="native"
    ).select_related("product")
    return [
        (f"{row.id}:{sku.id}", " · ".join(filter(None, [row.product.title, " ".join(sku.options)])))
        for row in rows
        if may_in_shop(account, row.shop_id, "goods")
        for sku in row.product.skus.filter(active=True)
    ]


@require_GET
@creator_page
def card(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The part of the card that changes by itself."""
    account = access_creator(request.user)
    return _answer(request, account, access_hosted(account, room_id))


@require_POST
@creator_page
def give_packet(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Put a red packet into the room."""
    account = access_creator(request.user)
    room = access_hosted(account, room_id)
    form = PacketForm(request.POST, funders=_funders(account, room))
    if form.is_valid():
        values = form.cleaned_data
        wait = values.pop("wait")
        with told(request, _("The red packet is in the room.")):
            packets.do_give_packet(
                actor=account,
                room_id=room.id,
                idempotency_key=request.POST.get("idempotency_key", ""),
                opens_at=now() + timedelta(seconds=wait) if wait else None,
                **values,
            )
    return _answer(request, account, room, form)


@require_POST
@creator_page
def open_bag(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Open a lucky bag in the room."""
    account = access_creator(request.user)
    room = access_hosted(account, room_id)
    form = BagForm(request.POST, prizes=_prizes(account, room), funders=_funders(account, room))
    if form.is_valid():
        with told(request, _("The lucky bag is open.")):
            bags.do_open_bag(
                actor=account,
                room_id=room.id,
                wanted=_wanted(form.cleaned_data),
                idempotency_key=request.POST.get("idempotency_key", ""),
            )
    return _answer(request, account, room, form)


def _wanted(values: dict[str, Any]) -> NewBag:
    kind, colon, rest = values["prize"].partition(":")
    is_coupon, is_goods = kind == "coupon", bool(colon) and kind != "coupon"
    return NewBag(
        title=values["title"],
        prize="coupon" if is_coupon else "product" if is_goods else "coins",
        winners=values["winners"],
        seconds=values["minutes"] * 60,
        coins_each=0 if colon else values["coins_each"] or 0,
        funder=values["funder"],
        coupon_id=UUID(rest) if is_coupon else None,
        listing_id=UUID(kind) if is_goods else None,
        sku_id=UUID(rest) if is_goods else None,
        must_follow=values["must_follow"],
        must_say=values["must_say"],
        must_watch_seconds=(values["watch"] or 0) * 60,
    )


def _answer(
    request: HttpRequest, account: Account, room: Room, form: forms.Form | None = None
) -> HttpResponse:
    context = _live(account, room)
    if form is not None:
        faults = [(form[name].label, texts) for name, texts in form.errors.items()]
        context |= {"answering": True, "faults": faults}
    return render(request, "creator/giving_live.html", context)
