"""``/pictures/{address}/{size}.webp``: our copies of goods' pictures.

A room that fills asks for the same few at once, so what was handed out lately is kept in memory.
Whoever has a picture asks now and then whether it is still the same: an address shows what its
source last showed.
"""

import time
from collections import OrderedDict
from typing import Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from yellowcart.edge.store import Store
from yellowcart.pictures.rules import SIZES

#: Seconds for which browsers, and caches on the way, need not ask again.
FRESH_SECONDS: Final = 600
#: The same for what is not there yet.
MISSING_SECONDS: Final = 5
#: Bytes of pictures that a process keeps, and for how many seconds without looking.
MOST_BYTES: Final = 32 * 2**20
KEPT_SECONDS: Final = 30.0

_GUARDED: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}


class Held(NamedTuple):
    """A picture in memory, until ``until`` of this process's clock."""

    mark: str
    data: bytes
    until: float


class Shelf:
    """Pictures handed out lately, the least wanted of them dropped first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._held: OrderedDict[tuple[UUID, str], Held] = OrderedDict()
        self._most, self._bytes = most_bytes, 0

    def get(self, key: tuple[UUID, str]) -> Held | None:
        """The picture, if it was looked at lately."""
        held = self._held.get(key)
        if held is None or held.until <= time.monotonic():
            return None
        self._held.move_to_end(key)
        return held

    def put(self, key: tuple[UUID, str], mark: str, data: bytes) -> Held:
        """Keep a picture, in the place of what it was before."""
        old = self._held.pop(key, None)
        self._bytes += len(data) - (len(old.data) if old else 0)
        held = self._held[key] = Held(mark, data, time.monotonic() + KEPT_SECONDS)
        while self._bytes > self._most:
            _key, dropped = self._held.popitem(last=False)
            self._bytes -= len(dropped.data)
        return held


async def picture(request: Request) -> Response:
    """The picture, 304 where the caller has it, 404 where there is none (yet)."""
    key: tuple[UUID, str] = (request.path_params["address_id"], request.path_params["size"])
    shelf: Shelf = request.app.state.pictures
    held = shelf.get(key)
    if held is None:
        store: Store = request.app.state.store
        found = await store.picture(*key) if key[1] in SIZES else None
        if found is None:
            return Response(
                status_code=404, headers={"cache-control": f"public, max-age={MISSING_SECONDS}"}
            )
        held = shelf.put(key, f'"{found[0]}"', found[1])
    headers = {
        "etag": held.mark,
        "cache-control": f"public, max-age={FRESH_SECONDS}",
        **_GUARDED,
    }
    if held.mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(held.data, media_type="image/webp", headers=headers)
