"""Orders over real sockets: what is plain takes the short way, all else uvicorn's own."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import uvicorn

from yellowcart.checkout.lane import Outcome, queue_full
from yellowcart.checkout.protocol import OrderProtocol
from yellowcart.checkout.routes import MOST_BYTES
from yellowcart.checkout.values import OrderReceipt, Receipt, Refusal, Refused, Request, Same
from yellowcart.live import passes

pytestmark = pytest.mark.enable_socket

ROOM, BUYER = uuid4(), uuid4()
PATH = f"/api/v1/rooms/{ROOM}/orders"


HANDSHAKE = (
    f"GET /api/v1/rooms/{ROOM}/events HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
).encode()


def receipt(request: Request) -> Same:
    return Same(
        Receipt(
            request.checkout_id,
            request.request_hash,
            "CNY",
            datetime(2021, 11, 16, tzinfo=UTC),
            (OrderReceipt(request.checkout_id, uuid4(), "awaiting_payment", 100),),
        )
    )


class Shop:
    """A lane that answers when it is told to, and the application behind the protocol."""

    def __init__(self) -> None:
        self.asked: list[tuple[Request, Callable[[Outcome], None]]] = []
        self.outcome: Callable[[Request], Outcome] | None = receipt
        self.seconds = 0.0

    def ask(self, request: Request, answer: Callable[[Outcome], None]) -> None:
        self.asked.append((request, answer))
        if self.outcome is not None:
            answer(self.outcome(request))

    async def app(self, scope, receive, send) -> None:
        """Says that a request came the long way, and what it said, after so many seconds."""
        await asyncio.sleep(self.seconds)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        text = f"long way: {scope['method']} {scope['path']} {len(body)}".encode()
        headers = [(b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})


@asynccontextmanager
async def serving(shop: Shop, **options):
    """A port on which the shop is open."""

    class Protocol(OrderProtocol):
        @staticmethod
        def orders():
            return shop.ask

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        shop.app,
        http=Protocol,
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        **options,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server, listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def order(*, path: str = PATH, body: bytes | None = None, head: str = "", **changes) -> bytes:
    """A request as a browser would write it."""
    token, _ends = passes.issue(room=ROOM, sub=BUYER, name="Li")
    wish = {
        "listing_id": str(uuid4()),
        "sku_id": str(uuid4()),
        "quantity": 1,
        "unit_price": 100,
        "idempotency_key": "k",
        **changes,
    }
    content = json.dumps(wish).encode() if body is None else body
    return (
        f"POST {path} HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {token}\r\n"
        f"Accept-Language: en\r\n{head or f'Content-Length: {len(content)}'}\r\n\r\n"
    ).encode() + content


class Caller:
    """One connection."""

    def __init__(self, reader, writer) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer on the connection."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 60)).decode()
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(lines[0].split()[1]), headers, body

    async def ends(self) -> bool:
        """Whether the server hangs up."""
        return await asyncio.wait_for(self.reader.read(1), 60) == b""


def talk(shop: Shop, conversation, **options):
    """Hold a conversation over one connection."""

    async def scenario():
        async with serving(shop, **options) as (server, port):
            caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
            try:
                return await asyncio.wait_for(conversation(caller, server), 120)
            finally:
                caller.writer.close()

    return asyncio.run(scenario())


def send(shop: Shop, *requests: bytes, **options):
    """Send one after the other, each once the one before is answered."""

    async def conversation(caller, _server):
        answers = []
        for request in requests:
            caller.writer.write(request)
            answers.append(await caller.answer())
        return answers

    return talk(shop, conversation, **options)


def test_orders_are_answered_on_a_connection_that_stays() -> None:
    shop = Shop()
    first, second = send(shop, order(), order(quantity=2))
    assert first[0] == second[0] == 201
    assert [request.lines[0].quantity for request, _answer in shop.asked] == [1, 2]
    request = shop.asked[0][0]
    assert (request.buyer_id, request.container_id) == (BUYER, ROOM)
    assert json.loads(first[2])["order_id"] == str(request.checkout_id)
    assert first[1]["content-type"] == "application/json"
    assert first[1]["cache-control"] == "no-store"
    assert "date" in first[1]
    assert "connection" not in first[1]


def test_a_refusal_and_a_full_queue_read_as_everywhere() -> None:
    shop = Shop()
    shop.outcome = lambda _request: Refused(Refusal.SOLD_OUT, left=0)
    [sold_out] = send(shop, order())
    assert (sold_out[0], sold_out[1]["content-type"]) == (409, "application/problem+json")
    assert json.loads(sold_out[2])["code"] == "sold_out"
    shop.outcome = lambda _request: queue_full()
    [full] = send(shop, order())
    assert (full[0], full[1]["retry-after"]) == (429, "1")


@pytest.mark.parametrize("key", ["two words", "钥匙", "tab\t", "", "x" * 101])
def test_a_key_is_short_and_plain(key) -> None:
    shop = Shop()
    [answer] = send(shop, order(idempotency_key=key))
    assert (answer[0], json.loads(answer[2])["code"]) == (422, "invalid_request")
    assert shop.asked == []


def test_what_is_wrong_with_a_request_is_said_on_the_short_way_too() -> None:
    shop = Shop()
    garbled, elsewhere, stranger = send(
        shop,
        order(body=b"{"),
        order(path=f"/api/v1/rooms/{uuid4()}/orders"),
        order().replace(b"Bearer ", b"Bearer x"),
    )
    assert (garbled[0], elsewhere[0], stranger[0]) == (422, 403, 401)
    assert stranger[1]["www-authenticate"] == "bearer"
    assert shop.asked == []


def test_a_lane_that_breaks_is_not_silence() -> None:
    shop = Shop()

    def broken(_request):
        raise RuntimeError("no")

    shop.outcome = broken
    [answer] = send(shop, order())
    assert (answer[0], json.loads(answer[2])["code"]) == (503, "try_again")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET " + PATH.encode() + b" HTTP/1.1\r\nHost: shop\r\n\r\n",
        order(path=PATH + "?x=1"),
        order(path="/api/v1/rooms/x/orders"),
        order(path="/elsewhere"),
    ],
    ids=["get", "query", "no id", "elsewhere"],
)
def test_all_else_goes_the_long_way(request_bytes) -> None:
    shop = Shop()
    [answer] = send(shop, request_bytes)
    assert answer[2].startswith(b"long way")
    assert shop.asked == []


def test_sockets_are_opened_as_ever() -> None:
    shop = Shop()
    [answer] = send(shop, HANDSHAKE, ws="websockets-sansio")
    assert (answer[0], answer[1]["sec-websocket-accept"]) == (101, "s3pplmbitxaq9kygzzhzrbk+xoo=")


def test_a_quiet_connection_is_hung_up_and_a_busy_one_is_not() -> None:
    shop = Shop()

    async def conversation(caller, _server):
        for _ in range(6):
            caller.writer.write(order())
            assert (await caller.answer())[0] == 201
            await asyncio.sleep(0.1)
        return await caller.ends()

    assert talk(shop, conversation, timeout_keep_alive=0.3)
    assert len(shop.asked) == 6


@pytest.mark.parametrize("later", [order(path="/elsewhere"), HANDSHAKE], ids=["request", "socket"])
def test_what_takes_its_time_after_an_order_is_not_hung_up(later) -> None:
    shop = Shop()
    shop.seconds = 0.5
    options = {"timeout_keep_alive": 0.2, "ws": "websockets-sansio"}
    first, second = send(shop, order(), later, **options)
    assert (first[0], second[0]) == (201, 101 if later is HANDSHAKE else 200)


def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    body = b"0123456789"
    shop = Shop()

    async def conversation(caller, _server):
        caller.writer.write(
            order(body=b"", head=f"Content-Length: {len(body)}\r\nExpect: 100-continue")
        )
        told, _headers, _body = await caller.answer()
        caller.writer.write(body)
        return told, await caller.answer()

    told, answer = talk(shop, conversation)
    assert told == 100
    assert answer[2] == f"long way: POST {PATH} 10".encode()


def test_a_body_may_come_in_pieces_or_chunks() -> None:
    shop = Shop()
    whole = order()
    head, body = whole.split(b"\r\n\r\n", 1)
    chunked = order(body=b"", head="Transfer-Encoding: chunked")
    chunked += b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)

    async def conversation(caller, _server):
        for piece in (head[:40], head[40:] + b"\r\n\r\n", body[:10], body[10:]):
            caller.writer.write(piece)
            await asyncio.sleep(0.02)
        first = await caller.answer()
        caller.writer.write(chunked)
        return first, await caller.answer()

    first, second = talk(shop, conversation)
    assert first[0] == second[0] == 201
    assert len(shop.asked) == 2


def test_a_body_longer_than_any_order_is_not_read_to_its_end() -> None:
    shop = Shop()

    async def conversation(caller, _server):
        caller.writer.write(order(body=b"", head="Content-Length: 10000000"))
        caller.writer.write(b"x" * (MOST_BYTES + 1))
        return await caller.answer(), await caller.ends()

    answer, ended = talk(shop, conversation)
    assert (answer[0], answer[1]["connection"], ended) == (413, "close", True)
    assert shop.asked == []


def test_requests_sent_at_once_are_answered_in_their_order() -> None:
    """The lane is slow with the first; those behind it wait, and are not lost."""
    shop = Shop()
    shop.outcome = None

    async def conversation(caller, _server):
        caller.writer.write(order() + order(path="/elsewhere") + order(path="/last"))
        while not shop.asked:
            await asyncio.sleep(0.01)
        request, answer = shop.asked[0]
        answer(receipt(request))
        return [await caller.answer() for _ in range(3)]

    first, second, third = talk(shop, conversation)
    assert first[0] == 201
    assert second[2].startswith(b"long way: POST /elsewhere")
    assert third[2].startswith(b"long way: POST /last")


def test_a_buyer_who_left_is_not_written_to() -> None:
    shop = Shop()
    shop.outcome = None

    async def conversation(caller, server):
        caller.writer.write(order())
        while not shop.asked:
            await asyncio.sleep(0.01)
        caller.writer.close()
        await caller.writer.wait_closed()
        while server.server_state.connections:
            await asyncio.sleep(0.01)
        request, answer = shop.asked[0]
        answer(receipt(request))

    talk(shop, conversation)


def test_a_connection_that_should_end_is_ended_by_uvicorn() -> None:
    shop = Shop()
    [answer] = send(shop, order(head="Content-Length: 0\r\nConnection: close", body=b""))
    assert answer[2].startswith(b"long way")


def test_a_server_that_stops_answers_what_it_took_in() -> None:
    shop = Shop()
    shop.outcome = None

    async def conversation(caller, server):
        caller.writer.write(order())
        while not shop.asked:
            await asyncio.sleep(0.01)
        server.should_exit = True
        await asyncio.sleep(0.3)
        request, answer = shop.asked[0]
        answer(receipt(request))
        return await caller.answer(), await caller.ends()

    answer, ended = talk(shop, conversation)
    assert (answer[0], answer[1]["connection"], ended) == (201, "close", True)
