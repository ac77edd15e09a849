"""The buying endpoints, mounted by the edge.

``POST /api/v1/rooms/{room_id}/orders`` buys in a room;
``POST /api/v1/listings/{listing_id}/orders`` buys the same way from a profile, a shop page, a
product page or a short video. Both take the pass of the container the goods are offered in as
``Authorization: Bearer``: a room's own, or the one that
``POST /api/v1/orders/pass`` gives a signed-in buyer for a listing. The pass names the container
and the buyer, so a listing can only be bought where its buyer was let in.

They are one ASGI endpoint rather than request functions, and whoever serves it may ask
:func:`is_order` and call it past all routing: on this path every microsecond is paid by thousands
of buyers at once. :mod:`checkout.protocol` goes further and takes plain orders before ASGI, with
the same functions of this module.
"""

import hashlib
import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from starlette.requests import cookie_parser
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from yellowcart.checkout.lane import Lanes, Outcome, try_again
from yellowcart.checkout.problems import problem_of
from yellowcart.checkout.values import (
    MOST_COUPONS,
    MOST_LINES,
    MOST_PIECES,
    Line,
    Receipt,
    Refused,
    Request,
)
from yellowcart.core.ids import new_id
from yellowcart.core.problems import CONTENT_TYPE, Problem, language_of
from yellowcart.live import passes
from yellowcart.live.passes import RoomPass

log = logging.getLogger(__name__)

Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case, as ASGI has them."""

_ROOMS: Final = "/api/v1/rooms/"
_LISTINGS: Final = "/api/v1/listings/"
_STARTS: Final = (_ROOMS, _LISTINGS)
_END: Final = "/orders"

MOST_BYTES: Final = 16_384
"""The longest body that is read."""

Price = Annotated[int, msgspec.Meta(ge=0, le=10**13)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_PIECES)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


Coupons = Annotated[tuple[UUID, ...], msgspec.Meta(max_length=MOST_COUPONS)]
Id = Annotated[str, msgspec.Meta(max_length=36)]
"""Read as a text: a crowd names the same few goods, which are made ids of once (:func:`_wish`)."""


class LineBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of several goods of an order."""

    listing_id: Id
    sku_id: Id
    quantity: Quantity
    unit_price: Price


class RoomBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer in a room sends for one thing. ``coupons`` are ids that the buyer claimed."""

    listing_id: Id
    sku_id: Id
    quantity: Quantity
    unit_price: Price
    idempotency_key: Key
    coupons: Coupons = ()


class BasketBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer in a room sends for several things, of any of the room's shops.

    Everything is ordered or nothing is: one order a shop, all paid together.
    """

    lines: Annotated[tuple[LineBody, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    idempotency_key: Key
    coupons: Coupons = ()


class ListingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer elsewhere sends; the address names the listing."""

    sku_id: Id
    quantity: Quantity
    unit_price: Price
    idempotency_key: Key
    coupons: Coupons = ()


class OrderAnswer(msgspec.Struct, frozen=True):
    """One shop's order of a checkout."""

    order_id: UUID
    shop_id: UUID
    state: str
    amount: int


class Answer(msgspec.Struct, frozen=True):
    """A checkout that stands: its orders, which one payment pays.

    ``order_id`` and ``state`` are its first order's; ``amount`` is what all come to, ``discount``
    what coupons took off, ``deposit`` what of a pre-sale is paid first (0: everything).
    """

    order_id: UUID
    state: str
    amount: int
    currency: str
    expires_at: Any
    checkout_id: UUID
    discount: int
    deposit: int
    orders: list[OrderAnswer]


_room_body = msgspec.json.Decoder(RoomBody)
_basket_body = msgspec.json.Decoder(BasketBody)
_listing_body = msgspec.json.Decoder(ListingBody)
_encode = msgspec.json.Encoder().encode

_CREATED: Final = HTTPStatus.CREATED

Wish = tuple[tuple[Line, ...], str]
"""The lines of an order and what tells it from another; see :func:`request_hash`."""


class Response(NamedTuple):
    """What is sent back, before it has met a transport."""

    status: int
    content_type: bytes
    body: bytes
    extra: Sequence[tuple[bytes, bytes]] = ()


class Orders:
    """The ASGI endpoint of both addresses; the application's state holds its ``lanes``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one order."""
        outcome: Outcome
        try:
            outcome = await _order(scope, receive)
        except Problem as problem:
            outcome = problem
        except Exception:
            log.exception("an order failed")
            outcome = try_again()
        await _send(send, response_to(outcome, scope["headers"]))


async def _order(scope: Scope, receive: Receive) -> Outcome:
    headers = scope["headers"]
    holder = holder_of(scope["method"], headers)
    request = request_of(scope["path"].encode(), holder, await _body(receive))
    lanes: Lanes = scope["app"].state.lanes
    return await lanes.submit(request)


def holder_of(method: str, headers: Headers) -> RoomPass:
    """Who wants to buy; a :class:`Problem` where nobody may with this."""
    if method != "POST":
        raise Problem("method_not_allowed", 405, _("Send orders with POST."))
    holder = passes.bearer(_header(headers, b"authorization"))
    if holder.guest:
        raise Problem("sign_in_required", 403, _("Guests can look; sign in to buy."))
    return holder


def answer(receipt: Receipt) -> Answer:
    """A receipt as it is sent."""
    orders = [
        OrderAnswer(order.order_id, order.shop_id, order.state, order.amount_minor)
        for order in receipt.orders
    ]
    first = orders[0]
    return Answer(
        first.order_id,
        first.state,
        first.amount if len(orders) == 1 else receipt.amount_minor,
        receipt.currency,
        receipt.expires_at,
        receipt.checkout_id,
        receipt.discount_minor,
        receipt.deposit_minor,
        orders,
    )


def response_to(outcome: Outcome, headers: Headers) -> Response:
    """What a buyer reads, in the language their headers ask for."""
    if isinstance(outcome, Refused):
        outcome = problem_of(outcome, _language(headers))
    if isinstance(outcome, Problem):
        return _problem(outcome, _language(headers))
    return Response(_CREATED, b"application/json", _encode(answer(outcome.receipt)))


def _header(headers: Headers, wanted: bytes) -> str:
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1")
    return ""


def _language(headers: Headers) -> str:
    cookies = cookie_parser(_header(headers, b"cookie"))
    chosen = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language_of(_header(headers, b"accept-language"), chosen)


def routes() -> list[Route]:
    """The routes of this module, to be mounted at the root of an application whose
    ``state.lanes`` are this process's lanes."""
    endpoint = Orders()
    return [
        Route(f"{_ROOMS}{{room_id}}{_END}", endpoint, name="room-orders"),
        Route(f"{_LISTINGS}{{listing_id}}{_END}", endpoint, name="listing-orders"),
    ]


def is_order(path: str) -> bool:
    """Whether a path is this endpoint's."""
    return path.endswith(_END) and path.startswith(_STARTS)


class Place(NamedTuple):
    """What the address of an order names: a room, or a listing that is sold elsewhere."""

    id: UUID
    is_room: bool


_address: Final = re.compile(rb"/api/v1/(rooms|listings)/([0-9A-Fa-f-]{36})/orders").fullmatch


@lru_cache(maxsize=1_024)
def place_of(path: bytes) -> Place | None:
    """The place of an order's address; None for any other. A crowd comes to the same few."""
    found = _address(path)
    try:
        return Place(UUID(found[2].decode()), found[1] == b"rooms") if found else None
    except ValueError:
        return None


def request_of(path: bytes, holder: RoomPass, body: bytes) -> Request:
    """What the buyer asks for; a 403 where the pass is for another place."""
    place = place_of(path)
    if place is None:
        raise Problem("not_found", 404, _("There is no such place to buy at."))
    order: RoomBody | BasketBody | ListingBody
    try:
        if place.is_room:
            if place.id.int != holder.room.int:  # which is asked faster than of the ids
                raise Problem(
                    "pass_for_another_place", 403, _("This pass is for another room. Enter first.")
                )
            order, wanted = _in_room(body)
        else:
            order = _listing_body.decode(body)
            wanted = _wish(str(place.id), order.sku_id, order.quantity, order.unit_price)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Problem(
            "invalid_request",
            422,
            _("This order can't be read: %(fault)s"),
            params={"fault": str(error)},
        ) from error
    key = order.idempotency_key
    if not key.isascii() or not key.isprintable() or " " in key:
        raise _unclear(_("An idempotency key is made of visible ASCII characters, without spaces."))
    lines, hash_ = wanted
    if order.coupons:
        if len(set(order.coupons)) < len(order.coupons):
            raise _unclear(_("A coupon is named twice; name it once."))
        hash_ = request_hash(lines, order.coupons)
    return Request(
        new_id(),
        holder.sub,
        holder.room,
        lines,
        order.coupons,
        key,
        hash_,
        holder.share,
        holder.explained,
    )


def _in_room(body: bytes) -> tuple[RoomBody | BasketBody, Wish]:
    if b'"lines"' not in body:
        order = _room_body.decode(body)
        return order, _wish(order.listing_id, order.sku_id, order.quantity, order.unit_price)
    basket = _basket_body.decode(body)
    lines = tuple(
        _wish(line.listing_id, line.sku_id, line.quantity, line.unit_price)[0][0]
        for line in basket.lines
    )
    if len({(line.listing_id, line.sku_id) for line in lines}) < len(lines):
        raise _unclear(_("Two lines are of the same thing; send one line with both quantities."))
    return basket, (lines, request_hash(lines))


@lru_cache(maxsize=4_096)
def _wish(listing_id: str, sku_id: str, quantity: int, unit_price: int) -> Wish:
    listing, sku = msgspec.convert((listing_id, sku_id), tuple[UUID, UUID])
    lines = (Line(listing, sku, quantity, unit_price),)
    return lines, request_hash(lines)


def _unclear(sentence: Promise) -> Problem:
    return Problem("invalid_request", 422, sentence)


def request_hash(lines: Iterable[Line], coupons: Iterable[UUID] = ()) -> str:
    """What tells a retry from a key used twice; 32 characters."""
    text = b";".join(
        [
            b"%b%b%d:%d"
            % (line.listing_id.bytes, line.sku_id.bytes, line.quantity, line.unit_price_minor)
            for line in lines
        ]
    )
    text += b"".join([coupon.bytes for coupon in coupons])
    return hashlib.blake2b(text, digest_size=16).hexdigest()


async def _body(receive: Receive) -> bytes:
    """The body; 413 where it is longer than any order."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("disconnected", 400, _("The connection was closed."))
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise too_large()
        if not message.get("more_body", False):
            return body


def too_large() -> Problem:
    """The body is longer than any order."""
    return Problem(
        "too_large",
        413,
        _("An order has at most %(most)s bytes."),
        params={"most": MOST_BYTES},
    )


def _problem(problem: Problem, language: str) -> Response:
    extra: list[tuple[bytes, bytes]] = []
    if "retry_after" in problem.extra:
        extra.append((b"retry-after", str(problem.extra["retry_after"]).encode()))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        extra.append((b"www-authenticate", b"Bearer"))
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        extra.append((b"allow", b"POST"))
    return Response(problem.status, CONTENT_TYPE.encode(), _encode(problem.body(language)), extra)


async def _send(send: Send, response: Response) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [
                (b"content-type", response.content_type),
                (b"content-length", str(len(response.body)).encode()),
                (b"cache-control", b"no-store"),
                *response.extra,
            ],
        }
    )
    await send({"type": "http.response.body", "body": response.body})
