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
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from starlette.requests import cookie_parser
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from yellowcart.checkout.lane import Lanes, Outcome, try_again
from yellowcart.checkout.problems import problem_of
from yellowcart.checkout.rules import MOST_PIECES, Refused, Request
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

MOST_BYTES: Final = 4_096
"""The longest body that is read."""

Price = Annotated[int, msgspec.Meta(ge=0, le=10**13)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_PIECES)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class RoomBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer in a room sends."""

    listing_id: UUID
    sku_id: UUID
    quantity: Quantity
    unit_price: Price
    idempotency_key: Key


class ListingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer elsewhere sends; the address names the listing."""

    sku_id: UUID
    quantity: Quantity
    unit_price: Price
    idempotency_key: Key


class Answer(msgspec.Struct, frozen=True):
    """An order that stands."""

    order_id: UUID
    state: str
    amount: int
    currency: str
    expires_at: Any


_room_body = msgspec.json.Decoder(RoomBody)
_listing_body = msgspec.json.Decoder(ListingBody)
_encode = msgspec.json.Encoder().encode


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
    request = request_of(scope["path"], holder, await _body(receive))
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


def response_to(outcome: Outcome, headers: Headers) -> Response:
    """What a buyer reads, in the language their headers ask for."""
    if isinstance(outcome, Refused):
        outcome = problem_of(outcome, _language(headers))
    if isinstance(outcome, Problem):
        return _problem(outcome, _language(headers))
    receipt = outcome.receipt
    body = _encode(
        Answer(
            receipt.order_id,
            receipt.state,
            receipt.amount_minor,
            receipt.currency,
            receipt.expires_at,
        )
    )
    return Response(HTTPStatus.CREATED, b"application/json", body)


def _header(headers: Headers, wanted: bytes) -> str:
    for name, value in headers:
        if name == wanted:
            return str(value, "latin-1")
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


def request_of(path: str, holder: RoomPass, body: bytes) -> Request:
    """What the buyer asks for; a 403 where the pass is for another place."""
    where = path.removesuffix(_END)
    try:
        if where.startswith(_ROOMS):
            if UUID(where.removeprefix(_ROOMS)) != holder.room:
                raise Problem(
                    "pass_for_another_place", 403, _("This pass is for another room. Enter first.")
                )
            room_order = _room_body.decode(body)
            listing_id: UUID = room_order.listing_id
            order: RoomBody | ListingBody = room_order
        else:
            listing_id = UUID(where.removeprefix(_LISTINGS))
            order = _listing_body.decode(body)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Problem(
            "invalid_request",
            422,
            _("This order can't be read: %(fault)s"),
            params={"fault": str(error)},
        ) from error
    return Request(
        new_id(),
        holder.sub,
        holder.room,
        listing_id,
        order.sku_id,
        order.quantity,
        order.unit_price,
        order.idempotency_key,
        request_hash(listing_id, order.sku_id, order.quantity, order.unit_price),
    )


def request_hash(listing_id: UUID, sku_id: UUID, quantity: int, unit_price_minor: int) -> str:
    """What tells a retry from a key used twice; 32 characters."""
    text = b"%b%b%d:%d" % (listing_id.bytes, sku_id.bytes, quantity, unit_price_minor)
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
