"""Orders over HTTP: read them, pay, cancel, ship, receive; and the callbacks from outside.

Buying itself is the edge's: see ``checkout.routes``.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.live import passes, shares
from yellowcart.media.watching import is_clip_of
from yellowcart.orders import actions, conversions, lists, paying, queries, receiving, shipping
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import Page, Parcel, Seen
from yellowcart.payments import incoming
from yellowcart.payments.actions import do_take_in_refund
from yellowcart.payments.providers import offered, provider_named
from yellowcart.payments.providers.base import Reply, ToldRefund
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class LineOut(Schema):
    """One SKU of an order."""

    product_id: UUID
    sku_id: UUID
    title: str
    quantity: int
    unit_price: int = Field(alias="unit_price_minor")
    line_no: int
    discount: int = Field(alias="discount_minor")
    shipped: int = Field(alias="shipped_quantity")
    unsent: int
    refunded_quantity: int
    refunded: int = Field(alias="refunded_minor")


class OrderOut(Schema):
    """An order as lists show it. Amounts in minor units.

    ``host_id`` hosted the room when it was placed, null outside rooms; ``share_code`` is the code
    through which the buyer came, empty where none; ``carrier_type`` is 2 in a live room, 1 in a
    short video, 7 in a replay, 100010 in a replay's explanation, 3 on a profile, 29 on a shop's
    page, 0 elsewhere.
    """

    order_id: UUID = Field(alias="id")
    shop_id: UUID
    state: str
    amount: int = Field(alias="amount_minor")
    currency: str
    surface: str
    container_id: UUID
    host_id: UUID | None
    share_code: str
    carrier_type: int
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    ship_by: datetime | None
    shipped_at: datetime | None
    signed_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    refunded: int = Field(alias="refunded_minor")
    lines: list[LineOut]


class PageOut(Schema):
    """A page of orders, newest first. ``next_cursor`` is null on the last one."""

    items: list[OrderOut]
    next_cursor: str | None


class StepOut(Schema):
    """One step of an order's history."""

    verb: str
    state: str
    at: datetime


class PaymentOut(Schema):
    """An attempt to pay, as far as it is this order's."""

    payment_id: UUID = Field(alias="id")
    provider: str
    stage: str
    state: str
    amount: int = Field(alias="amount_minor")
    refunded: int = Field(alias="refunded_minor")
    currency: str


class ShipmentOut(Schema):
    """A parcel; ``pieces`` by line number, ``exception`` empty where nothing went wrong.

    ``carrier`` and ``tracking_no`` are empty where a supplier told none.
    """

    shipment_id: UUID
    carrier: str
    tracking_no: str
    shipped_at: datetime
    signed_at: datetime | None
    exception: str
    pieces: dict[int, int]


class WholeOut(OrderOut):
    """An order with all that hangs on it; ``steps`` are what the caller can do now.

    ``shipment`` is the latest parcel, ``receipt_at`` the next look of the automatic receipt,
    ``late`` what the merchant owes the buyer for shipping late, ``open_cases`` how many
    after-sales cases are open.
    """

    ship_to: dict[str, str]
    history: list[StepOut]
    payments: list[PaymentOut]
    shipments: list[ShipmentOut]
    shipment: ShipmentOut | None
    receipt_at: datetime | None
    extended_days: int
    late: int = Field(alias="late_minor")
    open_cases: int
    steps: list[str]


class PassIn(Schema):
    """For which listing, and in a replay which of its explanations is being watched, null for
    the whole show."""

    listing_id: UUID
    clip_id: UUID | None = None


class PassOut(Schema):
    """A pass for buying where the listing is offered."""

    pass_: str = Field(serialization_alias="pass")
    viewer_id: UUID
    expires_at: datetime


class PayIn(Schema):
    """How to pay (empty: the first way there is), where the parcel goes (``name``, ``phone``,
    ``address``, and ``region``, ``postcode``, ``note``), and the page of this site to come back
    to."""

    provider: str = ""
    ship_to: dict[str, str] | None = None
    return_url: str = Field("", max_length=500)


class PayOut(Schema):
    """A payment that began, and the page to go to; ``code`` is what the buyer may scan instead."""

    payment_id: UUID
    state: str
    pay_url: str
    code: str = ""


class WayOut(Schema):
    """A way to pay."""

    provider: str
    name: str


class ShipIn(Schema):
    """How the parcel travels; ``pieces`` by line number, all that is left where it is missing."""

    carrier: str = Field(max_length=40)
    tracking_no: str = Field(max_length=60)
    pieces: dict[int, int] | None = None


class ExtendIn(Schema):
    """How many days a merchant gives; a buyer's are fixed."""

    days: int | None = None


class ExceptionIn(Schema):
    """What went wrong with a parcel; empty where all is well again."""

    words: str = Field("", max_length=200)


def _order(order: Order, lines: list[OrderLine]) -> dict[str, Any]:
    """An order's columns by name, with its lines."""
    columns = {field.name: getattr(order, field.name) for field in order._meta.concrete_fields}
    return {**columns, "lines": lines}


def _page(page: Page) -> dict[str, Any]:
    orders = [_order(order, page.lines[order.id]) for order in page.orders]
    return {"items": orders, "next_cursor": page.next_cursor}


def _parcel(parcel: Parcel) -> dict[str, Any]:
    names = ("carrier", "tracking_no", "shipped_at", "signed_at", "exception")
    columns = {name: getattr(parcel.shipment, name) for name in names}
    return {"shipment_id": parcel.shipment.id, **columns, "pieces": parcel.pieces}


def _whole(seen: Seen) -> dict[str, Any]:
    whole = queries.whole_order(seen)
    parcels = [_parcel(parcel) for parcel in whole.parcels]
    return {
        **_order(seen.order, whole.lines),
        "ship_to": seen.ship_to,
        "history": whole.history,
        "payments": whole.payments,
        "shipments": parcels,
        "shipment": parcels[-1] if parcels else None,
        "steps": seen.steps,
    }


@router.get("", response=PageOut, by_alias=False, summary="My orders")
def my_orders(
    request: HttpRequest, state: str = "", cursor: str = "", limit: int = queries.PAGE
) -> dict[str, Any]:
    """What the caller bought, newest first."""
    account = access_person(request.user)
    return _page(queries.orders_of_buyer(account, state=state, cursor=cursor, limit=limit))


@router.get(
    "/of-shop/{shop}",
    auth=scoped("orders:read"),
    response=PageOut,
    by_alias=False,
    summary="A shop's orders",
)
def shop_orders(
    request: HttpRequest, shop: str, state: str = "", cursor: str = "", limit: int = queries.PAGE
) -> dict[str, Any]:
    """What a shop sold, newest first; for its members. ``shop`` is an id or a handle."""
    account = access_person(request.user)
    return _page(queries.orders_of_shop(account, shop, state=state, cursor=cursor, limit=limit))


@router.get(
    "/of-shop/{shop}/to-ship",
    auth=scoped("orders:read"),
    response=PageOut,
    by_alias=False,
    summary="What a shop has to send",
)
def to_ship(
    request: HttpRequest,
    shop: str,
    overdue: bool = False,
    cursor: str = "",
    limit: int = queries.PAGE,
) -> dict[str, Any]:
    """The longest paid first; with ``overdue`` those that should have left, the longest first."""
    account = access_person(request.user)
    shelf = "overdue" if overdue else "to_ship"
    limit = min(max(limit, 1), queries.MOST_IN_PAGE)
    return _page(lists.shops_orders(account, shop, shelf, cursor, limit))


@router.post("/pass", response=PassOut, by_alias=True, summary="A pass to buy through a listing")
def listing_pass(request: HttpRequest, body: PassIn) -> dict[str, Any]:
    """A signed-in buyer's pass for the container a listing is offered in.

    With it, ``POST /api/v1/listings/{listing_id}/orders`` buys from a profile, a shop page, a
    product page or a short video. In a room its own pass does.
    """
    account = access_person(request.user)
    listing = Listing.objects.filter(id=body.listing_id, state__in=["mounted", "barred"]).first()
    if listing is None:
        raise Problem("listing_not_found", 404, _("This is not offered any more."))
    in_room = listing.surface in {"live_room", "replay"}
    codes = shares.opened_before(request.COOKIES.get(shares.COOKIE)) if in_room else []
    token, expires_at = passes.issue(
        room=listing.container_id,
        sub=account.id,
        name=account.display_name,
        share=shares.came_through(listing.container_id, codes, account.id),
        explained=body.clip_id is not None and is_clip_of(listing.container_id, body.clip_id),
    )
    return {"pass_": token, "viewer_id": account.id, "expires_at": expires_at}


@router.get(
    "/{uuid:order_id}",
    auth=scoped("orders:read"),
    response=WholeOut,
    by_alias=False,
    summary="One order",
)
def one_order(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """An order with its lines, history, payments and parcel."""
    return _whole(queries.access_order(access_person(request.user), order_id))


@router.get("/ways-to-pay", response=list[WayOut], summary="Ways to pay")
def ways_to_pay(request: HttpRequest, currency: str = "CNY") -> list[dict[str, str]]:
    """The ways to pay that are on here, the one to propose first."""
    access_person(request.user)
    return [{"provider": way.code, "name": str(way.name)} for way in offered(currency)]


@router.post("/{uuid:order_id}/payments", response={201: PayOut}, summary="Begin to pay")
def start_payment(request: HttpRequest, order_id: UUID, body: PayIn) -> Status[dict[str, Any]]:
    """Begin to pay; send the buyer to ``pay_url``."""
    account = access_person(request.user)
    payment, pay_url = paying.do_start_payment(
        actor=account,
        order_id=order_id,
        provider=body.provider,
        ship_to=body.ship_to,
        return_url=request.build_absolute_uri(body.return_url) if body.return_url else "",
    )
    begun = {
        "payment_id": payment.id,
        "state": payment.state,
        "pay_url": request.build_absolute_uri(pay_url),
        "code": payment.code,
    }
    return Status(201, begun)


@router.post("/{uuid:order_id}/cancel", response=WholeOut, by_alias=False, summary="Cancel")
def cancel(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Give up an unpaid order."""
    account = access_person(request.user)
    actions.do_cancel_unpaid(actor=account, order_id=order_id)
    return _whole(queries.access_order(account, order_id))


@router.post("/{uuid:order_id}/receipt", response=WholeOut, by_alias=False, summary="Received")
def confirm_receipt(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Everything is here."""
    account = access_person(request.user)
    receiving.do_confirm_receipt(actor=account, order_id=order_id)
    return _whole(queries.access_order(account, order_id))


@router.post(
    "/{uuid:order_id}/shipment",
    auth=scoped("orders:write"),
    response=WholeOut,
    by_alias=False,
    summary="Ship",
)
def ship(request: HttpRequest, order_id: UUID, body: ShipIn) -> dict[str, Any]:
    """A member of the shop hands a parcel over, with all that is left or with some pieces."""
    account = access_person(request.user)
    seen = queries.access_order(account, order_id)
    shipping.do_ship(
        actor=account,
        shop_id=seen.order.shop_id,
        order_id=order_id,
        carrier=body.carrier,
        tracking_no=body.tracking_no,
        pieces=body.pieces,
    )
    return _whole(queries.access_order(account, order_id))


@router.post(
    "/{uuid:order_id}/receipt/extension",
    auth=scoped("orders:write"),
    response=WholeOut,
    by_alias=False,
    summary="Put the automatic receipt off",
)
def extend_receipt(request: HttpRequest, order_id: UUID, body: ExtendIn) -> dict[str, Any]:
    """The buyer's days, or as many as the merchant gives."""
    account = access_person(request.user)
    receiving.do_extend_receipt(actor=account, order_id=order_id, days=body.days)
    return _whole(queries.access_order(account, order_id))


@router.post(
    "/{uuid:order_id}/shipments/{uuid:shipment_id}/delivered",
    auth=scoped("orders:write"),
    response=WholeOut,
    by_alias=False,
    summary="The carrier delivered a parcel",
)
def delivered(request: HttpRequest, order_id: UUID, shipment_id: UUID) -> dict[str, Any]:
    """Entered by the shop or an operator."""
    account = access_person(request.user)
    shipping.do_sign(actor=account, order_id=order_id, shipment_id=shipment_id)
    return _whole(queries.access_order(account, order_id))


@router.put(
    "/{uuid:order_id}/shipments/{uuid:shipment_id}/exception",
    auth=scoped("orders:write"),
    response=WholeOut,
    by_alias=False,
    summary="What went wrong with a parcel",
)
def parcel_exception(
    request: HttpRequest, order_id: UUID, shipment_id: UUID, body: ExceptionIn
) -> dict[str, Any]:
    """Entered by the shop or an operator; no words mean that it is well again."""
    account = access_person(request.user)
    shipping.do_note_exception(
        actor=account, order_id=order_id, shipment_id=shipment_id, words=body.words
    )
    return _whole(queries.access_order(account, order_id))


@router.post("/payments/{provider}/callback", auth=None, summary="A payment provider's callback")
def payment_callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Signed over the raw body in the provider's own way; may come late, twice and crossed."""
    chosen = provider_named(provider)
    try:
        told = chosen.read_callback(_headers(request), request.body)
        state = ""
        if isinstance(told, ToldRefund):
            state = do_take_in_refund(provider, told).state
        elif told is not None:
            state = incoming.record(provider, told).state
    except Problem as problem:
        refusal = chosen.refused(problem)
        if refusal is None:
            raise
        return _reply(refusal)
    return _reply(chosen.accepted(state))


def _reply(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)


@router.post("/conversions/{source}", auth=None, summary="A source's conversions")
def conversions_callback(request: HttpRequest, source: str) -> dict[str, int]:
    """1 to 100 sales on the other side, signed over the raw body (Standard Webhooks)."""
    body = request.body
    message_id, batch = conversions.read_callback(source, _headers(request), body)
    taken = conversions.do_record_conversions(source, message_id, body, batch)
    return {
        "created": taken.created,
        "changed": taken.changed,
        "unchanged": taken.unchanged,
        "unmatched": taken.unmatched,
    }


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
