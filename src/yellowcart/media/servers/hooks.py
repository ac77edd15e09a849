"""What the hooks of media servers share: who may call them, and how they name things."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from django.http import HttpRequest

from yellowcart.core import clock
from yellowcart.media import problems

#: A hook's body is a few hundred bytes; LiveKit's, with all tracks of a room, some thousands.
MOST_BYTES: Final = 256 * 1024


def check_secret(request: HttpRequest, secret: str) -> None:
    """``hook_refused`` unless the caller knows the secret of the hooks.

    It is sent as ``Authorization: Bearer`` or, by servers that cannot send headers, as the
    ``secret`` of the address. Where none is set, nobody gets in.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    given = token if kind.lower() == "bearer" else request.GET.get("secret", "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise problems.hook_refused()


def checked_body(request: HttpRequest) -> bytes:
    """The raw body; ``hook_refused`` where it is larger than any hook's."""
    if len(request.body) > MOST_BYTES:
        raise problems.hook_refused()
    return request.body


def room_of(name: str) -> UUID:
    """The room that a stream is named after. Problems: ``stream_unknown``."""
    try:
        return UUID(name)
    except ValueError as error:
        raise problems.stream_unknown() from error


def param(query: str, name: str) -> str:
    """One value of a query string, with or without its question mark; empty where missing."""
    return parse_qs(query.removeprefix("?")).get(name, [""])[-1]


def platform_time(wall: datetime) -> datetime:
    """When something that a machine dates happened on the platform's clock.

    The two run equally fast wherever pictures are taken; only their hands may differ.
    """
    return clock.now() - (clock.wall() - wall)


def ago(seconds: float) -> datetime:
    """The platform's time so long ago."""
    return clock.now() - timedelta(seconds=seconds)


def public_file(path: str, root: str) -> str:
    """The part of a server's file path below ``root``, to be served under another address.

    Problems: ``stream_unknown`` where it does not lie there, or climbs out.
    """
    _before, found, below = path.partition(root)
    if not found or not below or ".." in below.split("/") or not below.isprintable():
        raise problems.stream_unknown()
    return below.lstrip("/")


def as_text(mapping: Mapping[str, object], name: str) -> str:
    """A text of a JSON object; empty where it is missing or something else."""
    value = mapping.get(name)
    return value if isinstance(value, str) else ""
